"""What a window of a system's life shows: who came, waited and left, and how many were there."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.service.book import Book
from sim.service.cases import NEVER, Outcome

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Seen:
    """A window ``[begun, until)`` of a system, in units of time.

    A visit is counted where its line ended: at the call, or when it left without one. What is
    averaged over time is exact to the second. With a station or a priority, only such visits are
    seen.
    """

    def __init__(
        self,
        book: Book,
        begun: int,
        until: int,
        ticks: float,
        station: int | None = None,
        priority: int | None = None,
        clock: NDArray[np.int64] | None = None,
        controls: Floats | None = None,
        copies: int = 1,
    ) -> None:
        cases, _, log = book
        self.cases, self.log = cases, log
        self.begun, self.until, self.ticks = begun, until, ticks
        self.case = np.repeat(np.arange(len(cases.id)), np.diff(cases.first))
        self.mine = np.ones(len(self.case), dtype=np.bool_)
        if station is not None:
            self.mine = cases.station == station
        if priority is not None:
            self.mine = self.mine & self.of_class(priority)
        self._clock, self.copies = clock, copies
        self.controls = np.zeros(0) if controls is None else controls

    @property
    def span(self) -> float:
        """How long it is."""
        return (self.until - self.begun) / self.ticks

    def _here(self, instants: NDArray[np.int64]) -> Mask:
        return (instants >= self.begun) & (instants < self.until)

    def _ended(self, outcome: Outcome) -> Mask:
        found: Mask = self.mine & (self.log.outcome == outcome) & self._here(self.log.ended)
        return found

    @cached_property
    def called(self) -> Mask:
        """Visits whose service began."""
        found: Mask = self.mine & self._here(self.log.started)
        return found

    @cached_property
    def abandoned(self) -> Mask:
        """Visits that left the line."""
        return self._ended(Outcome.RENEGED)

    @cached_property
    def blocked(self) -> Mask:
        """Visits that did not join."""
        return self._ended(Outcome.BALKED)

    @cached_property
    def left_line(self) -> Mask:
        """Visits that joined and whose wait is over."""
        return self.called | self.abandoned

    @cached_property
    def wait(self) -> Floats:
        """In line, of all visits; meaningful where ``left_line``."""
        return (self._line_ends - self.log.joined) / self.ticks

    @cached_property
    def over(self) -> Mask:
        """Visits whose service ended."""
        return self._ended(Outcome.SERVED)

    @cached_property
    def sojourn(self) -> Floats:
        """In line and in service, of all visits; meaningful where ``over``."""
        return (self.log.ended - self.log.joined) / self.ticks

    @cached_property
    def finished(self) -> Mask:
        """Cases that ended, all their visits made."""
        last = self.cases.first[1:] - 1
        ended: Mask = (self.log.outcome[last] == Outcome.SERVED) & self._here(self.log.ended[last])
        return ended

    @cached_property
    def whole(self) -> Floats:
        """From arrival to the end, of all cases; meaningful where ``finished``."""
        return (self.log.ended[self.cases.first[1:] - 1] - self.cases.arrival) / self.ticks

    def at(self, station: int | None) -> Mask:
        """Visits of a station, or of all that are seen."""
        return self.mine if station is None else self.cases.station == station

    @cached_property
    def _line_ends(self) -> NDArray[np.int64]:
        """When each visit was called, or left without a call."""
        return np.where(self.log.started != NEVER, self.log.started, self.log.ended)

    def of_class(self, priority: int) -> Mask:
        """Visits of a priority class."""
        found: Mask = self.cases.priority[self.case] == priority
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
        return self._held(self.log.joined, self.log.ended, self.at(station))

    def in_line(self, station: int | None = None) -> float:
        """Number in line times time."""
        return self._held(self.log.joined, self._line_ends, self.at(station))

    def busy(self, station: int | None = None) -> float:
        """Number in service times time."""
        return self._held(self.log.started, self.log.ended, self.at(station))

    def _held(self, since: NDArray[np.int64], to: NDArray[np.int64], which: Mask) -> float:
        began = which & (since != NEVER)
        ends = np.where(to[began] == NEVER, self.until, np.minimum(to[began], self.until))
        spent = np.maximum(0, ends - np.maximum(since[began], self.begun))
        return float(spent.sum()) / self.ticks

    @cached_property
    def levels(self) -> tuple[Floats, NDArray[np.int64]]:
        """How long the number in the system stayed at each value it took, one after the other."""
        joined, ended = self.log.joined, self.log.ended
        was = self.mine & (joined != NEVER)
        before = int((was & (joined < self.begun)).sum())
        came = joined[was & (joined >= self.begun)]
        left = ended[was & (ended != NEVER) & (ended < self.until)]
        before -= int((left < self.begun).sum())
        left = left[left >= self.begun]
        instants = np.concatenate([came, left])
        steps = np.concatenate([np.ones(len(came), np.int64), -np.ones(len(left), np.int64)])
        order = np.argsort(instants, kind="stable")
        number = before + np.concatenate([[0], np.cumsum(steps[order])])
        cuts = np.concatenate([[self.begun], instants[order], [self.until]])
        return np.diff(cuts) / self.ticks, number
