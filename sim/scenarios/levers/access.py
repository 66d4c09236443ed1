"""Levers of access: mobile units, their itineraries, village connectivity, the call centre."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from sim.config import Config
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import cell, lever, parameter


@lever(
    "mobile.units",
    "How many mobile units there are.",
    "vehicles",
    low=0,
    high=60,
    whole=True,
    cost="crew and road by day, price over the life of a vehicle",
)
def units(_: Mapping[str, Table], __: Config, value: int) -> Iterator[Change]:
    """Set the fleet."""
    yield parameter("mobile", "units", "set", int(value))


@lever(
    "mobile.itinerary",
    "Which villages mobile units call at, and how often.",
    "rule",
    choices=("fixed", "uncovered_first", "demand"),
)
def itinerary(_: Mapping[str, Table], __: Config, value: str) -> Iterator[Change]:
    """Set the rule of the itinerary."""
    yield parameter("mobile", "itinerary", "set", value)


@lever(
    "villages.connect",
    "Share of the villages without mobile coverage that get it, the largest first.",
    "share of villages",
    low=0,
    high=1,
    cost="a connection a village over its life",
)
def connect(tables: Mapping[str, Table], _: Config, value: float) -> Iterator[Change]:
    """Cover villages."""
    settlements = tables["settlements"]
    hidden = np.flatnonzero(settlements.numbers("covered") == 0)
    largest = hidden[np.argsort(-settlements.numbers("residents")[hidden], kind="stable")]
    for row in largest[: round(value * len(hidden))]:
        yield cell("settlements", settlements.rows[row], "covered", "set", 1.0)


@lever(
    "call_centre.staffing",
    "Agents of the call centre in the busiest hour against the base; all other hours follow.",
    "ratio",
    low=0.1,
    high=5,
    cost="a post and its overhead for each agent of the busiest hour, by the region's residents",
)
def agents(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Multiply the agents; whole ones stay whole."""
    yield parameter("call_centre", "agents", "multiply", float(value))
