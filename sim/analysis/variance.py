"""Which drawn factor moves an outcome: shares of variance from the draws themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import fdtrc  # scipy.stats takes a second to load

from sim.analysis.interval import Floats

FAMILY = 0.05  # chance that any factor without influence is named
FEWEST = 8  # draws beyond the terms of a fit


class Carried(NamedTuple):
    """The share of an outcome's variance that one factor carries by itself, and its p-value."""

    factor: str
    share: float
    p_value: float
    is_clear: bool  # after Bonferroni over all factors


def shares_of_variance(
    factors: Mapping[str, Sequence[Any]], outcome: Floats, outcomes: int = 1
) -> list[Carried]:
    """Shares by factor, largest first: a parabola through numbers, means of levels of words.

    Each share is adjusted for what fits by chance, so that it is near zero where nothing is.

    Parameters
    ----------
    factors : mapping of (n_draws,)
        Numbers, or words where a factor is a choice.
    outcome : (n_draws,) float64
    outcomes : int
        How many outcomes are looked at with the same factors: what is clear has to be so among all.

    Examples
    --------
    >>> x = np.linspace(0, 1, 40)
    >>> shares_of_variance({"a": x, "b": np.cos(97 * x)}, 3 * x)[0].factor
    'a'
    """
    found = [_carried(name, values, outcome) for name, values in factors.items()]
    clear = FAMILY / max(1, len(found) * outcomes)
    found = [one._replace(is_clear=bool(one.p_value < clear)) for one in found]
    return sorted(found, key=lambda one: (-one.share, one.factor))


def _carried(name: str, values: Sequence[Any], outcome: Floats) -> Carried:
    terms = _terms(values)
    n, k = len(outcome), terms.shape[1]
    free = n - k - 1
    spread = outcome - outcome.mean() if n else outcome
    whole = float(spread @ spread)
    if k == 0 or free < FEWEST or not whole:
        return Carried(name, 0.0, 1.0, False)
    design = np.column_stack([np.ones(n), terms])
    fit, *_ = np.linalg.lstsq(design, outcome, rcond=None)
    rest = outcome - design @ fit
    left = float(rest @ rest)
    share = max(0.0, 1 - left / free / (whole / (n - 1)))
    f = (whole - left) / k / max(left / free, 1e-300)
    return Carried(name, share, float(fdtrc(k, free, f)), False)


def _terms(values: Sequence[Any]) -> Floats:
    """Columns of a fit: first and second power, or one column a level but the first."""
    if any(isinstance(one, str) for one in values):
        words = np.asarray([str(one) for one in values])
        levels = np.unique(words)[1:]
        return (
            np.column_stack([words == one for one in levels] or [np.empty((len(words), 0))]) * 1.0
        )
    x = np.asarray(values, dtype=np.float64)
    reach = float(np.ptp(x)) if len(x) else 0.0
    if not reach:
        return np.empty((len(x), 0))
    x = (x - x.min()) / reach - 0.5
    return np.column_stack([x]) if len(np.unique(x)) < 3 else np.column_stack([x, x**2])
