"""Needs of citizens: candidates that no scenario changes, thinned by the rates of the day."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.errors import ModelError
from sim.population.choice import signing_of
from sim.population.kernels import guide_to, needs_of_month
from sim.population.people import People
from sim.region.region import Region
from sim.region.schema import MONTHS
from sim.region.table import Table
from sim.service.cases import NEVER
from sim.service.request_kernels import by_day
from sim.service.requests import OCCASIONS

if TYPE_CHECKING:
    from sim.config import Config

GUIDES = 256


NEED = np.dtype(
    [
        ("day", np.int16),  # of the month
        ("service", np.uint16),
        ("citizen", np.uint32),  # row of the population
        ("when", np.uint32),  # moment of the day, a uniform in 32 bits
        ("candidate", np.int8),
    ],
    align=True,
)
"""A need of a month."""


class Needs(NamedTuple):
    """Needs of a month, day by day and within a day in citizen order."""

    first: NDArray[np.int64]  # (days_in_month + 1,) offsets of days
    rows: NDArray[np.void]  # (n,) of NEED

    def with_rows(self, more: NDArray[np.void]) -> Needs:
        """These needs and others, day by day; on a day the others come last."""
        if not len(more):
            return self
        rows = by_day(np.concatenate([self.rows, more]))[0]
        return Needs(np.searchsorted(rows["day"], np.arange(len(self.first))), rows)

    def of(self, day: int) -> NDArray[np.void]:
        """The needs of a day of the month, counted from 0."""
        return self.rows[self.first[day] : self.first[day + 1]]


def monthly_rates(tables: Mapping[str, Table]) -> NDArray[np.float64]:
    """Needs a month of one applicant: (n_groups, n_services), before the season."""
    groups, services, rates = tables["groups"], tables["services"], tables["rates"]
    found = np.zeros((len(groups), len(services)))
    for row, needs in zip(rates.rows, rates.numbers("needs_per_1000"), strict=True):
        service, group = row.split("/", 1)
        found[groups.index[group], services.index[service]] = needs / 1000 / 12
    return found


def seasons(tables: Mapping[str, Table]) -> NDArray[np.float64]:
    """Month factors of each service: (12, n_services), mean 1."""
    months, services = tables["months"], tables["services"]
    factor = np.ones((12, len(services)))
    for k, service in enumerate(services.rows):
        row = months.index.get(service, months.index.get("*"))
        if row is not None:
            factor[:, k] = [months.numbers(month)[row] for month in MONTHS]
    return factor


def factors(tables: Mapping[str, Table], config: Config) -> NDArray[np.float64]:
    """How many times as often as in its rates each service is needed: (n_services,).

    An easier service is asked for more often, by ``induced_elasticity``; where signatures run out,
    that is when they are asked for, and at no other time.
    """
    services, demand = tables["services"], config.demand
    easier = services.numbers("online_ease") + config.choice.ease_level
    easier = easier * services.wholes("online_possible")
    found = np.array([demand.factor * exp(demand.induced_elasticity * one) for one in easier])
    signing = signing_of(tables, config)
    if signing != NEVER:
        found[signing] = 0.0
    return found


def _largest_rates(tables: Mapping[str, Table]) -> NDArray[np.float64]:
    """The largest monthly rate of each service, of any group in any month."""
    rates = monthly_rates(tables)[None] * seasons(tables)[:, None, :]
    largest: NDArray[np.float64] = rates.max(axis=(0, 1))
    return largest


class Demand:
    """Generates the needs of a month, for the applicants of a region.

    Services are drawn from a mix fixed by the region's files, the largest rate of any group in any
    month, so that no scenario, no cell set by a user and no other citizen moves a candidate. A
    service that nobody needs in the files takes its weight from the cells that were set.
    """

    def __init__(self, region: Region) -> None:
        weight = _largest_rates(region.files)
        weight = np.where(weight > 0, weight, _largest_rates(region.tables))
        self._mix = weight / weight.sum()
        self._cumulative = np.cumsum(self._mix)
        self._cumulative[-1] = 1.0
        self._guide = guide_to(self._cumulative, GUIDES)
        self._capacity = 1 << 16  # needs a month, doubled when it does not do

    def ratio(
        self, tables: Mapping[str, Table], month: int, factor: float | NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Rate over mix on a day with these tables, times a factor, of each service or of all.

        Returns
        -------
        (n_groups, n_services)
        """
        rates = monthly_rates(tables) * seasons(tables)[month % 12] * factor
        ratio: NDArray[np.float64] = np.divide(
            rates, self._mix, out=np.zeros_like(rates), where=self._mix > 0
        )
        return ratio

    def month(
        self,
        people: People,
        first: NDArray[np.int64],
        seed: int,
        replication: int,
        month: int,
        ratio: NDArray[np.float64],
    ) -> Needs:
        """The needs of a month, given ``ratio[day, group, service]`` of its days."""
        days = len(ratio)
        bound = ratio.max(axis=(0, 2))
        while True:
            found = np.empty(self._capacity, dtype=NEED)
            n = needs_of_month(
                people, first, np.uint64(seed), replication, month, days, ratio, bound,
                self._cumulative, self._guide, found,
            )  # fmt: skip
            if n >= 0:
                break
            if n == -2:
                raise ModelError(
                    f"A citizen has {OCCASIONS} candidates for needs in one month: rates are too "
                    "high for the model. Check `demand.factor` and the rates of the region."
                )
            self._capacity *= 2
        rows = by_day(found[:n])[0] if n else found[:0]
        return Needs(np.searchsorted(rows["day"], np.arange(days + 1)), rows)
