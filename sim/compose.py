"""From files and the command line to one checked configuration.

Hydra composes files by group and nothing else: values a user writes are parsed, placed and checked
here, all problems at once. Nothing a user can write is ever instantiated or resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import ValidationError
from yaml import YAMLError

from sim.config import Config
from sim.errors import InputError, nearest

HERE = Path(__file__).resolve().parent
CONF = next((at for at in (HERE.parent / "conf", HERE / "conf") if at.is_dir()), HERE / "conf")
GROUPS = ("region", "scenario")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
FORBIDDEN = ("${", "_target_", "!!python")
DESCRIBED = ("title", "says", "uncertainties")  # of a scenario, beside its levers
LARGEST_YAML = 1_000_000  # bytes


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


def names(group: str) -> list[str]:
    """What may be chosen in a group: the files of its folder."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def composed(overrides: Iterable[str] = ()) -> Composed:
    """Compose region, scenario and command line, or say everything that is wrong."""
    chosen, given = _parsed(list(overrides))
    _check_files(chosen)
    tree = _composed(chosen)
    passports = dict(_passports(tree))
    about = {key: tree.pop(key, "") for key in DESCRIBED}
    values = _plain(tree)
    changed = {**(about["uncertainties"] or {}), **given}
    problems = list(_place(values, changed))
    if problems:
        raise InputError(problems)
    return Composed(
        _validated(values),
        passports,
        str(about["title"]),
        str(about["says"]),
        changed,
    )


def _parsed(overrides: list[str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Choices of groups, and values by dotted key."""
    chosen: dict[str, str] = {}
    given: dict[str, Any] = {}
    problems: list[str] = []
    for text in overrides:
        problems += _refused(text)
    if problems:
        raise InputError(problems, where="the command line")
    for text in overrides:
        try:
            (override,) = OverridesParser.create().parse_overrides([text])
        except HydraException:
            problems.append(f"'{text}' cannot be read. Write key=value, lists as [a, b].")
            continue
        key, value = override.key_or_group, override.value()
        if override.is_sweep_override():
            problems.append(f"`{key}` got a list '{text.split('=', 1)[1]}'; to run all, add -m.")
        elif key in GROUPS:
            chosen[key] = str(value)
        elif value is None:
            problems.append(f"`{key}` has no value. Write {key}=VALUE.")
        else:
            given[key] = value
    for group, name in chosen.items():
        problems += _unknown_choice(group, name)
    if problems:
        raise InputError(problems, where="the command line")
    return chosen, given


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
    if not NAME.fullmatch(name):
        yield f"{group} name '{name}': only letters, digits, - and _ (1 to 64)."
    elif name not in known:
        yield f"no {group} called '{name}'; there are {', '.join(known)}.{nearest(name, known)}"


def _check_files(chosen: Mapping[str, str]) -> None:
    """Refuse files that are not plain UTF-8 YAML before anything reads them."""
    problems: list[str] = []
    for group, name in chosen.items():
        problems += _file_problems(CONF / group / f"{name}.yaml")
    if problems:
        raise InputError(problems)


def _file_problems(path: Path) -> Iterator[str]:
    said = f"{path.parent.name}/{path.name}"
    if path.stat().st_size > LARGEST_YAML:
        yield f"{said} is larger than 1 MB."
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        yield f"{said} is not UTF-8 (byte 0x{byte:02X} at offset {error.start}); save it as UTF-8."
        return
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.split("#", 1)[0]
        for word in FORBIDDEN:
            if word in plain:
                yield f"{said} line {number}: '{word}' is not allowed; write plain values."
        if re.search(r"(^|[\s\[{,:])[&*][A-Za-z0-9_]", plain):
            yield f"{said} line {number}: anchors and aliases are not allowed."
        if "\t" in plain:
            yield f"{said} line {number}: a tab; indent with spaces."


def _composed(chosen: Mapping[str, str]) -> dict[str, Any]:
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(CONF), version_base="1.3"):
            tree = compose("config", [f"{group}={name}" for group, name in chosen.items()])
        plain = OmegaConf.to_container(tree, resolve=False)
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        first = " ".join(str(error).split())
        raise InputError([f"a file cannot be read: {first}"]) from None
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def _is_passport(node: Any) -> bool:
    return isinstance(node, dict) and "value" in node and "source" in node


def _passports(tree: Mapping[str, Any]) -> Iterator[tuple[str, Passport]]:
    for section, keys in tree.items():
        if isinstance(keys, dict):
            for key, node in keys.items():
                if _is_passport(node):
                    yield f"{section}.{key}", Passport(**node)


def _plain(node: Any) -> Any:
    """The tree with passports replaced by their values."""
    if _is_passport(node):
        return node["value"]
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    return node


def _place(values: dict[str, Any], changed: Mapping[str, Any]) -> Iterator[str]:
    """Put values where their dotted keys say, levers of the scenario first."""
    levers = {lever["name"]: lever for lever in values.get("levers", []) if "name" in lever}
    for key, value in changed.items():
        if key in levers:
            levers[key]["value"] = value
            continue
        *path, last = key.split(".")
        node: Any = values
        for depth, part in enumerate(path):
            if isinstance(node, dict) and path[0] == "tables":
                node = node.setdefault(part, {})
            elif isinstance(node, dict) and isinstance(node.get(part), dict):
                node = node[part]
            else:
                known = node if isinstance(node, dict) else ()
                yield f"unknown key `{'.'.join(path[: depth + 1])}`.{nearest(part, known)}"
                break
        else:
            if not isinstance(node, dict) or (last not in node and path[:1] != ["tables"]):
                guess = nearest(last, node if isinstance(node, dict) else ())
                guess = guess or _elsewhere(last, values)
                yield f"unknown key `{key}`.{guess}"
            else:
                node[last] = value


def _elsewhere(last: str, values: Mapping[str, Any]) -> str:
    """Where a key of that name stands, if it is in another section."""
    homes = [s for s, keys in values.items() if isinstance(keys, dict) and last in keys]
    return f" Did you mean '{homes[0]}.{last}'?" if homes else ""


def _validated(values: dict[str, Any]) -> Config:
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        problems = [_sentence(dict(one)) for one in error.errors()]
        raise InputError(problems) from None


def _sentence(error: Mapping[str, Any]) -> str:
    """One problem that pydantic found, in a sentence."""
    given, kind, limits = error.get("input"), error["type"], error.get("ctx", {})
    if isinstance(given, float) and not isfinite(given):
        kind = "finite_number"
    hint = ""
    if limits.get("le") == 1 and isinstance(given, float | int) and 1 < given <= 100:
        hint = f" Did you mean {given:g} percent: {given / 100:g}?"
    said = SENTENCES.get(kind, "`{key}`: {msg}, got {given}.")
    key = ".".join(str(part) for part in error["loc"])
    return said.format(key=key, given=_shown(given), msg=error["msg"], **limits) + hint


def _shown(value: Any) -> str:
    """A value as the user wrote it.

    >>> _shown(True), _shown("x"), _shown(None)
    ('true', "'x'", 'nothing')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value is None else repr(value)


def _must_be(what: str) -> str:
    return f"`{{key}}` must be {what}, got {{given}}."


SENTENCES = {
    "missing": "`{key}` is required and has no value.",
    "extra_forbidden": "unknown key `{key}`.",
    "finite_number": "`{key}` is not a finite number ({given}).",
    "greater_than_equal": _must_be("at least {ge}"),
    "greater_than": _must_be("more than {gt}"),
    "less_than_equal": _must_be("at most {le}"),
    "less_than": _must_be("less than {lt}"),
    "multiple_of": _must_be("a multiple of {multiple_of}"),
    "literal_error": _must_be("one of {expected}"),
    "string_pattern_mismatch": _must_be("like {pattern}"),
    "too_short": "`{key}` needs at least {min_length} entries.",
    "too_long": "`{key}` takes at most {max_length} entries.",
    **dict.fromkeys(("int_type", "int_from_float", "int_parsing"), _must_be("a whole number")),
    **dict.fromkeys(("float_type", "float_parsing"), _must_be("a number")),
    **dict.fromkeys(("bool_type", "bool_parsing"), _must_be("true or false")),
    "string_type": _must_be("a word"),
    "list_type": _must_be("a list"),
    **dict.fromkeys(("dict_type", "model_type"), _must_be("a group of keys")),
}
