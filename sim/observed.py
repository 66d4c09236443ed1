"""Parameters of own data: numbers with passports that stand in for those of a region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from sim.conf_files import check, whereabouts
from sim.errors import InputError, nearest
from sim.region.own import CONFIDENCE, OBSERVED, OURS, PARAMETERS

FIELDS = ("value", "unit", "low", "high", "source", "confidence", "note")

Node = Mapping[str, Any]


def observed(
    folder: Path, known: Mapping[str, Node]
) -> tuple[dict[str, dict[str, Any]], dict[str, str], list[str]]:
    """Numbers with passports by dotted key, where each stands, and what is wrong with the file.

    ``known`` are those of the region: nothing else can be replaced, and units stay what they are.
    A bare value is a number of own data, observed.
    """
    path = folder / PARAMETERS
    if not path.is_file():
        return {}, {}, []
    try:
        check([path], folder)
    except InputError as error:
        return {}, {}, list(error.problems)
    text = path.read_text(encoding="utf-8-sig")
    where = whereabouts([path], folder)
    problems = list(_twice(yaml.compose(text, yaml.CSafeLoader), str(next(iter(where.values())))))
    found: dict[str, dict[str, Any]] = {}
    for key, entry in _entries(yaml.load(text, yaml.CSafeLoader)):
        place = where.get(key, f"{folder.name}/{PARAMETERS}")
        node = entry if isinstance(entry, dict) and "value" in entry else {"value": entry}
        if key not in known:
            problems.append(f"{place}: no number of the region is called `{key}`."
                            f"{_guess(key, known)}")  # fmt: skip
            continue
        whole = {"unit": known[key]["unit"], "source": OURS, "confidence": OBSERVED, **node}
        problems += (f"{place}: `{key}` {said}" for said in _wrong(whole, known[key]))
        found[key] = whole
    places = {f"{key}.value": where.get(f"{key}.value", where[key]) for key in found}
    return found, places, problems


def _entries(tree: Any) -> Iterator[tuple[str, Any]]:
    """What stands under each section, by dotted key."""
    for section, keys in tree.items():
        if isinstance(keys, dict):
            yield from ((f"{section}.{key}", node) for key, node in keys.items())
        else:
            yield str(section), keys


def _wrong(node: Node, before: Node) -> Iterator[str]:
    for name in node:
        if name not in FIELDS:
            yield f"has no field '{name}'.{nearest(str(name), FIELDS)}"
    for name in ("unit", "source", "confidence", "note"):
        if not isinstance(node.get(name, ""), str):
            yield f"has a {name} that is no text."
    if node["unit"] != before["unit"]:
        yield f"is given in '{node['unit']}'; it counts in '{before['unit']}'."
    if node["confidence"] not in CONFIDENCE:
        yield f"has a confidence that is none of {', '.join(CONFIDENCE)}."
    yield from _range(node)


def _range(node: Node) -> Iterator[str]:
    """Both ends or none, as numbers, with the value between them."""
    low, value, high = (node.get(name) for name in ("low", "value", "high"))
    if low is None and high is None:
        return
    three = [one for one in (low, value, high) if _is_number(one)]
    if len(three) < 3:
        yield "has a range; its low, value and high must be numbers."
    elif not low <= value <= high:  # type: ignore[operator]
        yield f"must lie between its low and its high, {low:g} and {high:g}; got {value:g}."


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _guess(key: str, known: Mapping[str, Node]) -> str:
    last = key.rpartition(".")[2]
    homes = [one for one in known if one.rpartition(".")[2] == last]
    return f" Did you mean '{homes[0]}'?" if homes else nearest(key, known)


def _twice(node: yaml.Node | None, place: str) -> Iterator[str]:
    """Keys that stand twice, of which a reader of YAML would take the last."""
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        if name in seen:
            file = place.partition(" line ")[0]
            yield f"{file} line {key.start_mark.line + 1}: `{name}` stands twice."
        seen.add(name)
        yield from _twice(value, place)
