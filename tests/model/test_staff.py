"""Staff as people in the town: nothing moves while they are counts or all alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from sim.engine import ENGINES
from sim.model import ServiceModel
from sim.results.recorder import Columns
from sim.service.stations import AVERAGE
from sim.service.tallies import DeskTally
from tests.model.town import hashes_of, lived, model, tables_of, town

SHORT = ("run.days=40", "run.run_in_days=20")
PEOPLE = "staff.dynamics=true"
STAY = "staff.operator_turnover_pct=0", "staff.body_turnover_pct=0"
LEAVE = "staff.operator_turnover_pct=100", "staff.body_turnover_pct=100"
NEW = "staff.novice_extra_pct=60"


def tables(*overrides: str, scenario: str = "base") -> Mapping[str, Columns]:
    return lived(model(*SHORT, *overrides, scenario=scenario))


def but_staff(found: Mapping[str, Columns]) -> dict[str, str]:
    return {name: text for name, text in hashes_of(found).items() if name != "staff"}


@pytest.fixture(scope="module")
def base() -> Mapping[str, Columns]:
    return tables()


def test_nothing_acts_while_staff_are_counts(base: Mapping[str, Columns]) -> None:
    """Every effect and every measure set, and not one cell moves; nobody is counted."""
    settings = (
        *LEAVE, NEW, "staff.mentors_pct=50", "staff.training_pct=400", "staff.exam=true",
        "staff.losses_pct=50", "staff.pay_ratio=0.5", "staff.unfit_extra_pct=40",
        "staff.load_slope=3", "staff.pay_elasticity=3",
    )  # fmt: skip
    assert hashes_of(tables(*settings)) == hashes_of(base)
    counts = base["staff"]
    assert not any(counts[name].any() for name in counts if counts[name].dtype.kind == "i")
    assert set(counts["station"]) == {"OFFICE", "SOCIAL", "LAND", "PERMITS"}


def test_people_who_are_alike_and_stay_are_counts(base: Mapping[str, Columns]) -> None:
    found = tables(PEOPLE, *STAY)
    assert but_staff(found) == but_staff(base)
    assert found["staff"]["posts"].tolist() == [4, 4, 5, 4] * 2
    assert not found["staff"]["left"].any()


def test_both_engines_live_staff_at_work_alike() -> None:
    """To the second, in every table, with people who leave five times as often."""
    busy = (*LEAVE, "run.days=20", "staff.mentors_pct=30", "staff.training_pct=300")
    hashes = [
        hashes_of(tables(*busy, f"engine={engine}", scenario="staff_at_work")) for engine in ENGINES
    ]
    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes_of(tables("run.days=20"))


def test_whoever_holds_a_post_came_and_whoever_left_is_gone() -> None:
    """Month by month and place by place; posts are held or vacant."""
    found = tables(PEOPLE, *LEAVE, "run.days=100", "staff.hiring_months=2")["staff"]
    people = (found["posts"] - found["vacant"]).reshape(-1, 4)
    flow = (found["hired"] - found["left"] + found["moved"]).reshape(-1, 4)
    np.testing.assert_array_equal(np.diff(people, axis=0), flow[1:])
    assert found["left"].sum() > 3
    assert found["hired"].sum() > 3
    assert (found["novices"] <= found["posts"] - found["vacant"]).all()


def office_of(one: ServiceModel, days: int) -> tuple[list[int], list[int]]:
    """Counters open on the worked days ahead, and operators at work."""
    (centre,) = one.service_centres
    counters, there = [], []
    for _ in range(days):
        one.step()
        if one.calendar.works[one.day - 1]:
            assert centre.staff is not None
            counters.append(int(one.network.roster[centre.station].max()))
            there.append(len(centre.staff.at_work(one.day - 1, one.config.staff)))
    return counters, there


def test_a_counter_closes_only_if_nobody_is_there_for_it() -> None:
    place = ("run.days=100", "run.run_in_days=0", "tables.offices.OFFICE.operators=2")
    badly_paid = ("staff.pay_ratio=0.25", "staff.pay_elasticity=1")
    counters, there = office_of(model(PEOPLE, *LEAVE, *place, *badly_paid), 100)
    assert counters == [min(2, max(1, n)) for n in there]
    assert set(counters) == {1, 2}


def test_one_counter_is_open_even_if_everybody_is_in_training() -> None:
    away = ("staff.training_pct=1200", "staff.training_days=60", "tables.offices.OFFICE.counters=5")
    counters, there = office_of(model(PEOPLE, *STAY, *SHORT, *away), 40)
    assert set(zip(there, counters, strict=True)) == {(4, 4), (0, 1)}


def test_who_is_there_takes_the_counters_in_turn_and_works_at_a_pace_of_their_own() -> None:
    """Paces and mistakes at the two counters, day by day; nobody sits anywhere for ever."""
    one = model(PEOPLE, *LEAVE, NEW, *SHORT, "office.error_pct=4", "staff.unfit_mistakes_pct=200")
    (centre,) = one.service_centres
    first, rules = one.network.server_first[centre.station], one.config.staff
    seen = set()
    for day in range(40):
        one.step()
        assert centre.staff is not None
        here = np.roll(centre.staff.at_work(day, rules), -day)[:2]
        now = one.network.stations(day)
        paces, errors = (column[first : first + len(here)] for column in (now.pace, now.errors))
        assert paces.tolist() == np.rint(AVERAGE * centre.staff.work_time(here, rules)).tolist()
        assert errors.tolist() == np.rint(40 * centre.staff.mistakes(here, rules)).tolist()
        seen |= set(zip(paces.tolist(), errors.tolist(), strict=True))
    assert len(seen) > 2


def test_load_is_held_against_that_of_the_run_in() -> None:
    """A place without reform: the month that ended less the run-in, as the ledger counts them."""
    one = model(PEOPLE, "run.days=40", "run.run_in_days=40")
    body, work = one.back_offices[0], list[tuple[int, int]]()
    while one.measured_day <= 31:
        one.step()
        row = one.ledger.stations[body.station]
        work.append((int(row[DeskTally.BUSY_SECONDS]), int(row[DeskTally.DUTY_SECONDS])))
    usual, january = np.sum(work[:40], axis=0), np.sum(work[40:71], axis=0)
    assert body.staff is not None
    assert body.staff.strain == pytest.approx(january[0] / january[1] - usual[0] / usual[1])
    assert body.staff.strain != 0


def test_mentors_take_counters_away() -> None:
    """Two operators of long standing: half of them teach, and one counter of two is open."""
    usual = (PEOPLE, *STAY, *SHORT, "tables.offices.OFFICE.operators=2")
    assert set(office_of(model(*usual), 10)[0]) == {2}
    assert set(office_of(model(*usual, "staff.mentors_pct=50"), 10)[0]) == {1}


def test_losses_at_once_close_counters_on_their_day() -> None:
    one = model(*SHORT, "tables.offices.OFFICE.operators=2", "run.run_in_days=20",
                "levers=[{name: staff.losses, value: 90.0, start: 3}]")  # fmt: skip
    counters, _ = office_of(one, 40)
    assert set(counters) == {1, 2}
    assert counters == sorted(counters, reverse=True)


def test_desks_are_fewer_by_who_is_missing_and_as_fast_as_those_who_are_there() -> None:
    one = model(PEOPLE, *LEAVE, NEW, *SHORT)
    for _ in range(55):
        one.step()
    for body in one.back_offices:
        staff, rules = body.staff, one.config.staff
        assert staff is not None
        there = staff.at_work(one.day - 1, rules)
        first = one.network.server_first[body.station]
        pace = one.network.stations(one.day - 1).pace[first]
        expected = AVERAGE * staff.work_time(there, rules).mean() if len(there) else AVERAGE
        assert pace == round(expected)
        bodies = one.tables["bodies"]
        row = bodies.index[body.code]
        staffed = bodies.numbers("staff")[row] * bodies.numbers("share_of_time")[row]
        usual = max(1.0, staffed) / staff.usual_people
        assert body.desks == pytest.approx(usual * max(1, len(there)))


def test_posts_that_an_employer_moves_are_held_by_novices() -> None:
    lever = "levers=[{name: posts.move, value: {employer: town, by: utilisation, posts: 1}}]"
    found = tables(PEOPLE, *STAY, lever)["staff"]
    moved = found["moved"].reshape(-1, 4).sum(axis=0)
    assert sorted(moved.tolist()) == [-1, 0, 0, 1]
    novices = found["novices"].reshape(-1, 4)[-1]
    np.testing.assert_array_equal(novices, moved == 1)


def test_vans_do_not_move_the_luck_of_staff() -> None:
    """Desks stand behind stops of vans in the network; a van more renames nobody."""
    found = [tables(PEOPLE, *LEAVE, f"mobile.units={n}")["staff"] for n in (1, 3)]
    for name in found[0]:
        np.testing.assert_array_equal(found[0][name], found[1][name])


def bill(*overrides: str) -> dict[str, tuple[int, int]]:
    found = tables_of(town(*SHORT, PEOPLE, *STAY, *overrides))
    bill = found["bill"]
    paid = dict(zip(bill["item"].tolist(), zip(bill["paid"], bill["followed_work"], strict=True),
                    strict=True))  # fmt: skip
    paid["people"] = (int(found["staff"]["taught"].sum()), 0)
    return paid


def test_pay_and_training_are_billed() -> None:
    """All posts at the new pay, busy or not; a place for each who is trained."""
    usual = bill()
    assert "training" not in usual
    dearer = bill("staff.pay_ratio=1.5")
    for item in ("office posts", "desk posts on services"):
        assert dearer[item] == pytest.approx([1.5 * amount for amount in usual[item]], abs=2)
    trained = bill("staff.training_pct=600", "staff.training_days=0", "cost.training_place=1000")
    assert trained["people"][0] > 5
    assert trained["training"] == (1000 * trained["people"][0],) * 2
    assert trained["office posts"] == usual["office posts"]
