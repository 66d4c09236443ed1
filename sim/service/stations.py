"""Stations: numbered servers and one line, with roster, window and clock as data."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.service.cases import FOREVER

ALL_SKILLS = -1  # every bit set
AVERAGE = 1000  # per mille of an average server's time

ALWAYS = -1  # in place of a clock: never stops


class Closing(IntEnum):
    """What happens to the line when the window shuts; who comes back may be sent home only."""

    NONE = 0  # there is no window: a back office
    FINISH = 1  # those inside are served in overtime
    SEND_HOME = 2  # the line is turned away, services finish


class Stations(NamedTuple):
    """What an engine knows of places. Lists of station ``s`` lie at ``x_first[s]:x_first[s + 1]``.

    Rosters and windows cover the civil days of the interval; clocks reach back to the call of the
    oldest service still going on.
    """

    closing: NDArray[np.int64]  # (n,) a Closing
    clock: NDArray[np.int64]  # (n,) index of the working clock, or ALWAYS
    server_first: NDArray[np.int64]  # (n + 1,) offsets into columns of servers
    roster_first: NDArray[np.int64]  # (n + 1,)
    roster_at: NDArray[np.int64]  # seconds, ascending: from here on ...
    roster_count: NDArray[np.int64]  # ... servers 0 ... count - 1 are on duty
    window_first: NDArray[np.int64]  # (n + 1,)
    window_open: NDArray[np.int64]  # seconds, ascending, at most one window a civil day
    window_close: NDArray[np.int64]  # seconds, at most the next midnight
    clock_first: NDArray[np.int64]  # (n_clocks + 1,)
    clock_open: NDArray[np.int64]  # seconds, ascending working intervals [open, close)
    clock_close: NDArray[np.int64]  # seconds
    clock_done: NDArray[np.int64]  # seconds worked before the interval began
    loss_first: NDArray[np.int64]  # (n + 1,)
    loss_at: NDArray[np.int64]  # seconds, ascending: an outage ends every service unfinished
    grace: NDArray[np.int64]  # (n,) seconds after the slot for which an appointment holds
    capacity: NDArray[np.int64]  # (n,) calls a window, or FOREVER
    hurry: NDArray[np.int64]  # (n,) per mille faster for each one left in line ...
    most_hurry: NDArray[np.int64]  # (n,) ... up to so much
    fatigue: NDArray[np.int64]  # (n,) per mille slower for each full hour of the day ...
    fresh_until: NDArray[np.int64]  # (n,) ... after this second of it
    pace: NDArray[np.int64]  # (n_servers,) per mille of the time that the work takes
    errors: NDArray[np.int64]  # (n_servers,) mistakes per mille of cases
    skills: NDArray[np.int64]  # (n_servers,) bits of the skills a server has

    @classmethod
    def plain(cls, **columns: NDArray[np.int64]) -> Stations:
        """Stations without what is not given: nothing lost, no limits, everybody average."""
        n, n_servers = len(columns["closing"]), int(columns["server_first"][-1])
        neutral: dict[str, NDArray[np.int64]] = {
            "loss_first": np.zeros(n + 1, np.int64),
            "loss_at": np.empty(0, np.int64),
            **{name: np.full(n, value) for name, value in OF_STATIONS.items()},
            **{name: np.full(n_servers, value) for name, value in OF_SERVERS.items()},
        }
        return cls(**{**neutral, **columns})


OF_STATIONS = {
    "grace": 0, "capacity": FOREVER, "hurry": 0, "most_hurry": 0, "fatigue": 0, "fresh_until": 0,
}  # fmt: skip
OF_SERVERS = {"pace": AVERAGE, "errors": 0, "skills": ALL_SKILLS}
"""What a station and its servers are like unless somebody says otherwise."""
