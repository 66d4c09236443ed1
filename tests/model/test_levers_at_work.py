"""Levers that set a mechanism in motion: what moves in the town, and that engines agree on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.compose import Composed
from sim.results.recorder import Columns
from sim.service.layout import CALL_CENTRE, HEADROOM
from sim.studies.run import execute, model_of
from tests.model.town import hashes_of, tables_of, town
from tests.unit.scenarios.settings import configured, lever

SHORT = ("run.days=30", "run.run_in_days=0")
ASKED = "back_office.inquiry_pct=30"
EQUALS = [  # a lever, its value, and what it sets
    ("appointments.booked", 40.0, "appointments.booked_pct=40"),
    ("bodies.answer_days", 6.0, "back_office.inquiry_days=6"),
    ("kiosks.use", 30.0, "kiosks.use_pct=30"),
    ("offices.outages", 300.0, "office.system_outages_per_year=300"),
    ("offices.roster", "peak", "office.roster=peak"),
    ("portal.outages", 4.0, "portal.outage_every_days=5"),
]


def tables(name: str, value: Any, *overrides: str, **dates: int) -> dict[str, Columns]:
    one = town(*SHORT, ASKED, *overrides)
    return dict(execute(Composed(configured(one, lever(name, value, **dates)), {})).tables)


@pytest.fixture(scope="module")
def base() -> dict[str, Columns]:
    return dict(tables_of(town(*SHORT, ASKED)))


@pytest.mark.parametrize(("name", "value", "setting"), EQUALS)
def test_a_lever_from_the_first_day_is_its_parameter(
    base: dict[str, Columns], name: str, value: Any, setting: str
) -> None:
    found = hashes_of(tables(name, value))
    assert found == hashes_of(tables_of(town(*SHORT, ASKED, setting)))
    assert found != hashes_of(base)


LIVELY = [
    *[one[:2] for one in EQUALS],
    ("call_centre.staffing", 0.5),
    ("cases.traced", "yes"),
    ("offices.one_window", "no"),
    ("offices.specialised", "no"),
    ("roads.winter", 3.0),
]


@pytest.mark.parametrize(("name", "value"), LIVELY)
def test_both_engines_live_a_lever_alike(name: str, value: Any) -> None:
    """From the tenth day on, with tired and fallible operators and express counters."""
    rules = ("office.fatigue_pct_per_hour=2", "office.error_pct=2", "office.express_pct=50",
             "back_office.traced_faster_pct=10")  # fmt: skip
    compiled, simpy = (
        hashes_of(tables(name, value, *rules, f"engine={engine}", start=10))
        for engine in ("compiled", "simpy")
    )
    assert compiled == simpy


@pytest.mark.parametrize(("name", "value"), LIVELY)
def test_no_day_before_a_lever_knows_of_it(base: dict[str, Columns], name: str, value: Any) -> None:
    now, then = tables(name, value, start=15)["services"], base["services"]
    early, until = (table["date"] < "2024-01-16" for table in (now, then))
    for column in now:
        np.testing.assert_array_equal(now[column][early], then[column][until], column)


def test_a_roster_of_peaks_has_the_hours_of_a_level_one() -> None:
    """As many counter-hours, at other hours; the bill is the same."""
    level, peak = (tables("offices.roster", word) for word in ("level", "peak"))
    office = level["counters"]["role"] == "office"
    hours = [int(found["counters"]["duty_seconds"][office].sum()) for found in (level, peak)]
    assert hours[0] == hours[1]
    bills = [found["bill"] for found in (level, peak)]
    posts = [int(bill["paid"][bill["item"] == "office posts"][0]) for bill in bills]
    assert posts[0] == posts[1] > 0


def test_a_roster_of_peaks_asks_for_no_more_desks_and_people_than_there_are() -> None:
    one = town(*SHORT, "office.peak_extra_pct=50", "staff.dynamics=true")
    model = model_of(configured(one, lever("offices.roster", "peak")))
    (office,) = model.service_centres
    found = set()
    for _ in range(30):
        model.step()
        roster = model.network.roster[office.station]
        if roster.any():
            found |= set(roster[roster > 0].tolist())
    assert found == {1, 2, 3}


def test_traced_cases_take_less_time_at_desks_of_bodies_alone() -> None:
    """By as much as is said; with nothing said the order moves and the work does not."""
    rules = ("back_office.call_order=due",)
    before = tables("cases.traced", "no", *rules)["desks"]
    still = tables("cases.traced", "yes", *rules)["desks"]
    faster = tables("cases.traced", "yes", *rules, "back_office.traced_faster_pct=10")["desks"]
    of_body, of_provider = (before["role"] == role for role in ("desk", "provider_desk"))
    np.testing.assert_array_equal(still["busy_seconds"], before["busy_seconds"])
    for where, ratio in ((of_body, 0.9), (of_provider, 1.0)):
        work = [int(found["busy_seconds"][where].sum()) for found in (before, faster)]
        assert work[1] / work[0] == pytest.approx(ratio, abs=0.02)  # some cases stay open


def test_answers_move_nothing_where_nobody_asks() -> None:
    none = [hashes_of(tables("bodies.answer_days", days, "back_office.inquiry_pct=0"))
            for days in (0.5, 8.0)]  # fmt: skip
    assert none[0] == none[1]


@pytest.mark.parametrize(("ratio", "agents"), [(0.5, 20), (1.3, 52), (5.0, 200)])
def test_agents_have_seats_and_are_paid(ratio: float, agents: int) -> None:
    """More than the seats of the base if need be; the bill counts those beyond the base."""
    one = town(*SHORT, "call_centre.agents=40")
    config = configured(one, lever("call_centre.staffing", ratio))
    network = model_of(config).network
    assert network.seats(network.index[CALL_CENTRE]) == max(40, agents) + HEADROOM
    bill = execute(Composed(config, {})).tables["bill"]
    (paid,) = bill["paid"][bill["item"] == "call centre agents"]
    a_post = config.cost.office_post_month * config.cost.overhead_factor * 12
    assert paid == pytest.approx((agents - 40) * a_post * 30 / 366, abs=1)
    assert "call centre agents" not in tables_of(one)["bill"]["item"]


def test_in_the_hardest_winter_no_van_calls() -> None:
    found = tables("roads.winter", 10.0, "run.days=20")
    assert not found["vans"]["stops"].any()


def test_papers_that_nobody_gathers_bring_more_visits(base: dict[str, Columns]) -> None:
    apart = tables("offices.one_window", "no", "office.separate_paper_pct=15")
    visits = [int(one["services"]["office_visits"].sum()) for one in (base, apart)]
    assert visits[1] > visits[0]
