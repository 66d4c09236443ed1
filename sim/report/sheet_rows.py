"""How each row of an acceptance sheet is computed from what the base shows.

A row's code names its measure; places and readings in it are found in the region's own tables, so
no place stands here. A measure that answers with a sentence could not be computed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sim.chance.kernels import sigma_of
from sim.report.base_year import BaseYear, share
from sim.service.catalogue import READINGS, yearly

STANDARD = 15.0  # minutes, in the names of rows


@dataclass(frozen=True)
class Asked:
    """What the rest of a row's code says: districts or employers, and a reading."""

    places: tuple[str, ...] = ()
    reading: str = ""


Measure = Callable[[BaseYear, Asked], float | str]
Kept = TypeVar("Kept", bound=Measure)
ROWS: dict[str, Measure] = {}


def row(code: str) -> Callable[[Kept], Kept]:
    """Register how the row of a code is computed."""

    def register(measure: Kept) -> Kept:
        ROWS[code] = measure
        return measure

    return register


def _of(base: BaseYear, scope: str) -> pd.DataFrame:
    return base.services[base.services["scope"] == scope]


@row("local_cases")
def local_cases(base: BaseYear, _: Asked) -> float:
    """Needs of services of local bodies, on all channels."""
    return float(_of(base, "local")["needs"].sum())


@row("office_visits_local")
def visits_local(base: BaseYear, _: Asked) -> float:
    """Visits to offices and mobile units for services of local bodies."""
    return float(_of(base, "local")[["office_visits", "van_visits"]].to_numpy().sum())


@row("portal_attempts_state")
@row("state_cases_online")
def state_online(base: BaseYear, _: Asked) -> float:
    """Needs of services of the state that went online first."""
    return float(_of(base, "state")[["web", "app"]].to_numpy().sum())


@row("residents_mid_2024")
def residents(base: BaseYear, _: Asked) -> float:
    """Residents of the run."""
    return float(base.residents.sum())


@row("local_cases_paper")
def paper(base: BaseYear, _: Asked) -> float:
    """Needs of local services that are only on paper."""
    local = _of(base, "local")
    return float(local["needs"][local["format"] == "paper"].sum())


@row("local_cases_remainder")
def remainder(base: BaseYear, _: Asked) -> float | str:
    """Needs met in person at providers over the share that the reading gives them."""
    part = READINGS[base.config.scope.rest]
    if not part:
        return "under this reading the remainder is electronic and cannot be told apart"
    local = _of(base, "local")
    return float(local["body"][local["format"] != "paper"].sum() / part)


@row("local_cases_electronic")
def electronic(base: BaseYear, asked: Asked) -> float | str:
    """Needs of local services less paper and remainder; filings at offices are among them."""
    rest = remainder(base, asked)
    if isinstance(rest, str):
        return rest
    return local_cases(base, asked) - paper(base, asked) - rest


@row("office_visits")
def visits(base: BaseYear, _: Asked) -> float:
    """Visits to offices and mobile units, returns and pick-ups among them."""
    return base.visits


@row("office_first_filings")
def filings(base: BaseYear, _: Asked) -> float:
    """Needs that went to an office or mobile unit first."""
    return float(base.services[["office", "van"]].to_numpy().sum())


@row("local_cases_per_resident")
def local_per_resident(base: BaseYear, asked: Asked) -> float:
    """Needs of local services over residents."""
    return share(local_cases(base, asked), base.residents.sum())


@row("all_services_per_resident")
def all_per_resident(base: BaseYear, _: Asked) -> float:
    """All needs over residents."""
    return share(base.services["needs"].sum(), base.residents.sum())


@row("portal_attempts_local")
def attempts_local(base: BaseYear, asked: Asked) -> float:
    """Needs of local services that went online first."""
    if asked.reading == base.config.scope.rest:
        return float(_of(base, "local")[["web", "app"]].to_numpy().sum())
    table = base.tables["services"]
    is_local = np.array([word == "local" for word in table.words("scope")])
    return float(_tried_online(base, asked.reading)[is_local].sum())


def _tried_online(base: BaseYear, reading: str) -> np.ndarray:
    """Needs a year that the tables send online under a reading, by service."""
    table = base.tables["services"]
    needs = yearly(base.tables, "needs_per_1000").sum(axis=1)
    at_office = yearly(base.tables, "office_filings_per_1000").sum(axis=1)
    in_person = table.numbers("in_person_at_provider_pct") / 100 * READINGS[reading]
    online = table.numbers("online_possible")
    return np.asarray(np.maximum(needs * (1 - in_person) - at_office, 0) * online)


@row("failure_visits_share")
def failures(base: BaseYear, asked: Asked) -> float:
    """Visits after a failed attempt online, percent of visits."""
    if asked.reading == base.config.scope.rest:
        return 100 * share(base.services["assisted_visits"].sum(), base.visits)
    table, portal = base.tables["services"], base.config.portal
    rate = {"one_click": portal.failure_one_click_pct, "form": portal.failure_form_pct}
    classes = [rate.get(word, 0.0) for word in table.words("attempt_class")]
    to_office = np.array([not word for word in table.words("provider_sector")])
    tried = _tried_online(base, asked.reading) * to_office
    failed = tried @ np.array(classes) / 100 * portal.failure_multiplier
    return 100 * share(failed, failed + _planned_visits(base))


def _planned_visits(base: BaseYear) -> float:
    """Visits a year that first filings bring, by the tables: with returns and pick-ups."""
    table = base.tables["services"]
    returns = base.config.office.return_pct / 100 * table.numbers("incomplete_pct") / 100
    each = table.numbers("visits_per_need") * (1 + returns)
    return float(yearly(base.tables, "office_filings_per_1000").sum(axis=1) @ each)


@row("failure_visits_share_largest_service")
def worst_failures(base: BaseYear, _: Asked) -> float:
    """Visits after a failed attempt, percent of a service's visits, where it is largest."""
    own = base.services[(base.services["needs"] > 0) & (base.services["office_visits"] > 0)]
    return float(100 * (own["assisted_visits"] / own["office_visits"]).max())


@row("working_days")
def working_days(base: BaseYear, _: Asked) -> float:
    """Worked days of the calendar."""
    return base.working_days


@row("office_visits_per_day")
def visits_per_day(base: BaseYear, _: Asked) -> float:
    """Visits to offices and mobile units over worked days."""
    return share(base.visits, base.working_days)


@row("service_time_over_15")
def long_services(base: BaseYear, _: Asked) -> float:
    """Share of counter times above the minutes named, by their law, weighted by visits."""
    table = base.tables["services"]
    sigma = np.array([sigma_of(cv) for cv in table.numbers("counter_cv")])
    mu = np.log(table.numbers("counter_minutes")) - sigma**2 / 2
    above = ndtr((mu - np.log(STANDARD)) / np.maximum(sigma, 1e-9))
    weights = base.services["office_visits"].reindex(list(table.rows)).to_numpy(float)
    return 100 * share(above @ weights, weights.sum())
