"""How many replications are enough: until every output is known to a share of its mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf, isfinite, sqrt

import numpy as np
from scipy.special import stdtrit

from sim.analysis.interval import CONFIDENCE, Floats, half_width

LEAST = 30  # replications, before a spread is trusted to say how many are needed
MOST = 10**9


@dataclass(frozen=True)
class Reached:
    """How well an output is known after some replications.

    Attributes
    ----------
    n : int
        Replications so far.
    mean, half_width : float
        Of the output, or of its paired difference; half of Student's 95 % interval.
    relative : float
        Half-width over the size of what it is held against: the mean, or that of base.
    enough : bool
        Whether that is at most the precision asked for, after the least replications.
    needed : int or None
        Replications that would do if the spread stays; none where no number would.
    """

    n: int
    mean: float
    half_width: float
    relative: float
    enough: bool
    needed: int | None


def enough(
    values: Mapping[str, Floats],
    precision: float,
    least: int = LEAST,
    base: Mapping[str, Floats] | None = None,
) -> dict[str, Reached]:
    """How near each output is to a half-width of ``precision`` times its mean; stop when all are.

    With ``base`` the outputs are paired differences, held against the means of base. Beyond 0.05
    it stops too soon to keep what an interval promises (``experiments/coverage``).

    Parameters
    ----------
    values, base : each (n_replications,)
        Outputs by name.

    Examples
    --------
    >>> found = enough({"wait": np.tile([9.0, 11.0], 20)}, precision=0.05)
    >>> found["wait"].enough, found["wait"].needed
    (True, 30)
    """
    return {
        name: _reached(
            *((one, one) if base is None else (one - base[name], base[name])), precision, least
        )
        for name, one in values.items()
    }


def may_stop(found: Mapping[str, Reached]) -> bool:
    """Whether every output is known well enough."""
    return all(one.enough for one in found.values())


def _reached(values: Floats, against: Floats, precision: float, least: int) -> Reached:
    n = len(values)
    if not n:
        return Reached(0, float("nan"), float("nan"), inf, False, None)
    wanted, width = precision * abs(float(against.mean())), half_width(values)
    relative = width / wanted * precision if wanted else (inf if width else 0.0)
    is_enough = n >= least and width <= wanted
    return Reached(
        n, float(values.mean()), width, relative, is_enough, _needed(values, wanted, least)
    )


def _needed(values: Floats, wanted: float, least: int) -> int | None:
    """The smallest number at which Student's half-width with today's spread is as wanted."""
    spread = float(values.std(ddof=1)) if len(values) > 1 else inf
    if not spread:
        return least
    if not isfinite(spread) or not wanted > 0 or spread / wanted > sqrt(MOST) / 2:
        return None
    n = max(least, 2, ceil((1.95996 * spread / wanted) ** 2))  # normal, a little below Student's
    while stdtrit(n - 1, (1 + CONFIDENCE) / 2) * spread / sqrt(n) > wanted:
        n += 1
    return n


def stopped_at(
    values: Floats, precision: float, least: int = LEAST, base: Floats | None = None
) -> int | None:
    """The first number of replications at which the rule says stop, or none.

    Parameters
    ----------
    values, base : (n_replications,)
        In the order in which they were made.
    """
    values, against = (values, values) if base is None else (values - base, base)
    n = np.arange(1, len(values) + 1)
    gap = values - values[:1]  # sums of squares of what lies far from zero would lose digits
    squares = np.cumsum(gap**2) - np.cumsum(gap) ** 2 / n
    width = _tails(len(n)) * np.sqrt(np.maximum(squares, 0) / np.maximum(n - 1, 1) / n)
    known = (width <= precision * np.abs(np.cumsum(against) / n)) & (n >= max(least, 2))
    return int(n[known][0]) if known.any() else None


@lru_cache(maxsize=4)
def _tails(most: int) -> Floats:
    """Student's quantiles after one replication, two and so on, (most,): slow, and always alike."""
    tails: Floats = stdtrit(np.maximum(np.arange(most), 1), (1 + CONFIDENCE) / 2)
    return tails
