"""A van that calls now and then and serves so many; whoever is left waits for its next visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.special import pdtr

from sim.engine import Engine
from sim.laws.expressed import NotExpressedError
from sim.laws.given import Given, only, positive, whole
from sim.laws.kernels import open_cases
from sim.laws.measure import Measure, mean, over_time, ratio
from sim.laws.seen import Floats, Ints
from sim.laws.system import AT_ONCE, Drawn, Luck, book_of
from sim.service.book import Book
from sim.service.cases import FOREVER, NEVER, State
from sim.service.stations import ALWAYS, Closing, Stations
from sim.units import DAY

MOST_CALLS = 2_000  # of a visit
SPARE = 2  # times as long as its calls take, the van stays: calls are what is short
FAR = 12  # standard deviations: nothing is further from a mean


@dataclass(frozen=True)
class Van:
    """A station that opens at the end of each day of the engine, which stands for a period.

    A visit takes none of the law's time: needs of a period arise on its day before the van comes.

    Attributes
    ----------
    needs : float
        Expected in a period.
    period : float
        Between two visits, in units of time.
    capacity : int
        Calls of a visit, of a second each.
    """

    needs: float
    period: float
    capacity: int

    servers = (1,)

    @property
    def rate(self) -> float:
        """Cases a unit of time; where they are rare, visits, which cost as much."""
        return max(1.0, self.needs) / self.period

    @property
    def settles(self) -> float:
        """Units of time after which the start without anybody left is forgotten."""
        return 20 * self.period * (1 + 2 * self.needs / (self.capacity - self.needs) ** 2)

    @cached_property
    def chances(self) -> Floats:
        """How likely it is that none, one, two ... needs arise in a period."""
        most = int(self.needs + FAR * self.needs**0.5) + FAR
        below: Floats = pdtr(np.arange(most + 1), self.needs)
        return np.diff(below, prepend=0.0)

    @property
    def comes(self) -> int:
        """Second of the day at which the van comes."""
        return DAY - SPARE * self.capacity

    def stations(self, first: int, last: int) -> Stations:
        """The van's stop on some days."""
        one, comes = np.zeros(1, np.int64), DAY * np.arange(first, last) + self.comes
        return Stations.plain(
            closing=np.array([Closing.SEND_HOME], np.int64), clock=one + ALWAYS,
            server_first=np.array([0, 1]), roster_first=np.array([0, 1]), roster_at=one,
            roster_count=one + 1, window_first=np.array([0, len(comes)]), window_open=comes,
            window_close=comes + SPARE * self.capacity, clock_first=np.zeros(1, np.int64),
            clock_open=comes[:0], clock_close=comes[:0], clock_done=comes[:0],
            capacity=one + self.capacity,
        )  # fmt: skip

    def lived(
        self, engine: Engine, seed: int, case: int, replication: int, n_cases: int
    ) -> Iterator[Visits]:
        """Live a replication, seen some visits at a time once its beginning is forgotten."""
        unseen, n = (int(x / max(1.0, self.needs)) + 1 for x in (self.settles * self.rate, n_cases))
        some = max(1, int(AT_ONCE / max(1.0, self.needs)))
        cuts = [*range(0, unseen, some), *range(unseen, unseen + n, some), unseen + n]
        book, state, n_cases = Book.blank(0, 0), State.empty(np.array([0, 1])), 0
        for first, last in pairwise(cuts):
            arising = self._arising(Luck(seed, case, replication, first, last))
            moments = self._moments(Luck(seed, case, replication, n_cases, n_cases + arising.sum()))
            came = self._came(np.repeat(np.arange(first, last), arising), moments, n_cases)
            book, n_cases = book.extended(came), n_cases + int(arising.sum())
            span = DAY * first, DAY * last
            engine(self.stations(first, last), book.cases, book.log, state, *span)
            if first >= unseen:
                yield Visits(self, book, first, arising)
            book = book.only(open_cases(book.cases, book.log))

    def _arising(self, luck: Luck) -> Ints:
        """How many needs arise before each visit."""
        number: Ints = np.searchsorted(self.chances.cumsum(), luck()[:, 0])
        return number

    def _moments(self, luck: Luck) -> Floats:
        """When each need arises, as a share of its period."""
        found: Floats = luck(occasion=1)[:, 0]
        return found

    def _came(self, day: Ints, moments: Floats, number: int) -> Book:
        """Cases that join the line when the need arises, and stay until the van has called them."""
        at = np.sort(np.floor((day * float(DAY)) + moments * self.comes))
        n, one = len(at), np.ones(len(at))
        home = np.full(n, FOREVER)
        station = np.zeros(n, np.int64)
        came = Drawn(one, np.arange(n + 1), station, one, back_until=home)
        return book_of(came, at, number, 1.0)


class Visits:
    """What the log shows of some visits of a van, one a day from ``first`` on."""

    def __init__(self, van: Van, book: Book, first: int, arising: Ints) -> None:
        self._van, self._arising, self.n = van, arising, len(arising)
        days = np.arange(first, first + self.n)
        self._begun, self._comes = DAY * first, DAY * days + van.comes
        self._until = DAY * (first + self.n)
        log = book.log
        gone = np.where(log.started != NEVER, log.started, log.ended)
        self._gone = np.sort(gone[gone != NEVER])
        self._joined = np.sort(log.joined[log.joined != NEVER])
        here = (log.started >= self._begun) & (log.started < self._until)
        self._served = log.joined[here], log.started[here]

    @property
    def span(self) -> float:
        """How long it is."""
        return self.n * self._van.period

    @property
    def capacity(self) -> int:
        """Calls of a visit."""
        return self._van.capacity

    @cached_property
    def queue(self) -> Floats:
        """Who waited just before each visit."""
        return self._in_line(self._comes)

    @cached_property
    def left(self) -> Floats:
        """Who was still there when the van left, of each visit."""
        return self._in_line(self._comes - self._van.comes + DAY - 1)

    @cached_property
    def called(self) -> Floats:
        """How many were called, of each visit."""
        started = np.sort(self._served[1])
        low, high = (np.searchsorted(started, self._comes + x) for x in (0, DAY - self._van.comes))
        return (high - low).astype(np.float64)

    @property
    def waits(self) -> Floats:
        """From the need to the visit, of those who were called; in the law's time."""
        joined, started = (self._told(x) for x in self._served)
        found: Floats = started - joined
        return found

    def _in_line(self, instants: Ints) -> Floats:
        """Who had come before some instants, less who had been called or had left."""
        came, gone = (np.searchsorted(x, instants) for x in (self._joined, self._gone))
        found: Floats = (came - gone).astype(np.float64)
        return found

    def _told(self, seconds: Ints) -> Floats:
        """The law's time at seconds of the engine: it stands still during a visit."""
        day, second = np.divmod(seconds, DAY)
        return (day + np.minimum(1.0, second / self._van.comes)) * self._van.period

    @property
    def controls(self) -> Floats:
        """Sums of luck whose expectation is zero, once the system has settled.

        How many needs arise is drawn after it was settled who is left; so functions of it less
        their expectation, weighed by functions of how many are left, have none.
        """
        scale = max(1.0, self._van.needs) ** 0.5
        before = float(np.searchsorted(self._joined, self._begun))
        before -= float(np.searchsorted(self._gone, self._begun))
        left = np.concatenate([[before], self.left]) / scale
        found, number = left[:-1], self._surplus[self._arising]
        near_empty, one = np.exp(-2 * found), np.ones(self.n)
        by = [one @ number, near_empty @ number, found @ number]
        ends = left[-1] - left[0], left[-1] ** 2 - left[0] ** 2
        return np.concatenate([ends[:1], *by, ends[1:]])

    @cached_property
    def _surplus(self) -> Floats:
        """What each number of needs is more than expected, in five ways: (most + 1, 5)."""
        needs, chances = self._van.needs, self._van.chances
        number = np.arange(float(len(chances)))
        away = (number - needs) / max(1.0, needs) ** 0.5
        beyond = np.maximum(number - self._van.capacity, 0.0)
        ways = [away, away**2, number >= self._van.capacity, beyond, away**3]
        columns = np.stack([np.asarray(x, np.float64) for x in ways], axis=1)
        found: Floats = columns - chances @ columns
        return found


def mobile(given: Given) -> Van:
    """Needs arise at random; a van calls every so many days and serves so many."""
    only(given, "lam_per_day", "period_days", "capacity_per_visit")
    period, capacity = positive(given, "period_days"), whole(given, "capacity_per_visit")
    needs = positive(given, "lam_per_day") * period
    if needs >= capacity:
        raise NotExpressedError(f"the load is {needs / capacity:g}: there is no steady state")
    if capacity > MOST_CALLS:
        raise NotExpressedError(f"more than {MOST_CALLS:,} calls a visit are not tried: {capacity}")
    return Van(needs, period, capacity)


OF_VAN: dict[str, Measure] = {
    "E[leftunservedafteravisit]": mean(lambda w: w.left),
    "E[queuejustbeforeavisit]": mean(lambda w: w.queue),
    "meandaysfromneedtovisit": mean(lambda w: w.waits),
    "P(avisitisfull)": ratio(
        lambda w: float((w.called >= w.capacity).sum()), lambda w: float(w.n), order=1
    ),
    "throughput": over_time(lambda w: float(w.called.sum())),
}
