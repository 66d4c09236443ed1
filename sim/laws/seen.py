"""What a window of a system's life shows: who came, waited and left, and how many were there."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.laws import kernels
from sim.laws.kernels import ABANDONED, BLOCKED, CALLED, OVER
from sim.service.book import Book
from sim.service.cases import NEVER, Outcome

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Expected(NamedTuple):
    """What chance gives a line on average, and how much work lies before its servers."""

    gap: float  # between two cases
    gap_second: float  # moment of the gap over its mean
    work: float
    work_second: float
    work_third: float
    pile: float  # work that a case typically finds: a scale
    batch: int = 1  # cases that come at once


class Seen:
    """A window ``[begun, until)`` of a system, in units of time.

    A visit is counted where its line ended: at the call, or when it left without one. What is
    averaged over time is exact to the second. With a station, a priority or a mask, only such
    visits are seen.
    """

    def __init__(
        self,
        book: Book,
        begun: int,
        until: int,
        ticks: float,
        station: int | None = None,
        priority: int | None = None,
        clock: Ints | None = None,
        expected: Expected | None = None,
        copies: int = 1,
        mine: Mask | None = None,
    ) -> None:
        cases, _, log = book
        self.cases, self.log = cases, log
        self.begun, self.until, self.ticks = begun, until, ticks
        self.mine = np.ones(len(cases.station), dtype=np.bool_) if mine is None else mine
        if station is not None:
            self.mine = self.mine & (cases.station == station)
        if priority is not None:
            self.mine = self.mine & self.of_class(priority)
        self._clock, self._expected, self.copies = clock, expected, copies

    @property
    def span(self) -> float:
        """How long it is."""
        return (self.until - self.begun) / self.ticks

    @cached_property
    def marks(self) -> NDArray[np.uint8]:
        """What happened to each visit."""
        log = self.log
        marks: NDArray[np.uint8] = kernels.marks_of(
            self.mine, log.started, log.ended, log.outcome, self.begun, self.until
        )
        return marks

    def marked(self, what: int) -> Mask:
        """Visits to which any of some things happened."""
        found: Mask = self.marks & np.uint8(what) != 0
        return found

    def count(self, what: int) -> float:
        """How many those are."""
        return float(np.count_nonzero(self.marks & np.uint8(what)))

    @cached_property
    def left_line(self) -> Mask:
        """Visits that joined and whose wait is over."""
        return self.marked(CALLED | ABANDONED)

    @cached_property
    def wait(self) -> Floats:
        """In line, of all visits; meaningful where ``left_line``."""
        return (self._line_ends - self.log.joined) / self.ticks

    @cached_property
    def waits(self) -> Floats:
        """Of those whose wait is over."""
        return self.wait[self.left_line]

    @cached_property
    def over(self) -> Mask:
        """Visits whose service ended."""
        return self.marked(OVER)

    @cached_property
    def sojourn(self) -> Floats:
        """In line and in service, of all visits; meaningful where ``over``."""
        return (self.log.ended - self.log.joined) / self.ticks

    @cached_property
    def sojourns(self) -> Floats:
        """Of those whose service ended."""
        return self.sojourn[self.over]

    @property
    def offered(self) -> float:
        """Visits that joined, or found no room, by the end of their wait."""
        return self.count(CALLED | ABANDONED) + self.count(BLOCKED)

    @cached_property
    def finished(self) -> Mask:
        """Cases that ended, all their visits made."""
        last = self.cases.first[1:] - 1
        ended = self.log.ended[last]
        served: Mask = self.log.outcome[last] == Outcome.SERVED
        return served & (ended >= self.begun) & (ended < self.until)

    @cached_property
    def wholes(self) -> Floats:
        """From arrival to the end of the last service, of cases that ended."""
        ended = self.log.ended[self.cases.first[1:] - 1]
        return (ended - self.cases.arrival)[self.finished] / self.ticks

    @cached_property
    def _line_ends(self) -> Ints:
        """When each visit was called, or left without a call."""
        return np.where(self.log.started != NEVER, self.log.started, self.log.ended)

    def at(self, station: int | None) -> Mask:
        """Visits of a station, or of all that are seen."""
        return self.mine if station is None else self.cases.station == station

    def of_class(self, priority: int) -> Mask:
        """Visits of a priority class."""
        found: Mask = np.repeat(self.cases.priority == priority, np.diff(self.cases.first))
        return found

    @property
    def running(self) -> float:
        """How long the clock ran."""
        if self._clock is None:
            return self.span
        inside = np.clip(self._clock, self.begun, self.until)
        return float((inside[:, 1] - inside[:, 0]).sum()) / self.ticks

    def present(self, station: int | None = None) -> float:
        """Number in the system times time."""
        return self._held(self.log.joined, self.log.ended, station)

    def in_line(self, station: int | None = None) -> float:
        """Number in line times time."""
        return self._held(self.log.joined, self._line_ends, station)

    def busy(self, station: int | None = None) -> float:
        """Number in service times time."""
        return self._held(self.log.started, self.log.ended, station)

    def _held(self, since: Ints, to: Ints, station: int | None) -> float:
        spent = kernels.held(self.at(station), since, to, self.begun, self.until)
        return float(spent) / self.ticks

    @cached_property
    def _came(self) -> Mask:
        """Cases that came."""
        arrival = self.cases.arrival
        came: Mask = (arrival >= self.begun) & (arrival < self.until)
        return came

    @cached_property
    def _walk(self) -> tuple[Ints, Floats]:
        """How long so many were there, and the work that each case found when it came."""
        joined, started, ended, *_ = self.log
        was = self.mine & (joined != NEVER)
        came, left = np.flatnonzero(was), np.flatnonzero(was & (ended != NEVER))
        walked: tuple[Ints, Floats] = kernels.walk(
            came[np.argsort(joined[came], kind="stable")],
            np.sort(started[self.mine & (started != NEVER)]),
            left[np.argsort(ended[left], kind="stable")],
            self.cases.arrival[self._came],
            joined, started, ended, self.cases.work, self.begun, self.until,
        )  # fmt: skip
        return walked

    @property
    def time_at(self) -> Floats:
        """How long so many were in the system: none, one, two ..."""
        return self._walk[0] / self.ticks

    @property
    def controls(self) -> Floats:
        """Sums of luck whose expectation is zero, where a line has one visit a case."""
        if self._expected is None:
            return np.zeros(0)
        rows = np.flatnonzero(self._came)
        gap = self.cases.arrival[rows + 1] - self.cases.arrival[rows]
        columns = gap, self.cases.work[rows], self.cases.id[rows]
        sums: Floats = kernels.weighed(self._walk[1], *columns, self._expected)
        return sums
