"""The bill of a run: public money by item, whole units of the region's money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.config import Config
from sim.region.table import Table
from sim.service.layout import posts_of

if TYPE_CHECKING:
    from sim.model import ServiceModel

Columns = dict[str, NDArray[Any]]
Tables = Mapping[str, Table]
MONTHS = 12


class Holdings:
    """An observer of what is held whether busy or not: posts, vehicles, investments.

    ``years`` of an item are what was held on each measured day, summed, over the days of a year.
    What a lever brings in the middle of a run is held from that day on.
    """

    def __init__(self) -> None:
        self.years: dict[str, float] = {}
        self._base: tuple[Tables, Config] | None = None
        self._tables: Tables | None = None
        self._config: Config | None = None
        self._held: dict[str, float] = {}

    def __call__(self, model: ServiceModel) -> None:
        """Note a measured day."""
        if model.measured_day < 0:
            return
        tables, config = model.tables, model.config
        if self._tables is not tables or self._config is not config:
            self._tables, self._config = tables, config
            self._base = self._base or model.timeline.at(-1)  # resolved once, even over a ramp
            self._held = held(*self._base, tables, config)
        for item, amount in self._held.items():
            self.years[item] = self.years.get(item, 0.0) + amount / model.days_in_year


def held(base: Tables, base_config: Config, tables: Tables, config: Config) -> dict[str, float]:
    """What is held on a day: posts, vehicles, villages, services; a moved post is no new one.

    Posts paid more count for more.
    """
    offices, cost = tables["offices"], config.cost
    pay = pay_of(config)
    posts = float((offices.numbers("operators") + offices.numbers("other_staff")).sum())
    counters = base["offices"].numbers("counters").sum()
    per_counter = float(base["offices"].numbers("operators").sum() / counters)
    posts += per_counter * float(offices.numbers("counters").sum() - counters)
    connected = _covered(tables) - _covered(base)
    developed = float(_developed(base["services"], tables["services"]))
    developed += config.portal.app_services != base_config.portal.app_services
    of_portal = cost.services_of_portal
    developed += of_portal * (config.choice.ease_level != base_config.choice.ease_level)
    return {
        "days": 1.0,
        "pay": pay,
        "office posts": posts * pay,
        "desk posts on services": float(posts_of(base["bodies"], base_config).sum()) * pay,
        "mobile vehicles": float(config.mobile.units),
        "call centre agents": _agents(base, config) - _agents(base, base_config),
        "consultants": config.office.extra_consultants * len(offices),
        "village connections": connected,
        "services developed": developed,
        "course places": config.learning.course_places_per_year,
        "fair visitors": config.learning.fair_visitors_per_year,
        "media contacts": config.learning.media_contacts_per_year
        * float(tables["settlements"].numbers("residents").sum()),
    }


def bill_of(model: ServiceModel, holdings: Holdings, tables: Mapping[str, Columns]) -> Columns:
    """What was paid in the measured days, and what of it followed the work.

    ``paid`` counts posts whether busy or not; ``followed_work`` counts only hours of work, road,
    and single cases: what could be avoided if posts closed. Investments are spread over their life
    at the discount rate, from the day they are there.
    """
    cost, years = model.config.cost, holdings.years
    counters, desks, vans = tables["counters"], tables["desks"], tables["vans"]
    services = tables["services"]
    busy_counters = counters["busy_seconds"][counters["role"] == "office"].sum() / 3600
    busy_desks = desks["busy_seconds"][desks["role"] == "desk"].sum() / 3600
    office_month = cost.office_post_month * cost.overhead_factor
    body_month = cost.body_post_month * cost.overhead_factor
    months_of_an_hour = MONTHS * 60 / model.config.back_office.minutes_per_person_year
    months_of_an_hour *= years["pay"] / years["days"]
    taught = int(tables["staff"]["taught"].sum())
    rate = cost.discount_rate_pct / 100
    vehicle = annuity(cost.van_price, cost.van_life_years, rate)
    connection = annuity(cost.village_connection, cost.connection_life_years, rate)
    service = annuity(cost.service_online, cost.service_life_years, rate)
    agents = years["call centre agents"] * office_month * MONTHS
    items = {
        "office posts": (years["office posts"] * office_month * MONTHS,
                         busy_counters * months_of_an_hour * office_month),
        "desk posts on services": (years["desk posts on services"] * body_month * MONTHS,
                                   busy_desks * months_of_an_hour * body_month),
        "mobile crews": (_active(vans) * cost.van_crew_day,) * 2,
        "mobile road": (vans["metres"].sum() / 1000 * cost.van_km,) * 2,
        "mobile vehicles": (years["mobile vehicles"] * vehicle,) * 2,
        "online cases": (services["attempts"].sum() * cost.online_case,) * 2,
        "calls": (services["calls"].sum() * cost.call,) * 2,
        "consultants": (years["consultants"] * office_month * MONTHS,) * 2,
        "village connections": (years["village connections"] * connection,) * 2,
        "services developed": (years["services developed"] * service,) * 2,
        "course places": (years["course places"] * cost.course_place,) * 2,
        "fair visitors": (years["fair visitors"] * cost.fair_visitor,) * 2,
        "media contacts": (years["media contacts"] * cost.media_contact,) * 2,
        **({"call centre agents": (agents,) * 2} if agents else {}),
        **({"training": (taught * cost.training_place,) * 2} if taught else {}),
    }  # fmt: skip
    paid, followed = np.array(list(items.values()), dtype=np.float64).T
    return {
        "item": np.array(list(items)),
        "paid": np.rint(paid).astype(np.int64),
        "followed_work": np.rint(followed).astype(np.int64),
    }


def pay_of(config: Config) -> float:
    """Pay over that of the base."""
    return config.staff.pay_ratio if config.staff.dynamics else 1.0


def _agents(tables: Tables, config: Config) -> float:
    """The region's part, by residents, of the agents of the call centre's busiest hour."""
    residents = float(tables["settlements"].numbers("residents").sum())
    pool = max(residents, config.call_centre.pool_residents, 1.0)
    return config.call_centre.agents * residents / pool


def _covered(tables: Tables) -> float:
    """Settlements with mobile internet; one whose connection is not finished has none."""
    return float((tables["settlements"].numbers("covered") >= 1).sum())


def _developed(before: Table, now: Table) -> int:
    """Services that a lever has changed online or decides automatically."""
    changed = np.zeros(len(now), dtype=np.bool_)
    for column in ("online_ease", "auto_decided_pct"):
        changed |= before.numbers(column) != now.numbers(column)
    return int(changed.sum())


def annuity(price: float, life_years: float, rate: float) -> float:
    """Yearly payment that returns a price over a life at a discount rate.

    >>> round(annuity(1000.0, 10.0, 0.0)), round(annuity(1000.0, 10.0, 0.10))
    (100, 163)
    """
    if rate == 0:
        return price / life_years
    return float(price * rate / (1 - (1 + rate) ** -life_years))


def _active(vans: Mapping[str, NDArray[Any]]) -> int:
    """Days on which a crew was at work: driving, or kept in by the weather."""
    return int(((vans["stops"] > 0) | (vans["weather"] > 0)).sum())
