"""Small halls for recursions and relations: stations that never close, cases in columns."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np

from sim.engine import ENGINES
from sim.service.cases import FOREVER, Cases, Log, State
from sim.service.stations import ALWAYS, Closing, Stations
from tests.engine.worlds import column, flat, offsets

END = 10_000_000  # seconds: everybody has left by then


def hall(servers: list[int]) -> Stations:
    """Stations without windows, clocks or shifts."""
    n, none = len(servers), column([])
    return Stations.plain(
        closing=np.full(n, Closing.NONE, np.int64),
        clock=np.full(n, ALWAYS, np.int64),
        server_first=offsets([[0] * k for k in servers]),
        roster_first=np.arange(n + 1),
        roster_at=np.zeros(n, np.int64),
        roster_count=column(servers),
        window_first=np.zeros(n + 1, np.int64), window_open=none, window_close=none,
        clock_first=np.zeros(1, np.int64), clock_open=none, clock_close=none, clock_done=none,
    )  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Who comes when, how urgent, and to which stations for how long and how patiently."""

    id: int
    arrival: int
    visits: tuple[tuple[int, int, int], ...]  # station, work, patience
    priority: int = 0
    due: int = 0


def cases_of(people: list[Person]) -> Cases:
    """People as an engine wants them."""
    visits = [list(person.visits) for person in people]
    return Cases.plain(
        id=column([person.id for person in people]),
        arrival=column([person.arrival for person in people]),
        priority=column([person.priority for person in people]),
        first=offsets(visits),
        station=flat([[s for s, _, _ in one] for one in visits]),
        work=flat([[w for _, w, _ in one] for one in visits]),
        patience=flat([[p for _, _, p in one] for one in visits]),
        tolerance=np.full(sum(map(len, visits)), FOREVER),
        due=flat([[person.due] * len(person.visits) for person in people]),
    )


def lived(engine: str, servers: list[int], people: list[Person]) -> Log:
    """What becomes of them."""
    cases = cases_of(people)
    stations = hall(servers)
    log, state = Log.empty(len(cases.station)), State.empty(stations.server_first)
    ENGINES[engine](stations, cases, log, state, 0, END)
    return log


def crowd(
    random: Random, n: int, stations: int = 1, classes: int = 1, patient: bool = True
) -> list[Person]:
    """People who come at seconds of their own, so that no tie decides."""
    arrivals = sorted(random.sample(range(1, 6 * n + 2), n))

    def visit(station: int) -> tuple[int, int, int]:
        patience = FOREVER if patient else random.choice([FOREVER, random.randint(1, 12)])
        return station, random.randint(1, 15), patience

    return [
        Person(i, at, tuple(visit(s) for s in range(stations)), random.randrange(classes))
        for i, at in enumerate(arrivals)
    ]
