"""Tickets of a line whose laws are known: the truth that a fit has to find again."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from heapq import heapreplace
from math import exp, gamma, log, sqrt
from pathlib import Path

import numpy as np

from sim.tickets.read import NEVER, Tickets
from sim.tickets.times import seconds
from sim.units import DAY, HOUR

HOURS = {9: 1.0, 10: 1.6, 11: 1.4, 12: 1.2, 13: 0.6, 14: 0.8, 15: 0.9, 16: 0.5}
WEEKDAYS = (1.3, 1.1, 1.0, 0.9, 0.7)
SERVICES = {"quick": (6.0, 0.4), "long": (14.0, 0.8)}  # minutes, CV
MONDAY = datetime(2024, 9, 2)
Row = tuple[datetime, datetime | None, datetime | None, str]


def tickets(
    seed: int, shape: float = 1.5, minutes: float = 25.0, days: int = 20, a_day: float = 90.0,
    counters: int = 2,
) -> list[Row]:  # fmt: skip
    """Tickets of some weeks; who left has an end and was never called."""
    chance = np.random.default_rng(seed)
    found: list[Row] = []
    for k in range(days):
        date = MONDAY + timedelta(days=7 * (k // 5) + k % 5)
        n = chance.poisson(a_day * WEEKDAYS[k % 5])
        weights = np.array(list(HOURS.values()))
        hours = chance.choice(list(HOURS), n, p=weights / weights.sum())
        opened = np.sort(hours * 60 + chance.random(n) * 60)
        names = chance.choice(list(SERVICES), n)
        patience = minutes / gamma(1 + 1 / shape) * chance.weibull(shape, n)
        free = [0.0] * counters
        for i in range(n):
            begins = max(opened[i], free[0])
            mean, cv = SERVICES[names[i]]
            sigma = sqrt(log(1 + cv**2))
            takes = mean * exp(sigma * chance.standard_normal() - sigma**2 / 2)
            if opened[i] + patience[i] < begins:
                gone = _at(date, opened[i] + patience[i])
                found.append((_at(date, opened[i]), None, gone, str(names[i])))
                continue
            heapreplace(free, begins + takes)
            times = (_at(date, x) for x in (opened[i], begins, begins + takes))
            found.append((*times, str(names[i])))  # type: ignore[arg-type]
    return found


def _at(date: datetime, minute: float) -> datetime:
    return date + timedelta(seconds=round(minute * 60))


def columns(rows: list[Row], noted: bool = True) -> Tickets:
    """The same as a reader leaves it; whose leaving is not ``noted`` has no end."""
    opened, called, ended = (
        np.array([seconds(row[k]) if row[k] else NEVER for row in rows], dtype=np.int64)  # type: ignore[arg-type]
        for k in range(3)
    )
    if not noted:
        ended[called == NEVER] = NEVER
    n = len(rows)
    return Tickets(
        "made", opened, called, ended, np.array([row[3] for row in rows]), np.full(n, ""),
        np.zeros(n, dtype=bool),
    )  # fmt: skip


def arrivals(seed: int, days: int) -> Tickets:
    """Tickets of some weeks, opened only: how many come a day varies beyond chance."""
    chance = np.random.default_rng(seed)
    opened = []
    for k in range(days):
        day = seconds(MONDAY) + (7 * (k // 5) + k % 5) * DAY
        n = chance.poisson(60 * WEEKDAYS[k % 5] * chance.lognormal(0, 0.1))
        weights = np.array(list(HOURS.values()))
        hours = chance.choice(list(HOURS), n, p=weights / weights.sum())
        opened += (day + hours * HOUR + chance.integers(0, HOUR, n)).tolist()
    n, never = len(opened), np.full(len(opened), NEVER)
    return Tickets(
        "made", np.array(opened), never, never, np.full(n, "quick"), np.full(n, ""),
        np.zeros(n, dtype=bool),
    )  # fmt: skip


def write(path: Path, rows: list[Row]) -> Path:
    """A file as a queue system exports it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["opened", "called", "ended", "service"])
        writer.writerows(
            [*(time.isoformat(" ") if time else "" for time in row[:3]), row[3]] for row in rows
        )
    return path
