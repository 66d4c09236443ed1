"""Cases, their visits and the log of what became of them: the contract between model and engines.

Everything chance decides stands in ``Cases`` before any queue forms; an engine only resolves who
is served when and writes it into ``Log``. All times are whole seconds of local civil time.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NEVER = -1  # in a log: not yet, or not at all
FOREVER = 2**61  # seconds of patience, or places in line, that never run out


class Outcome(IntEnum):
    """What became of a visit. Any outcome but SERVED closes the case."""

    OPEN = 0
    SERVED = 1
    BALKED = 2  # saw the line and did not join
    RENEGED = 3  # ran out of patience in line
    TURNED_AWAY = 4  # came to a shut door, or was sent home by the closing rule


class Cases(NamedTuple):
    """What an engine is given. Case ``i`` makes visits ``first[i]:first[i + 1]``, in order."""

    id: NDArray[np.int64]  # (n_cases,) unique; breaks ties after mixing
    arrival: NDArray[np.int64]  # (n_cases,) second at which the first line is joined
    priority: NDArray[np.int64]  # (n_cases,) class, lower is called first, 0 ... 255
    first: NDArray[np.int64]  # (n_cases + 1,) offsets into the visit columns
    station: NDArray[np.int64]  # (n_visits,) where
    work: NDArray[np.int64]  # (n_visits,) seconds with a server, at least 1
    patience: NDArray[np.int64]  # (n_visits,) seconds in line until leaving, at least 1, or FOREVER
    tolerance: NDArray[np.int64]  # (n_visits,) longest line joined, in places, or FOREVER
    due: NDArray[np.int64]  # (n_visits,) day that orders the line within a class, 0 if none does


class Log(NamedTuple):
    """What an engine fills in: one row per visit, in seconds, ``NEVER`` if not yet."""

    joined: NDArray[np.int64]  # (n_visits,) entered the line
    started: NDArray[np.int64]  # (n_visits,) was called to a server
    ended: NDArray[np.int64]  # (n_visits,) left the server, the line or the door
    server: NDArray[np.int64]  # (n_visits,) number of the server within the station
    outcome: NDArray[np.int8]  # (n_visits,) an Outcome

    @classmethod
    def empty(cls, n_visits: int) -> Log:
        """A log in which nothing has happened."""
        joined, started, ended, server = np.full((4, n_visits), NEVER, dtype=np.int64)
        return cls(joined, started, ended, server, np.zeros(n_visits, dtype=np.int8))


class State(NamedTuple):
    """What an engine keeps between intervals beside the log of the open cases."""

    free_since: NDArray[np.int64]  # (n_servers,) end of the last service, NEVER if none yet

    @classmethod
    def empty(cls, n_servers: int) -> State:
        """Nobody has served anybody yet."""
        return cls(np.full(n_servers, NEVER, dtype=np.int64))
