"""Parameters of a case, read with their limits or refused in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from sim.laws.expressed import NotExpressedError

Given = Mapping[str, Any]
MOST_SERVERS = 10_000


def number(given: Given, name: str, default: float | None = None) -> float:
    """A finite number."""
    value = given[name] if default is None else given.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise NotExpressedError(f"{name} must be a finite number, not {value!r}")
    return float(value)


def positive(given: Given, name: str, default: float | None = None) -> float:
    """A rate, or a length of time."""
    value = number(given, name, default)
    if value <= 0:
        raise NotExpressedError(f"{name} must be more than 0, not {value:g}")
    return value


def whole(given: Given, name: str, default: int | None = None) -> int:
    """How many of something there are, at least one."""
    value = number(given, name, default)
    if value < 1 or value != int(value):
        raise NotExpressedError(f"{name} must be a whole number of at least 1, not {value:g}")
    return int(value)


def servers_of(given: Given, default: int | None = None) -> int:
    """How many servers there are."""
    servers = whole(given, "c", default)
    if servers > MOST_SERVERS:
        raise NotExpressedError(f"more than {MOST_SERVERS:,} servers are not tried: c is {servers}")
    return servers


def only(given: Given, *names: str) -> None:
    """Refuse what a system does not know of: it might change the law."""
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise NotExpressedError(f"no parameter called '{unknown[0]}' is known here")
