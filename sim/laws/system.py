"""A service system in a law's own unit of time, lived by an engine window by window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from sim.chance.streams import Stream, uniforms
from sim.engine import Engine
from sim.laws.kernels import open_cases
from sim.laws.seen import Expected, Floats, Ints, Seen
from sim.service.book import PARTICULARS, Book
from sim.service.cases import FOREVER, Cases, Log, State
from sim.service.stations import ALWAYS, Closing, Stations

TICKS = 100_000  # seconds of the engine to the mean time between events: rounding is far below 1 %
AT_ONCE = 20_000  # cases drawn for a window


class Drawn(NamedTuple):
    """Cases as a law describes them; times in its unit."""

    gap: Floats  # (n,) until the next case comes
    first: Ints  # (n + 1,) offsets into the visits
    station: Ints  # (n_visits,)
    work: Floats  # (n_visits,)
    patience: Floats | None = None  # (n_visits,)
    tolerance: Ints | None = None  # (n_visits,)
    priority: Ints | None = None  # (n,)
    back_until: Ints | None = None  # (n_visits,) second of the engine
    delay: Floats | None = None  # (n_visits,) on the way from the visit before
    retrial: Ints | None = None  # (n_visits,)


@dataclass(frozen=True)
class Luck:
    """Uniforms of the cases of a window: by case, occasion and replication, never in turn."""

    seed: int
    case: int  # of the law: no two cases share their luck
    replication: int
    low: int
    high: int

    def __call__(self, occasion: int = 0) -> Floats:
        """(n, 4) uniforms."""
        who = np.arange(self.low, self.high)
        return uniforms(self.seed, Stream.LAW, who, self.case, occasion, self.replication)


Draw = Callable[[Luck], Drawn]


@dataclass(frozen=True)
class System:
    """Stations with servers, and cases that come for ever.

    Attributes
    ----------
    servers : tuple of int
        Of each station.
    rate : float
        Cases a unit of time.
    events : float
        The quickest rate at which anything happens; sets the length of a tick.
    settles : float
        Units of time after which the start from empty is forgotten.
    draw : Draw, or None
        The cases of a window, where they come by themselves.
    station, priority : int, or None
        Where and at whom the law looks; everywhere and at all, if it does not say.
    clock : of luck and horizon, or None
        Spans in which the clock of all stations runs: (n, 2).
    expected : Expected, or None
        What chance gives on average, where each case makes one visit: luck can then be told.
    at_once : int
        Cases of a window.
    """

    servers: tuple[int, ...]
    rate: float
    events: float
    settles: float
    draw: Draw | None = None
    station: int | None = None
    priority: int | None = None
    clock: Callable[[Luck, float], Floats] | None = None
    expected: Expected | None = None
    at_once: int = AT_ONCE

    @property
    def ticks(self) -> float:
        """Engine seconds to a unit of time."""
        return TICKS * self.events

    def stations(self, clock: Ints | None = None) -> Stations:
        """Open at all times; with a clock, if it stops at times."""
        n = len(self.servers)
        none, zero = np.empty(0, np.int64), np.zeros(n + 1, np.int64)
        opens, closes = (none, none) if clock is None else np.ascontiguousarray(clock.T)
        done = np.concatenate([[0], np.cumsum(closes - opens)[:-1]]) if len(opens) else none
        return Stations.plain(
            closing=np.full(n, Closing.NONE, np.int64),
            clock=np.full(n, ALWAYS if clock is None else 0, np.int64),
            server_first=np.cumsum([0, *self.servers]),
            roster_first=np.arange(n + 1),
            roster_at=np.zeros(n, np.int64),
            roster_count=np.array(self.servers, np.int64),
            window_first=zero, window_open=none, window_close=none,
            clock_first=np.array([0, len(opens)]),
            clock_open=opens, clock_close=closes, clock_done=done,
        )  # fmt: skip

    def lived(
        self, engine: Engine, seed: int, case: int, replication: int, n_cases: int
    ) -> Iterator[Seen]:
        """Live a replication, seen window by window once its beginning is forgotten."""
        forgotten, runs = int(self.settles * self.rate) + 1, None
        if self.clock is not None:
            runs = self._clock(Luck(seed, case, replication, 0, 0), forgotten + n_cases)
        course = Course(self, engine, runs)
        some, last = self.at_once, forgotten + n_cases
        cuts = [*range(0, forgotten, some), *range(forgotten, last, some), last]
        for low, high in pairwise(cuts):
            assert self.draw is not None
            seen = course.live(self.draw(Luck(seed, case, replication, low, high)))
            if seen is not None and low >= forgotten:
                yield seen

    @property
    def in_ticks(self) -> Expected | None:
        """What chance gives on average, in seconds of the engine."""
        if self.expected is None:
            return None
        one = self.expected
        return one._replace(
            gap=one.gap * self.ticks, work=one.work * self.ticks, pile=one.pile * self.ticks
        )

    def _clock(self, luck: Luck, n_cases: int) -> Ints:
        assert self.clock is not None
        spans = self.clock(luck, 1.2 * n_cases / self.rate + 100 * self.settles)
        seconds = np.rint(spans * self.ticks).astype(np.int64)
        return seconds[seconds[:, 1] > seconds[:, 0]]


class Course:
    """A system on its way: where its last window left it."""

    def __init__(self, system: System, engine: Engine, clock: Ints | None = None) -> None:
        self._system, self._engine, self._clock = system, engine, clock
        self._stations = system.stations(clock)
        self._state = State.empty(self._stations.server_first)
        self._book, self._begun = Book.blank(0, 0), 0
        self._coming, self._n_cases = 0.0, 0  # when the next case comes, and how many have

    def live(self, came: Drawn) -> Seen | None:
        """Live until the last of some cases comes; nothing is seen if no time passes."""
        system, begun, ticks = self._system, self._begun, self._system.ticks
        moments = self._coming + np.concatenate([[0.0], np.cumsum(came.gap)])
        book = self._book.extended(book_of(came, moments[:-1], self._n_cases, ticks))
        self._coming, self._n_cases = float(moments[-1]), self._n_cases + len(came.gap)
        until = int(book.cases.arrival[-1])
        if until <= begun:
            self._book = book
            return None
        self._engine(self._stations, book.cases, book.log, self._state, begun, until)
        self._begun, self._book = until, book.only(open_cases(book.cases, book.log))
        whom = system.station, system.priority
        return Seen(book, begun, until, ticks, *whom, self._clock, system.in_ticks)


def book_of(came: Drawn, moments: Floats, number: int, ticks: float) -> Book:
    """Cases as engines want them, numbered from ``number`` on."""
    n, n_visits = len(moments), len(came.station)
    patience = came.patience
    cases = Cases.plain(
        id=number + np.arange(n),
        arrival=np.rint(moments * ticks).astype(np.int64),
        priority=np.zeros(n, np.int64) if came.priority is None else came.priority,
        first=came.first,
        station=came.station,
        work=_seconds(came.work, ticks),
        patience=np.full(n_visits, FOREVER) if patience is None else _seconds(patience, ticks),
        tolerance=np.full(n_visits, FOREVER) if came.tolerance is None else came.tolerance,
        **_of_retrials(came, ticks),
    )
    return Book(cases, np.zeros(n, PARTICULARS), Log.empty(n_visits))


def _of_retrials(came: Drawn, ticks: float) -> dict[str, Any]:
    """Columns of visits that are made only after another ended in vain, or again."""
    found: dict[str, Any] = {}
    if came.back_until is not None:
        found["back_until"] = came.back_until
    if came.delay is not None and came.retrial is not None:
        found["delay"] = np.rint(came.delay * ticks).astype(np.int32)
        found["retrial"] = came.retrial.astype(np.int8)
    return found


def _seconds(units: Floats, ticks: float) -> Ints:
    return np.maximum(1, np.rint(np.minimum(units * ticks, 1e18))).astype(np.int64)
