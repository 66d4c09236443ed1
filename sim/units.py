"""Units: the one place where minutes, hours and percent become seconds and shares."""

from __future__ import annotations

MINUTE = 60  # seconds
HOUR = 3_600  # seconds
HALF_HOUR = 1_800  # seconds, the grain of rosters
DAY = 86_400  # seconds
SLOTS = DAY // HALF_HOUR  # roster slots of a civil day


def seconds(minutes: float) -> int:
    """Whole seconds in some minutes, at least one.

    >>> seconds(14.1), seconds(0.0)
    (846, 1)
    """
    return max(1, round(minutes * MINUTE))


def share(percent: float) -> float:
    """A percentage as a number between 0 and 1."""
    return percent / 100.0
