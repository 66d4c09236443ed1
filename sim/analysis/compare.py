"""Paired comparison of a scenario with base: replications share their luck by construction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan, nan, sqrt

import numpy as np
from scipy.special import bdtr, stdtr  # scipy.stats takes a second to load

from sim.analysis.interval import CONFIDENCE, Floats, Kind, mean_interval
from sim.metrics import METRICS, Metric

EQUIVALENCE = 0.90  # of the interval that two one-sided tests at 5 % make


@dataclass(frozen=True)
class Effect:
    """How much a scenario moves a metric, with the interval of the paired difference.

    p-values are two-sided; the adjusted one is of a family of effects, where one was declared.
    """

    scenario: str
    metric: str
    base: float
    mean: float
    low: float
    high: float
    n: int
    gain: float  # variance of unpaired differences over that of paired ones
    interval: Kind = "t"
    p_value: float = nan  # of Student's t of the differences
    sign_p_value: float = nan  # of as many differences up and down, whatever their size
    low_90: float = nan
    high_90: float = nan
    adjusted_p_value: float = nan  # after Holm
    missing: int = 0  # pairs that were asked for and are not there

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 'no effect'."""
        return self.low > 0 or self.high < 0

    @property
    def words(self) -> str:
        """The effect in words: direction, and whether it reaches what matters."""
        return in_words(METRICS[self.metric], self)

    @property
    def shows_no_difference(self) -> bool:
        """Whether two one-sided tests at 5 % rule out a difference that matters."""
        return no_difference(METRICS[self.metric], self)


def paired_effect(scenario: str, metric: str, values: Floats, base: Floats) -> Effect:
    """Mean difference over replications, with its interval and two tests of no effect.

    Where a value is missing or infinite in any replication, the effect is not measured.

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
    n = len(values)
    with np.errstate(invalid="ignore"):
        against = float(base.mean()) if n else nan
    if not n or not np.isfinite([values, base]).all():
        return Effect(scenario, metric, against, nan, nan, nan, n, nan)
    gap = values - base
    wide, narrow = mean_interval(gap, CONFIDENCE), mean_interval(gap, EQUIVALENCE)
    return Effect(
        scenario, metric, against, float(gap.mean()), wide.low, wide.high, n,
        _gain(values, base), wide.kind, _t_test(gap), _sign_test(gap), narrow.low, narrow.high,
    )  # fmt: skip


def _gain(values: Floats, base: Floats) -> float:
    """How many times more replications without common luck would need."""
    if len(values) < 2:
        return nan
    paired = float((values - base).std(ddof=1)) ** 2
    return float(values.var(ddof=1) + base.var(ddof=1)) / paired if paired else inf


def _t_test(gap: Floats) -> float:
    """Two-sided p-value of a mean difference of zero; differences all alike leave no doubt."""
    n = len(gap)
    if n < 2:
        return nan
    error, mean = float(gap.std(ddof=1)) / sqrt(n), abs(float(gap.mean()))
    if not error:
        return 0.0 if mean else 1.0
    return float(2 * stdtr(n - 1, -mean / error))


def _sign_test(gap: Floats) -> float:
    """Exact two-sided p-value of as many differences up as down; those of zero do not count."""
    up, down = int((gap > 0).sum()), int((gap < 0).sum())
    return min(1.0, float(2 * bdtr(min(up, down), up + down, 0.5)))


def effects(
    measured: Mapping[tuple[str, int], Mapping[str, float]],
    base: str,
    scenarios: Sequence[str],
    pairs: int = 0,
) -> list[Effect]:
    """All effects against base, from metrics by scenario and replication.

    If fewer than ``pairs`` were finished the effects are incomplete.
    """
    replications = sorted({replication for _, replication in measured})
    found = []
    for scenario in scenarios:
        if scenario == base:
            continue
        both = [r for r in replications if (scenario, r) in measured and (base, r) in measured]
        for metric in METRICS:
            values = np.array([measured[scenario, r][metric] for r in both])
            against = np.array([measured[base, r][metric] for r in both])
            effect = paired_effect(scenario, metric, values, against)
            found.append(replace(effect, missing=max(0, pairs - len(both))))
    return found


def in_words(metric: Metric, effect: Effect) -> str:
    """'better', 'worse', 'higher', 'lower', 'no difference that matters' or 'not clear'.

    A difference matters when it is at least the metric's smallest; it is clear when the interval
    leaves out zero. Where runs are missing nothing is said: they may have failed for a reason that
    has to do with the difference.
    """
    if effect.missing:
        return "incomplete"
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


def no_difference(metric: Metric, effect: Effect) -> bool:
    """Two one-sided tests at 5 %: the 90 % interval lies within what matters.

    The words ask this of the 95 % interval, so that each can be checked on the interval beside it.
    """
    return -metric.matters < effect.low_90 and effect.high_90 < metric.matters
