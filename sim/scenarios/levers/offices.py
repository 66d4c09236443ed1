"""Levers of service centres: counters, hours, lunch, consultants, documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from sim.config import Config
from sim.errors import InputError, nearest
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import Fields, cell, lever, parameter


class Counters(Fields):
    """At which office, how many more or fewer."""

    office: str
    add: Annotated[int, Field(ge=-50, le=24)]


@lever(
    "offices.counters",
    "Counters opened or closed at an office, or at all.",
    "counters",
    fields=Counters,
    cost="a post and its overhead for each operator of a counter",
)
def counters(tables: Mapping[str, Table], _: Config, value: Counters) -> Iterator[Change]:
    """Add counters, never below one."""
    offices = tables["offices"]
    chosen = offices.rows if value.office == "all" else (value.office,)
    for code in chosen:
        if code not in offices.index:
            raise InputError([f"no office '{code}'.{nearest(code, offices.rows)}"])
        least = 1 - float(offices.numbers("counters")[offices.index[code]])
        yield cell("offices", code, "counters", "add", max(float(value.add), least))


@lever(
    "offices.lunch_cover",
    "Whether a third of the counters is at lunch in each hour from twelve to three.",
    "yes or no",
    choices=("yes", "no"),
)
def lunch_cover(_: Mapping[str, Table], __: Config, value: str) -> Iterator[Change]:
    """Switch the lunch cover."""
    yield parameter("office", "lunch_cover", "set", value == "yes")


@lever(
    "offices.hours",
    "Nine hours everywhere, or duty offices open until the evening.",
    "rule",
    choices=("nine", "duty"),
)
def hours(_: Mapping[str, Table], __: Config, value: str) -> Iterator[Change]:
    """Set the opening hours."""
    yield parameter("office", "hours", "set", value)


@lever(
    "offices.consultants",
    "Consultants per office, beyond those of the base, who show visitors the portal.",
    "consultants",
    low=0,
    high=5,
    cost="a post and its overhead each",
)
def consultants(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Set the consultants."""
    yield parameter("office", "extra_consultants", "set", float(value))


@lever(
    "documents.exchange",
    "Share of missing documents that bodies fetch from each other instead of the applicant.",
    "share of missing documents",
    low=0,
    high=1,
)
def exchange(tables: Mapping[str, Table], _: Config, value: float) -> Iterator[Change]:
    """Lower the chance that documents are missing, for every service."""
    for code in tables["services"].rows:
        yield cell("services", code, "incomplete_pct", "multiply", 1 - value)
