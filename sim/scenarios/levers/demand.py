"""Levers of demand and stress: shocks of policy, and hurdles to going anywhere in person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from sim.config import Config
from sim.errors import InputError, nearest
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import Fields, cell, lever, parameter

ALL = "all"


class Shock(Fields):
    """Which services, and how many times as often they are needed."""

    services: Annotated[list[str], Field(min_length=1)]
    factor: Annotated[float, Field(ge=0, le=200)]


@lever(
    "demand.shock",
    "Services needed more often or less: by a decision, an event, a certificate abolished (0).",
    "times as often; services by code, scope (local, state), provider sector, or all",
    fields=Shock,
)
def shock(tables: Mapping[str, Table], _: Config, value: Shock) -> Iterator[Change]:
    """Multiply the rates of some services for everybody."""
    chosen = set(services_named(tables, value.services))
    for row in tables["rates"].rows:
        if row.split("/", 1)[0] in chosen:
            yield cell("rates", row, "needs_per_1000", "multiply", float(value.factor))


@lever(
    "in_person.hurdle",
    "How much harder it is to go anywhere in person: entry by appointment, fear, a lockdown.",
    "logits",
    low=0,
    high=20,
)
def hurdle(_: Mapping[str, Table], __: Config, value: float) -> Iterator[Change]:
    """Lower what speaks for every channel in person."""
    yield parameter("choice", "in_person_level", "add", -float(value))


def services_named(tables: Mapping[str, Table], words: Sequence[str]) -> list[str]:
    """Codes of services by code, scope, provider sector, or all of them."""
    services = tables["services"]
    scopes, sectors = services.words("scope"), services.words("provider_sector")
    known = {ALL, *services.rows, *scopes, *filter(None, sectors)}
    unknown = [word for word in words if word not in known]
    if unknown:
        raise InputError(
            f"no service, scope or sector '{word}'.{nearest(word, known)}" for word in unknown
        )
    return [
        code
        for code, *named in zip(services.rows, scopes, sectors, strict=True)
        if {ALL, code, *named} & set(words)
    ]
