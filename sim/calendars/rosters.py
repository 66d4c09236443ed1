"""Rosters: how many servers are on duty in each half-hour of a day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.units import HALF_HOUR, HOUR, SLOTS

LUNCH = (12 * HOUR, 15 * HOUR)  # counters go to lunch in turn, an hour each


def constant(servers: float, opens: int, closes: int) -> NDArray[np.int64]:
    """Servers on duty from ``opens`` to ``closes``; a fraction is one server for part of the day.

    Parameters
    ----------
    servers : float
        Full-day servers; 2.5 is two all day and a third for the first half of the slots.
    opens, closes : int
        Seconds of the day, multiples of half an hour.

    Returns
    -------
    (48,) int64

    Examples
    --------
    >>> constant(2.5, 9 * 3600, 11 * 3600)[16:24]
    array([0, 0, 3, 3, 2, 2, 0, 0])
    """
    roster = np.zeros(SLOTS, dtype=np.int64)
    first, last = opens // HALF_HOUR, -(-closes // HALF_HOUR)
    whole = int(servers)
    roster[first:last] = whole
    roster[first : first + round((servers - whole) * (last - first))] += 1
    return roster


def with_lunch(roster: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same roster with a third of the servers at lunch in each hour from twelve to three.

    >>> with_lunch(constant(8, 9 * 3600, 18 * 3600))[22:32]
    array([8, 8, 5, 5, 5, 5, 6, 6, 8, 8])
    """
    relieved = roster.copy()
    begin, end = LUNCH
    for third, hour in enumerate(range(begin, end, HOUR)):
        slots = slice(hour // HALF_HOUR, (hour + HOUR) // HALF_HOUR)
        at_lunch = (relieved[slots] + 2 - third) // 3
        relieved[slots] -= at_lunch
    return relieved


def peaked(
    servers: int, most: int, weights: Sequence[float], opens: int, closes: int
) -> NDArray[np.int64]:
    """Server-hours of ``constant`` where most is to do: the busiest half-hour is least crowded.

    One server is there all the time, never more than ``most``; one at a time joins the half-hour
    with most work for each who is there.

    Parameters
    ----------
    weights : (24,)
        Work expected in each hour of the day.

    Examples
    --------
    >>> hours = [0.0] * 9 + [1.0, 3.0] + [0.0] * 13
    >>> peaked(2, 4, hours, 9 * 3600, 11 * 3600)[16:24]
    array([0, 0, 1, 1, 3, 3, 0, 0])
    """
    level = constant(servers, opens, closes)
    roster = np.minimum(level, 1)
    open_in = np.flatnonzero(level)
    work = np.array(weights)[open_in * HALF_HOUR // HOUR]
    for _ in range(int((level - roster).sum())):
        here = roster[open_in]
        crowd = np.where(here < most, work / here, -1.0)
        roster[open_in[np.argmax(crowd)]] += 1
    return roster


def fewest(roster: NDArray[np.int64]) -> int:
    """Servers that are there as long as anybody is.

    >>> fewest(np.array([0, 2, 4, 0]))
    2
    """
    there = roster[roster > 0]
    return int(there.min()) if there.size else 0
