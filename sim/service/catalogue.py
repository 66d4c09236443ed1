"""The catalogue of services as columns for the kernels, shares between 0 and 1, seconds whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.chance.kernels import sigma_of
from sim.region.table import Table
from sim.units import MINUTE

if TYPE_CHECKING:
    from sim.config import Config

NO_CHANNEL = -1e9  # utility of a channel that a service does not have


class Catalogue(NamedTuple):
    """One row per service."""

    is_local: NDArray[np.int64]  # scope: services of local bodies, else of the state
    online: NDArray[np.int64]  # can be had online
    eds: NDArray[np.int64]  # online only with a digital signature
    in_app: NDArray[np.int64]
    office: NDArray[np.float64]  # utility of a counter, NO_CHANNEL if none takes it
    body: NDArray[np.float64]  # utility of going to the body itself, NO_CHANNEL if not rendered
    van: NDArray[np.int64]
    closure: NDArray[np.float64]  # share of those able to go online for whom counters are closed
    ease: NDArray[np.float64]  # standardised ease of use online, 0 in the base
    business: NDArray[np.float64]  # share of applicants who act for a business
    specialised: NDArray[np.int64]  # only at specialised offices
    sector: NDArray[np.int64]  # of provider organisations, -1 if none
    failure: NDArray[np.float64]  # of an online attempt by a skilled user
    own_counter: NDArray[np.float64]  # share of failure visits that file the service itself
    incomplete: NDArray[np.float64]
    auto: NDArray[np.float64]
    pick_up: NDArray[np.float64]  # chance of a second visit for what was issued
    limit_days: NDArray[np.int64]  # worked days
    counter_seconds: NDArray[np.float64]
    counter_sigma: NDArray[np.float64]  # shape of the lognormal law
    touch_seconds: NDArray[np.float64]


def catalogue_of(tables: Mapping[str, Table], config: Config) -> Catalogue:
    """Compile the table of services, the constants of choice and what is switched into columns."""
    services = tables["services"]
    percent = {name: services.numbers(name) / 100 for name in PERCENTS}
    is_paper = np.array([word == "paper" for word in services.words("format")])
    filings, _ = _filings(tables, config)
    has_office = filings > 0
    at_provider = percent["in_person_at_provider_pct"] * READINGS[config.scope.rest]
    has_body = (at_provider > 0) | (is_paper & ~has_office & (_needs(tables) > 0))
    constants = tables["constants"]
    rows = [constants.index.get(service, -1) for service in services.rows]
    office = _constants(constants.numbers("office"), rows, has_office)
    body = _constants(constants.numbers(f"body_{config.scope.rest}"), rows, has_body)
    sectors = sector_names(tables)
    sector = [sectors.index(word) if word else -1 for word in services.words("provider_sector")]
    failure, own_counter = _failures(tables, config, filings)
    is_form = np.array([word == "form" for word in services.words("attempt_class")])
    covered: dict[str, Any] = {"none": 0, "one_click": ~is_form, "all": 1}
    online = services.wholes("online_possible")
    return Catalogue(
        is_local=np.array([word == "local" for word in services.words("scope")], dtype=np.int64),
        online=online,
        eds=services.wholes("eds_required"),
        in_app=(online * covered[config.portal.app_services]).astype(np.int64),
        office=office,
        body=body,
        van=services.wholes("van") * has_office,
        closure=services.numbers("counter_closure_pct") / 100,
        ease=services.numbers("online_ease"),
        business=percent["business_pct"],
        specialised=services.wholes("specialised"),
        sector=np.array(sector, dtype=np.int64),
        failure=failure,
        own_counter=own_counter,
        incomplete=percent["incomplete_pct"],
        auto=np.where(decided_by_rule(tables), 1.0, percent["auto_decided_pct"]),
        pick_up=services.numbers("visits_per_need") - 1,
        limit_days=np.maximum(1, np.ceil(services.numbers("limit_working_days"))).astype(np.int64),
        counter_seconds=services.numbers("counter_minutes") * MINUTE,
        counter_sigma=np.array([sigma_of(cv) for cv in services.numbers("counter_cv")]),
        touch_seconds=services.numbers("touch_minutes") * MINUTE,
    )


PERCENTS = ("in_person_at_provider_pct", "incomplete_pct", "auto_decided_pct", "business_pct")
READINGS = {"at_provider": 1.0, "mixed": 0.5, "portal": 0.0}  # share of the remainder in person


def sector_names(tables: Mapping[str, Table]) -> list[str]:
    """Sectors of provider organisations, in order of first appearance."""
    return list(dict.fromkeys(tables["providers"].words("sector")))


def residents_by_group(tables: Mapping[str, Table]) -> NDArray[np.float64]:
    """Residents by district and group: (n_districts, n_groups), from settlements and shares."""
    settlements, districts, groups = tables["settlements"], tables["districts"], tables["groups"]
    found = np.zeros((len(districts), len(groups)))
    places = groups.words("place")
    share = groups.numbers("share_of_place_pct") / 100
    for i, residents in enumerate(settlements.numbers("residents")):
        d = districts.index[settlements.words("district")[i]]
        here = np.array([place == settlements.words("place")[i] for place in places])
        found[d] += residents * here * share
    return found


def yearly(tables: Mapping[str, Table], column: str) -> NDArray[np.float64]:
    """Events a year that a column of rates per 1,000 implies: (n_services, n_districts)."""
    services, groups, rates = tables["services"], tables["groups"], tables["rates"]
    people = residents_by_group(tables) * groups.numbers("applicant")
    found = np.zeros((len(services), len(people)))
    for row, rate in zip(rates.rows, rates.numbers(column), strict=True):
        service, group = row.split("/", 1)
        found[services.index[service]] += rate / 1000 * people[:, groups.index[group]]
    return found


def decided_by_rule(tables: Mapping[str, Table]) -> NDArray[np.bool_]:
    """Services that no body decides: all their routing leads to the system itself."""
    routing = tables["routing"]
    rows = zip(
        routing.words("service"), routing.words("level"), routing.numbers("share"), strict=True
    )
    by_body = {service for service, level, share in rows if level != "system" and share > 0}
    return np.array([service not in by_body for service in tables["services"].rows])


def _needs(tables: Mapping[str, Table]) -> NDArray[np.float64]:
    needs: NDArray[np.float64] = yearly(tables, "needs_per_1000").sum(axis=1)
    return needs


def _filings(
    tables: Mapping[str, Table], config: Config
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First filings at counters a year, and the visits they bring, by service."""
    services = tables["services"]
    filings = yearly(tables, "office_filings_per_1000").sum(axis=1)
    returns = 1 + config.office.return_pct / 100 * services.numbers("incomplete_pct") / 100
    return filings, filings * services.numbers("visits_per_need") * returns


def _constants(
    values: NDArray[np.float64], rows: list[int], exists: NDArray[np.bool_]
) -> NDArray[np.float64]:
    found = np.array([values[row] if row >= 0 else 0.0 for row in rows])
    return np.where(exists, found, NO_CHANNEL)


def _failures(
    tables: Mapping[str, Table], config: Config, filings: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Chance that a skilled user's attempt fails, and how many failure visits file the service.

    The passport speaks of attempts that end in an assisted visit, over all users: what fails is
    more, since some call and some give up, and weak users fail more often. Failure visits that
    would exceed a share of a service's own visits go to assisted use of the portal instead.
    """
    services, portal = tables["services"], config.portal
    by_class = {
        "one_click": portal.failure_one_click_pct / 100,
        "form": portal.failure_form_pct / 100,
        "counter_only": 0.0,
    }
    visit = np.array([by_class[word] for word in services.words("attempt_class")])
    visit = visit * portal.failure_multiplier
    weak = _weak_share(tables)
    skilled = visit / (1 + (portal.weak_skill_failure_ratio - 1) * weak)
    failure = np.minimum(1.0, skilled / max(portal.after_failure_visit_pct / 100, 1e-9))
    in_person = services.numbers("in_person_at_provider_pct") / 100 * READINGS[config.scope.rest]
    attempts = _needs(tables) * (1 - in_person) - filings
    expected = np.maximum(attempts, 0) * visit
    allowed = portal.failure_cap_pct / 100 * _filings(tables, config)[1]
    own = np.divide(allowed, expected, out=np.zeros_like(allowed), where=expected > 0)
    return failure, np.clip(own, 0.0, 1.0)


def _weak_share(tables: Mapping[str, Table]) -> float:
    """Share of applicants with internet whose digital skill is not sufficient."""
    groups = tables["groups"]
    people = residents_by_group(tables).sum(axis=0) * groups.numbers("applicant")
    online = people * groups.numbers("internet_pct") / 100
    weak = people * (groups.numbers("internet_pct") - groups.numbers("skill_sufficient_pct")) / 100
    return float(np.maximum(weak, 0).sum() / max(online.sum(), 1e-9))
