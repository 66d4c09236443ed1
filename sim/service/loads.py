"""Expected load of every station over a year: work that the tables bring against time on duty.

A static sheet, computed before a run: a base with a load of one or more cannot be simulated, since
its lines would grow for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.region.table import Table
from sim.service.catalogue import READINGS, Catalogue, catalogue_of, sector_names, yearly
from sim.service.layout import CALL_CENTRE, LEAST_DESKS, counter_of, desk_of, posts_of
from sim.service.network import Network
from sim.service.routing import Routing, route
from sim.service.steps import PAPERS, SPECIALISED, STEPS, desks_of, step_of, time_ends
from sim.units import MINUTE

if TYPE_CHECKING:
    from sim.config import Config


@dataclass(frozen=True)
class Load:
    """Expected work and time on duty of a station, hours a year."""

    station: str
    work_hours: float
    duty_hours: float

    @property
    def load(self) -> float:
        """Work per time on duty; nothing on nothing is nothing."""
        if self.duty_hours:
            return self.work_hours / self.duty_hours
        return float("inf") if self.work_hours else 0.0


def expected_loads(
    tables: Mapping[str, Table],
    config: Config,
    catalogue: Catalogue,
    routing: Routing,
    network: Network,
    worked_days: int,
) -> list[Load]:
    """Expected load of all offices, provider organisations, desks and the call centre."""
    return [
        *_offices(tables, config, catalogue, worked_days),
        *_providers(tables, config, catalogue, worked_days),
        *_desks(tables, config, catalogue, routing, network, worked_days),
        _call_centre(config, worked_days),
    ]


def desk_work(
    tables: Mapping[str, Table], config: Config, catalogue: Catalogue, routing: Routing
) -> dict[int, float]:
    """Seconds of work a year that desks are sent, by station."""
    needs = yearly(tables, "needs_per_1000") * config.demand.factor
    filings = yearly(tables, "office_filings_per_1000") * config.demand.factor
    share = READINGS[config.scope.rest]
    at_body = tables["services"].numbers("in_person_at_provider_pct") / 100 * share
    in_person = np.divide(filings, needs, out=np.zeros_like(needs), where=needs > 0)
    online = np.clip(1 - in_person - at_body[:, None], 0, 1) * catalogue.online[:, None]
    missing = catalogue.incomplete[:, None]
    again = online * missing * config.portal.incomplete_factor
    lost = (1 - online) * missing * (1 - config.office.return_pct / 100)
    touches = needs * (1 - catalogue.auto[:, None]) * (1 + again - lost)
    work: dict[int, float] = {}
    n_districts = needs.shape[1]
    for s in range(len(needs)):
        for d in range(n_districts):
            low, high = routing.first[s * n_districts + d : s * n_districts + d + 2]
            before = 0.0
            for row in range(low, high):
                portion = routing.cumulative[row] - before
                before = routing.cumulative[row]
                seconds = touches[s, d] * portion * catalogue.touch_seconds[s]
                station = int(routing.station[row])
                work[station] = work.get(station, 0.0) + seconds
    return work


def busy_posts(tables: Mapping[str, Table], config: Config) -> dict[str, float]:
    """Full-time posts that the work sent to each body would keep busy all the time."""
    needs = yearly(tables, "needs_per_1000")
    total = needs.sum(axis=1, keepdims=True)
    bodies = tables["bodies"]
    routing = route(
        tables,
        np.divide(needs, total, out=np.zeros_like(needs), where=total > 0),
        desk=bodies.index.__getitem__,
        provider_desk=lambda *_: len(bodies),  # all providers together, which nobody asks for
    )
    work = desk_work(tables, config, catalogue_of(tables, config), routing)
    of_post = config.back_office.minutes_per_person_year * MINUTE
    return {code: work.get(station, 0.0) / of_post for code, station in bodies.index.items()}


def _desks(
    tables: Mapping[str, Table],
    config: Config,
    catalogue: Catalogue,
    routing: Routing,
    network: Network,
    worked_days: int,
) -> Iterator[Load]:
    work = desk_work(tables, config, catalogue, routing)
    hours_of_post = config.back_office.minutes_per_person_year / 60 / 249 * worked_days
    bodies, providers = tables["bodies"], tables["providers"]
    posts = dict(zip(bodies.rows, posts_of(bodies, config), strict=True))
    for i in range(len(providers)):
        name = desk_of(providers.words("sector")[i], providers.words("district")[i])
        posts[name] = max(LEAST_DESKS, float(providers.numbers("back_staff")[i]))
    for station, seconds in sorted(work.items()):
        name = network.names[station]
        yield Load(name, seconds / 3600, posts[name] * hours_of_post)


def _offices(
    tables: Mapping[str, Table], config: Config, catalogue: Catalogue, worked_days: int
) -> Iterator[Load]:
    """Visits by filings, returns and pick-ups; failure visits come with assisted use."""
    filings = yearly(tables, "office_filings_per_1000") * config.demand.factor
    returns = config.office.return_pct / 100 * catalogue.incomplete
    visits = filings * (1 + returns + catalogue.pick_up)[:, None]
    seconds = visits * catalogue.counter_seconds[:, None]
    special = (catalogue.specialised > 0) & (SPECIALISED in tables["offices"].words("kind"))
    offices, districts = tables["offices"], tables["districts"]
    hours = (config.office.closes_hour - config.office.opens_hour) * worked_days
    counters, kinds = offices.numbers("counters"), offices.words("kind")
    for i, code in enumerate(offices.rows):
        same = [k == kinds[i] if kinds[i] == SPECIALISED else k != SPECIALISED for k in kinds]
        if kinds[i] == SPECIALISED:
            work = float(seconds[special].sum())
            if config.specialised.steps:
                share = counters[i] / counters[np.array(same)].sum()
                by_step = share * _by_step(tables, config, catalogue, filings.sum(axis=1), special)
                yield from _steps(code, int(counters[i]), config, by_step / 3600, hours)
                continue
        else:
            home = offices.words("district")[i]
            same = [
                here and d == home for here, d in zip(same, offices.words("district"), strict=True)
            ]
            work = float(seconds[~special, districts.index[home]].sum())
        share = counters[i] / counters[np.array(same)].sum()
        yield Load(code, work * share / 3600, float(counters[i]) * hours)


def _steps(
    code: str, counters: int, config: Config, work_hours: NDArray[np.float64], hours: float
) -> Iterator[Load]:
    """The papers at the counters of an office, and each step at its desks."""
    desks = desks_of(code, counters, config.specialised)
    for step, work in zip((PAPERS, *STEPS), work_hours, strict=True):
        name = code if step == PAPERS else step_of(code, step)
        yield Load(name, float(work), desks[step] * hours)


def _by_step(
    tables: Mapping[str, Table],
    config: Config,
    catalogue: Catalogue,
    filings: NDArray[np.float64],
    special: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Seconds a year at the papers and each step; a pick-up takes all its time at the first."""
    has_exam = tables["services"].wholes("exam")
    found = np.zeros(1 + len(STEPS))
    for s in np.flatnonzero(special):
        parts = np.diff(time_ends(config.specialised, bool(has_exam[s])), prepend=0.0)
        incomplete = catalogue.incomplete[s]
        whole = 1 - incomplete + config.office.return_pct / 100 * incomplete
        visits = whole * parts
        visits[0] += incomplete * parts[0] + catalogue.pick_up[s]
        found += filings[s] * catalogue.counter_seconds[s] * visits
    return found


def _providers(
    tables: Mapping[str, Table], config: Config, catalogue: Catalogue, worked_days: int
) -> Iterator[Load]:
    needs = yearly(tables, "needs_per_1000") * config.demand.factor
    share = READINGS[config.scope.rest]
    in_person = tables["services"].numbers("in_person_at_provider_pct") / 100 * share
    seconds = needs * (in_person * catalogue.counter_seconds)[:, None]
    providers, districts = tables["providers"], tables["districts"]
    sectors = sector_names(tables)
    desks = providers.numbers("desks_mixed" if share < 1 else "desks_at_provider")
    opens, closes = providers.numbers("opens_hour"), providers.numbers("closes_hour")
    for i in range(len(providers)):
        sector, district = providers.words("sector")[i], providers.words("district")[i]
        mine = catalogue.sector == sectors.index(sector)
        work = float(seconds[mine, districts.index[district]].sum())
        hours = float((closes[i] - opens[i]) * worked_days * max(1.0, desks[i]))
        yield Load(counter_of(sector, district), work / 3600, hours)


def _call_centre(config: Config, worked_days: int) -> Load:
    """The busiest hour of the pool, as if it lasted all year."""
    rules = config.call_centre
    weights = np.array(rules.hour_weights)
    calls = rules.calls_per_resident * rules.pool_residents / 366 * weights.max() / weights.sum()
    return Load(CALL_CENTRE, calls * rules.handling_minutes / 60 * 366, max(1, rules.agents) * 366)
