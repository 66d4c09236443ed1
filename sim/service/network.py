"""The network of stations: offices, van stops, provider organisations, call centre and desks.

Numbers never change in a run. Agents set tomorrow's rosters and windows; ``stations`` turns them
into the columns that engines read.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sim.calendars.clocks import Clocks, Spans
from sim.errors import ModelError
from sim.service.stations import ALWAYS, Closing, Stations
from sim.units import DAY, HALF_HOUR, SLOTS

SHUT = -1  # no window today
SLOT_BEGINS = np.arange(SLOTS) * HALF_HOUR


class Role(StrEnum):
    """What a station is."""

    OFFICE = "office"
    VAN = "van"
    PROVIDER = "provider"
    CALL_CENTRE = "call_centre"
    DESK = "desk"
    PROVIDER_DESK = "provider_desk"


class Network:
    """Stations by name and number, with today's rosters and windows."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.roles: list[Role] = []
        self._closing: list[int] = []
        self._clock: list[int] = []
        self._seats: list[int] = []
        self.index: dict[str, int] = {}

    def add(self, name: str, role: Role, seats: int, closing: Closing, clock: int = ALWAYS) -> int:
        """Add a station with room for ``seats`` servers; returns its number."""
        self.index[name] = len(self.names)
        self.names.append(name)
        self.roles.append(role)
        self._closing.append(int(closing))
        self._clock.append(clock)
        self._seats.append(seats)
        return self.index[name]

    def seal(self, n_clocks: int) -> None:
        """No more stations: lay out the columns."""
        n = len(self.names)
        self.closing = np.array(self._closing, dtype=np.int64)
        self.server_first = np.concatenate([[0], np.cumsum(self._seats)]).astype(np.int64)
        self.roster = np.zeros((n, SLOTS), dtype=np.int64)
        self.opens = np.full(n, SHUT, dtype=np.int64)
        self.closes = np.full(n, SHUT, dtype=np.int64)
        self.clocks = Clocks(n_clocks)
        self._runs = np.zeros((n_clocks, SLOTS), dtype=np.bool_)
        self._clock_of = np.array(self._clock, dtype=np.int64)

    def of(self, *roles: Role) -> NDArray[np.int64]:
        """Numbers of the stations in some roles."""
        return np.array([i for i, role in enumerate(self.roles) if role in roles], dtype=np.int64)

    def staff(self, station: int, roster: NDArray[np.int64]) -> None:
        """Set a station's servers by half-hour from today on."""
        if roster.max() > self._seats[station]:
            raise ModelError(
                f"{self.names[station]} was to have {roster.max()} servers on duty, more than the "
                f"{self._seats[station]} that the model has room for."
            )
        self.roster[station] = roster

    def window(self, station: int, opens: int, closes: int) -> None:
        """Set today's window of a front station, in seconds of the day; SHUT for none."""
        self.opens[station], self.closes[station] = opens, closes

    def work(self, clock: int, day: int, spans: Spans) -> None:
        """Let a clock run today."""
        self.clocks.work(clock, day * DAY, spans)
        self._runs[clock] = [any(a <= t < b for a, b in spans) for t in SLOT_BEGINS]

    def duty_seconds(self) -> NDArray[np.int64]:
        """Server-seconds on duty today, inside windows and while clocks run: (n_stations,)."""
        inside = (self.opens[:, None] <= SLOT_BEGINS) & (self.closes[:, None] > SLOT_BEGINS)
        always = (self.closing == Closing.NONE) & (self._clock_of == ALWAYS)
        counts = np.where(self._clock_of[:, None] != ALWAYS, self._runs[self._clock_of], inside)
        on_duty: NDArray[np.int64] = (self.roster * (counts | always[:, None])).sum(axis=1)
        return on_duty * HALF_HOUR

    def stations(self, day: int) -> Stations:
        """What an engine needs to know of a day."""
        midnight = day * DAY
        changes = np.ones(self.roster.shape, dtype=np.bool_)
        changes[:, 1:] = self.roster[:, 1:] != self.roster[:, :-1]
        station, slot = np.nonzero(changes)
        is_open = self.opens != SHUT
        clock_first, clock_open, clock_close, clock_done = self.clocks.columns()
        return Stations.plain(
            closing=self.closing,
            clock=self._clock_of,
            server_first=self.server_first,
            roster_first=_offsets(station, len(self.names)),
            roster_at=midnight + slot * HALF_HOUR,
            roster_count=self.roster[station, slot],
            window_first=_offsets(np.flatnonzero(is_open), len(self.names)),
            window_open=midnight + self.opens[is_open],
            window_close=midnight + self.closes[is_open],
            clock_first=clock_first,
            clock_open=clock_open,
            clock_close=clock_close,
            clock_done=clock_done,
        )


def _offsets(owners: Iterable[int], n: int) -> NDArray[np.int64]:
    counts = np.bincount(np.asarray(owners, dtype=np.int64), minlength=n)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
