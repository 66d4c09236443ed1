"""Who lives in the town, where vans call, and what levels of the tables become: by their rules."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest

from sim.agents import MobileUnit, ServiceCentre
from sim.population.people import Can
from sim.service.cases import NEVER, Outcome
from sim.service.catalogue import yearly
from sim.service.requests import Channel
from sim.service.tallies import OfficeTally
from sim.units import DAY, HOUR
from tests.model.town import REGION, model, tables_of, town

YEAR = ("run.days=366", "run.run_in_days=0")


# --------------------------------------------------------------------------------------- people


def test_people_have_what_their_group_has_in_its_share() -> None:
    """By group of the real region, within four and a half standard errors."""
    one = model(place=REGION)
    groups, people, covered = one.tables["groups"], one.citizens.people, one.world.places.covered
    for g in range(len(groups)):
        mine = people.group == g
        can, n = people.can[mine], int(mine.sum())
        here = covered[people.settlement[mine]] > 0
        shares = {
            "internet_pct": (can & Can.NET_IF_COVERED != 0, 0.01),
            "eds_valid_pct": (can & Can.EDS != 0, 0.01),
            "portal_aware_pct": (can & Can.AWARE != 0, 0.01),
            "phone_in_own_name_pct": (can & Can.PHONE != 0, 0.01),
            "proxy_if_weak_pct": (can & Can.PROXY != 0, 0.01),
            "skill_sufficient_pct": (people.skill[mine] > 1 / 3, 0.01),
            "skill_high_pct": (people.skill[mine] > 2 / 3, 0.01),
        }
        for name, (has, scale) in shares.items():
            p = scale * groups.numbers(name)[g]
            assert abs(has.mean() - p) <= 4.5 * (p * (1 - p) / n) ** 0.5 + 1e-9, name
        assert (here | (can & Can.NET_IF_COVERED != 0) | (can & Can.NET == 0)).all()
        assert ((can & Can.APPLY != 0) == (groups.numbers("applicant")[g] > 0)).all()
    first_in_line = (people.can & Can.PRIORITY != 0).mean()
    assert first_in_line == pytest.approx(one.config.population.priority_pct / 100, abs=0.002)


def test_only_who_may_apply_has_needs() -> None:
    one = model("demand.factor=2", "back_office.allow_overload=true")
    needs = one.needs_of(2023 * 12 + 11).rows
    assert len(needs) > 100
    assert (one.citizens.people.can[needs["citizen"]] & Can.APPLY != 0).all()


def test_calls_of_a_year_are_as_many_as_told_for_each_resident() -> None:
    """Those that come with a need and those that follow a failed attempt, together."""
    one = model("call_centre.calls_per_resident=0.5")
    needs = yearly(one.tables, "needs_per_1000").sum(axis=1)
    at_counters = yearly(one.tables, "office_filings_per_1000").sum(axis=1)
    failed = ((needs - at_counters) * one.world.catalogue.failure).sum()
    behaviour = one.world.behaviour
    calls = behaviour.call * needs.sum() + behaviour.failure_call * failed
    assert 0 < behaviour.call < 1
    assert calls == pytest.approx(0.5 * 5000)


def test_an_answered_rescue_mends_the_attempt_and_the_habit() -> None:
    """All attempts fail, all who failed call, and somebody always answers."""
    one = model("run.run_in_days=0", "run.days=3", "portal.failure_multiplier=20",
                "portal.after_failure_visit_pct=1", "portal.after_failure_call_pct=99",
                "call_centre.agents=100", "trust.step=0.2")  # fmt: skip
    people = one.citizens.people
    before = people.trust_portal.copy()
    one.step()
    failed = people.trust_portal < before
    assert failed.sum() > 5
    assert (people.habit[failed] == 1).mean() > 0.8  # some called too late in the day


def test_the_best_visit_has_all_points() -> None:
    """The five weights are all there, and add to one."""
    after = model().world.afterwards
    assert after.timeliness + after.treatment + after.outcome == pytest.approx(1.0)


def test_limits_of_parts_of_days_are_whole_days() -> None:
    """Two and a half days are three; an hour is one."""
    catalogue = model("tables.services.tsa.limit_working_days=2.5").world.catalogue
    services = model().tables["services"]
    limits = catalogue.limit_days
    assert limits[services.index["tsa"]] == 3
    for k, days in enumerate(services.numbers("limit_working_days")):
        if services.rows[k] != "tsa":
            assert limits[k] == max(1, ceil(days))
    assert services.numbers("limit_working_days").min() < 1


def test_a_line_is_as_long_as_its_counters_allow() -> None:
    one = model("office.longest_line_per_counter=7", "tables.offices.OFFICE.counters=3")
    office = next(iter(one.agents_by_type[ServiceCentre]))
    office.step()
    assert one.line_limit[office.station] == 21


def test_a_portal_that_is_always_down_is_tried_three_times() -> None:
    """On the day and the two days after; the third outage is a failure."""
    down = ("portal.outage_every_days=0.01", "portal.outage_hours=1000", "run.run_in_days=0")
    services = tables_of(town(*down))["services"]
    days = np.unique(services["date"])
    by_day = {name: np.array([services[name][services["date"] == day].sum() for day in days])
              for name in ("web", "app", "attempts", "outages", "failures")}  # fmt: skip
    first = by_day["web"] + by_day["app"]
    once, twice = np.append([0], first[:-1]), np.append([0, 0], first[:-2])
    np.testing.assert_array_equal(by_day["attempts"], first + once + twice)
    np.testing.assert_array_equal(by_day["failures"], twice)
    np.testing.assert_array_equal(by_day["outages"], by_day["attempts"])


def test_an_hour_that_is_half_open_has_half_of_its_visitors() -> None:
    one = model("office.opens_hour=9.5", "office.closes_hour=17.5")
    while not one.calendar.works[one.day]:
        one.step()
    one.step()
    office = int(one.offices[0])
    shares = one.world.stops(one.van_at, one.line_limit, one.free_slots).arrival_hours[office]
    weights = np.array(one.config.demand.in_person_hour_weights)
    weights[:9], weights[18:] = 0.0, 0.0
    weights[[9, 17]] /= 2
    np.testing.assert_allclose(np.diff(shares, prepend=0.0), weights / weights.sum(), atol=1e-12)


def test_nobody_comes_in_the_half_of_an_hour_in_which_the_door_is_shut() -> None:
    """Neither waits at the door before it opens nor is sent away after it has shut."""
    one = model("office.opens_hour=9.5", "office.closes_hour=17.5", "demand.factor=2",
                "back_office.allow_overload=true", "run.days=20")  # fmt: skip
    office, turned_away, seconds = one.offices[0], 0, []
    while one.day < one.horizon:
        one.step()
        if one.calendar.works[one.day - 1]:
            turned_away += int(one.ledger.stations[office, OfficeTally.TURNED_AWAY])
            cases = one.served.cases
            new = cases.arrival >= (one.day - 1) * DAY
            here = cases.station[cases.first[:-1]] == office
            seconds += (cases.arrival[new & here] % DAY).tolist()
    assert turned_away == 0
    assert len(seconds) > 100
    assert 9.5 * HOUR <= min(seconds) < 9.75 * HOUR
    assert 17.25 * HOUR <= max(seconds) < 17.5 * HOUR


def test_visits_are_as_many_when_a_door_opens_half_an_hour_later() -> None:
    """Where nobody learns from a wait, only seconds move: each draw stays where it is."""
    days = ("run.run_in_days=0", "office.published_wait_memory=0", "trust.step=0")
    whole = tables_of(town(*days))["services"]
    half = tables_of(town(*days, "office.opens_hour=9.5"))["services"]
    for name in ("needs", "web", "app", "office", "van", "body"):
        np.testing.assert_array_equal(half[name], whole[name])


# ----------------------------------------------------------------------------------------- vans

CLEAR = "mobile.weather_closure_pct=[0,0,0,0,0,0,0,0,0,0,0,0]"


@pytest.mark.parametrize("units", [1, 2])
def test_a_van_comes_on_the_day_it_is_announced_for(units: int) -> None:
    """While roads are clear; and nobody is told of a van that does not come."""
    one = model(CLEAR, f"mobile.units={units}", "mobile.announce_days=20", "run.run_in_days=0")
    told: list[tuple[int, int]] = []
    came: set[tuple[int, int]] = set()
    while one.day < 30:
        one.step()
        day = one.day - 1
        days = one.world.places.van_days
        assert days.max() <= 20
        told += [(day + int(k), s) for s, k in enumerate(days) if k != NEVER]
        came |= {(day, int(s)) for s in np.flatnonzero(one.van_at != NEVER)}
    due = {(day, s) for day, s in told if day < one.day}
    assert due == came
    assert len({s for _, s in came}) == 6  # every village


def test_crews_of_one_route_share_its_villages() -> None:
    """Nobody is called at by two, nobody by none."""
    one = model("mobile.units=3")
    shares = [set(unit.villages.tolist()) for unit in one.agents_by_type[MobileUnit]]
    assert len(shares) == 3
    assert len(set.union(*shares)) == sum(map(len, shares)) == 6


def test_crews_are_paid_for_days_on_which_they_were_ready() -> None:
    """Whether they drove or the weather kept them in."""
    halves = "mobile.weather_closure_pct=[50,50,50,50,50,50,50,50,50,50,50,50]"
    one = town(halves)
    tables = tables_of(one)
    ready = ((tables["vans"]["stops"] > 0) | (tables["vans"]["weather"] > 0)).sum()
    assert (tables["vans"]["weather"] > 0).any()
    crews = tables["bill"]["item"] == "mobile crews"
    assert tables["bill"]["paid"][crews].sum() == ready * one.config.cost.van_crew_day
    worked = np.isin(np.unique(tables["vans"]["date"]), tables["vans"]["date"]).sum()
    assert ready <= worked


def test_a_body_that_gains_desks_expects_to_be_less_used() -> None:
    """The same work on twice the desks is half the utilisation."""
    one = model()
    land = next(body for body in one.back_offices if body.code == "LAND")
    land.step()
    land.busy, land.duty = 90, 100
    assert land.expected_utilisation() == pytest.approx(0.9)
    before = land.desks
    land.gained = 5
    assert land.expected_utilisation() == pytest.approx(0.9 * before / (before + 5 * 0.8))


def test_whom_a_van_left_over_comes_to_an_office() -> None:
    """A van may not call again for weeks."""
    one = model("office.patience_minutes=1", "demand.factor=4", "back_office.allow_overload=true",
                "choice.van_bonus=1.5", CLEAR)  # fmt: skip
    names, left, asked = ("citizen", "root", "kind", "number"), set(), {}
    while one.day < one.horizon:
        one.step()
        cases, about, log = one.served
        outcome, channel = log.outcome[cases.first[:-1]], about["channel"]
        for row in np.flatnonzero((channel == Channel.VAN) & (outcome > Outcome.SERVED)):
            *key, number = (int(about[name][row]) for name in names)
            left.add((*key, number + 1))
        for rows in (about, one.agenda.rows()):
            keys = zip(*(rows[name].tolist() for name in names), strict=True)
            asked |= dict(zip(keys, rows["channel"].tolist(), strict=True))
    where = [asked[key] for key in left if key in asked]
    assert len(where) > 20
    assert set(where) == {Channel.OFFICE}
