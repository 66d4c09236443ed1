"""Cases, their visits and the log of what became of them: the contract between model and engines.

Everything chance decides stands in ``Cases`` before any queue forms; an engine only resolves who
is served when and writes it into ``Log``. All times are whole seconds of local civil time.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NEVER = -1  # in a log: not yet, or not at all
FOREVER = 2**61  # seconds of patience, places in line, or calls, that never run out
LUCK = 1_000_000  # a thousand thousands: mistakes and strain are per mille


class Outcome(IntEnum):
    """What became of a visit. Any outcome but SERVED closes the case, unless a retrial follows."""

    OPEN = 0
    SERVED = 1
    BALKED = 2  # saw the line and did not join
    RENEGED = 3  # ran out of patience in line
    TURNED_AWAY = 4  # came to a shut door, or was sent home by the closing rule


class Flag(IntFlag):
    """What a log remembers of a visit beside its instants."""

    REJOINED = 1  # stands in line again: it does not balk, and has no patience any more
    AT_HOME = 2  # was sent home, and comes back when the window opens next
    ERRED = 4  # the server made a mistake


class Cases(NamedTuple):
    """What an engine is given. Case ``i`` makes visits ``first[i]:first[i + 1]``, in order.

    From ``due`` on, 0 is neutral: a column of zeros changes nothing.
    """

    id: NDArray[np.int64]  # (n_cases,) unique; breaks ties after mixing
    arrival: NDArray[np.int64]  # (n_cases,) second at which the first line is joined
    priority: NDArray[np.int64]  # (n_cases,) class, lower is called first, 0 ... 255
    first: NDArray[np.int64]  # (n_cases + 1,) offsets into the visit columns
    station: NDArray[np.int64]  # (n_visits,) where
    work: NDArray[np.int64]  # (n_visits,) seconds with a server, at least 1
    patience: NDArray[np.int64]  # (n_visits,) seconds in line until leaving, at least 1, or FOREVER
    tolerance: NDArray[np.int64]  # (n_visits,) longest line joined, in places, or FOREVER
    due: NDArray[np.int64]  # (n_visits,) day that orders the line within a class
    slot: NDArray[np.int64]  # (n_visits,) second of the appointment, 0 for who has none
    back_until: NDArray[np.int64]  # (n_visits,) second until which one sent home comes back
    delay: NDArray[np.int32]  # (n_visits,) seconds on the way from the visit before
    luck: NDArray[np.int32]  # (n_visits,) 0 ... LUCK - 1; a mistake happens to the lowest
    skill: NDArray[np.int8]  # (n_visits,) which a server must have, 0 ... 62
    retrial: NDArray[np.int8]  # (n_visits,) 1: made only if the visit before ended unserved
    inside: NDArray[np.int8]  # (n_visits,) 1: behind the same door as the visit before

    @classmethod
    def plain(cls, **columns: NDArray[np.int64]) -> Cases:
        """Cases without what is not given: every such column is neutral."""
        n_visits = len(columns["station"])
        neutral: dict[str, Any] = {name: np.zeros(n_visits, kind) for name, kind in OFTEN_NEUTRAL}
        return cls(**{**neutral, **columns})


OFTEN_NEUTRAL = tuple(
    (name, np.dtype(kind))
    for name, kind in {
        "due": np.int64,
        "slot": np.int64,
        "back_until": np.int64,
        "delay": np.int32,
        "luck": np.int32,
        "skill": np.int8,
        "retrial": np.int8,
        "inside": np.int8,
    }.items()
)
"""Columns of visits, with their types, that most visits leave at zero."""


class Log(NamedTuple):
    """What an engine fills in: one row per visit, in seconds, ``NEVER`` if not yet."""

    joined: NDArray[np.int64]  # (n_visits,) entered the line
    started: NDArray[np.int64]  # (n_visits,) was called to a server
    ended: NDArray[np.int64]  # (n_visits,) left the server, the line or the door
    server: NDArray[np.int64]  # (n_visits,) number of the server within the station
    work: NDArray[np.int64]  # (n_visits,) seconds that this server takes, fixed at the call
    outcome: NDArray[np.int8]  # (n_visits,) an Outcome
    flags: NDArray[np.int8]  # (n_visits,) of Flag

    @classmethod
    def empty(cls, n_visits: int) -> Log:
        """A log in which nothing has happened."""
        joined, started, ended, server, work = np.full((5, n_visits), NEVER, dtype=np.int64)
        outcome, flags = np.zeros((2, n_visits), dtype=np.int8)
        return cls(joined, started, ended, server, work, outcome, flags)


class State(NamedTuple):
    """What an engine keeps between intervals beside the log of the open cases."""

    free_since: NDArray[np.int64]  # (n_servers,) end of the last service, NEVER if none yet
    calls: NDArray[np.int64]  # (n_stations,) in a window, where they are limited ...
    window: NDArray[np.int64]  # (n_stations,) ... and the second at which that window opened

    @classmethod
    def empty(cls, server_first: NDArray[np.int64]) -> State:
        """Nobody has served anybody yet, at stations whose servers begin there."""
        n, n_servers = len(server_first) - 1, server_first[-1]
        return cls(*(np.full(size, NEVER, dtype=np.int64) for size in (n_servers, n, n)))
