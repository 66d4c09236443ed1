"""Outcome measures: pure functions of the tables of a run, each with unit and direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]
Tables = Mapping[str, Columns]
Measure = Callable[[Tables], float]
Better = Literal["lower", "higher", "neither"]
MONEY = "money"  # stands for the currency of the region


@dataclass(frozen=True)
class Metric:
    """A named outcome, its unit, which way is better, and the smallest change that matters."""

    name: str
    label: str
    unit: str
    better: Better
    matters: float
    theme: str
    measure: Measure

    def unit_in(self, currency: str) -> str:
        """The unit with the money of a region."""
        return self.unit.replace(MONEY, currency)


METRICS: dict[str, Metric] = {}


def metric(
    label: str, *, unit: str, better: Better, matters: float
) -> Callable[[Measure], Measure]:
    """Register a function of the tables as an outcome of the model."""

    def register(measure: Measure) -> Measure:
        theme = measure.__module__.rsplit(".", 1)[-1]
        name = measure.__name__
        METRICS[name] = Metric(name, label, unit, better, matters, theme, measure)
        return measure

    return register


def measured(tables: Tables) -> dict[str, float]:
    """All metrics of a run; not a number where nothing was there to measure."""
    return {name: float(one.measure(tables)) for name, one in METRICS.items()}


def ratio(part: float, whole: float) -> float:
    """A quotient, or not a number of nothing.

    >>> ratio(1, 4), ratio(1, 0)
    (0.25, nan)
    """
    return float(part) / float(whole) if whole else float("nan")


def years(tables: Tables) -> float:
    """Measured days as years of their calendar year; not a number without days."""
    dates = tables["calls"]["date"]
    if not len(dates):
        return float("nan")
    year = int(str(dates[0])[:4])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return len(dates) / (366 if leap else 365)


def total(columns: Columns, name: str, where: NDArray[np.bool_] | None = None) -> int:
    """The sum of a column, over the rows for which ``where`` holds."""
    values = columns[name] if where is None else columns[name][where]
    return int(values.sum())


def offices(tables: Tables) -> tuple[Columns, NDArray[np.bool_]]:
    """The table of counters and which of its rows are of offices."""
    counters = tables["counters"]
    return counters, counters["role"] == "office"


def bodies(tables: Tables) -> tuple[Columns, NDArray[np.bool_]]:
    """The table of desks and which of its rows are of bodies."""
    desks = tables["desks"]
    return desks, desks["role"] == "desk"


def needs_done(tables: Tables) -> int:
    """Needs that came to an end in the measured days: issued, refused or given up."""
    services = tables["services"]
    return sum(total(services, name) for name in ("issued", "refused", "gave_up"))
