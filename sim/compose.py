"""From files and the command line to one checked configuration.

Hydra composes files by group and nothing else: values a user writes are parsed, placed and checked
here, all problems at once. Nothing a user can write is ever instantiated or resolved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import ValidationError
from yaml import YAMLError

from sim.conf_files import FORBIDDEN, GROUPS, chain, check, default_choices, stamp_of, whereabouts
from sim.config import Config
from sim.errors import InputError, nearest
from sim.observed import FIELDS, observed
from sim.problems import problems_of
from sim.region.own import folder_of
from sim.scenarios.lever import LEVERS, wrong_with
from sim.scenarios.levers import __all__ as _declared  # noqa: F401 -- declares the levers

HERE = Path(__file__).resolve().parent
CONF = next((at for at in (HERE.parent / "conf", HERE / "conf") if at.is_dir()), HERE / "conf")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
PATH = "data.dir"
DESCRIBED = ("title", "says", "uncertainties")  # of a scenario, beside its levers


@dataclass(frozen=True)
class Passport:
    """Where a number comes from and how far it may plausibly lie."""

    value: Any
    unit: str
    source: str
    confidence: str
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Composed:
    """A checked configuration, the passports of its numbers and what the user changed."""

    config: Config
    passports: Mapping[str, Passport]
    title: str = ""
    says: str = ""
    changed: Mapping[str, Any] = field(default_factory=dict)  # by uncertainties and command line
    replaced: Mapping[str, Passport] = field(default_factory=dict)  # of the region, by own data


def names(group: str) -> list[str]:
    """What may be chosen in a group: the files of its folder."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def file_of(group: str, name: str) -> Path:
    """Where the file of a choice lies, or would lie."""
    return CONF / group / f"{name}.yaml"


def region_folders(config: Config) -> tuple[Path, ...]:
    """The folders with the tables of a region; a later one stands in for an earlier."""
    return tuple(CONF / "region" / folder for folder in config.place.folders)


def composed(overrides: Iterable[str] = ()) -> Composed:
    """Compose region, scenario and command line, or say everything that is wrong."""
    chosen, given = _parsed(list(overrides))
    main = CONF / "config.yaml"
    check([main], CONF)
    chosen = {**default_choices(main), **chosen}
    files = [main, *(path for group in GROUPS for path in chain(CONF / group, chosen[group]))]
    check(files, CONF)
    where = whereabouts(files, CONF)
    written = tuple((path, stamp_of(path)) for path in files)
    tree = deepcopy(_composed(CONF, tuple(chosen.items()), written))
    wrong = list(_bad_passports(tree, where))
    if wrong:
        raise InputError(wrong)
    usual = tuple({**chosen, "scenario": default_choices(main)["scenario"]}.items())
    replaced, own_places, problems = _own(tree, given, lambda: _composed(CONF, usual, written))
    where = {**where, **own_places}
    passports = dict(_passports(tree))
    about = {key: tree.pop(key, "") for key in DESCRIBED}
    values = {**_plain(tree), **chosen}
    wished = about["uncertainties"] or {}
    changed = {**wished, **given}
    problems += _place(values, changed, where)

    def at(key: str) -> str:
        wish = f"uncertainties.{key}" if key in wished else key
        return "" if key in given else _at(where, wish, brackets=True)

    def lever_at(i: int, name: str) -> str:
        if "levers" in given or name in given:
            return ""
        return at(name if name in wished else f"levers.{i}")

    problems += _wrong_levers(values, lever_at)
    config = _validated(values, at, problems)
    said = str(about["title"]), str(about["says"])
    return Composed(config, passports, *said, changed, replaced)


def _own(
    tree: dict[str, Any], given: Mapping[str, Any], region: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Passport], dict[str, str], list[str]]:
    """Put the parameters of own data in place of the region's; what a scenario says stands."""
    said = given.get(PATH, (tree.get("data") or {}).get("dir"))
    folder = folder_of(said) if isinstance(said, str) else None
    if folder is None:
        return {}, {}, []
    before = dict(_sections(region()))
    found, places, problems = observed(folder, before)
    for key, node in found.items():
        section, _, name = key.partition(".")
        if tree[section][name] == before[key]:
            tree[section][name] = {k: v for k, v in node.items() if k in FIELDS}
    return {key: Passport(**before[key]) for key in found}, places, problems


def _parsed(overrides: list[str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Choices of groups, and values by dotted key."""
    chosen: dict[str, str] = {}
    given: dict[str, Any] = {}
    problems = [problem for text in overrides for problem in _refused(text)]
    if problems:
        raise InputError(problems, where="the command line")
    for text in overrides:
        key, _, written = text.partition("=")
        if key in GROUPS:
            chosen[key] = written
            problems += _unknown_choice(key, written)
            continue
        if key == PATH:  # as it stands: it may hold blanks, commas and brackets
            given[key] = written.strip("\"'")
            continue
        try:
            override = _read(written)
        except HydraException:
            problems.append(f"'{text}' cannot be read. Write key=value, lists as [a, b].")
            continue
        if override.is_sweep_override():
            problems.append(f"`{key}` got a list '{written}'; to run all, add -m.")
        elif override.value() is None:
            problems.append(f"`{key}` has no value. Write {key}=VALUE.")
        elif key in given:
            problems.append(f"`{key}` is given twice.")
        else:
            given[key] = deepcopy(override.value())
    if problems:
        raise InputError(problems, where="the command line")
    return chosen, given


@lru_cache(maxsize=2048)  # a third of a second for the draws of an ensemble, arm by arm the same
def _read(written: str) -> Override:
    """A value as Hydra's grammar reads it."""
    (override,) = OverridesParser.create().parse_overrides([f"value={written}"])
    return override


def _refused(text: str) -> Iterator[str]:
    key, equals, _ = text.partition("=")
    if not equals:
        yield f"'{text}' is no setting. Write key=value."
    elif text[0] in "+~":
        yield f"'{text}': write key=value without '{text[0]}'."
    elif key.startswith("hydra") or "@" in key:
        yield f"'{key}' cannot be set."
    for word in FORBIDDEN:
        if word in text:
            yield f"'{text}': '{word}' is not allowed; write plain values."


def _unknown_choice(group: str, name: str) -> Iterator[str]:
    known = names(group)
    if "," in name:
        yield f"`{group}` got a list '{name}'; to run all, add -m."
    elif not NAME.fullmatch(name):
        yield f"{group} name '{name}': only letters, digits, - and _ (1 to 64)."
    elif name not in known:
        yield f"no {group} called '{name}'; there are {', '.join(known)}.{nearest(name, known)}"


@lru_cache(maxsize=64)  # Hydra takes a third of a second, and comparisons ask again and again
def _composed(
    folder: Path,
    chosen: tuple[tuple[str, str], ...],
    _written: tuple[tuple[Path, tuple[int, int]], ...],
) -> dict[str, Any]:
    """The tree that Hydra makes of some choices, while their files stay as they are."""
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(folder), version_base="1.3"):
            tree = compose("config", [f"{group}={name}" for group, name in chosen])
        plain = OmegaConf.to_container(tree, resolve=False)
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        first = " ".join(str(error).split())
        if "Cannot merge" in first:
            first = (
                f"{first.split(':')[0]}, a list stands where keys are expected, or keys for a list."
            )
        raise InputError([f"a file cannot be read: {first}"]) from None
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def _sections(tree: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Dotted key and content of everything that looks like a number with a passport."""
    for section, keys in tree.items():
        if isinstance(keys, dict) and section not in ("tables", *DESCRIBED):
            for key, node in keys.items():
                if isinstance(node, dict) and "value" in node:
                    yield f"{section}.{key}", node


def _bad_passports(tree: Mapping[str, Any], where: Mapping[str, str]) -> Iterator[str]:
    """Numbers whose passport lacks something or holds something unknown."""
    needed, known = ("unit", "source", "confidence"), Passport.__dataclass_fields__
    for key, node in _sections(tree):
        for name in needed:
            if node.get(name) in (None, ""):
                yield f"`{key}` has a value but no {name}{_at(where, key)}."
        for name in node:
            if name not in known:
                yield f"`{key}` has no field '{name}'{_at(where, key)}.{nearest(name, known)}"


def _passports(tree: Mapping[str, Any]) -> Iterator[tuple[str, Passport]]:
    return ((key, Passport(**node)) for key, node in _sections(tree))


def _plain(node: Any) -> Any:
    """The tree with passports replaced by their values."""
    if isinstance(node, dict) and "value" in node and "source" in node:
        return node["value"]
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    return node


def _place(
    values: dict[str, Any], changed: Mapping[str, Any], where: Mapping[str, str]
) -> Iterator[str]:
    """Put values where their dotted keys say, levers of the scenario first."""
    for key, value in changed.items():
        levers = [lever for lever in _levers(values) if lever.get("name") == key]
        at = _at(where, f"uncertainties.{key}")
        if len(levers) == 1:
            levers[0]["value"] = value
        elif levers:
            yield f"the scenario sets lever '{key}' {len(levers)} times; change it in its file{at}."
        else:
            problems = list(_put(values, key, value))
            if problems and key in LEVERS and isinstance(values.get("levers"), list):
                values["levers"].append({"name": key, "value": value})
            else:
                yield from (f"{problem}{at}" for problem in problems)


def _wrong_levers(values: Mapping[str, Any], at: Callable[[int, str], str]) -> Iterator[str]:
    """What is wrong with levers before a region is read; each keeps the place it is set at."""
    for i, one in enumerate(_levers(values)):
        name = one.get("name")
        if isinstance(name, str) and "value" in one:
            one["at"] = at(i, name)
            yield from (said + one["at"] for said in wrong_with(name, one["value"]))


def _levers(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = values.get("levers")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _put(values: dict[str, Any], key: str, value: Any) -> Iterator[str]:
    """Set one dotted key that exists; cells of tables are checked where tables are."""
    *path, last = key.split(".")
    node: Any = values
    for depth, part in enumerate(path):
        if path[0] == "tables":
            node = node.setdefault(part, {})
        elif isinstance(node, dict) and isinstance(node.get(part), dict):
            node = node[part]
        else:
            known = node if isinstance(node, dict) else ()
            unknown = ".".join(path[: depth + 1])
            yield f"unknown key `{unknown}`.{nearest(part, known) or _elsewhere(last, values)}"
            return
    if isinstance(node, dict) and (last in node or path[:1] == ["tables"]):
        node[last] = value
        return
    guess = nearest(last, node) if isinstance(node, dict) else ""
    yield f"unknown key `{key}`.{guess or _elsewhere(last, values)}"


def _elsewhere(last: str, values: Mapping[str, Any]) -> str:
    """Where a key of that name stands, if it is in another section."""
    homes = [s for s, keys in values.items() if isinstance(keys, dict) and last in keys]
    return f" Did you mean '{homes[0]}.{last}'?" if homes else ""


def _validated(values: dict[str, Any], at: Callable[[str], str], problems: list[str]) -> Config:
    """The checked configuration, or these problems and all others."""
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise InputError([*problems, *problems_of(error, Config, at)]) from None
    if problems:
        raise InputError(problems)
    return config


def _at(where: Mapping[str, str], key: str, brackets: bool = False) -> str:
    """File and line of a key, as the end of a sentence, if it stands in a file."""
    for known in (f"{key}.value", key):
        if known in where:
            return f" ({where[known]})" if brackets else f" in {where[known]}"
    return ""
