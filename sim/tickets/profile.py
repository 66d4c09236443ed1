"""When people come: weights of the hours of the day and of the days of the week."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.tickets.read import Tickets
from sim.units import DAY, HOUR

FEWEST_DAYS, FEWEST_TICKETS = 10, 200
FEWEST_ALIKE = 3  # days of each weekday
THURSDAY = 3  # the first of January 1970
WORKDAYS = 5


@dataclass(frozen=True)
class Profile:
    """Weights with intervals of 95 percent; entries that were not observed have none.

    ``seen`` says which entries are from tickets; the others are the region's, on the same level.
    """

    days: int
    tickets: int
    weights: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    seen: tuple[bool, ...]


def hours_of(tickets: Tickets, region: Sequence[float]) -> Profile | None:
    """Weights of 24 hours, of mean 1 over the hours in which somebody came; none of too few days.

    Days differ as a whole, so the days, not the tickets, are the sample of which errors are told.
    """
    counts = _counts(tickets.day, tickets.opened % DAY // HOUR, 24)
    days, n = len(counts), int(counts.sum())
    if days < FEWEST_DAYS or n < FEWEST_TICKETS:
        return None
    share = counts.sum(axis=0) / n
    off = counts - share * counts.sum(axis=1, keepdims=True)
    error = np.sqrt((off**2).sum(axis=0) * days / (days - 1)) / n
    seen = share > 0
    return _profile(share, error, seen, days, n, np.asarray(region))


def weekdays_of(
    tickets: Tickets, region: Sequence[float], unusual: Collection[int]
) -> Profile | None:
    """Weights of Monday to Friday, of mean 1; none if a weekday was hardly observed.

    ``unusual`` are days since 1970 that follow a holiday, which have a weight of their own. The
    model opens no office at weekends.
    """
    days, counts = np.unique(tickets.day, return_counts=True)
    usual = ~np.isin(days, list(unusual))
    days, counts = days[usual], counts[usual]
    weekday = (days + THURSDAY) % 7
    by_day = [counts[weekday == k].astype(np.float64) for k in range(WORKDAYS)]
    if min(len(one) for one in by_day) < FEWEST_ALIKE:
        return None
    mean = np.array([one.mean() for one in by_day] + [0.0, 0.0])
    error = [one.std(ddof=1) / np.sqrt(len(one)) for one in by_day]
    seen = np.arange(7) < WORKDAYS
    n = int(sum(one.sum() for one in by_day))
    return _profile(
        mean, np.array([*error, 0.0, 0.0]), seen, min(map(len, by_day)), n, np.asarray(region)
    )


def _counts(
    day: NDArray[np.int64], column: NDArray[np.int64], n_columns: int
) -> NDArray[np.float64]:
    """Tickets by day and column: (days, columns)."""
    days, row = np.unique(day, return_inverse=True)
    found = np.zeros((len(days), n_columns))
    np.add.at(found, (row.ravel(), column), 1)
    return found


def _profile(
    weights: NDArray[np.float64], error: NDArray[np.float64], seen: NDArray[np.bool_], days: int,
    n: int, region: NDArray[np.float64],
) -> Profile:  # fmt: skip
    level = weights[seen].mean()
    weights, error = weights / level, error / level
    usual = region[seen].sum()
    others = region / usual * seen.sum() if usual > 0 else np.zeros_like(region)
    margin = float(stdtrit(days - 1, 0.975)) * error
    return Profile(
        days,
        n,
        tuple(np.round(np.where(seen, weights, others), 4).tolist()),
        tuple(
            max(0.0, float(w - m)) if s else None
            for w, m, s in zip(weights, margin, seen, strict=True)
        ),
        tuple(float(w + m) if s else None for w, m, s in zip(weights, margin, seen, strict=True)),
        tuple(bool(s) for s in seen),
    )
