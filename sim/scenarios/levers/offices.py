"""Levers of service centres: counters, rosters, hours, appointments, kiosks, documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sim.config import Config
from sim.errors import InputError, nearest
from sim.region.table import Table
from sim.scenarios.changes import DUST, Change
from sim.scenarios.lever import Fields, cell, lever, parameter
from sim.service.steps import SPECIALISED

OWN_PAPERS = 1  # the applicant's own: an identity document


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
    "offices.roster",
    "As many counters all day, or the same counter-hours where most visitors are expected.",
    "rule",
    choices=("level", "peak"),
)
def roster(_: Mapping[str, Table], __: Config, value: str) -> Iterator[Change]:
    """Set the roster; ``office.peak_extra_pct`` says how many counters there are desks for."""
    yield parameter("office", "roster", "set", value)


@lever(
    "offices.one_window",
    "Whether offices gather papers for the applicant, or each comes from its own body.",
    "yes or no",
    choices=("yes", "no"),
)
def one_window(tables: Mapping[str, Table], config: Config, value: str) -> Iterator[Change]:
    """Let each paper but one's own be missing as often as ``office.separate_paper_pct`` says.

    It stands for visitors who are sent home for a paper; the hall and its line stay as they are,
    and ways to other bodies are not counted.
    """
    if value == "yes":
        return
    services = tables["services"]
    brought = 1 - config.office.separate_paper_pct / 100
    columns = (services.numbers(name) for name in ("incomplete_pct", "documents"))
    for code, missing, documents in zip(services.rows, *columns, strict=True):
        if missing > 0 and documents > OWN_PAPERS:
            now = 100 - (100 - missing) * brought ** (documents - OWN_PAPERS)
            yield cell("services", code, "incomplete_pct", "multiply", float(now / missing))


@lever(
    "offices.specialised",
    "Whether some services have offices of their own; if not, ordinary ones get their counters.",
    "yes or no",
    choices=("yes", "no"),
)
def specialised(tables: Mapping[str, Table], _: Config, value: str) -> Iterator[Change]:
    """Send such services to the ordinary office of the district; a specialised one keeps one."""
    if value == "yes":
        return
    services, offices = tables["services"], tables["offices"]
    for code in services.rows:
        if services.numbers("specialised")[services.index[code]]:
            yield cell("services", code, "specialised", "set", 0.0)
    counters = offices.wholes("counters")
    closes = np.array([kind == SPECIALISED for kind in offices.words("kind")])
    freed = np.where(closes, counters - 1, 0)
    gains = shared_out(int(freed.sum()), _residents(tables) * ~closes)
    for code, more in zip(offices.rows, gains - freed, strict=True):
        if more:
            yield cell("offices", code, "counters", "add", float(more))


def shared_out(things: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole things in proportion to weights; the largest remainders get what is left.

    >>> shared_out(5, np.array([1.0, 0.0, 2.0]))
    array([2, 0, 3])
    """
    if weights.sum() == 0:
        return np.zeros(len(weights), dtype=np.int64)
    exact = things * weights / weights.sum()
    found: NDArray[np.int64] = np.floor(exact + DUST).astype(np.int64)
    largest = np.argsort(found - exact, kind="stable")
    found[largest[: things - found.sum()]] += 1
    return found


def _residents(tables: Mapping[str, Table]) -> NDArray[np.float64]:
    """Residents to each office: those of its district, by the counters of its ordinary offices."""
    offices, districts = tables["offices"], tables["districts"]
    homes = np.array([districts.index[name] for name in offices.words("district")])
    ordinary = np.array([kind != SPECIALISED for kind in offices.words("kind")])
    counters = offices.numbers("counters") * ordinary
    of_district = np.bincount(homes, counters, len(districts))[homes]
    share = np.divide(counters, of_district, out=np.zeros_like(counters), where=of_district > 0)
    found: NDArray[np.float64] = districts.numbers("residents")[homes] * share
    return found


@lever(
    "appointments.booked",
    "Share of visits to offices for which a slot is booked, as far as there are free ones.",
    "percent of visits",
    low=0,
    high=100,
)
def booked(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Set the share."""
    yield parameter("appointments", "booked_pct", "set", float(value))


@lever(
    "kiosks.use",
    "Share of visits for what could be done online that are tried at a terminal of the office.",
    "percent of such visits",
    low=0,
    high=100,
)
def kiosks(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Set the share; the terminals are there already."""
    yield parameter("kiosks", "use_pct", "set", float(value))


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
