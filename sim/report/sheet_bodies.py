"""Rows of an acceptance sheet about staff, mobile units, desks, quality and cost."""

from __future__ import annotations

from collections.abc import Sequence

from sim.report.base_year import BaseYear, share
from sim.report.sheet_rows import Asked, row
from sim.studies.run import check_of

VILLAGE_KM = 30.0  # one way, in the name of a row
VANS = ("mobile crews", "mobile road", "mobile vehicles")


@row("staff")
def staff(base: BaseYear, asked: Asked) -> float:
    """Posts of an employer at the end."""
    return float(base.posts["staff"][base.posts["employer"].isin(asked.places)].sum())


def _operators(base: BaseYear) -> float:
    return float(base.tables["offices"].numbers("operators").sum())


@row("operators_per_counter")
def operators_per_counter(base: BaseYear, _: Asked) -> float:
    """Operators of the table of offices over its counters."""
    return share(_operators(base), float(base.tables["offices"].numbers("counters").sum()))


@row("visits_per_operator_day")
def visits_per_operator(base: BaseYear, _: Asked) -> float:
    """Visits to offices over their operators and worked days, without mobile units."""
    return share(base.offices["arrived"].sum(), _operators(base) * base.working_days)


@row("operator_desk_share")
def operator_share(base: BaseYear, _: Asked) -> float:
    """Minutes with visitors at offices over paid minutes of their operators."""
    paid = _operators(base) * base.config.back_office.minutes_per_person_year
    return share(base.offices["busy_seconds"].sum() / 60, paid)


@row("van_calls")
def van_calls(base: BaseYear, _: Asked) -> float:
    """Stops of mobile units at villages."""
    return base.total("vans", "stops")


@row("van_cases_uncovered")
def van_cases_uncovered(_: BaseYear, __: Asked) -> str:
    """Cases a call in villages without coverage."""
    return "the tables of results do not tell calls at uncovered villages apart"


@row("van_cases_all_villages")
def van_cases(base: BaseYear, _: Asked) -> float:
    """Visits served by mobile units over their stops."""
    return share(_served_by_vans(base), base.total("vans", "stops"))


def _served_by_vans(base: BaseYear) -> float:
    return float(base.yearly("counters", ["role"])["served"].get("van", 0.0))


@row("van_cost_per_case")
def van_cost(base: BaseYear, _: Asked) -> float:
    """Crews, road and vehicles over visits served by mobile units."""
    return share(float(base.bill[list(VANS)].sum()), _served_by_vans(base))


@row("calls_per_year")
def calls(base: BaseYear, _: Asked) -> float:
    """Calls of the region."""
    return base.total("calls", "offered")


@row("departments_overloaded")
def overloaded(base: BaseYear, _: Asked) -> float:
    """Local bodies whose expected load, computed before the run, reaches one."""
    local = set(base.departments.index)
    return float(sum(load.load >= 1 for load in check_of(base.config) if load.station in local))


@row("department_decided_cases")
def decided(base: BaseYear, _: Asked) -> float:
    """Cases that desks of local bodies ended."""
    return float(base.departments["ended"].sum())


@row("department_cases_ratio")
def decided_ratio(base: BaseYear, asked: Asked) -> float | str:
    """Cases ended per resident, bodies of the first place over those of the second."""
    if len(asked.places) != 2:
        return "the row must name two districts"
    first, second = (_decided_per_resident(base, [place]) for place in asked.places)
    return share(first, second)


def _decided_per_resident(base: BaseYear, places: Sequence[str]) -> float:
    ended = base.departments["ended"][base.departments["district"].isin(places)].sum()
    return share(ended, base.residents.reindex(list(places)).sum())


@row("department_desks")
def desks(base: BaseYear, _: Asked) -> float:
    """Full-time desks of local bodies that were sent work."""
    return float(base.posts["desks_per_mille"].reindex(base.departments.index).sum() / 1000)


@row("provider_cases")
def provider_cases(base: BaseYear, _: Asked) -> float:
    """Needs of services that provider organisations render, on all channels."""
    return float(base.services["needs"][base.services["provider_sector"] != ""].sum())


@row("provider_desk_minutes")
def provider_minutes(base: BaseYear, _: Asked) -> float:
    """Minutes with visitors at desks of provider organisations."""
    return float(base.yearly("counters", ["role"])["busy_seconds"].get("provider", 0.0) / 60)


@row("complaints_local")
def complaints(base: BaseYear, _: Asked) -> float:
    """Complaints about services of local bodies."""
    return base.total("groups", "complaints")


@row("complaints_per_million")
def complaint_rate(base: BaseYear, asked: Asked) -> float:
    """Complaints for each million needs of services of local bodies."""
    local = base.services["needs"][base.services["scope"] == "local"].sum()
    return 1e6 * share(complaints(base, asked), local)


@row("violations_per_1000")
def violations(_: BaseYear, __: Asked) -> str:
    """Violations found by inspections."""
    return "the model does not count violations found by inspections"


@row("satisfaction_mean_score")
def satisfaction(base: BaseYear, _: Asked) -> float:
    """Mean score of visitors of offices and mobile units."""
    return share(base.total("groups", "score_per_mille"), base.total("groups", "scored")) / 10


@row("office_cost_per_visit")
def cost_per_visit(base: BaseYear, _: Asked) -> float:
    """Posts of offices over visits to offices and mobile units."""
    return share(float(base.bill["office posts"]), base.visits)


@row("online_cost")
def online_cost(base: BaseYear, _: Asked) -> float:
    """Cost of online cases, all scopes."""
    return float(base.bill["online cases"])


@row("back_office_cost_per_decision")
def cost_per_decision(base: BaseYear, asked: Asked) -> float:
    """Full-time desks of local bodies at the cost of a post over cases that they ended."""
    cost = base.config.cost
    post = cost.body_post_month * 12 * cost.overhead_factor
    return share(desks(base, asked) * post, base.departments["ended"].sum())


@row("citizen_cost_village_30_km")
def village_cost(base: BaseYear, _: Asked) -> float:
    """Road both ways, and the value of time on the road, in line and at the counter."""
    return _trip(base, VILLAGE_KM)


@row("citizen_cost_specialised")
def specialised_cost(base: BaseYear, asked: Asked) -> float | str:
    """Cost of a trip from the centre of a district to the office in the capital."""
    if len(asked.places) != 1:
        return "the row must name one district"
    districts = base.tables["districts"]
    row = districts.index[asked.places[0]]
    return _trip(base, float(districts.numbers("road_km_to_capital")[row]))


def _trip(base: BaseYear, km: float) -> float:
    offices, travel, cost = base.offices, base.config.travel, base.config.cost
    inside = offices["wait_seconds"].sum() + offices["busy_seconds"].sum()
    hours = 2 * km / travel.speed_km_per_hour + share(inside, offices["served"].sum()) / 3600
    return 2 * km * cost.travel_km + hours * cost.citizen_hour
