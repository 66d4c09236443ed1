"""Practice: how much longer work takes, and how many more mistakes are made, by who does it.

Factors of an average over the staff of the base are one, so that they tell people apart and move
no level; training alone is beyond the base.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.sections.staff import Staff as Rules


class Effects(NamedTuple):
    """What the time of work, or the number of mistakes, owes to practice: shares."""

    novice: float  # more on the first day of somebody new
    unfit: float  # more of those who would fail the exam
    trained: float  # less right after training

    @classmethod
    def on_time(cls, rules: Rules) -> Effects:
        """On the time that work takes."""
        shares = (rules.novice_extra_pct, rules.unfit_extra_pct, rules.trained_faster_pct)
        return cls(*(share / 100 for share in shares))

    @classmethod
    def on_mistakes(cls, rules: Rules) -> Effects:
        """On the number of mistakes."""
        return cls(
            rules.novice_mistakes_pct / 100,
            rules.unfit_mistakes_pct / 100,
            rules.trained_fewer_mistakes_pct / 100,
        )


def novice_factor(
    months: NDArray[np.float64], extra: float, learning_months: float, leaves: float
) -> NDArray[np.float64]:
    """More while new, less with every month, one on average over staff that leaves as usual.

    ``leaves`` is the chance a month; the months of those who are there are then geometric.

    >>> novice_factor(np.array([0.0, 600.0]), 0.5, 6.0, 1.0)  # all are new: that is the average
    array([1.        , 0.66666667])
    """
    usual = leaves / (1 - (1 - leaves) * exp(-1 / learning_months))
    factor: NDArray[np.float64] = 1 + extra * np.exp(-months / learning_months)
    factor /= 1 + extra * usual
    return factor


def unfit_factor(unfit: NDArray[np.bool_], extra: float, share: float) -> NDArray[np.float64]:
    """More where somebody is unfit, one on average if a ``share`` is."""
    factor: NDArray[np.float64] = np.where(unfit, 1 + extra, 1.0) / (1 + extra * share)
    return factor


def training_factor(
    months_ago: NDArray[np.float64], effect: float, forgetting_months: float
) -> NDArray[np.float64]:
    """Less after training, and one again as it is forgotten; endless months ago is never."""
    factor: NDArray[np.float64] = 1 - effect * np.exp(-months_ago / forgetting_months)
    return factor
