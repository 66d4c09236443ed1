"""Levers on what people know and can: courses, fairs, media."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.config import Config
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import lever, parameter


@lever(
    "courses.places",
    "Places a year in courses of digital skill, beyond those of the base.",
    "places a year",
    low=0,
    high=1_000_000,
    cost="cost.course_place a place",
)
def places(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Offer courses."""
    yield parameter("learning", "course_places_per_year", "add", float(value))


@lever(
    "courses.for",
    "Whom courses are for.",
    "target",
    choices=("everybody", "weak_skill", "older", "rural"),
)
def target(_: Mapping[str, Table], __: Config, value: str) -> Iterator[Change]:
    """Set the target of courses."""
    yield parameter("learning", "course_for", "set", value)


@lever(
    "fairs.visitors",
    "People a year who are shown the portal at fairs or by volunteers, beyond those of the base.",
    "persons a year",
    low=0,
    high=10_000_000,
    cost="cost.fair_visitor a person",
)
def fairs(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Show the portal face to face."""
    yield parameter("learning", "fair_visitors_per_year", "add", float(value))


@lever(
    "media.contacts",
    "How often a year a resident hears of the portal in the media, beyond the base.",
    "contacts a year",
    low=0,
    high=1_000,
    cost="cost.media_contact a contact",
)
def media(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Advertise the portal."""
    yield parameter("learning", "media_contacts_per_year", "add", float(value))
