"""Measures: what is summed in each window, and which figure the sums make.

A measure is a function of sums that add over windows and replications, so that any figure,
a variance or a quantile as well as a mean, has a standard error by leaving out replications.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.laws.kernels import histogram
from sim.laws.seen import Floats, Mask, Seen

BINS = 4_000  # of a histogram around a quantile
Of = Callable[[Any], Floats]  # figures, one a visit, case or person


@dataclass(frozen=True)
class Measure:
    """``sums`` of a window add up; ``value`` turns rows of them, (n, k), into figures, (n,).

    ``order`` is the power of the length of a line that is averaged: 1 stands for what is bounded.
    """

    sums: Callable[[Any], Floats]  # of what a system yields: Seen, or what People have Told
    value: Callable[[Floats], Floats]
    order: int = 2


def ratio(top: Callable[[Any], float], bottom: Callable[[Any], float], order: int = 2) -> Measure:
    """One sum over another."""
    return Measure(lambda w: np.array([top(w), bottom(w)]), lambda s: s[:, 0] / s[:, 1], order)


def over_time(held: Callable[[Any], float], order: int = 2) -> Measure:
    """An average over time."""
    return ratio(held, lambda w: w.span, order)


def mean(of: Of, order: int = 2) -> Measure:
    """An average over visits."""
    return ratio(lambda w: float(of(w).sum()), lambda w: len(of(w)), order)


def share(of: Of, holds: Callable[[Floats], Mask]) -> Measure:
    """The share of visits for which something holds."""
    return ratio(lambda w: int(np.count_nonzero(holds(of(w)))), lambda w: len(of(w)), order=1)


def variance(of: Of) -> Measure:
    """The variance over visits."""

    def sums(w: Seen) -> Floats:
        x = of(w)
        return np.array([len(x), x.sum(), (x * x).sum()])

    return Measure(sums, spread, order=3)


def spread(s: Floats) -> Floats:
    """A variance from the sums of weights, of values and of their squares."""
    found: Floats = s[:, 2] / s[:, 0] - (s[:, 1] / s[:, 0]) ** 2
    return found


def quantile(of: Of, p: float, near: float) -> Measure:
    """The p-quantile over visits, read off a histogram of half to one and a half of ``near``."""
    edges = near * np.linspace(0.5, 1.5, BINS + 1)

    def sums(w: Seen) -> Floats:
        counts: Floats = histogram(of(w), edges[0], edges[-1], BINS)
        return counts

    def value(s: Floats) -> Floats:
        below = np.cumsum(s, axis=1)
        wanted = p * below[:, -1]
        found = [np.interp(w, row[:-1], edges) for w, row in zip(wanted, below, strict=True)]
        return np.array(found)

    return Measure(sums, value, order=1)
