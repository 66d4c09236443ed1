"""When a system is out of order on a day."""

from __future__ import annotations

import numpy as np

from sim.chance.kernels import lognormal, sigma_of
from sim.chance.streams import Stream, uniforms
from sim.units import DAY

DAYS_BACK = 4  # an outage that began earlier is over


def outages_of_day(
    seed: int, replication: int, stream: Stream, today: int, a_day: float, seconds: float, cv: float
) -> list[tuple[int, int]]:
    """Outages that touch a day: each begins with a chance a day, at any second, for lognormal time.

    Parameters
    ----------
    today : int
        Ordinal of the civil date, the address of the day.
    a_day : float
        Chance that one begins on a day.
    seconds, cv : float
        Mean and coefficient of variation of its length.

    Returns
    -------
    list of (begin, end)
        Seconds of the day.
    """
    dates = np.arange(today - DAYS_BACK, today + 1)
    u = uniforms(seed, stream, dates, replication=replication)
    begins = u[:, 0] < a_day
    found = []
    for date, (_, second, length, _) in zip(dates[begins], u[begins], strict=True):
        begin = int(second * DAY) - (today - int(date)) * DAY
        end = begin + round(lognormal(length, seconds, sigma_of(cv)))
        if end > 0:
            found.append((max(0, begin), min(DAY, end)))
    return found
