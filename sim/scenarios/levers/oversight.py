"""Levers of oversight: inspections, the channel of complaints, a survey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.config import Config
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import lever, parameter

NO_BILL = "none in the bill: inspectors and those who answer have posts that it does not count"


@lever(
    "inspections.per_year",
    "How many inspections of bodies there are in a year.",
    "inspections a year",
    low=0,
    high=5_000,
    cost=NO_BILL,
)
def inspections(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Set the number of inspections."""
    yield parameter("oversight", "inspections_per_year", "set", float(value))


@lever(
    "inspections.by",
    "Whether bodies are inspected in turn, or first where complaints are.",
    "rule",
    choices=("turn", "complaints"),
)
def by(_: Mapping[str, Table], __: Config, value: str) -> Iterator[Change]:
    """Set the rule of inspections."""
    yield parameter("oversight", "inspect", "set", value)


@lever(
    "complaints.awareness",
    "Share of people who know where to complain.",
    "share of people",
    low=0,
    high=1,
)
def awareness(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Set who knows the channel; no service gets better or worse by it."""
    yield parameter("complaints", "aware_share", "set", float(value))


@lever(
    "complaints.ease",
    "How readily those who know where complain after a bad experience, against the base.",
    "ratio",
    low=0,
    high=50,
)
def ease(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Multiply the propensity."""
    yield parameter("complaints", "propensity", "multiply", float(value))


@lever(
    "complaints.response_days",
    "Days after which a complaint is answered.",
    "days",
    low=1,
    high=90,
    whole=True,
    cost=NO_BILL,
)
def response(_: Mapping[str, Table], __: Config, value: int) -> Iterator[Change]:
    """Set the days to an answer."""
    yield parameter("complaints", "response_days", "set", int(value))


@lever(
    "survey.sample",
    "How many recent visitors are asked each month; asking changes nobody.",
    "people a month",
    low=0,
    high=100_000,
    whole=True,
    cost=NO_BILL,
)
def sample(_: Mapping[str, Table], __: Config, value: int) -> Iterator[Change]:
    """Set the sample of the survey."""
    yield parameter("survey", "sample", "set", int(value))
