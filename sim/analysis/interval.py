"""Intervals of a mean: Student's, or the bootstrap's where values are skewed."""

from __future__ import annotations

from math import sqrt
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit  # scipy.stats takes a second to load

from sim.analysis.bootstrap import bca

Floats = NDArray[np.float64]
Kind = Literal["t", "BCa"]
CONFIDENCE = 0.95
SKEWED = 1.0  # skewness beyond which Student's interval misses nearly always on the same side
ROUNDING = 1e-12  # of the values: differences that should all be alike vary by less
LEAST = 30  # values; with fewer, an outlier of symmetric values passes for skewness too often


class Interval(NamedTuple):
    """Where a mean may lie, and how that was found; not a number where one cannot say."""

    low: float
    high: float
    kind: Kind


def mean_interval(values: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Student's interval, or BCa of ``LEAST`` or more values whose skewness is beyond one.

    Examples
    --------
    >>> mean_interval(np.array([1.0, 3.0])).kind
    't'
    """
    if len(values) >= LEAST and abs(skewness(values)) > SKEWED:
        return Interval(*bca(values, confidence), "BCa")
    mean, margin = float(values.mean()), half_width(values, confidence)
    return Interval(mean - margin, mean + margin, "t")


def half_width(values: Floats, confidence: float = CONFIDENCE) -> float:
    """Half of Student's interval; not a number of fewer than two values."""
    n = len(values)
    if n < 2:
        return float("nan")
    spread = float(values.std(ddof=1))
    return float(stdtrit(n - 1, (1 + confidence) / 2)) * spread / sqrt(n)


def skewness(values: Floats) -> float:
    """Third central moment over that of second order to 3/2; zero where nothing varies.

    >>> round(skewness(np.array([0.0, 0.0, 3.0])), 4)
    0.7071
    """
    gap = values - values.mean()
    most = float(np.abs(gap).max())
    if most <= ROUNDING * float(np.abs(values).max()):
        return 0.0
    gap = gap / most  # cubes of what is very large or very small would leave the numbers there are
    return float((gap**3).mean() / (gap**2).mean() ** 1.5)
