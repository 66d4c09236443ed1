"""How often does an interval of 95 % hold the truth?

    python -m experiments.coverage.intervals [experiments=10000] [seed=1]

Methods of ``sim/analysis`` are asked for intervals of many experiments with days at one counter
(``lines.py``), where the truth is known exactly. Prints a table; wrong methods are shown to fail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import sqrt

import numpy as np
from scipy.special import bdtrik, ndtri

from experiments.coverage.lines import (
    BASE,
    SLOWER,
    daily_means,
    histograms,
    mean_wait,
    wait_exceeded,
)
from sim.analysis.compare import paired_effect
from sim.analysis.interval import mean_interval
from sim.analysis.precision import stopped_at
from sim.analysis.sections import quantile_of_counts
from sim.metrics.waiting import quantile_of_minutes

BAND = (0.943, 0.957)  # of 10,000: a right method fails once in 800 times, one of 93 % never passes
AT_ONCE = 25  # experiments, so that what is at work fits a processor's cache
Held = Iterator[bool]


@dataclass(frozen=True)
class Method:
    """A way to an interval, and experiments that say one by one whether it held the truth."""

    name: str
    experiment: Callable[[np.random.Generator, int], Held]
    must: str = "hold"  # or "fail", or nothing: where a limit is only shown

    def coverage(self, experiments: int, seed: int) -> float:
        rng = np.random.default_rng([seed, *self.name.encode()])
        rounds = (self.experiment(rng, AT_ONCE) for _ in iter(int, 1))
        held = islice((one for each in rounds for one in each), experiments)
        return sum(held) / experiments


def of_mean(runs: int, days: int, visits: int) -> Callable[[np.random.Generator, int], Held]:
    def experiment(rng: np.random.Generator, n: int) -> Held:
        (means,) = daily_means(rng, n * runs * days, visits, BASE)
        for values in means.reshape(n, runs, days).mean(axis=2):
            low, high, _ = mean_interval(values)
            yield low <= mean_wait(BASE) <= high

    return experiment


def of_difference(runs: int, days: int, visits: int) -> Callable[[np.random.Generator, int], Held]:
    exact = mean_wait(SLOWER) - mean_wait(BASE)

    def experiment(rng: np.random.Generator, n: int) -> Held:
        arms = daily_means(rng, n * runs * days, visits, SLOWER, BASE)
        slower, base = (arm.reshape(n, runs, days).mean(axis=2) for arm in arms)
        for pair in zip(slower, base, strict=True):
            effect = paired_effect("slower", "wait_mean", *pair)
            yield effect.low <= exact <= effect.high

    return experiment


def of_quantile(days: int, visits: int) -> Callable[[np.random.Generator, int], Held]:
    def experiment(rng: np.random.Generator, n: int) -> Held:
        for counts in histograms(rng, n * days, visits).reshape(n, days, -1):
            _, low, high = quantile_of_counts(counts, 0.95)
            yield low <= wait_exceeded(0.05, BASE) <= high

    return experiment


def of_stopping(
    precision: float, visits: int, most: int, least: int = 30
) -> Callable[[np.random.Generator, int], Held]:
    def experiment(rng: np.random.Generator, n: int) -> Held:
        (means,) = daily_means(rng, n * most, visits, BASE)
        for values in means.reshape(n, most):
            stop = stopped_at(values, precision, least)
            assert stop is not None, "more days are needed"
            mean = values[:stop].mean()
            yield abs(mean - mean_wait(BASE)) <= precision * mean

    return experiment


def normal_of_five(rng: np.random.Generator, n: int) -> Held:
    """The quantile of the normal law instead of Student's."""
    (means,) = daily_means(rng, n * 500, 50, BASE)
    for values in means.reshape(n, 5, 100).mean(axis=2):
        margin = ndtri(0.975) * values.std(ddof=1) / sqrt(5)
        yield abs(values.mean() - mean_wait(BASE)) <= margin


def visits_as_strangers(rng: np.random.Generator, n: int) -> Held:
    """Ranks of a binomial law, as if no visit waited behind another."""
    margin = ndtri(0.975) * sqrt(0.95 * 0.05 / (100 * 200))
    for counts in histograms(rng, n * 100, 200).reshape(n, 100, -1).sum(axis=1):
        low, high = (quantile_of_minutes(counts, 0.95 + side) for side in (-margin, margin))
        yield low <= wait_exceeded(0.05, BASE) <= high


METHODS = (
    Method("mean, 8 runs of 100 days of 50 visits", of_mean(8, 100, 50)),
    Method("paired difference, 8 runs of 100 days of 50", of_difference(8, 100, 50)),
    Method("p95 by sections, a year of 250 days of 100", of_quantile(250, 100)),
    Method("stop at 5 %, days of 20", of_stopping(0.05, 20, 2_600)),
    Method("normal quantile of 5 runs", normal_of_five, "fail"),
    Method("p95 as if visits were strangers", visits_as_strangers, "fail"),
    Method("stop at 20 % after 2 days", of_stopping(0.2, 50, 400, least=2), "fail"),
    Method("mean, 100 single days of 200 (skewness 2.3)", of_mean(100, 1, 200), ""),
    Method("difference, 100 single days of 200 (3.7)", of_difference(100, 1, 200), ""),
    Method("p95 by sections, 100 days of 50", of_quantile(100, 50), ""),
    Method("stop at 5 %, days of 200", of_stopping(0.05, 200, 900), ""),
    Method("stop at 20 %, days of 20", of_stopping(0.2, 20, 500), ""),
)


def band(experiments: int, alarm: float) -> tuple[float, float]:
    """Shares between which a method of exactly 95 % stays, but for a chance of ``alarm``."""
    low, high = (float(bdtrik(p, experiments, 0.95)) for p in (alarm / 2, 1 - alarm / 2))
    return np.floor(low) / experiments, np.ceil(high) / experiments


def main() -> None:
    told = dict(one.split("=", 1) for one in sys.argv[1:])
    experiments, seed = int(told.get("experiments", "10000")), int(told.get("seed", "1"))
    low, high = BAND if experiments == 10_000 else band(experiments, 1e-4)
    print(f"| method | experiments | coverage, % | {100 * low:.1f} to {100 * high:.1f} |")
    print("|---|---|---|---|")
    for method in METHODS:
        found = method.coverage(experiments, seed)
        said = "yes" if low <= found <= high else "no"
        expected = {"hold": "", "fail": ", as it should be", "": ", a limit"}[method.must]
        print(
            f"| {method.name} | {experiments:,} | {100 * found:.2f} | {said}{expected} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
