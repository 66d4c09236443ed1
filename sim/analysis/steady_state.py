"""What a system settles to: where its beginning is cut off, and what remains.

Days and years begin and end: they are replicated whole and nothing is cut. Only the question
whether a system can keep up for ever is one of steady state.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis.interval import Floats, Kind, mean_interval
from sim.errors import InputError

BATCH = 5  # periods, which takes off some of the noise between neighbours
FEWEST_BATCHES = 20  # a steady run of so few is refused one time in seven, of 100 one in a hundred
FEWEST_REPLICATIONS = 10


class SteadyState(NamedTuple):
    """The mean after the beginning, with the interval over replications."""

    mean: float
    low: float
    high: float
    kind: Kind
    cut: int  # periods left out


def steady_state(series: Floats, load: float) -> SteadyState:
    """The mean over replications after the beginning, where the load leaves one to settle to.

    Parameters
    ----------
    series : (n_replications, n_periods)
        An output over time, without season or trend.
    load : float
        Offered work over the time of servers.
    """
    if not load < 1:
        raise _refused(f"a load of {load:.3g} has no steady state: the line grows for ever.")
    if len(series) < FEWEST_REPLICATIONS:
        raise _refused(
            f"a beginning shows in the mean of {FEWEST_REPLICATIONS} replications or more; there "
            f"{'is' if len(series) == 1 else 'are'} {len(series)}."
        )
    cut = mser5(series)
    each = series[:, cut:].mean(axis=1)
    return SteadyState(float(each.mean()), *mean_interval(each), cut)


def mser5(series: Floats) -> int:
    """Periods to leave out: those that least widen what is left by going (White 1997).

    Of the mean across replications in batches of five; never more than half of the run.

    Parameters
    ----------
    series : (n_replications, n_periods)
        An output over time.
    """
    n = series.shape[1] // BATCH
    if n < FEWEST_BATCHES:
        raise _refused(
            f"the run is too short: {series.shape[1]} periods; at least {BATCH * FEWEST_BATCHES} "
            "are needed."
        )
    batches = series.mean(axis=0)[: n * BATCH].reshape(n, BATCH).mean(axis=1)
    cut = int(np.argmin(_widths(batches)))
    if cut > n // 2:
        raise _refused(
            f"the run is too short: its beginning lasts beyond half of {series.shape[1]} periods."
        )
    return cut * BATCH


def _widths(batches: Floats) -> Floats:
    """Squared error of the mean of what is left without the first d batches, by d."""
    n = len(batches)
    left = np.arange(n, 0, -1)
    gap = batches - batches.mean()
    sums, squares = (np.cumsum(one[::-1])[::-1] for one in (gap, gap**2))
    widths: Floats = np.maximum(squares - sums**2 / left, 0) / left**2
    return widths[: n - BATCH + 1]


def _refused(problem: str) -> InputError:
    return InputError([problem], where="the question for a steady state")
