"""The book of cases: what engines see of them, what they never see, and their log."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.service.cases import Cases, Log

PARTICULARS = np.dtype(
    [
        ("citizen", np.int32),  # row of the population, NEVER if from elsewhere
        ("root", np.int32),
        ("service", np.int16),
        ("kind", np.int8),
        ("number", np.int8),
        ("channel", np.int8),
        ("marks", np.uint8),
        ("filed", np.int32),  # day on which this case began
        ("due", np.int32),  # last day on which its decision is on time
    ],
    align=True,
)
"""What a case is about; engines never see it."""
Particulars = NDArray[np.void]  # (n_cases,) of PARTICULARS


class Book(NamedTuple):
    """Cases in case order, with their particulars and their log."""

    cases: Cases
    particulars: Particulars
    log: Log

    @classmethod
    def blank(cls, n_cases: int, n_visits: int) -> Book:
        """Room for cases that are still to be written."""
        who, arrival, priority = np.zeros((3, n_cases), np.int64)
        station, work, patience, tolerance = np.zeros((4, n_visits), np.int64)
        cases = Cases.plain(
            id=who, arrival=arrival, priority=priority, first=np.zeros(n_cases + 1, np.int64),
            station=station, work=work, patience=patience, tolerance=tolerance,
        )  # fmt: skip
        return cls(cases, np.empty(n_cases, dtype=PARTICULARS), Log.empty(n_visits))

    def __len__(self) -> int:
        return len(self.cases.id)

    def first_rows(self, n_cases: int, n_visits: int) -> Book:
        """The cases that have been written into a blank book."""
        cases, particulars, log = self
        return Book(
            Cases._make(
                [
                    *(column[:n_cases] for column in cases[:3]),
                    cases.first[: n_cases + 1],
                    *(column[:n_visits] for column in cases[4:]),
                ]
            ),
            particulars[:n_cases],
            Log._make(column[:n_visits] for column in log),
        )

    def with_room(self, n_cases: int, n_visits: int) -> Book:
        """These cases at the beginning of a book with room for more."""
        n, v = len(self), len(self.cases.station)
        book = Book.blank(n + n_cases, v + n_visits)
        own: list[Any] = [*self.cases, *self.log]
        wide: list[Any] = [*book.cases, *book.log]
        for mine, theirs in zip(own, wide, strict=True):
            theirs[: len(mine)] = mine
        book.particulars[:n] = self.particulars
        return book

    def extended(self, *others: Book) -> Book:
        """All the cases of some books, one after the other."""
        books = (self, *others)
        begins = np.cumsum([0, *(book.cases.first[-1] for book in books)])
        first = [book.cases.first[1:] + begin for book, begin in zip(books, begins, strict=False)]
        columns: list[Any] = [
            np.concatenate(rows) for rows in zip(*(book.cases for book in books), strict=True)
        ]
        cases = Cases(*columns)._replace(first=np.concatenate([[0], *first]))
        logged: list[Any] = [
            np.concatenate(rows) for rows in zip(*(book.log for book in books), strict=True)
        ]
        particulars = np.concatenate([book.particulars for book in books])
        return Book(cases, particulars, Log(*logged))

    def only(self, keep: NDArray[np.bool_]) -> Book:
        """The book of some of its cases, in the same order."""
        rows = np.flatnonzero(keep)
        begins, n_visits = self.cases.first[rows], np.diff(self.cases.first)[rows]
        first = np.concatenate([[0], np.cumsum(n_visits)])
        visits = np.arange(first[-1]) + np.repeat(begins - first[:-1], n_visits)
        cases = Cases._make(
            [
                *(column[rows] for column in self.cases[:3]),
                first,
                *(column[visits] for column in self.cases[4:]),
            ]
        )
        log = Log._make(column[visits] for column in self.log)
        return Book(cases, self.particulars[rows], log)
