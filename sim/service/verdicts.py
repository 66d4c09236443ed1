"""What became of a closed case, cause by cause, and the tallies of it by station and service."""

from __future__ import annotations

from enum import IntFlag
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.service.book import Book
from sim.service.cases import NEVER
from sim.service.requests import Mark
from sim.service.tallies import OversightTally


class Verdict(IntFlag):
    """Causes of a bad experience, of which a case may have several, and what followed."""

    LATE = 1  # decided after its limit
    REFUSED = 2
    WRONG = 4  # a refusal that should have been a yes
    AVOIDED = 8  # a wrong refusal that did not happen, for the body took care
    RETURNED = 16  # for documents
    WAITED = 32  # too long
    LEFT = 64  # without service
    COMPLAINED = 128


VIOLATION = Verdict.LATE | Verdict.WRONG
CAUSES = {
    OversightTally.LATE: Verdict.LATE,
    OversightTally.REFUSED: Verdict.REFUSED,
    OversightTally.WRONGLY_REFUSED: Verdict.WRONG,
    OversightTally.RETURNED: Verdict.RETURNED,
    OversightTally.WAITED: Verdict.WAITED,
    OversightTally.LEFT: Verdict.LEFT,
    OversightTally.COMPLAINTS: Verdict.COMPLAINED,
}
Page = NDArray[np.int64]  # (n_stations, n_services, n_oversight_tallies)


class Closed(NamedTuple):
    """Closed cases of which a desk has decided or something is to be said, one row each."""

    case_id: NDArray[np.int64]
    citizen: NDArray[np.int32]
    service: NDArray[np.int16]
    station: NDArray[np.int64]  # the desk that decided, else where the case began
    verdict: NDArray[np.uint8]
    decided: NDArray[np.bool_]  # at a desk

    def only(self, rows: NDArray[Any]) -> Closed:
        """Some of them, by a mask or by their numbers."""
        return Closed._make(column[rows] for column in self)

    @property
    def is_violation(self) -> NDArray[np.bool_]:
        """Decided late or refused wrongly: (n,)."""
        violated: NDArray[np.bool_] = self.verdict & VIOLATION != 0
        return violated


def closed_of(book: Book, is_open: NDArray[np.bool_], verdicts: NDArray[np.uint8]) -> Closed:
    """The cases of a day that closed, without calls and people from elsewhere."""
    cases, about, _ = book
    by_desk = about["marks"] & Mark.DECIDED != 0
    rows = np.flatnonzero(~is_open & (about["citizen"] != NEVER) & (by_desk | (verdicts != 0)))
    decided = by_desk[rows] & (verdicts[rows] & Verdict.LEFT == 0)
    visit = np.where(decided, cases.first[rows + 1] - 1, cases.first[rows])
    return Closed(
        cases.id[rows], about["citizen"][rows], about["service"][rows], cases.station[visit],
        verdicts[rows], decided,
    )  # fmt: skip


def count_verdicts(
    closed: Closed, whole: NDArray[np.int64], is_local: NDArray[np.bool_], page: Page
) -> None:
    """Add what became of some cases to the page of the month."""
    cell = _cells(closed, whole, page)
    _add(page, cell[closed.decided], OversightTally.DECIDED)
    said = np.flatnonzero(closed.verdict)
    cell, verdict = cell[said], closed.verdict[said]
    for column, cause in CAUSES.items():
        _add(page, cell[verdict & cause != 0], column)
    violated = (verdict & VIOLATION != 0) & is_local[closed.service[said]]
    _add(page, cell[violated], OversightTally.VIOLATIONS)


def count(cases: Closed, whole: NDArray[np.int64], page: Page, column: OversightTally) -> None:
    """Add some cases to a column of the page; parts of an office count as the office."""
    _add(page, _cells(cases, whole, page), column)


def _cells(cases: Closed, whole: NDArray[np.int64], page: Page) -> NDArray[np.int64]:
    """Which rows of a flat page cases belong to."""
    _, n_services, n_columns = page.shape
    found: NDArray[np.int64] = (whole[cases.station] * n_services + cases.service) * n_columns
    return found


def _add(page: Page, cells: NDArray[np.int64], column: int) -> None:
    np.add.at(page.reshape(-1), cells + column, 1)
