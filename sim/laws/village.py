"""A closed village: so many people who are well, fall out, wait for help and are well again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.engine import Engine
from sim.laws.distributions import Distribution
from sim.laws.seen import Seen
from sim.laws.system import Drawn, Luck, System, book_of
from sim.service.cases import State

AWAY, LINE = 0, 1  # stations
UNUSED = 0.8  # of the time that the drawn visits last: nobody runs out of them before


@dataclass(frozen=True)
class Village:
    """A case for each person, whose visits take turns: away, then to the line, for ever."""

    people: int
    away: Distribution
    service: Distribution
    servers: tuple[int, ...]
    settles: float

    @property
    def rate(self) -> float:
        """Visits to the line a unit of time, at most."""
        return self.people / self.away.mean

    def lived(
        self, engine: Engine, seed: int, case: int, replication: int, n_cases: int
    ) -> Iterator[Seen]:
        """Live until some ``n_cases`` visits to the line have been made."""
        forgotten = int(self.settles * self.rate)
        turns = int((n_cases + forgotten) / self.people / UNUSED) + 50
        luck = Luck(seed, case, replication, 0, self.people * turns)
        u = luck()
        work = np.stack([self.away(u[:, 0]), self.service(u[:, 1])], axis=1).ravel()
        came = Drawn(
            np.zeros(self.people),
            2 * turns * np.arange(self.people + 1),
            np.tile([AWAY, LINE], self.people * turns),
            work,
        )
        events = max(self.rate, self.servers[0] / self.service.mean)
        side = System((self.people, *self.servers), self.rate, events, 0.0)
        book = book_of(came, np.zeros(self.people), 0, side.ticks)
        stations = side.stations()
        state = State.empty(stations.server_first)
        begin = int(self.settles * side.ticks)
        until = int(UNUSED * turns * self.away.mean * side.ticks)
        engine(stations, book.cases, book.log, state, 0, begin)
        engine(stations, book.cases, book.log, state, begin, until)
        yield Seen(book, begin, until, side.ticks, LINE)
