"""YAML files of ``conf/``: which ones a choice reads, that they are plain, where a key stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sim.errors import InputError

GIVEN = "parameters.yaml"  # of own data, which belongs to no group
FORBIDDEN = ("${", "_target_", "!!python")
LARGEST = 1_000_000  # bytes
GROUPS = ("region", "scenario")  # folders of files to choose from
PACKAGE = "# @package _global_"


def chain(folder: Path, name: str) -> list[Path]:
    """A file of a group and, before it, the files of the same group that it builds on."""
    path = folder / f"{name}.yaml"
    found: list[Path] = []
    while path.is_file() and path not in found:
        found.insert(0, path)
        before = [one for one in _defaults(path) if isinstance(one, str) and one != "_self_"]
        path = folder / f"{before[0]}.yaml" if before else folder / "none"
    return found


def default_choices(path: Path) -> dict[str, str]:
    """What the main file chooses in each group."""
    groups = [one for one in _defaults(path) if isinstance(one, dict)]
    return {str(group): str(name) for one in groups for group, name in one.items()}


def check(paths: Sequence[Path], root: Path) -> None:
    """Refuse files that are not plain UTF-8 YAML before anything else reads them."""
    problems = [problem for path in paths for problem in _seen(path, _said(path, root))]
    if problems:
        raise InputError(problems)


def whereabouts(paths: Sequence[Path], root: Path) -> Mapping[str, str]:
    """File and line of every dotted key; of one that stands in several files, the last."""
    found: dict[str, str] = {}
    for path in paths:
        found |= _places(path, _said(path, root), stamp_of(path))
    return found


def stamp_of(path: Path) -> tuple[int, int]:
    """Changes when a file does: sweeps compose the same files thousands of times."""
    seen = path.stat()
    return seen.st_mtime_ns, seen.st_size


@lru_cache(maxsize=64)
def _places(path: Path, said: str, _: tuple[int, int]) -> Mapping[str, str]:
    node = yaml.compose(path.read_text(encoding="utf-8-sig"), yaml.CSafeLoader)
    return {key: f"{said} line {line}" for key, line in _lines(node, "")}


def _said(path: Path, root: Path) -> str:
    return str(Path(root.name) / path.relative_to(root))


def _defaults(path: Path) -> list[Any]:
    return [] if _seen(path, path.name) else _read_defaults(path, stamp_of(path))


@lru_cache(maxsize=64)
def _read_defaults(path: Path, _: tuple[int, int]) -> list[Any]:
    tree = yaml.load(path.read_text(encoding="utf-8-sig"), yaml.CSafeLoader)
    found = tree.get("defaults", []) if isinstance(tree, dict) else []
    return found if isinstance(found, list) else []


def _seen(path: Path, said: str) -> tuple[str, ...]:
    return _problems_of(path, said, stamp_of(path))


@lru_cache(maxsize=128)
def _problems_of(path: Path, said: str, _: tuple[int, int]) -> tuple[str, ...]:
    return tuple(_problems(path, said))


def _problems(path: Path, said: str) -> Iterator[str]:
    if path.stat().st_size > LARGEST:
        yield f"{said} is larger than 1 MB."
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        yield f"{said} is not UTF-8 (byte 0x{byte:02X} at offset {error.start}); save it as UTF-8."
        return
    if path.parent.name in GROUPS and path.name != GIVEN and not _is_global(text):
        yield (
            f"{said} line 1: the file must begin with the line `{PACKAGE}`; without it nothing in "
            "it takes effect."
        )
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.split("#", 1)[0]
        for word in FORBIDDEN:
            if word in plain:
                yield f"{said} line {number}: '{word}' is not allowed; write plain values."
        if re.search(r"(^|[\s\[{,:])[&*][A-Za-z0-9_]", plain):
            yield f"{said} line {number}: anchors and aliases are not allowed."
        if "\t" in plain:
            yield f"{said} line {number}: a tab; indent with spaces."
    try:
        tree = yaml.compose(text, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        yield f"{said}{line}: {getattr(error, 'problem', None) or 'not YAML'}."
        return
    if not isinstance(tree, yaml.MappingNode):
        yield f"{said}: keys and values are expected."


def _is_global(text: str) -> bool:
    """Whether the comments at the top of a file say that its keys are those of the whole."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            return False
        if line.strip() == PACKAGE:
            return True
    return False


def _lines(node: yaml.Node | None, above: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.SequenceNode):
        for i, one in enumerate(node.value):
            yield f"{above}{i}", one.start_mark.line + 1
            yield from _lines(one, f"{above}{i}.")
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield f"{above}{key.value}", key.start_mark.line + 1
            yield from _lines(value, f"{above}{key.value}.")
