"""Stations: numbered servers and one line, with roster, window and clock as data."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ALWAYS = -1  # in place of a clock: never stops


class Closing(IntEnum):
    """What happens to the line when the window shuts."""

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
