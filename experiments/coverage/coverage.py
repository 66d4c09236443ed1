"""How often does an interval of 95 % hold the truth?

    python experiments/coverage/coverage.py [experiments=10000] [seed=1]

Every method of ``sim/analysis`` is asked for intervals of many experiments with lines at one
counter, whose truth is known exactly: arrivals of Poisson, exponential services, every day begun as
steady state would have it. Prints a table; methods that are known to fail are shown to fail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc

from sim.analysis.compare import paired_effect
from sim.analysis.interval import mean_interval
from sim.analysis.precision import stopped_at
from sim.analysis.sections import quantile_of_counts

Floats = NDArray[np.float64]
BAND = (0.943, 0.957)  # of 10,000 experiments: false alarm 0.12 %, and 93 % passes never
ARRIVALS, SERVICES, SLOWER = 0.08, 0.125, 0.115  # a minute
VISITS = 100  # of a day
DAYS = 100
AT_ONCE = 250  # experiments


@dataclass(frozen=True)
class Covered:
    """How many intervals of a method held the truth."""

    method: str
    experiments: int
    held: int

    @property
    def share(self) -> float:
        return self.held / self.experiments


def mean_wait(services: float) -> float:
    """The exact mean wait of M/M/1, minutes."""
    return ARRIVALS / services / (services - ARRIVALS)


def wait_exceeded(share: float, services: float) -> float:
    """The wait that a share of visits exceed, minutes."""
    return log(ARRIVALS / services / share) / (services - ARRIVALS)


def waits(rng: np.random.Generator, days: int, *services: float) -> Iterator[list[Floats]]:
    """Waits of visit after visit, minutes, (days,) for each rate; the same luck for all rates."""
    luck = 1 - rng.random(days)
    now = [np.maximum(0, np.log(ARRIVALS / mu / luck) / (mu - ARRIVALS)) for mu in services]
    for _ in range(VISITS):
        yield now
        work, gap = rng.standard_exponential(days), rng.standard_exponential(days) / ARRIVALS
        now = [np.maximum(0, w + work / mu - gap) for w, mu in zip(now, services, strict=True)]


def daily_means(rng: np.random.Generator, days: int, *services: float) -> list[Floats]:
    """Mean wait of each day, minutes, (days,) for each rate."""
    sums = [np.zeros(days) for _ in services]
    for now in waits(rng, days, *services):
        for total, wait in zip(sums, now, strict=True):
            total += wait
    return [total / VISITS for total in sums]


def of_mean(rng: np.random.Generator, n: int) -> Iterator[bool]:
    """Mean wait of 100 days."""
    (means,) = daily_means(rng, n * DAYS, SERVICES)
    for values in means.reshape(n, DAYS):
        low, high, _ = mean_interval(values)
        yield low <= mean_wait(SERVICES) <= high


def of_difference(rng: np.random.Generator, n: int) -> Iterator[bool]:
    """What a slower counter adds to the mean wait, in 100 pairs of days with the same luck."""
    arms = (arm.reshape(n, DAYS) for arm in daily_means(rng, n * DAYS, SLOWER, SERVICES))
    exact = mean_wait(SLOWER) - mean_wait(SERVICES)
    for slower, base in zip(*arms, strict=True):
        effect = paired_effect("slower", "wait_mean", slower, base)
        yield effect.low <= exact <= effect.high


def histograms(rng: np.random.Generator, days: int) -> NDArray[np.int64]:
    """Visits of each day by whole minutes of wait, (days, n_minutes)."""
    minutes = np.array([now[0] for now in waits(rng, days, SERVICES)]).astype(np.int64)
    most = int(minutes.max()) + 1
    cells = minutes + most * np.arange(days)
    return np.bincount(cells.ravel(), minlength=days * most).reshape(days, most)


def of_quantile(rng: np.random.Generator, n: int) -> Iterator[bool]:
    """95th percentile of waits of 100 days, by ten sections."""
    exact = wait_exceeded(0.05, SERVICES)
    for counts in histograms(rng, n * DAYS).reshape(n, DAYS, -1):
        _, low, high = quantile_of_counts(counts, 0.95)
        yield low <= exact <= high


def of_stopping(rng: np.random.Generator, n: int) -> Iterator[bool]:
    """Mean wait, with days added one by one until it is known to 5 %."""
    most = 3_000
    (means,) = daily_means(rng, n * most, SERVICES)
    for values in means.reshape(n, most):
        stop = stopped_at(values, precision=0.05)
        assert stop is not None
        yield abs(values[:stop].mean() - mean_wait(SERVICES)) <= 0.05 * values[:stop].mean()
