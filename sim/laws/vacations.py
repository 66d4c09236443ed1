"""Laws of a server that goes on vacations: when nobody waits, or after those it met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.engine import Engine
from sim.laws.distributions import Distribution, named
from sim.laws.expressed import NotExpressedError
from sim.laws.given import Given, positive
from sim.laws.lines import ONE_VISIT, at_rate, service_of, settling
from sim.laws.seen import Seen
from sim.laws.system import Drawn, Luck, System, book_of
from sim.service.cases import State

STORE = 2_000  # vacations at the beginning, so that they never run out
SPARE = 1.2  # times as many vacations as are expected


def vacations(given: Given) -> System | Gated:
    """Vacations follow one another until somebody is there to be served."""
    service, vacation = service_of(given), named(str(given["vacation"]), positive(given, "EV"))
    between = at_rate(given, "lam")
    if str(given["policy"]) == "exhaustive multiple":
        return _exhaustive(between, service, vacation)
    if str(given["policy"]) == "gated multiple":
        load = service.mean / between.mean
        settles = settling(load, 1, service, 1.0) + _lasting(vacation) / (1 - load) ** 2
        return Gated(between, service, vacation, settles)
    raise NotExpressedError(f"a server here goes again and again, not {given['policy']}")


def _lasting(vacation: Distribution) -> float:
    """Many times the length of a vacation."""
    return 20 * vacation.mean * (1 + vacation.scv)


@dataclass(frozen=True)
class Gated:
    """A vacation is a customer who stands in line again as soon as it has been served.

    Whoever is there when it joins is served before it, whoever comes later after it: it is the
    gate. It is one case, with a visit for each vacation.
    """

    between: Distribution
    service: Distribution
    vacation: Distribution
    settles: float

    servers = (1,)

    @property
    def rate(self) -> float:
        """Cases a unit of time, vacations apart."""
        return 1 / self.between.mean

    def lived(
        self, engine: Engine, seed: int, case: int, replication: int, n_cases: int
    ) -> Iterator[Seen]:
        """Live a replication at once, and show what comes after its beginning."""
        luck = Luck(seed, case, replication, 0, n_cases + int(self.settles * self.rate) + 1)
        side = System((1,), self.rate, max(self.rate, 1 / self.service.mean), 0.0)
        came = self._came(luck)
        moments = np.concatenate([[0.0], np.cumsum(came.gap)])[:-1]
        book = book_of(came, moments, 0, side.ticks)
        begun, until = int(self.settles * side.ticks), int(book.cases.arrival[-1])
        stations = side.stations()
        state = State.empty(stations.server_first)
        engine(stations, book.cases, book.log, state, 0, until)
        if begun < until:
            others = np.arange(len(book.cases.station)) >= book.cases.first[1]
            yield Seen(book, begun, until, side.ticks, mine=others)

    def _came(self, luck: Luck) -> Drawn:
        """The gate, and after it those who come at random."""
        u = luck()
        free = 1 - self.service.mean / self.between.mean
        often = free * self.between.mean / self.vacation.mean
        n = int(SPARE * often * len(u)) + STORE
        gone = self.vacation(replace(luck, low=0, high=n)(occasion=1)[:, 0])
        first = np.concatenate([[0], n + np.arange(len(u) + 1)])
        work = np.concatenate([gone, self.service(u[:, 1])])
        gap = np.concatenate([[0.0], self.between(u[:, 0])])
        return Drawn(gap, first, np.zeros(n + len(u), np.int64), work)


def _exhaustive(between: Distribution, service: Distribution, vacation: Distribution) -> System:
    """A vacation is a job for which there is always time when nobody waits."""
    load = service.mean / between.mean
    often = 1.1 * (1 - load) / vacation.mean * between.mean  # vacations in store, an arrival
    settles = settling(load, 1, service, 1.0) + _lasting(vacation)

    def draw(luck: Luck) -> Drawn:
        u = luck()
        n_jobs = np.floor(often + u[:, 3]).astype(np.int64)
        n_jobs[0] += STORE if luck.low == 0 else 0
        first = np.cumsum([0, *(1 + n_jobs)])  # each arrival, and behind it jobs for later
        n = int(first[-1])
        gap, work, priority = np.zeros(n), np.empty(n), np.ones(n, np.int64)
        gap[first[1:] - 1], priority[first[:-1]] = between(u[:, 0]), 0
        begin = (int(often) + 1) * luck.low + (STORE if luck.low else 0)  # jobs have addresses too
        jobs = replace(luck, low=begin, high=begin + n - len(u))(occasion=1)
        work[priority == 1] = vacation(jobs[:, 0])
        work[first[:-1]] = service(u[:, 1])
        return Drawn(gap, ONE_VISIT(n), np.zeros(n, np.int64), work, priority=priority)

    events = max(1 / between.mean, 1 / service.mean)
    return System((1,), 1 / between.mean, events, settles, draw, priority=0)
