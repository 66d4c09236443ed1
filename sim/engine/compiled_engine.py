"""The engine that runs: the same meaning as ``simpy_engine``, compiled."""

from __future__ import annotations

from sim.engine import kernels
from sim.engine.event_kernels import LONGEST_INTERVAL
from sim.service.cases import Cases, Log, State
from sim.service.stations import Stations


def advance(
    stations: Stations, cases: Cases, log: Log, state: State, since: int, until: int
) -> None:
    """Carry every open case from ``since`` up to, not including, ``until``."""
    while since < until:
        cut = min(until, since + LONGEST_INTERVAL - 1)
        kernels.advance(stations, cases, log, state, since, cut)
        since = cut
