"""Paired comparison of a scenario with base: replications share their luck by construction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit  # scipy.stats takes a second to load

from sim.metrics import METRICS, Metric

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Effect:
    """How much a scenario moves a metric, with the interval of the paired difference."""

    scenario: str
    metric: str
    base: float
    mean: float
    low: float
    high: float
    n: int
    gain: float  # variance of unpaired differences over that of paired ones

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 'no effect'."""
        return self.low > 0 or self.high < 0

    @property
    def words(self) -> str:
        """The effect in words: direction, and whether it reaches what matters."""
        return in_words(METRICS[self.metric], self)


def paired_effect(
    scenario: str, metric: str, values: NDArray[np.float64], base: NDArray[np.float64]
) -> Effect:
    """Mean difference over replications, with a Student interval.

    Parameters
    ----------
    values, base : (n_replications,)
        The metric in replication ``i`` under the scenario and under base.

    Examples
    --------
    >>> effect = paired_effect("s", "wait_mean", np.array([8.0, 9.0]), np.array([10.0, 11.5]))
    >>> effect.mean, effect.n
    (-2.25, 2)
    """
    gap = values - base
    n = len(gap)
    if n == 0:
        nothing = float("nan")
        return Effect(scenario, metric, nothing, nothing, nothing, nothing, 0, nothing)
    mean = float(gap.mean())
    margin, gain = float("nan"), float("nan")
    if n > 1:
        spread = float(gap.std(ddof=1))
        margin = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * spread / sqrt(n)
        unpaired = float(values.var(ddof=1) + base.var(ddof=1))
        gain = unpaired / spread**2 if spread else float("inf")
    return Effect(scenario, metric, float(base.mean()), mean, mean - margin, mean + margin, n, gain)


def effects(
    measured: Mapping[tuple[str, int], Mapping[str, float]], base: str, scenarios: Sequence[str]
) -> list[Effect]:
    """All effects against base, from metrics by scenario and replication."""
    replications = sorted({replication for _, replication in measured})
    found = []
    for scenario in scenarios:
        if scenario == base:
            continue
        both = [r for r in replications if (scenario, r) in measured and (base, r) in measured]
        for metric in METRICS:
            values = np.array([measured[scenario, r][metric] for r in both])
            against = np.array([measured[base, r][metric] for r in both])
            found.append(paired_effect(scenario, metric, values, against))
    return found


def in_words(metric: Metric, effect: Effect) -> str:
    """'better', 'worse', 'higher', 'lower', 'no difference that matters' or 'not clear'.

    A difference matters when it is at least the metric's smallest; it is clear when the interval
    leaves out zero.
    """
    if isnan(effect.mean):
        return "not measured"
    if isnan(effect.low):
        return "one replication: no interval"
    if -metric.matters < effect.low and effect.high < metric.matters:
        return "no difference that matters"
    if not effect.is_clear:
        return "not clear"
    up = effect.mean > 0
    word = {"higher": ("worse", "better"), "lower": ("better", "worse")}.get(
        metric.better, ("lower", "higher")
    )[up]
    return word if abs(effect.mean) >= metric.matters else f"slightly {word}"
