"""Levers of how bodies work: cases that are traced, and answers to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.config import Config
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import lever, parameter


@lever(
    "cases.traced",
    "Whether every case is traced to its day: desks take first what is due first.",
    "yes or no",
    choices=("yes", "no"),
)
def traced(_: Mapping[str, Table], __: Config, value: str) -> Iterator[Change]:
    """Call by due day; that bodies are faster stands in ``traced_faster_pct``, zero in the base."""
    yield parameter("back_office", "traced", "set", value == "yes")
    if value == "yes":  # `no` leaves the order to whoever has set it
        yield parameter("back_office", "call_order", "set", "due")


@lever(
    "bodies.answer_days",
    "Days on the way of an inquiry from one body to another, and as many back.",
    "days each way",
    low=0,
    high=100,
)
def answer_days(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Set the way; how many cases need an inquiry stands in ``inquiry_pct``, zero in the base."""
    yield parameter("back_office", "inquiry_days", "set", float(value))
