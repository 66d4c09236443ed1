"""Draws: within their ranges, the same in an ensemble of any size, and able to be the region."""

from itertools import islice

import numpy as np
import pytest

from sim.claims.claim import Claim
from sim.claims.draws import draws_of, factors_of, share
from sim.claims.setups import QUICK_DAYS, RUN_IN_DAYS, Setup, arms_of, setups_of
from sim.errors import InputError
from sim.studies.run import check_of, timeline_of

TOWN = ["region=teaching"]


def first(n: int, factors, settings: list[str]):
    return list(islice(draws_of(factors, settings), n))


@pytest.fixture(scope="module")
def factors():
    return factors_of(TOWN)


@pytest.fixture(scope="module")
def few(factors):
    return first(3, factors, TOWN)


def test_a_draw_does_not_depend_on_how_many_there_are(factors, few) -> None:
    again = first(2, factors, TOWN)
    assert [(d.number, d.settings) for d in again] == [(d.number, d.settings) for d in few[:2]]


def test_another_seed_draws_others(factors, few) -> None:
    other = first(1, factors, [*TOWN, "run.seed=7"])
    assert other[0].point != few[0].point


def test_every_value_lies_within_its_range(factors, few) -> None:
    by_name = {one.name: one for one in factors}
    for draw in few:
        assert set(draw.point) == set(by_name)
        for name, value in draw.point.items():
            one = by_name[name]
            if one.kind == "choice":
                assert value in one.choices
            else:
                assert one.range.low <= float(value) <= one.range.high, name


def test_every_draw_has_a_level_of_every_structure(few) -> None:
    names = {"scope.rest", "appointments.booked_pct", "trust.step", "volumes"}
    assert all(set(draw.structures) == names for draw in few)


def test_a_draw_can_be_served(few) -> None:
    for arm in arms_of(few, [Setup("base", 5)], TOWN):
        assert all(load.load < 1 for load in check_of(arm.composed.config))


def test_a_setting_that_is_given_is_not_drawn(factors) -> None:
    draws = first(1, factors, [*TOWN, "demand.factor=1.05"])
    assert "demand.factor" not in draws[0].point
    (arm,) = arms_of(draws, [Setup("base", 5)], [*TOWN, "demand.factor=1.05"])
    assert arm.composed.config.demand.factor == 1.05


def test_an_arm_is_its_draw_its_scenario_and_what_the_claim_sets(few) -> None:
    setup = Setup("town_access", 7, (("trust.step", "0"),))
    (arm,) = arms_of(few[:1], [setup], TOWN)
    config = arm.composed.config
    assert (config.run.days, config.run.run_in_days) == (7, RUN_IN_DAYS)
    assert config.run.replication == few[0].number
    assert config.trust.step == 0
    assert config.scenario == "town_access"
    assert config.choice.ease == pytest.approx(few[0].settings["choice.ease"])
    timeline_of(config)


def test_arms_of_one_draw_share_everything_but_the_reform(few) -> None:
    base, reform = arms_of(few[:1], [Setup("base", 7), Setup("town_access", 7)], TOWN)
    ours, theirs = (arm.composed.config.model_dump() for arm in (base, reform))
    differ = {name for name in ours if ours[name] != theirs[name]}
    assert differ == {"scenario", "levers"}


def claim(**said: object) -> Claim:
    return Claim.model_validate({
        "claim": "C1", "title": "t", "paper": "001", "place": "p", "sentence": "s",
        "paraphrase": "y", "mechanism": "m", "threat": "t", "judged_here": "j",
        "arms": {"with": {"scenario": "town_access"}},
        "outcomes": [{"metric": "rural_travel", "predicted": "lower"}], **said,
    })  # fmt: skip


def test_own_numbers_are_tried_at_no_effect_and_in_full_at_both_ends(factors) -> None:
    by_name = {one.name: one for one in factors}
    quick = setups_of(claim(own_numbers={"trust.step": 0.0}), by_name, is_full=False)
    assert {numbers for _, numbers in quick} == {"drawn", "zero"}
    assert quick["with", "zero"].settings == (("trust.step", "0.0"),)
    assert {setup.days for setup in quick.values()} == {QUICK_DAYS}
    own = {"learning.course_gain_pct": 0.0}
    full = setups_of(claim(own_numbers=own), by_name, is_full=True)
    assert full["with", "high"].settings == (("learning.course_gain_pct", "70.0"),)
    assert {setup.days for setup in full.values()} == {90}


def test_an_alternative_is_run_only_as_drawn(factors) -> None:
    by_name = {one.name: one for one in factors}
    one = claim(own_numbers={"trust.step": 0.0}, alternatives={"x": {"scenario": "town_staff"}})
    parts = setups_of(one, by_name, is_full=True)
    assert [numbers for part, numbers in parts if part.startswith("instead")] == ["drawn"]


def test_ranges_that_cannot_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"factor": "demand.factor", "says": "", "kind": "number", "structure": "0", "low": "2",
         "high": "1", "choices": "", "unit": "", "source": ""},
        {"factor": "demand.factr", "says": "", "kind": "number", "structure": "0", "low": "",
         "high": "", "choices": "", "unit": "", "source": ""},
        {"factor": "scope.rest", "says": "", "kind": "choice", "structure": "1", "low": "",
         "high": "", "choices": "mixed", "unit": "", "source": ""},
        {"factor": "services.touch", "says": "", "kind": "column", "structure": "0", "low": "1",
         "high": "2", "choices": "", "unit": "", "source": ""},
    ]  # fmt: skip
    monkeypatch.setattr("sim.claims.draws.rows_of", lambda *_: rows)
    with pytest.raises(InputError) as caught:
        factors_of(TOWN)
    said = str(caught.value)
    for name in ("demand.factor'", "demand.factr'", "scope.rest'", "services.touch'"):
        assert name in said


def test_one_factor_fewer_moves_no_other(factors, few) -> None:
    (fewer,) = first(1, factors[1:], TOWN)
    assert all(few[0].point[name] == value for name, value in fewer.point.items())


def test_factors_are_drawn_independently_of_each_other() -> None:
    """With 400 draws a correlation of 0.2 comes once in 16,000 pairs."""
    drawn = np.array([[share(1, d, f"f{k}") for k in range(20)] for d in range(400)])
    between = np.corrcoef(drawn.T) - np.eye(20)
    assert np.abs(between).max() < 0.2
    assert drawn.mean(axis=0) == pytest.approx(0.5, abs=0.08)


def test_a_region_that_can_never_be_served_is_said(factors) -> None:
    with pytest.raises(InputError, match="more work than time"):
        first(1, factors, [*TOWN, "demand.factor=9"])
