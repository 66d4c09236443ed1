"""Who is served when: two implementations of one meaning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from sim.engine import compiled_engine, simpy_engine
from sim.service.cases import Cases, Log, State
from sim.service.stations import Stations
from sim.sources import digest


class Engine(Protocol):
    """Carries every open case through ``[since, until)``, filling log and state in place."""

    def __call__(
        self, stations: Stations, cases: Cases, log: Log, state: State, since: int, until: int
    ) -> None:
        """See the class."""


ENGINES: Mapping[str, Engine] = MappingProxyType(
    {"compiled": compiled_engine.advance, "simpy": simpy_engine.advance}
)


def made_of() -> str:
    """One word for the text of both engines and of every rule that they use."""
    return digest(Path(__file__).resolve())
