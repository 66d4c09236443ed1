"""Levers of online services: ease, closed counters, automatic decisions, the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from sim.config import Config
from sim.errors import InputError, nearest
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import Fields, cell, lever, parameter

Percent = Annotated[float, Field(ge=0, le=100)]


class Online(Fields):
    """Which services, how much easier, and for whom the counter closes."""

    services: Annotated[list[str], Field(min_length=1)]
    ease: Annotated[float, Field(ge=-3, le=3)] = 0.0
    closure_pct: Percent = 0.0


@lever(
    "services.online",
    "Services made easier online, and their counters closed for a share of those able to go there.",
    "standard deviations of ease; percent of those able",
    fields=Online,
    cost="development a service over its life",
)
def online(tables: Mapping[str, Table], _: Config, value: Online) -> Iterator[Change]:
    """Move services online; services that exist only on paper are refused by name."""
    for code in _known(tables, value.services, must_be_online=True):
        yield cell("services", code, "online_ease", "add", float(value.ease))
        yield cell("services", code, "counter_closure_pct", "add", float(value.closure_pct))


class AutoDecision(Fields):
    """Which services, and the share decided without a person."""

    services: Annotated[list[str], Field(min_length=1)]
    share_pct: Percent


@lever(
    "services.auto_decision",
    "Share of the cases of some services that are decided without a person.",
    "percent of cases",
    fields=AutoDecision,
    cost="development a service over its life",
)
def auto_decision(tables: Mapping[str, Table], _: Config, value: AutoDecision) -> Iterator[Change]:
    """Set the automatic share, of services whose decision may be left to a rule."""
    for code in _known(tables, value.services, must_be_online=False):
        yield cell("services", code, "auto_decided_pct", "set", float(value.share_pct))


@lever(
    "portal.app",
    "Which services the app offers: none, certificates of one click, or all that are online.",
    "services",
    choices=("none", "one_click", "all"),
    cost="development of the app as of one service",
)
def app(_: Mapping[str, Table], __: Config, value: str) -> Iterator[Change]:
    """Set what the app offers."""
    yield parameter("portal", "app_services", "set", value)


@lever(
    "portal.ease",
    "Ease of use of the whole portal against the base.",
    "standard deviations",
    low=-2,
    high=2,
    cost="development as of several services, cost.services_of_portal",
)
def ease(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Make the portal easier or harder for everybody."""
    yield parameter("choice", "ease_level", "add", float(value))


@lever(
    "portal.two_factor",
    "Whether every log-in needs a phone number in one's own name.",
    "yes or no",
    choices=("yes", "no"),
)
def two_factor(_: Mapping[str, Table], __: Config, value: str) -> Iterator[Change]:
    """Switch two-factor log-in."""
    yield parameter("portal", "two_factor", "set", value == "yes")


def _known(
    tables: Mapping[str, Table], codes: Sequence[str], must_be_online: bool
) -> Sequence[str]:
    """The services asked for, or what is wrong with each."""
    services = tables["services"]
    problems = [
        f"no service '{code}'.{nearest(code, services.rows)}"
        for code in codes
        if code not in services.index
    ]
    if must_be_online:
        problems += [
            f"'{code}' ({services.words('name')[services.index[code]]}) exists only on paper and "
            "cannot be moved online."
            for code in codes
            if code in services.index
            and not services.numbers("online_possible")[services.index[code]]
        ]
    if len(set(codes)) < len(codes):
        problems.append("a service stands twice.")
    if problems:
        raise InputError(problems)
    return codes
