"""The bill of a run: public money by item, whole units of the region's money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.region.table import Table
from sim.service.layout import posts_of

if TYPE_CHECKING:
    from sim.model import ServiceModel

Columns = dict[str, NDArray[Any]]
MONTHS = 12
SERVICES_OF_THE_PORTAL = 5  # a change of the whole portal is developed as so many services


def bill_of(model: ServiceModel, tables: Mapping[str, Columns]) -> Columns:
    """What was paid in the measured days, and what of it followed the work.

    ``paid`` counts posts whether busy or not; ``followed_work`` counts only hours of work, road,
    and single cases: what could be avoided if posts closed. Investments are spread over their life
    at the discount rate.
    """
    config = model.config
    cost, days = config.cost, config.run.days
    years = days / model.days_in_year
    base = model.timeline.at(-1)
    offices = model.tables["offices"]
    counters, desks = tables["counters"], tables["desks"]
    is_office = counters["role"] == "office"
    is_desk = desks["role"] == "desk"
    office_posts = float((offices.numbers("operators") + offices.numbers("other_staff")).sum())
    base_counters = base[0]["offices"].numbers("counters").sum()
    per_counter = float(base[0]["offices"].numbers("operators").sum() / base_counters)
    office_posts += per_counter * float(offices.numbers("counters").sum() - base_counters)
    office_month = cost.office_post_month * cost.overhead_factor
    body_month = cost.body_post_month * cost.overhead_factor
    hour_of_post = MONTHS * 60 / config.back_office.minutes_per_person_year
    busy_counters = counters["busy_seconds"][is_office].sum() / 3600
    busy_desks = desks["busy_seconds"][is_desk].sum() / 3600
    posts = posts_of(base[0]["bodies"], config)  # a moved post is paid as before
    services = tables["services"]
    online = services["attempts"].sum()
    vans = tables["vans"]
    consultants = config.office.extra_consultants * len(offices)
    connected = float(
        (
            model.tables["settlements"].numbers("covered")
            - base[0]["settlements"].numbers("covered")
        ).sum()
    )
    moved = _developed(base[0]["services"], model.tables["services"]) + (
        config.portal.app_services != base[1].portal.app_services
    )
    moved += SERVICES_OF_THE_PORTAL * (config.choice.ease_level != base[1].choice.ease_level)
    rate = cost.discount_rate_pct / 100
    items = {
        "office posts": (office_posts * office_month * MONTHS * years,
                         busy_counters * hour_of_post * office_month),
        "desk posts on services": (float(posts.sum()) * body_month * MONTHS * years,
                                   busy_desks * hour_of_post * body_month),
        "mobile crews": (_active(vans) * cost.van_crew_day,) * 2,
        "mobile road": (vans["metres"].sum() / 1000 * cost.van_km,) * 2,
        "mobile vehicles": (config.mobile.units * years
                            * annuity(cost.van_price, cost.van_life_years, rate),) * 2,
        "online cases": (online * cost.online_case,) * 2,
        "calls": (services["calls"].sum() * cost.call,) * 2,
        "consultants": (consultants * office_month * MONTHS * years,) * 2,
        "village connections": (connected * years * annuity(
            cost.village_connection, cost.connection_life_years, rate),) * 2,
        "services developed": (moved * years * annuity(
            cost.service_online, cost.service_life_years, rate),) * 2,
    }  # fmt: skip
    paid, followed = np.array(list(items.values()), dtype=np.float64).T
    return {
        "item": np.array(list(items)),
        "paid": np.rint(paid).astype(np.int64),
        "followed_work": np.rint(followed).astype(np.int64),
    }


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
