"""What each agent decides on a day, worked out by hand from the rules of ``docs/model.md``."""

from __future__ import annotations

from datetime import date
from math import ceil, sqrt

import numpy as np
import pytest

from sim.agents import (
    CallCentre,
    Employer,
    Portal,
    ProviderOrganisation,
    ServiceCentre,
)
from sim.model import ServiceModel
from sim.population.call_kernels import calls_from_elsewhere
from sim.population.demand import Demand
from sim.region.schema import MONTHS
from sim.results.bill import Holdings
from sim.scenarios.changes import Change, Timeline
from sim.service.book import Book
from sim.service.layout import CALL_CENTRE
from sim.service.ledger import DAY_KINDS
from sim.studies.run import execute
from sim.units import DAY, HOUR
from tests.model.town import REGION, lived, model, tables_of, town

YEAR = ("run.days=366", "run.run_in_days=0")


def first(one: ServiceModel, kind: type) -> object:
    return next(iter(one.agents_by_type[kind]))


# ------------------------------------------------------------------------------------- rosters


def test_a_post_works_in_a_year_the_minutes_that_a_year_has_for_a_person() -> None:
    """Presence times eight hours a day, lunch apart, on all worked days of 2024."""
    one = model(*YEAR)
    worked = int(one.calendar.works[:366].sum())
    assert worked == 249
    minutes = one.config.back_office.minutes_per_person_year
    assert one.presence * 8 * 60 * worked == pytest.approx(minutes)
    assert one.days_in_year == 366
    assert model("place.starts=2025-01-01").days_in_year == 365


def test_desks_are_a_share_of_who_is_left_and_of_who_came() -> None:
    """Five posts give a fifth of their time, at least one desk; who came gives 0.8 of theirs."""
    one = model("tables.bodies.LAND.staff=20")
    land = next(body for body in one.back_offices if body.code == "LAND")
    assert land.desks == pytest.approx(4.0)
    land.lost = 5
    assert land.desks == pytest.approx(3.0)
    land.gained = 2
    assert land.desks == pytest.approx(3.0 + 1.6)
    land.lost = 19
    assert land.desks == pytest.approx(1.0 + 1.6)


def test_posts_leave_the_least_used_body_for_the_most_used() -> None:
    """One at a time, until more would turn it round; a body keeps one."""
    one = model("run.run_in_days=0")
    employer = first(one, Employer)
    assert isinstance(employer, Employer)
    row = one.tables["employers"]
    one.tables = {
        **one.tables,
        "employers": row.replaced("posts_by_utilisation", np.array([2.0] * len(row))),
    }
    for body, busy in zip(one.back_offices, (50, 10, 90), strict=True):
        body.step()
        body.busy, body.duty = busy * HOUR, 100 * HOUR
    employer.step()
    social, land, permits = one.back_offices
    assert (land.lost, permits.gained) == (2, 2)
    assert (social.lost, social.gained, permits.lost, land.gained) == (0, 0, 0, 0)
    assert {(giver, receiver) for _, giver, receiver in employer.moves} == {("LAND", "PERMITS")}


def test_the_call_centre_keeps_as_many_roots_of_the_load_above_it_in_each_hour() -> None:
    """All agents in the busiest hour, the square-root rule in the others, half an hour more."""
    one = model("call_centre.agents=40", "call_centre.pool_residents=3000000")
    agent, rules = first(one, CallCentre), one.config.call_centre
    assert isinstance(agent, CallCentre)
    agent.step()
    weights = np.array(rules.hour_weights) / sum(rules.hour_weights)
    load = 3_000_000 * rules.calls_per_resident / 366 * weights * rules.handling_minutes / 60
    factor = (40 - load.max()) / sqrt(load.max())
    assert factor > 0.5
    agents = [min(40, max(1, ceil(round(x + factor * sqrt(x), 9)))) for x in load]
    roster = one.network.roster[one.network.index[CALL_CENTRE]]
    np.testing.assert_array_equal(roster[1::2], agents)
    handed_over = np.maximum(agents, np.roll(agents, 1))
    np.testing.assert_array_equal(roster[::2], handed_over)
    assert one.expected_elsewhere == pytest.approx((3_000_000 - 5_000) * 0.3 / 366)


def test_where_nobody_is_expected_to_call_agents_are_there_as_for_the_fewest_calls() -> None:
    """The square-root rule has a limit: the same roots of the profile, however few call."""
    rosters = []
    for calls in ("0", "1e-9"):
        one = model(f"call_centre.calls_per_resident={calls}", "call_centre.agents=40")
        agent = first(one, CallCentre)
        agent.step()
        rosters.append(one.network.roster[agent.station].copy())
    np.testing.assert_array_equal(*rosters)
    assert 1 <= rosters[0].min() < rosters[0].max() == 40


def test_back_staff_of_providers_is_at_work_as_much_of_the_year_as_others() -> None:
    """Ten people are 8.84 desks: eight all day, a ninth for most of it."""
    one = model("tables.providers.PO_CLINICS_TWN.back_staff=10")
    clinic = next(p for p in one.agents_by_type[ProviderOrganisation] if "CLINICS" in p.code)
    clinic.step()
    roster = one.network.roster[clinic.desk]
    assert set(roster[18:36].tolist()) == {8, 9}
    assert roster[18:36].mean() == pytest.approx(10 * one.presence, abs=0.5 / 18)
    assert roster.sum() == roster[18:36].sum()


def test_duty_offices_stay_open_until_the_evening_and_ordinary_ones_do_not() -> None:
    one = model("office.hours=duty", place=REGION)
    while not one.calendar.works[one.day]:
        one.day += 1
    offices = one.tables["offices"]
    closes = set()
    for office in one.agents_by_type[ServiceCentre]:
        office.step()
        kind = offices.words("kind")[offices.index[office.code]]
        expected = 18 if kind == "ordinary" else 20
        assert one.network.closes[office.station] == expected * HOUR
        closes.add(expected)
    assert closes == {18, 20}


# ----------------------------------------------------------------------- weather, outages, calls


def test_vans_are_kept_in_by_the_weather_of_the_month() -> None:
    """Roads that are always shut in February and open in January."""
    shut = "[0,100,0,0,0,0,0,0,0,0,0,0]"
    vans = tables_of(town(f"mobile.weather_closure_pct={shut}", "run.days=60"))["vans"]
    january = vans["date"] < "2024-02-01"
    assert vans["weather"][january].sum() == 0 < vans["stops"][january].sum()
    assert vans["stops"][~january].sum() == 0 < vans["weather"][~january].sum()


def test_each_van_has_weather_of_its_own() -> None:
    """Routes lie far apart: on some days one is kept in and another drives."""
    halves = "[50,50,50,50,50,50,50,50,50,50,50,50]"
    told = (f"mobile.weather_closure_pct={halves}", "mobile.units=3", "run.days=60")
    vans = tables_of(town(*told))["vans"]
    lost = [vans["weather"][vans["unit"] == unit] for unit in (1, 2, 3)]
    worked = (vans["weather"] + vans["stops"])[vans["unit"] == 1] > 0
    for days in lost:
        assert 0.2 < days[worked].mean() < 0.8
    assert (lost[0] != lost[1]).any()
    assert (lost[1] != lost[2]).any()


@pytest.mark.parametrize(("every", "hours"), [(1.0, 2.0), (2.0, 30.0), (20.0, 4.0)])
def test_the_portal_is_down_as_often_and_as_long_as_told(every: float, hours: float) -> None:
    """Mean seconds a day; an outage goes on beyond midnight. Lengths have a CV of one half."""
    one = model(f"portal.outage_every_days={every}", f"portal.outage_hours={hours}",
                "portal.outage_cv=0.5", *YEAR)  # fmt: skip
    portal, n = first(one, Portal), 700
    assert isinstance(portal, Portal)
    down = []
    for one.day in range(n):  # the calendar reaches beyond the year
        portal.step()
        for begin, end in portal.outages:
            assert 0 <= begin < end <= DAY
        down.append(sum(end - begin for begin, end in portal.outages))
    spread = sqrt(1.25 / every) * hours * HOUR  # of a day's outages, as of a compound Poisson sum
    assert abs(np.mean(down) - hours * HOUR / every) < 4.5 * spread / sqrt(n)


def test_every_day_brings_calls_of_its_own() -> None:
    """Poisson: as many as expected, as uncertain as their root, and never the same."""
    one = model()
    numbers, arrivals = [], []
    for day in range(300):
        book = Book.blank(200, 200)
        n = calls_from_elsewhere(
            60.0, one.world.intake, one.world.call_hours, np.uint64(3), np.uint64(0),
            738_000 + day, day, 0, book.cases, book.particulars,
        )  # fmt: skip
        numbers.append(n)
        arrivals.append(tuple(book.cases.arrival[:n] - day * DAY))
    assert len(set(arrivals)) == 300
    assert abs(np.mean(numbers) - 60) < 4.5 * sqrt(60 / 300)
    assert np.var(numbers) / 60 == pytest.approx(1.0, abs=4.5 * sqrt(2 / 300))


# ---------------------------------------------------------------------------- needs and the year


def test_rates_of_a_month_are_those_of_a_year_by_the_season() -> None:
    """Over the mean of the twelve months, the factor of the table."""
    one = model()
    demand, months = Demand(one.region), one.tables["months"]
    ratio = np.stack([demand.ratio(one.tables, 2024 * 12 + k, 1.0) for k in range(12)])
    mean = ratio.mean(axis=0)
    for s, service in enumerate(one.tables["services"].rows):
        row = months.index.get(service, months.index.get("*"))
        if row is None or not mean[:, s].any():
            continue
        group = int(np.argmax(mean[:, s]))
        factors = np.array([months.numbers(month)[row] for month in MONTHS])
        np.testing.assert_allclose(ratio[:, group, s] / mean[group, s], factors / factors.mean())


def test_needs_of_a_service_are_spread_over_the_month() -> None:
    """Each half of the month has about half of the needs of each service."""
    one = model()
    demand = Demand(one.region)
    ratio = np.stack([demand.ratio(one.tables, 2024 * 12, 4.0)] * 31)
    needs = demand.month(one.citizens.people, one.world.places.first, 7, 0, 2024 * 12, ratio).rows
    checked = 0
    for service in np.unique(needs["service"]):
        day = needs["day"][needs["service"] == service]
        if len(day) > 50:
            checked += 1
            assert abs(day.mean() - 15) < 4.5 * sqrt(80 / len(day))  # uniform on 0 to 30
            assert abs(day.std() - sqrt(80)) < 4.5 * 9 / sqrt(len(day))
    assert checked > 10


def test_visits_are_spread_by_the_weights_of_the_days() -> None:
    """January and May 2024: the third follows a holiday, a Saturday is worked."""
    one = model(*YEAR)
    weights = {0: 1.2, 1: 1.05, 2: 1.0, 3: 0.95, 4: 0.8}
    heavy = {date(2024, 1, 3), date(2024, 5, 2), date(2024, 5, 10)}
    for begin in (date(2024, 1, 1), date(2024, 4, 29)):
        shares = np.diff(one.world.days_ahead(one.calendar.day(begin)), prepend=0.0)
        days = [one.calendar.civil(one.calendar.day(begin) + k) for k in range(len(shares))]
        expected = np.array([
            0.0 if not one.calendar.works[one.calendar.day(day)]
            else 1.6 if day in heavy
            else weights.get(day.weekday(), 0.8)
            for day in days
        ])  # fmt: skip
        np.testing.assert_allclose(shares, expected / expected.sum())
        assert heavy & set(days)
    assert date(2024, 5, 4).weekday() == 5


def test_what_answers_today_is_planned_from_tomorrow_on() -> None:
    """On a Friday the first of the days ahead is today, of the later days a Saturday."""
    one = model(*YEAR)
    one.day = one.calendar.day(date(2024, 2, 2))
    assert one.today.visit_days[0] > 0
    assert one.today.later_days[0] == 0
    one.day = one.calendar.day(date(2024, 2, 3))
    assert one.today.visit_days[0] == 0
    assert one.today.later_days[:2].tolist()[1] > 0
    assert one._day_kind() == DAY_KINDS.index("other")


# ------------------------------------------------------------------------------ costs of citizens


def test_the_way_costs_fares_and_time_there_and_back() -> None:
    """75 km at 75 km/h: 150 km at 35 and two hours at 1,200 are 7,650."""
    one = model("travel.speed_km_per_hour=75", "cost.travel_km=35", "cost.citizen_hour=1200")
    places = one.world.places
    np.testing.assert_allclose(places.office_cost, 7.65 * places.office_km / 75)
    np.testing.assert_allclose(places.special_cost, 7.65 * places.special_km / 75)
    assert (places.office_km >= one.config.travel.within_town_km).all()


def test_an_hour_of_published_wait_costs_an_hour_of_time() -> None:
    one = model("cost.citizen_hour=1200")
    one.published_wait[:] = HOUR
    np.testing.assert_allclose(one.today.wait_cost, 1.2)


def test_a_village_has_coverage_only_when_its_connection_is_finished() -> None:
    one = model()
    settlements = one.tables["settlements"]
    covered = np.linspace(0.0, 1.0, len(settlements))
    halfway = {**one.tables, "settlements": settlements.replaced("covered", covered)}
    world = type(one.world)(halfway, one.config, one.network, one.calendar)
    assert world.places.covered.tolist() == [0] * (len(covered) - 1) + [1]


# ----------------------------------------------------------------------- learning in a lived town


def test_a_portal_that_always_fails_loses_trust_and_nobody_elses() -> None:
    """Everybody who tried has lost trust in the portal and remembers it; centres are not blamed."""
    one = model("run.run_in_days=0", "run.days=3", "portal.failure_multiplier=20",
                "portal.after_failure_call_pct=0", "portal.after_failure_visit_pct=1")  # fmt: skip
    people = one.citizens.people
    before = people.trust_portal.copy()
    one.step()
    moved = people.trust_portal < before
    assert moved.sum() > 5
    assert (people.habit[moved] == -1).all()
    assert (people.trust_centre == people.trust_centre[0]).all()
    once = before[moved] + 0.1 * (0.3 - before[moved])
    assert np.isclose(people.trust_portal[moved], once).mean() > 0.9  # few tried twice


def test_consultants_whom_nobody_believes_change_nobody() -> None:
    """All are shown the portal; with no adoption nobody uses it since, with all of it many do."""
    shown = ("office.extra_consultants=5", "office.assists_per_consultant_day=25")
    for share, adopted in ((0, False), (45, True)):
        groups = tables_of(town(*shown, f"office.assisted_adoption_pct={share}"))["groups"]
        assert (groups["adopted"].sum() > 0) == adopted


def test_complaints_are_about_local_bodies() -> None:
    """Where all services are the state's, bad experiences bring no complaint about a body."""
    certain = ("complaints.propensity=1", "complaints.aware_share=1")
    services = model().tables["services"].rows
    of_state = tuple(f"tables.services.{name}.scope=state" for name in services)
    for told, local in (((), True), (of_state, False)):
        groups = tables_of(town(*certain, *told, "demand.factor=1.5"))["groups"]
        assert groups["bad_experiences"].sum() > 0
        assert (groups["complaints"].sum() > 0) == local


# ----------------------------------------------------------------------------------------- bill


def _bill(*told: str, scenario: str = "base") -> dict[str, tuple[int, int]]:
    bill = execute(town(*told, scenario=scenario)).tables["bill"]
    rows = zip(bill["item"], bill["paid"], bill["followed_work"], strict=True)
    return {item: (int(paid), int(followed)) for item, paid, followed in rows}


def test_a_bill_of_the_town_by_hand() -> None:
    """Forty days of 366: posts with overhead, the van as an annuity, calls by number."""
    one = town()
    cost, share = one.config.cost, 40 / 366
    bill = _bill()
    posts = 3.7 + 2
    assert bill["office posts"][0] == pytest.approx(
        posts * cost.office_post_month * cost.overhead_factor * 12 * share, abs=1)  # fmt: skip
    desks = max(1.0, 4 * 0.30) + max(1.0, 5 * 0.20) + max(1.0, 4 * 0.45)
    assert bill["desk posts on services"][0] == pytest.approx(
        desks * cost.body_post_month * cost.overhead_factor * 12 * share, abs=1)  # fmt: skip
    rate, life = cost.discount_rate_pct / 100, cost.van_life_years
    worth = sum(1 / (1 + rate) ** year for year in range(1, round(life) + 1))  # of one a year
    assert bill["mobile vehicles"][0] == pytest.approx(cost.van_price / worth * share, abs=1)
    tables = tables_of(one)
    assert bill["calls"] == (round(tables["calls"]["offered"].sum() * cost.call),) * 2
    busy = tables["counters"]["busy_seconds"][tables["counters"]["role"] == "office"].sum() / 3600
    hour = 12 * cost.office_post_month * cost.overhead_factor / (
        one.config.back_office.minutes_per_person_year / 60)  # fmt: skip
    assert bill["office posts"][1] == pytest.approx(busy * hour, abs=1)
    assert bill["consultants"] == bill["village connections"] == (0, 0)


def test_what_a_lever_brings_on_the_first_day_is_paid_from_then_on() -> None:
    """Two villages connected on the first day are paid for all days, from the 21st for half."""
    one = town("run.run_in_days=5", "run.days=40")
    region, paid = model().region, []
    settlements = region.tables["settlements"]
    hidden = [settlements.rows[k] for k in np.flatnonzero(settlements.numbers("covered") == 0)]
    for start in (0, 20, 1000):
        changes = [Change(start, "settlements", name, "covered", "set", 1.0) for name in hidden]
        timeline = Timeline(region.tables, one.config, changes)
        holdings = Holdings()
        lived(ServiceModel(region, timeline, model().engine, [holdings]))
        paid.append(holdings.years["village connections"])
    assert paid == pytest.approx([2 * 40 / 366, 2 * 20 / 366, 0.0])
