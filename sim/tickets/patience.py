"""Patience from tickets, where most people were called before theirs ended."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log, nan, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

from sim.tickets.read import NEVER, Tickets
from sim.units import MINUTE

FEWEST = 30  # people who left; fewer say next to nothing about patience
Z = 1.959963984540054  # of an interval of 95 percent
STEP = 1e-4  # of the logarithm of a parameter, for slopes
MOST_OUT_OF_TURN = 0.05  # share of calls that overtake an earlier ticket
SEEN = 20  # people who must still be in line where the law is held against the tickets


@dataclass(frozen=True)
class Waits:
    """What tickets say of patience, in minutes: it ended, was longer, or ended before some time."""

    left: NDArray[np.float64]  # patience itself, of those whose leaving was noted
    served: NDArray[np.float64]  # patience was longer: they were called after so long
    missed: NDArray[np.float64]  # patience was shorter: they were gone when they would be called
    unplaced: int = 0  # who left at a time nobody can tell

    @property
    def gone(self) -> int:
        """All who left."""
        return len(self.left) + len(self.missed)


@dataclass(frozen=True)
class PatienceFit:
    """Mean and shape of a Weibull law of patience, with intervals of 95 percent.

    ``gap`` is the largest distance from Kaplan and Meier's curve, which needs the times of leaving;
    without them it is not a number.
    """

    served: int
    left: int
    missed: int
    minutes: float
    minutes_low: float
    minutes_high: float
    shape: float
    shape_low: float
    shape_high: float
    gap: float
    aic: float
    aic_exponential: float
    longest_wait: float  # minutes


def waits_of(tickets: Tickets) -> Waits:
    """Sort tickets by what they say of patience.

    Who was called waited without leaving. Who left with an end left then. Who was called and did
    not come was gone by then; who left unseen, when it would have been called, if a line is called
    in the order in which it comes.
    """
    called, ended, opened = tickets.called, tickets.ended, tickets.opened
    came = (called != NEVER) & ~tickets.no_show
    noted = (called == NEVER) & (ended != NEVER)
    unseen = (called == NEVER) & (ended == NEVER)
    turn = _turns(tickets) if unseen.any() else np.full(len(tickets), NEVER)
    placed = unseen & (turn != NEVER)
    missed = np.concatenate([(called - opened)[tickets.no_show], (turn - opened)[placed]])
    least = tickets.grain / 2 / MINUTE  # a wait of no time, by a clock that knows none shorter
    return Waits(
        np.maximum((ended - opened)[noted] / MINUTE, least),
        (called - opened)[came] / MINUTE,
        np.maximum(missed / MINUTE, least),
        int(unseen.sum() - placed.sum()),
    )


def _turns(tickets: Tickets) -> NDArray[np.int64]:
    """When each ticket would have been called; ``NEVER`` where lines are not called in order."""
    turns = np.full(len(tickets), NEVER, dtype=np.int64)
    for parts in ((tickets.office,), (tickets.office, tickets.service)):
        names = np.array(list(zip(*parts, tickets.day, strict=True)), dtype=str)
        lines = np.unique(names, axis=0, return_inverse=True)[1].ravel()
        order = np.lexsort((tickets.opened, lines))
        if _out_of_turn(lines[order], tickets.called[order]) <= MOST_OUT_OF_TURN:
            for rows in np.split(order, np.flatnonzero(np.diff(lines[order])) + 1):
                turns[rows] = _turns_of_a_day(
                    tickets.opened[rows], tickets.called[rows], tickets.ended[rows]
                )
            return turns
    return turns


def _turns_of_a_day(
    opened: NDArray[np.int64], called: NDArray[np.int64], ended: NDArray[np.int64]
) -> NDArray[np.int64]:
    """When each ticket of a line on a day would have been called, tickets in order.

    After the one before it: with the next later one that was called, or when a service ended before
    that, for then a counter was free and nobody but this one could have been there.
    """
    late = np.iinfo(np.int64).max
    later = np.where(called != NEVER, called, late)
    following = np.append(np.minimum.accumulate(later[::-1])[::-1][1:], late)
    before = np.append(NEVER, np.maximum.accumulate(called)[:-1])
    ends = np.append(np.sort(ended[(called != NEVER) & (ended != NEVER)]), late)
    free = ends[np.searchsorted(ends[:-1], np.maximum(before, opened), side="right")]
    turns = np.minimum(following, free)
    return np.where(turns == late, NEVER, turns)


def _out_of_turn(line: NDArray[np.int64], called: NDArray[np.int64]) -> float:
    """The share of calls that came before that of an earlier ticket of the same line."""
    line, called = line[called != NEVER], called[called != NEVER]
    pairs = line[1:] == line[:-1]
    return float((called[1:] < called[:-1])[pairs].mean()) if pairs.any() else 0.0


def fit_patience(waits: Waits) -> PatienceFit:
    """Maximum likelihood of a Weibull law, with waits that ended and waits that were cut off.

    Intervals are those of the information at the maximum, on the logarithms of mean and shape.
    """
    start = np.array([0.0, log(_exponential_mean(waits))])
    best = minimize(_minus_likelihood, start, args=(waits,), method="Nelder-Mead",
                    options={"xatol": 1e-7, "fatol": 1e-7, "maxiter": 2_000})  # fmt: skip
    at = np.asarray(best.x)
    covariance = np.linalg.inv(_curvature(at, waits))
    slope = np.array([_log_mean(at + step) - _log_mean(at - step) for step in STEP * np.eye(2)])
    slope /= 2 * STEP
    of_mean, of_shape = sqrt(slope @ covariance @ slope), sqrt(covariance[0, 0])
    middle, shape = _log_mean(at), exp(at[0])
    alone = minimize(lambda b: _minus_likelihood(np.array([0.0, b[0]]), waits), start[1:],
                     method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-7})  # fmt: skip
    return PatienceFit(
        len(waits.served), len(waits.left), len(waits.missed),
        exp(middle), exp(middle - Z * of_mean), exp(middle + Z * of_mean),
        shape, shape * exp(-Z * of_shape), shape * exp(Z * of_shape),
        nan if len(waits.missed) else _gap(waits, at),
        float(2 * best.fun + 4), float(2 * alone.fun + 2),
        float(max(part.max() for part in (waits.left, waits.served, waits.missed) if len(part))),
    )  # fmt: skip


def _exponential_mean(waits: Waits) -> float:
    """Time spent in line for each person who left: where the search begins."""
    parts = (waits.left, waits.served, waits.missed)
    return sum(float(part.sum()) for part in parts) / waits.gone


def _minus_likelihood(at: NDArray[np.float64], waits: Waits) -> float:
    """Of logarithms of shape and scale; the density, the tail and the head of a Weibull law."""
    if abs(at).max() > 20:
        return inf
    shape, scale = exp(at[0]), at[1]
    left, served, missed = (
        np.exp(shape * (np.log(np.maximum(part, 1e-9)) - scale))
        for part in (waits.left, waits.served, waits.missed)
    )
    density = at[0] - scale + (shape - 1) * (np.log(waits.left) - scale) - left
    with np.errstate(divide="ignore"):
        return -float(density.sum() - served.sum() + np.log(-np.expm1(-missed)).sum())


def _curvature(at: NDArray[np.float64], waits: Waits) -> NDArray[np.float64]:
    """Second differences of the likelihood: the observed information."""
    steps = 1e-3 * np.eye(2)
    found = np.empty((2, 2))
    for i, one in enumerate(steps):
        for j, two in enumerate(steps):
            signs = ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
            terms = (s * _minus_likelihood(at + a * one + b * two, waits) for a, b, s in signs)
            found[i, j] = sum(terms) / (4 * 1e-6)
    return found


def _log_mean(at: NDArray[np.float64]) -> float:
    return float(at[1] + gammaln(1 + exp(-at[0])))


def _gap(waits: Waits, at: NDArray[np.float64]) -> float:
    """The largest distance of the law from Kaplan and Meier's curve where enough are in line."""
    times, gone = np.unique(waits.left, return_counts=True)
    everybody = np.sort(np.concatenate([waits.left, waits.served]))
    in_line = len(everybody) - np.searchsorted(everybody, times)
    enough = in_line >= SEEN
    if not enough.any():
        return nan
    staying = np.cumprod(1 - gone[enough] / in_line[enough])
    law = np.exp(-np.exp(exp(at[0]) * (np.log(times[enough]) - at[1])))
    before = np.concatenate([[1.0], staying[:-1]])
    return float(np.maximum(np.abs(staying - law), np.abs(before - law)).max())
