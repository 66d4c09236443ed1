"""Requests: what a citizen asks for, on which channel, on which day; and how cases are named."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    SHOWN = 64  # a consultant shows the portal


class Requests(NamedTuple):
    """Rows of the agenda, one per request."""

    day: NDArray[np.int32]
    second: NDArray[np.int32]  # of the day, or NEVER if drawn from a profile on arrival
    citizen: NDArray[np.int32]  # row of the population
    root: NDArray[np.int32]  # the need that caused it: month and candidate
    service: NDArray[np.int16]
    kind: NDArray[np.int8]
    number: NDArray[np.int8]  # running number of that kind under the root
    channel: NDArray[np.int8]
    marks: NDArray[np.uint8]
    filed: NDArray[np.int32]  # day on which the need was first filed, NEVER if not yet

    @classmethod
    def empty(cls, n: int) -> Requests:
        """Room for ``n`` requests."""
        kinds = (np.int32,) * 4 + (np.int16,) + (np.int8,) * 3 + (np.uint8, np.int32)
        return cls(*(np.empty(n, dtype=kind) for kind in kinds))

    def rows(self, which: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Requests:
        """Some of the rows."""
        return Requests(*(column[which] for column in self))


def root_of(month: int, candidates: NDArray[np.int8]) -> NDArray[np.int64]:
    """The needs that candidates of a month are known by, in 15 bits."""
    return (month - MONTH_ZERO) * OCCASIONS + candidates.astype(np.int64)


class Agenda:
    """Requests that fall due on later days."""

    def __init__(self) -> None:
        self._days: dict[int, list[Requests]] = {}

    def add(self, requests: Requests) -> None:
        """Put requests on their days."""
        order = np.argsort(requests.day, kind="stable")
        days = requests.day[order]
        cuts = np.flatnonzero(np.diff(days)) + 1
        for rows in np.split(order, cuts):
            if len(rows):
                chunk = requests.rows(rows)
                self._days.setdefault(int(chunk.day[0]), []).append(chunk)

    def due(self, day: int) -> Requests:
        """Take what falls due on a day."""
        chunks = self._days.pop(day, [])
        if not chunks:
            return Requests.empty(0)
        return Requests(*(np.concatenate(columns) for columns in zip(*chunks, strict=True)))

    def __len__(self) -> int:
        return sum(len(chunk.day) for chunks in self._days.values() for chunk in chunks)
