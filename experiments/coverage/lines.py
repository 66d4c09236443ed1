"""Days at one counter whose means and quantiles are known exactly: M/M/1, begun in steady state.

``days`` of them at once, by Lindley's recursion, in minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ARRIVALS, BASE, SLOWER = 0.08, 0.125, 0.115  # a minute; two rates of service


def mean_wait(services: float) -> float:
    """Exact."""
    return ARRIVALS / services / (services - ARRIVALS)


def wait_exceeded(share: float, services: float) -> float:
    """Exact: the wait that this share of visits exceed."""
    return log(ARRIVALS / services / share) / (services - ARRIVALS)


def waits(
    rng: np.random.Generator, days: int, visits: int, *services: float
) -> Iterator[list[Floats]]:
    """Waits of visit after visit, (days,) for each rate of service; the same luck for all rates.

    What is yielded is the same memory each time.
    """
    luck = 1 - rng.random(days)
    now = [np.maximum(0, np.log(ARRIVALS / mu / luck) / (mu - ARRIVALS)) for mu in services]
    for _ in range(visits):
        yield now
        work, gap = rng.standard_exponential(days), rng.standard_exponential(days) / ARRIVALS
        for wait, mu in zip(now, services, strict=True):
            wait += work / mu - gap  # noqa: PLW2901 -- in place, which is what takes the time
            np.maximum(wait, 0, out=wait)


def daily_means(rng: np.random.Generator, days: int, visits: int, *services: float) -> list[Floats]:
    """Mean wait of each day, (days,) for each rate of service."""
    sums = [np.zeros(days) for _ in services]
    for now in waits(rng, days, visits, *services):
        for arm, wait in zip(sums, now, strict=True):
            np.add(arm, wait, out=arm)
    return [arm / visits for arm in sums]


def histograms(rng: np.random.Generator, days: int, visits: int) -> NDArray[np.int64]:
    """Visits of each day by whole minutes of wait, (days, n_minutes)."""
    minutes = np.array([now[0].astype(np.int64) for now in waits(rng, days, visits, BASE)])
    most = int(minutes.max()) + 1
    cells = minutes + most * np.arange(days)
    return np.bincount(cells.ravel(), minlength=days * most).reshape(days, most)
