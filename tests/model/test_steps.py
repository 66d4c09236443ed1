"""Steps of a specialised office: papers, check, exam and print, each at desks of its own."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.model import ServiceModel
from sim.service.cases import Outcome
from sim.service.requests import Kind
from sim.service.steps import desks_of, time_ends
from sim.studies.run import check_of
from sim.units import DAY, MINUTE
from tests.model.errand import NOBODY_ELSE, of_one_village, send
from tests.model.town import lived, model, town

SERVED = Outcome.SERVED
OFFICE = ("tables.offices.OFFICE.kind=specialised_duty", "specialised.steps=true")
BY_HAND = (
    *NOBODY_ELSE, *OFFICE, "tables.offices.OFFICE.counters=4", "specialised.check_time_pct=40",
    "tables.services.driver_licence.counter_cv=0", "tables.services.vehicle_reg.counter_cv=0",
    "tables.services.driver_licence.incomplete_pct=0",
    "tables.services.vehicle_reg.incomplete_pct=0",
)  # fmt: skip
CROWD = (*OFFICE, "tables.offices.OFFICE.counters=20", "run.days=30", "run.run_in_days=5",
         "demand.factor=10", "back_office.allow_overload=true", "specialised.exam_time_pct=55",
         "tables.services.driver_licence.counter_minutes=60")  # fmt: skip


def test_three_on_a_bus_walk_through_the_office() -> None:
    """A licence takes 15 minutes: 135 s of papers, 360 of check, 270 of exam, 135 of print.

    One desk each and a minute's way between them: the check is the narrow place.
    """
    one = model(*BY_HAND)
    found = send(one, of_one_village(one, 3), "driver_licence")
    by_hand = {
        "OFFICE": ([0, 0, 0], [0, 135, 270], [135, 270, 405]),
        "OFFICE/check": ([195, 330, 465], [195, 555, 915], [555, 915, 1275]),
        "OFFICE/exam": ([615, 975, 1335], [615, 975, 1335], [885, 1245, 1605]),
        "OFFICE/print": ([945, 1305, 1665], [945, 1305, 1665], [1080, 1440, 1800]),
    }
    for name, (joined, started, ended) in by_hand.items():
        here = found["station"] == name
        assert sorted(found["joined"][here]) == joined
        assert sorted(found["started"][here]) == started
        assert sorted(found["ended"][here]) == ended
    row = one.ledger.stations[one.network.index["OFFICE"]]
    waited, served = 135 + 270 + 225 + 450, 3
    assert row[[0, 1, 5]].tolist() == [3, served, waited]
    assert row[7] == 3 * 15 * MINUTE


def test_a_vehicle_takes_no_exam() -> None:
    """25 minutes without the exam: 15, 40 and 15 parts of 70, and no way to a fourth desk."""
    one = model(*BY_HAND)
    found = send(one, of_one_village(one, 1), "vehicle_reg")
    at = found["station"] != "OFFICE/exam"
    front = at & np.isin(found["station"], ["OFFICE", "OFFICE/check", "OFFICE/print"])
    assert "OFFICE/exam" not in found["station"]
    assert found["joined"][front].tolist() == [0, 321 + 60, 1178 + 120]
    assert found["ended"][front].tolist() == [321, 1178 + 60, 1500 + 120]


def test_a_pick_up_is_no_filing_and_other_services_make_no_steps() -> None:
    for service, kind in (("driver_licence", Kind.PICK_UP), ("civil_status", Kind.FILING)):
        one = model(*BY_HAND)
        found = send(one, of_one_village(one, 1), service, kind)
        assert not any("/" in name for name in found["station"] if name.startswith("OFFICE"))


def test_who_lacks_papers_is_sent_home_after_the_first_step() -> None:
    one = model(*BY_HAND, "tables.services.driver_licence.incomplete_pct=100")
    found = send(one, of_one_village(one, 1), "driver_licence")
    assert found["station"].tolist() == ["OFFICE"]
    assert found["ended"].tolist() == [135]


def stays(*overrides: str) -> tuple[np.ndarray, int]:
    """Seconds from coming to leaving of each who took an exam, and the needs of all."""
    one = model(*CROWD, *overrides)
    found: list[np.ndarray] = []

    def look(day: ServiceModel) -> None:
        cases, _, log = day.served
        exams = np.flatnonzero(cases.station == day.network.index["OFFICE/exam"])
        whole = exams[(log.ended[exams + 1] >= day.day * DAY) & (log.outcome[exams + 1] == SERVED)]
        found.append(log.ended[whole + 1] - log.joined[whole - 2])

    one.observers.append(look)
    needs = int(lived(one)["services"]["needs"].sum())
    return np.concatenate(found), needs


def test_more_desks_for_the_exam_shorten_the_stay() -> None:
    """One desk is narrow where the exam takes most of an hour; nobody's need moves."""
    few, needs = stays("specialised.exam_desks_pct=5")
    many, same_needs = stays("specialised.exam_desks_pct=20")
    assert needs == same_needs
    assert len(few) > 60
    assert many.mean() < 0.9 * few.mean()


def test_in_an_empty_office_steps_add_only_the_way() -> None:
    """Time with somebody is the same, whoever it is."""
    one = model(*BY_HAND, "specialised.way_minutes=0")
    found = send(one, of_one_village(one, 1), "driver_licence")
    front = np.char.startswith(found["station"].astype(str), "OFFICE")
    assert found["ended"][front].max() == 15 * MINUTE


@pytest.mark.parametrize(
    ("counters", "shares", "expected"),
    [
        (16, (25, 12, 19), [7, 4, 2, 3]),
        (4, (25, 12, 19), [1, 1, 1, 1]),
        (10, (50, 40, 9), [1, 4, 4, 1]),
    ],
)
def test_desks_are_the_counters_divided(
    counters: int, shares: tuple[int, ...], expected: list[int]
) -> None:
    keys = ("check_desks_pct", "exam_desks_pct", "print_desks_pct")
    rules = town().config.specialised.model_copy(update=dict(zip(keys, shares, strict=True)))
    desks = desks_of("ANY", counters, rules)
    assert list(desks.values()) == expected
    assert sum(desks.values()) == counters


def test_too_few_counters_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="office 'OFFICE' has 2 counters for 4 steps"):
        model(*OFFICE, "tables.offices.OFFICE.counters=2").step()


def test_steps_that_leave_nothing_for_the_papers_are_refused() -> None:
    with pytest.raises(InputError, match="`_time_pct` add to 110; papers need a part"):
        town("specialised.check_time_pct=65")


SHARES = [f"{step}_{what}_pct" for step in ("check", "exam", "print") for what in ("time", "desks")]


@pytest.mark.parametrize("key", SHARES)
def test_at_both_ends_of_a_range_every_step_can_do_its_work(key: str) -> None:
    """A value that the static check refuses would be no plausible one; desks stay as many."""
    one = town("specialised.steps=true", place=("region=west_kazakhstan",))
    passport = one.passports[f"specialised.{key}"]
    duty = set()
    for value in (passport.low, passport.value, passport.high):
        rules = one.config.specialised.model_copy(update={key: value})
        found = check_of(one.config.model_copy(update={"specialised": rules}))
        steps = [load for load in found if load.station.startswith("SC_ORA_S")]
        assert len(steps) == 4
        assert max(load.load for load in steps) < 1
        duty.add(round(sum(load.duty_hours for load in steps)))
    assert len(duty) == 1


def test_shares_of_the_time_add_to_the_whole() -> None:
    """The time of an exam that is not made goes to the other steps in their proportion."""
    rules = town().config.specialised
    assert time_ends(rules, True) == pytest.approx([0.30, 0.55, 0.85, 1.0])
    assert time_ends(rules, False) == pytest.approx([3 / 7, 5.5 / 7, 5.5 / 7, 1.0])
