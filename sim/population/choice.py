"""How citizens behave: the numbers of the choice of a channel and of what follows, as one tuple."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.region.table import Table
from sim.service.cases import NEVER
from sim.service.catalogue import yearly

if TYPE_CHECKING:
    from sim.config import Config


class Behaviour(NamedTuple):
    """Scalars of the behavioural rules; shares between 0 and 1, utilities in logits."""

    ease: float  # per standard deviation of skill
    in_person: float  # level of going anywhere in person, against the base
    online_level: float  # usefulness and ease of the portal against the base
    trust: float  # per standard deviation of trust
    success: float  # after an attempt that worked
    failure: float  # after an attempt that failed
    cost: float  # per 1,000 units of money of generalised cost
    van_delay: float  # per day until the van comes
    van_bonus: float
    app_bonus: float  # of the app against the browser
    helper_penalty: float  # of asking somebody to go online instead
    eds_penalty: float  # of getting a signature first
    weak_ratio: float  # failures of weak users against skilled ones
    failure_visit: float
    failure_call: float
    call: float  # chance that a need comes with a call
    trust_step: float
    success_score: float
    failure_score: float
    skill_gain: float  # share of the skill still missing that an attempt which works gives
    two_factor: bool  # every log-in needs a phone number in one's own name
    signing: int  # service that gives signatures, -1 where they last for ever


class Places(NamedTuple):
    """One row per settlement."""

    first: NDArray[np.int64]  # (n + 1,) rows of citizens
    district: NDArray[np.int64]
    covered: NDArray[np.int64]  # by mobile internet
    rural: NDArray[np.bool_]
    office_km: NDArray[np.float64]  # one way, to the district's offices
    special_km: NDArray[np.float64]  # one way, to the specialised office
    office_cost: NDArray[np.float64]  # both ways, thousands of money, time included
    special_cost: NDArray[np.float64]
    van_days: NDArray[np.int64]  # until the next call of a van, -1 if none is announced
    van_again: NDArray[np.int64]  # from a call today to the one after it, -1 if there is no such
    special_office: NDArray[np.int64]  # station


class Today(NamedTuple):
    """What citizens meet on a day."""

    seed: np.uint64
    replication: np.uint64
    day: int
    outage_begins: NDArray[np.int64]  # seconds of the day
    outage_ends: NDArray[np.int64]
    online_hours: NDArray[np.float64]  # (24,) cumulative shares of the day's online requests
    call_hours: NDArray[np.float64]  # (24,)
    visit_days: NDArray[np.float64]  # (window,) cumulative shares of the days from today on
    later_days: NDArray[np.float64]  # (window,) cumulative shares of the days from tomorrow on
    wait_cost: NDArray[np.float64]  # (n_stations,) published wait, thousands of money


def behaviour_of(
    tables: Mapping[str, Table], config: Config, failure: NDArray[np.float64]
) -> Behaviour:
    """Behavioural scalars from the configuration; coefficients carry the scale of a logit.

    ``failure`` is the chance of each service that an online attempt fails.
    """
    choice, portal = config.choice, config.portal
    visit, call = portal.after_failure_visit_pct / 100, portal.after_failure_call_pct / 100
    return Behaviour(
        ease=choice.scale * choice.ease,
        in_person=choice.in_person_level,
        online_level=choice.scale
        * (choice.usefulness * choice.usefulness_level + choice.ease * choice.ease_level),
        trust=choice.scale * choice.trust,
        success=choice.scale * choice.past_success,
        failure=choice.scale * choice.past_failure,
        cost=choice.cost_per_1000,
        van_delay=choice.van_delay_per_day,
        van_bonus=choice.van_bonus,
        app_bonus=choice.app_bonus,
        helper_penalty=choice.helper_penalty,
        eds_penalty=choice.scale * choice.eds_ready,
        weak_ratio=portal.weak_skill_failure_ratio,
        failure_visit=visit,
        failure_call=call,
        call=_call_chance(tables, config, failure),
        trust_step=config.trust.step,
        success_score=config.trust.portal_success_score / 100,
        failure_score=config.trust.portal_failure_score / 100,
        skill_gain=config.learning.skill_per_success_pct / 100,
        two_factor=config.portal.two_factor,
        signing=signing_of(tables, config),
    )


def signing_of(tables: Mapping[str, Table], config: Config) -> int:
    """Row of the service that gives signatures, or -1 where they never run out."""
    rules = config.signature
    return tables["services"].index.get(rules.service, NEVER) if rules.valid_years > 0 else NEVER


def places_of(tables: Mapping[str, Table], config: Config, special_office: int) -> Places:
    """Settlements as columns, with the way to the district's offices and to the specialised one.

    Offices stand in the district centre; the specialised one in the capital of the region.
    """
    settlements, districts = tables["settlements"], tables["districts"]
    district = np.array([districts.index[word] for word in settlements.words("district")])
    km = np.maximum(settlements.numbers("road_km_to_centre"), config.travel.within_town_km)
    to_capital = districts.numbers("road_km_to_capital")[district]
    special_km = np.where(to_capital > 0, settlements.numbers("road_km_to_centre") + to_capital, km)
    n = len(settlements)
    return Places(
        first=np.concatenate([[0], np.cumsum(settlements.wholes("residents"))]),
        district=district,
        rural=np.array([place == "rural" for place in settlements.words("place")]),
        covered=(settlements.numbers("covered") >= 1).astype(np.int64),  # in full
        office_km=km,
        special_km=special_km,
        office_cost=_cost(km, config),
        special_cost=_cost(special_km, config),
        van_days=np.full(n, NEVER, dtype=np.int64),
        van_again=np.full(n, NEVER, dtype=np.int64),
        special_office=np.full(n, special_office, dtype=np.int64),
    )


def _call_chance(
    tables: Mapping[str, Table], config: Config, failure: NDArray[np.float64]
) -> float:
    """Chance that a need comes with a call, beside the calls that follow failed attempts."""
    residents = float(tables["settlements"].numbers("residents").sum())
    needs = yearly(tables, "needs_per_1000").sum(axis=1)
    in_person = yearly(tables, "office_filings_per_1000").sum(axis=1)
    failed = float(((needs - in_person) * failure).sum())
    rescue = failed * config.portal.after_failure_call_pct / 100
    wanted = config.call_centre.calls_per_resident * residents - rescue
    return float(np.clip(wanted / needs.sum(), 0.0, 1.0)) if needs.any() else 0.0


def _cost(km: NDArray[np.float64], config: Config) -> NDArray[np.float64]:
    """Both ways, in thousands of money: fare or fuel, and the value of the time on the road."""
    hours = 2 * km / config.travel.speed_km_per_hour
    return (2 * km * config.cost.travel_km + hours * config.cost.citizen_hour) / 1000
