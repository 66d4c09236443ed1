"""Levers of stress: systems that are out of order more often, and roads that close."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.config import Config
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import lever, parameter


@lever(
    "portal.outages",
    "How often the portal is out of order, against the base; at most one begins on a day.",
    "times as often",
    low=0.05,
    high=20,
)
def portal_outages(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Divide the days between outages."""
    yield parameter("portal", "outage_every_days", "multiply", 1 / float(value))


@lever(
    "offices.outages",
    "How often the system of the counters is out of order, at all offices and vans at once.",
    "outages a year",
    low=0,
    high=365,
)
def office_outages(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Set the outages of a year."""
    yield parameter("office", "system_outages_per_year", "set", float(value))


@lever(
    "roads.winter",
    "Days on which weather keeps mobile units in, against the base, in every month.",
    "ratio",
    low=0,
    high=10,
)
def winter(_: Mapping[str, Table], config: Config, value: float) -> Iterator[Change]:
    """Multiply the closures of each month, up to all of its days."""
    closures = [min(100.0, value * closed) for closed in config.mobile.weather_closure_pct]
    yield parameter("mobile", "weather_closure_pct", "set", closures)
