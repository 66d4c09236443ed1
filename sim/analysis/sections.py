"""Intervals of quantiles over days: waits of a day hang together, so days are what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.analysis.interval import CONFIDENCE, Floats
from sim.errors import InputError
from sim.metrics.waiting import quantile_of_minutes

SECTIONS = 10
LEAST_DAYS = 2  # of a section


class Quantile(NamedTuple):
    """A quantile of everything pooled, each visit with the same weight, and its interval."""

    point: float
    low: float
    high: float


def quantile_of_days(days: Sequence[Floats], share: float, sections: int = SECTIONS) -> Quantile:
    """Pooled quantile of samples; its interval from quantiles of runs of consecutive days.

    Parameters
    ----------
    days : n_days of (n_samples,)
        What was seen on each day, in any order within it.

    Examples
    --------
    >>> quantile_of_days([np.array([1.0, 2.0, 3.0])] * 20, 0.5)
    Quantile(point=2.0, low=2.0, high=2.0)
    """
    parts = [np.concatenate(days[one]) for one in _sections(len(days), sections)]
    _refuse_empty([len(part) for part in parts])
    each = [float(np.quantile(part, share)) for part in parts]
    return _sectioned(float(np.quantile(np.concatenate(parts), share)), np.array(each))


def quantile_of_counts(counts: NDArray[Any], share: float, sections: int = SECTIONS) -> Quantile:
    """Pooled quantile of histograms of whole minutes, with the same kind of interval.

    Parameters
    ----------
    counts : (n_days, n_minutes)
        How many lasted from ``minute`` to the next on each day.
    """
    parts = [counts[one].sum(axis=0) for one in _sections(len(counts), sections)]
    _refuse_empty([int(part.sum()) for part in parts])
    each = [quantile_of_minutes(part, share) for part in parts]
    return _sectioned(quantile_of_minutes(counts.sum(axis=0), share), np.array(each))


def _sectioned(point: float, each: Floats) -> Quantile:
    """Student's interval about the pooled quantile, from how sections lie about it.

    Sections are held against the pooled quantile and not against their own mean: their bias, which
    is that of few visits, then widens the interval.
    """
    g = len(each)
    spread = sqrt(float(((each - point) ** 2).sum()) / (g - 1))
    margin = float(stdtrit(g - 1, (1 + CONFIDENCE) / 2)) * spread / sqrt(g)
    return Quantile(point, point - margin, point + margin)


def _sections(days: int, sections: int) -> list[slice]:
    """Days in consecutive runs whose lengths differ by a day at most."""
    if sections < 2:
        raise _refused(f"{sections} section shows no spread; at least 2 are needed.")
    if days < LEAST_DAYS * sections:
        raise _refused(
            f"{days} days are too few for {sections} sections; at least {LEAST_DAYS * sections} "
            "are needed."
        )
    ends = [days * k // sections for k in range(sections + 1)]
    return [slice(*pair) for pair in pairwise(ends)]


def _refuse_empty(sizes: Sequence[int]) -> None:
    empty = [str(k) for k, size in enumerate(sizes, start=1) if not size]
    if empty:
        raise _refused(
            f"nobody was seen in section {', '.join(empty)} of {len(sizes)}; take fewer sections."
        )


def _refused(problem: str) -> InputError:
    return InputError([problem], where="the interval of a quantile")
