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
from sim.service.cases import FOREVER
from sim.service.stations import ALL_SKILLS, ALWAYS, OF_SERVERS, OF_STATIONS, Closing, Stations
from sim.units import DAY, HALF_HOUR, SLOTS

SHUT = -1  # no window today
SLOT_BEGINS = np.arange(SLOTS) * HALF_HOUR


class Role(StrEnum):
    """What a station is."""

    OFFICE = "office"
    STEP = "step"  # of a specialised office, at desks of its own
    KIOSK = "kiosk"  # terminals of an office
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
        self._whole: list[int] = []

    def add(
        self,
        name: str,
        role: Role,
        seats: int,
        closing: Closing,
        clock: int = ALWAYS,
        part_of: str = "",
    ) -> int:
        """Add a station with room for ``seats`` servers, or a part of one; returns its number."""
        self.index[name] = len(self.names)
        self._whole.append(self.index[part_of or name])
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
        self.whole = np.array(self._whole, dtype=np.int64)  # the office of a part, else itself
        self.staffed = np.array([role != Role.KIOSK for role in self.roles])
        self.server_first = np.concatenate([[0], np.cumsum(self._seats)]).astype(np.int64)
        self.roster = np.zeros((n, SLOTS), dtype=np.int64)
        self.opens = np.full(n, SHUT, dtype=np.int64)
        self.closes = np.full(n, SHUT, dtype=np.int64)
        self.clocks = Clocks(n_clocks)
        self._runs = np.zeros((n_clocks, SLOTS), dtype=np.bool_)
        self._clock_of = np.array(self._clock, dtype=np.int64)
        n_servers = int(self.server_first[-1])
        self._of_stations = {name: np.full(n, value) for name, value in OF_STATIONS.items()}
        self._of_servers = {name: np.full(n_servers, value) for name, value in OF_SERVERS.items()}
        self.losses: dict[int, list[int]] = {}  # seconds of today, by station

    def rule(self, station: int, name: str, value: int) -> None:
        """Set a trait of a station from today on, such as the grace of appointments."""
        self._of_stations[name][station] = value

    def crew(self, station: int, name: str, values: NDArray[np.int64]) -> None:
        """Set a trait of a station's servers from today on, by number."""
        first = self.server_first[station]
        self._of_servers[name][first : first + len(values)] = values

    def may_idle(self, station: int) -> bool:
        """Whether servers may rightly be idle while somebody waits: by clock, calls or skills."""
        first, last = self.server_first[station : station + 2]
        skills = self._of_servers["skills"][first:last]
        limited = self._of_stations["capacity"][station] < FOREVER
        return bool(self._clock[station] != ALWAYS or limited or (skills != ALL_SKILLS).any())

    def seats(self, station: int) -> int:
        """Servers that a station has room for."""
        return self._seats[station]

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
        """Server-seconds on duty today, inside windows or while clocks of desks run: (n_stations,).

        Operators whose system is out of order are on duty all the same.
        """
        inside = (self.opens[:, None] <= SLOT_BEGINS) & (self.closes[:, None] > SLOT_BEGINS)
        has_window = (self.closing != Closing.NONE)[:, None]
        runs = np.where(self._clock_of[:, None] != ALWAYS, self._runs[self._clock_of], True)
        counts = np.where(has_window, inside, runs)
        on_duty: NDArray[np.int64] = (self.roster * counts).sum(axis=1)
        return on_duty * HALF_HOUR

    def stations(self, day: int) -> Stations:
        """What an engine needs to know of a day."""
        midnight = day * DAY
        changes = np.ones(self.roster.shape, dtype=np.bool_)
        changes[:, 1:] = self.roster[:, 1:] != self.roster[:, :-1]
        station, slot = np.nonzero(changes)
        is_open = self.opens != SHUT
        clock_first, clock_open, clock_close, clock_done = self.clocks.columns()
        losses = sorted(self.losses.items())
        return Stations(
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
            loss_first=_offsets([s for s, at in losses for _ in at], len(self.names)),
            loss_at=midnight + np.array([t for _, at in losses for t in at], dtype=np.int64),
            **self._of_stations,
            **self._of_servers,
        )


def _offsets(owners: Iterable[int], n: int) -> NDArray[np.int64]:
    counts = np.bincount(np.asarray(owners, dtype=np.int64), minlength=n)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
