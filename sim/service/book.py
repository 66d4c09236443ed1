"""The book of open cases: what engines see of them, what they never see, and what became of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.service.cases import Cases, Log, Outcome


class Particulars(NamedTuple):
    """What a case is about, one row per case; engines never see it."""

    citizen: NDArray[np.int32]  # row of the population, NEVER if from elsewhere
    root: NDArray[np.int32]
    service: NDArray[np.int16]
    kind: NDArray[np.int8]
    number: NDArray[np.int8]
    channel: NDArray[np.int8]
    marks: NDArray[np.uint8]
    filed: NDArray[np.int32]  # day on which this case began
    due: NDArray[np.int32]  # last day on which its decision is on time

    @classmethod
    def empty(cls, n: int) -> Particulars:
        """Room for ``n`` cases."""
        kinds = (np.int32, np.int32, np.int16, np.int8, np.int8, np.int8, np.uint8) + (
            np.int32,
        ) * 2
        return cls(*(np.empty(n, dtype=kind) for kind in kinds))


class Book(NamedTuple):
    """Cases in case order, with their particulars and their log."""

    cases: Cases
    particulars: Particulars
    log: Log

    @classmethod
    def empty(cls) -> Book:
        """Nobody has asked for anything yet."""
        none = np.empty(0, dtype=np.int64)
        cases = Cases(none, none, none, np.zeros(1, np.int64), none, none, none, none)
        return cls(cases, Particulars.empty(0), Log.empty(0))

    def __len__(self) -> int:
        return len(self.cases.id)

    def extended(self, other: Book) -> Book:
        """This book with another's cases after its own."""
        first = np.concatenate([self.cases.first, other.cases.first[1:] + self.cases.first[-1]])
        joined = [np.concatenate(pair) for pair in zip(self.cases, other.cases, strict=True)]
        cases = Cases(*joined)._replace(first=first)
        particulars = zip(self.particulars, other.particulars, strict=True)
        log = zip(self.log, other.log, strict=True)
        return Book(
            cases,
            Particulars(*(np.concatenate(pair) for pair in particulars)),
            Log(*(np.concatenate(pair) for pair in log)),
        )

    def is_open(self) -> NDArray[np.bool_]:
        """Cases that still have a visit to make, and whose visits so far were served."""
        if not len(self):
            return np.zeros(0, dtype=np.bool_)
        begins = self.cases.first[:-1]
        has_open = np.add.reduceat(self.log.outcome == Outcome.OPEN, begins) > 0
        has_failed = np.add.reduceat(self.log.outcome > Outcome.SERVED, begins) > 0
        return has_open & ~has_failed

    def only(self, keep: NDArray[np.bool_]) -> Book:
        """The book of some of its cases, in the same order."""
        return self._of(np.flatnonzero(keep))

    def in_order_of_ids(self) -> Book:
        """The same cases, by rising id."""
        return self._of(np.argsort(self.cases.id, kind="stable"))

    def _of(self, rows: NDArray[np.intp]) -> Book:
        """The book of the cases in some rows, in that order."""
        begins, n_visits = self.cases.first[rows], np.diff(self.cases.first)[rows]
        first = np.concatenate([[0], np.cumsum(n_visits)])
        visits = np.arange(first[-1]) + np.repeat(begins - first[:-1], n_visits)
        cases = Cases(
            self.cases.id[rows],
            self.cases.arrival[rows],
            self.cases.priority[rows],
            first,
            *(column[visits] for column in self.cases[4:]),
        )
        return Book(
            cases,
            Particulars(*(column[rows] for column in self.particulars)),
            Log(*(column[visits] for column in self.log)),
        )
