"""Waiting at counters of service centres."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.metrics.metric import Tables, metric, offices, ratio, total


@metric("Mean wait at offices", unit="min", better="lower", matters=0.5)
def wait_mean(tables: Tables) -> float:
    """Mean time in line of the visits that reached a counter."""
    counters, here = offices(tables)
    return ratio(total(counters, "wait_seconds", here), total(counters, "served", here)) / 60


def _quantile(tables: Tables, share: float) -> float:
    """Quantile of waits, pooled over offices and days."""
    waits = tables["waits"]
    return quantile_of_minutes(np.bincount(waits["minutes"], weights=waits["served"]), share)


def quantile_of_minutes(served: NDArray[Any], share: float) -> float:
    """Quantile from counts by whole minute, (n_minutes,), spread evenly within each."""
    if not served.sum():
        return float("nan")
    below = np.cumsum(served) / served.sum()
    minute = int(np.searchsorted(below, share))
    before = below[minute - 1] if minute else 0.0
    return float(minute + (share - before) / (below[minute] - before))


@metric("Visits that wait a minute or more", unit="%", better="lower", matters=2.0)
def wait_any(tables: Tables) -> float:
    """Share of visits served that waited a minute or longer; all offices and days pooled."""
    waits = tables["waits"]
    return 100 * ratio(total(waits, "served", waits["minutes"] > 0), total(waits, "served"))


@metric("95th percentile of waits", unit="min", better="lower", matters=2.0)
def wait_p95(tables: Tables) -> float:
    """One visit in twenty waits longer; all offices and days pooled."""
    return _quantile(tables, 0.95)


@metric("Within the waiting standard", unit="%", better="higher", matters=1.0)
def within_standard(tables: Tables) -> float:
    """Share of visits served that waited no longer than the standard allows."""
    counters, here = offices(tables)
    return 100 * ratio(total(counters, "within_standard", here), total(counters, "served", here))


@metric("Left without service", unit="%", better="lower", matters=0.5)
def left_without_service(tables: Tables) -> float:
    """Share of visits to offices that balked, reneged or were turned away."""
    counters, here = offices(tables)
    lost = sum(total(counters, name, here) for name in ("balked", "reneged", "turned_away"))
    return 100 * ratio(lost, total(counters, "arrived", here))


@metric("Within the standard, worst hour", unit="%", better="higher", matters=2.0)
def within_standard_worst_hour(tables: Tables) -> float:
    """The lowest share within the standard of any hour of the day, offices together."""
    hours = tables["hours"]
    served = np.bincount(hours["hour"], weights=hours["served"])
    within = np.bincount(hours["hour"], weights=hours["within_standard"])
    busy = served > served.sum() / 100
    return float(100 * (within[busy] / served[busy]).min()) if busy.any() else float("nan")


@metric("Within the standard, worst office", unit="%", better="higher", matters=2.0)
def within_standard_worst_office(tables: Tables) -> float:
    """The lowest share within the standard of any office."""
    hours = tables["hours"]
    names, row = np.unique(hours["station"], return_inverse=True)
    served = np.bincount(row, weights=hours["served"], minlength=len(names))
    within = np.bincount(row, weights=hours["within_standard"], minlength=len(names))
    if not served.any():
        return float("nan")
    return float(100 * (within[served > 0] / served[served > 0]).min())
