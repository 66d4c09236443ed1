"""Requests: what a citizen asks for, on which channel, on which day; and how cases are named."""

from __future__ import annotations

from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

from sim.service.request_kernels import by_day, rows_at

MONTH_ZERO = 24_000  # months are counted from January of the year 2000 in a root
OCCASIONS = 64  # candidates of a citizen in a month, and numbers of a kind under a root
KIND_SHIFT, ROOT_SHIFT, CITIZEN_SHIFT = 6, 10, 25  # bits of a case id, from the right
NUMBER_IN_SETTLEMENT_SHIFT = 22  # bits of a citizen's id for the number within the settlement


class Channel(IntEnum):
    """Where a request is made."""

    WEB = 0  # the portal in a browser
    APP = 1  # the portal on a phone
    OFFICE = 2  # a counter of a service centre
    VAN = 3  # a mobile unit
    BODY = 4  # in person at the body or organisation that renders the service
    CALL = 5  # the call centre: information only


class Kind(IntEnum):
    """What a request is for. Kinds after the first are caused by an earlier case of the root."""

    FILING = 0
    PICK_UP = 1  # of what was issued
    RETURN = 2  # with the missing documents
    ASSISTED = 3  # after an attempt online that failed
    RESUBMIT = 4  # online, after the desk returned the file
    INQUIRY = 5  # a call
    ATTEMPT = 6  # online again


class Mark(IntFlag):
    """What a request or its case carries along."""

    NONE = 0
    INCOMPLETE = 1  # documents are missing
    REFUSED = 2  # the desk will refuse
    HELP = 4  # assisted use of the portal instead of a filing
    INFORMED = 8  # a call has told which documents are needed
    DECIDED = 16  # goes to a desk
    RESCUE = 32  # a call after a failed attempt: unanswered, it becomes a visit
    SAME_DAY = 64  # decided on the day of the visit: only slots that are left may be booked
    PAPER = 128  # handed in at the body on paper, without a line in front


REQUEST = np.dtype(
    [
        ("day", np.int32),
        ("second", np.int32),  # of the day, or NEVER if drawn from a profile on arrival
        ("citizen", np.uint32),  # row of the population
        ("root", np.int32),  # the need that caused it: month and candidate
        ("service", np.uint16),
        ("kind", np.int8),
        ("number", np.int8),  # running number of that kind under the root
        ("channel", np.int8),
        ("marks", np.uint8),
    ],
    align=True,
)
"""A row of the agenda."""
Requests = NDArray[np.void]  # (n,) of REQUEST


def root_of(month: int, candidates: NDArray[np.int8]) -> NDArray[np.int64]:
    """The needs that candidates of a month are known by, in 15 bits."""
    return (month - MONTH_ZERO) * OCCASIONS + candidates.astype(np.int64)


def in_order(requests: Requests) -> Requests:
    """Requests in the order of the ids their cases will have."""
    key = requests["citizen"].astype(np.int64) << CITIZEN_SHIFT
    key |= requests["root"].astype(np.int64) << ROOT_SHIFT
    key |= requests["kind"].astype(np.int64) << KIND_SHIFT | requests["number"]
    ordered: Requests = rows_at(requests, np.argsort(key, kind="stable"))
    return ordered


class Agenda:
    """Requests of later days, and of today until they are taken."""

    def __init__(self) -> None:
        self._days: dict[int, list[Requests]] = {}

    def add(self, requests: Requests) -> None:
        """Remember requests until their days."""
        if not len(requests):
            return
        ordered, earliest, first = by_day(requests)
        for day in np.flatnonzero(np.diff(first)):
            rows = slice(first[day], first[day + 1])
            self._days.setdefault(int(earliest + day), []).append(ordered[rows])

    def due(self, day: int) -> Requests:
        """Take what falls due on a day."""
        return _joined(self._days.pop(day, []))

    def rows(self) -> Requests:
        """All requests that are still to come."""
        return _joined([chunk for chunks in self._days.values() for chunk in chunks])

    def __len__(self) -> int:
        return sum(len(chunk) for chunks in self._days.values() for chunk in chunks)


WORDS = REQUEST.itemsize // 8  # NumPy joins rows of plain numbers faster than records


def _joined(chunks: list[Requests]) -> Requests:
    words = [np.empty((0, WORDS), np.int64)]
    words += [chunk.view(np.int64).reshape(-1, WORDS) for chunk in chunks]
    return np.concatenate(words).view(REQUEST).reshape(-1)
