"""Sections of the configuration about roads and money."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.sections.section import NonNegative, Percent, Positive, Section


class Travel(Section):
    """Roads."""

    speed_km_per_hour: Positive
    within_town_km: NonNegative
    by_bus_pct: Percent


class Cost(Section):
    """Money of the base year, nominal."""

    office_post_month: NonNegative
    body_post_month: NonNegative
    overhead_factor: Annotated[float, Field(ge=1, le=10)]
    online_case: NonNegative
    van_crew_day: NonNegative
    van_km: NonNegative
    van_price: NonNegative
    van_life_years: Positive
    call: NonNegative
    village_connection: NonNegative
    connection_life_years: Positive
    service_online: NonNegative
    services_of_portal: NonNegative
    service_life_years: Positive
    course_place: NonNegative
    fair_visitor: NonNegative
    media_contact: NonNegative
    discount_rate_pct: Percent
    training_place: NonNegative
    travel_km: NonNegative
    citizen_hour: NonNegative
