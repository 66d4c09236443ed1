"""Words of the command line that say how to run, beside settings that say what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sim.errors import InputError, nearest
from sim.metrics import METRICS
from sim.studies.execution import Execution

TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h)?", re.ASCII)
MINUTES = {"s": 1 / 60, "m": 1.0, "h": 60.0, None: 1.0}
WHERE = "the command line"
MOST = 100_000  # of anything counted: beyond, it is a slip


def execution_of(
    settings: Sequence[str], shard: str = "", retry: bool = False, unlock: bool = False
) -> tuple[Execution, list[str]]:
    """How to run, and the settings that are left."""
    said: dict[str, Any] = {"retry": retry, "unlock": unlock}
    left, problems = [], []
    for text in settings:
        key, _, value = text.partition("=")
        if key not in READ:
            left.append(text)
            continue
        try:
            said[NAMED.get(key, key)] = READ[key](value)
        except ValueError as error:
            problems.append(f"`{key}` got '{value}': {error}.")
    if shard:
        try:
            said["shard"] = _shard(shard)
        except ValueError as error:
            problems.append(f"--shard got '{shard}': {error}.")
    problems += _unknown(said.get("outputs", ()))
    if problems:
        raise InputError(problems, where=WHERE)
    return Execution.told(said), left


def percent(value: str) -> float:
    """A share, also as a percentage.

    >>> percent("5%"), percent("0.05")
    (0.05, 0.05)
    """
    try:
        return float(value[:-1]) / 100 if value.endswith("%") else float(value)
    except ValueError:
        raise ValueError("write a share such as 5% or 0.05") from None


def minutes(value: str) -> float:
    """A time in minutes.

    >>> minutes("20m"), minutes("90s"), minutes("2h")
    (20.0, 1.5, 120.0)
    """
    found = TIME.fullmatch(value)
    if not found:
        raise ValueError("write a time such as 20m, 2h or 90s")
    return float(found[1]) * MINUTES[found[2]]


def listed(value: str) -> tuple[str, ...]:
    """Names in brackets or without."""
    return tuple(one.strip() for one in value.strip("[]").split(",") if one.strip())


def whole(value: str) -> int:
    """A whole number."""
    try:
        return int(value)
    except ValueError:
        raise ValueError("write a whole number") from None


def wholes(
    settings: Sequence[str], usual: Mapping[str, int], least: Mapping[str, int]
) -> tuple[dict[str, int], list[str]]:
    """Whole numbers that a verb knows by name, and the settings that are left.

    >>> wholes(["points=40", "run.days=3"], {"points": 96}, {"points": 30})
    ({'points': 40}, ['run.days=3'])
    """
    own, rest, problems = dict(usual), [], []
    for text in settings:
        key, _, value = text.partition("=")
        if key not in own:
            rest.append(text)
            continue
        try:
            own[key] = whole(value)
        except ValueError as error:
            problems.append(f"`{key}` got '{value}': {error}.")
            continue
        if not least[key] <= own[key] <= MOST:
            problems.append(f"`{key}` must be {least[key]} to {MOST:,}, got {value}.")
    if problems:
        raise InputError(problems, where=WHERE)
    return own, rest


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ValueError("write a number") from None


def _shard(value: str) -> tuple[int, int]:
    first, slash, of = value.partition("/")
    if not (slash and first.isascii() and first.isdigit() and of.isascii() and of.isdigit()):
        raise ValueError("write i/n, such as 3/40")
    return int(first), int(of)


READ: dict[str, Callable[[str], Any]] = {
    "executor": str,
    "address": str,
    "scheduler_file": str,
    "silent_minutes": _number,
    "memory_mb": whole,
    "precision": percent,
    "outputs": listed,
    "within": minutes,
    "most": whole,
}
NAMED = {"within": "within_minutes"}


def _unknown(outputs: Sequence[str]) -> Iterator[str]:
    for name in outputs:
        if name not in METRICS:
            known = "" if nearest(name, METRICS) else " See: kezek list metrics."
            yield f"no metric '{name}'.{nearest(name, METRICS)}{known}"
