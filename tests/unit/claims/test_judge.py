"""A claim judged on an ensemble whose answer is known."""

import re
from collections.abc import Mapping

import numpy as np
import pytest

from sim.claims.claim import Claim
from sim.claims.draws import Factor
from sim.claims.ensemble import Ensemble, violations
from sim.claims.judge import can_act, judged
from sim.claims.setups import Part, Setup, label_of, setups_of
from sim.claims.verdict import Word
from sim.studies.points import Range

N = 80
OWN, OTHER = "learning.course_gain_pct", "demand.factor"
FACTORS = {
    OWN: Factor(OWN, "number", False, Range(0, 70), (), "percent", "", "missing skill given"),
    OTHER: Factor(OTHER, "number", False, Range(0.9, 1.1), (), "ratio", "", "volume of services"),
}


def claim(**said: object) -> Claim:
    return Claim.model_validate({
        "claim": "C7", "title": "Courses help", "paper": "001", "place": "p", "sentence": "s",
        "paraphrase": "y", "mechanism": "m", "threat": "t", "judged_here": "j",
        "arms": {"with": {"scenario": "digital_courses"}},
        "outcomes": [{"metric": "digital_skill", "predicted": "higher"}], **said,
    })  # fmt: skip


class Made:
    """An ensemble in which the effect of each arm is a rule of what was drawn."""

    def __init__(self) -> None:
        rng = np.random.default_rng(8)
        self.points = {
            d: {OWN: float(rng.uniform(0, 70)), OTHER: float(rng.uniform(0.9, 1.1)),
                "structure.rest": "ab"[d % 2]}
            for d in range(N)
        }  # fmt: skip
        self.metrics: dict[str, Mapping[str, float]] = {}

    def run(self, setup: Setup, skill, cost: float = 0.0) -> None:
        for d, point in self.points.items():
            found = {"digital_skill": 50.0 + skill(point), "public_cost": 100.0 + cost}
            self.metrics[label_of(d, setup)] = found

    def ensemble(self) -> Ensemble:
        return Ensemble(range(N), self.points, self.metrics)


def judge(one: Claim, rules: Mapping[Part, object], broken: bool = False) -> dict:
    made, setups = Made(), setups_of(one, FACTORS, is_full=False)
    for part, rule in rules.items():
        made.run(setups[part], rule, cost=10.0 if part[0] != "without" else 0.0)
    if broken:
        made.metrics.pop(label_of(3, setups["with", "drawn"]))
    return judged(one, made.ensemble(), setups, FACTORS, is_full=False)


def nothing(_: Mapping[str, float]) -> float:
    return 0.0


def test_an_effect_everywhere_is_supported() -> None:
    found = judge(
        claim(), {("with", "drawn"): lambda p: 2 * p[OTHER], ("without", "drawn"): nothing}
    )
    assert found["word"] is Word.SUPPORTED
    assert found["days"] == 30  # of the quick tier; its file has 90
    outcome = found["outcomes"][0]
    assert outcome["mean"] == pytest.approx(2.0, abs=0.05)
    assert outcome["low"] < outcome["mean"] < outcome["high"]
    assert outcome["shares"]["holds"] == 1.0
    assert found["carried"][0]["factor"] == OTHER
    assert found["carried"][0]["share"] == pytest.approx(1.0, abs=0.01)
    assert "nothing within the ranges changed it" in found["falsifier"]


def test_an_effect_that_comes_from_an_unmeasured_number_says_from_where_on_it_pays() -> None:
    rules = {
        ("with", "drawn"): lambda p: p[OWN] / 20, ("without", "drawn"): nothing,
        ("with", "zero"): nothing, ("without", "zero"): nothing,
    }  # fmt: skip
    found = judge(claim(own_numbers={OWN: 0.0}), rules)
    assert found["word"] is Word.ASSUMED
    assert found["own_numbers"][0]["turns_at"] == pytest.approx(10, abs=1.0)  # 0.5 matters
    assert found["says"].startswith("follows from an assumption: pays when missing skill given")
    assert found["zero"]["word"] is Word.NO_EFFECT


def test_two_structures_that_disagree_are_named() -> None:
    rules = {
        ("with", "drawn"): lambda p: 3.0 if p["structure.rest"] == "a" else 0.0,
        ("without", "drawn"): nothing,
    }
    found = judge(claim(), rules)
    assert found["word"] is Word.DEPENDS
    assert found["says"] == "depends: helps when rest is a, does little when rest is b"
    assert found["falsifier"] == "would change with rest"


def test_an_effect_that_turns_on_a_number_says_on_which_side() -> None:
    rules = {
        ("with", "drawn"): lambda p: 2.0 if p[OTHER] > 1.0 else -2.0, ("without", "drawn"): nothing,
    }  # fmt: skip
    found = judge(claim(), rules)
    assert found["word"] is Word.DEPENDS
    said = r"helps mostly when volume of services is above (0\.99\d|1), harms otherwise"
    assert re.search(said, found["says"])
    box = found["box"]
    assert box["is_good"]
    assert box["limits"][OTHER][1] == pytest.approx(1.0, abs=0.02)


def test_an_interaction_is_what_both_do_beyond_the_sum() -> None:
    one = claim(
        contrast="interaction",
        arms={"with": {"scenario": "both"}, "first": {"scenario": "a"},
              "second": {"scenario": "b"}},
    )  # fmt: skip
    rules = {
        ("with", "drawn"): lambda _: 7.0, ("first", "drawn"): lambda _: 1.0,
        ("second", "drawn"): lambda _: 2.0, ("without", "drawn"): nothing,
    }  # fmt: skip
    assert judge(one, rules)["outcomes"][0]["mean"] == pytest.approx(4.0)


def test_a_level_is_held_against_its_threshold() -> None:
    one = claim(contrast="level", threshold=45.0)
    found = judge(one, {("with", "drawn"): nothing})
    assert found["outcomes"][0]["mean"] == pytest.approx(5.0)
    assert found["word"] is Word.SUPPORTED


def test_an_alternative_that_does_more_is_regretted() -> None:
    one = claim(alternatives={"more": {"scenario": "more"}})
    rules = {
        ("with", "drawn"): lambda _: 1.0, ("without", "drawn"): nothing,
        ("instead more", "drawn"): lambda _: 1.5,
    }  # fmt: skip
    (found,) = judge(one, rules)["alternatives"]
    assert found["better"] == 1.0
    assert found["regret"] == pytest.approx(0.5)
    assert (found["cost"], found["cost_of_reform"]) == (pytest.approx(10.0), pytest.approx(10.0))


def test_one_missing_run_blocks_the_verdict_and_is_named() -> None:
    rules = {("with", "drawn"): lambda _: 2.0, ("without", "drawn"): nothing}
    found = judge(claim(), rules, broken=True)
    assert found["word"] is Word.BLOCKED
    assert found["blocked_by"] == ["d0003-digital_courses-30"]


def test_a_value_that_is_no_number_blocks_the_verdict() -> None:
    rules = {
        ("with", "drawn"): lambda p: float("nan") if p[OWN] < 1 else 2.0,
        ("without", "drawn"): nothing,
    }
    assert judge(claim(), rules)["word"] is Word.BLOCKED


def test_a_missing_datum_is_said_and_nothing_else() -> None:
    one = claim(missing="the share of X", arms=None, outcomes=[])
    found = judge(one, {})
    assert found["says"] == "cannot be judged from the papers: the share of X"
    assert found["outcomes"] == []


def test_violations_are_counted_over_local_services_only() -> None:
    services = {
        "service": np.array(["a", "b", "c"]), "scope": np.array(["local", "local", "state"]),
        "overdue": np.array([3, 1, 50]), "refused": np.array([0, 2, 50]),
    }  # fmt: skip
    assert violations(services, {"a": "health", "b": "school", "c": "land"}) == 50.0


def test_a_claim_of_no_effect_pays_while_its_number_stays_near_none() -> None:
    rules = {
        ("with", "drawn"): lambda p: p[OWN] / 20, ("without", "drawn"): nothing,
        ("with", "zero"): nothing, ("without", "zero"): nothing,
    }  # fmt: skip
    outcome = {"metric": "digital_skill", "predicted": "none", "matters": 0.5}
    found = judge(claim(own_numbers={OWN: 0.0}, outcomes=[outcome]), rules)
    assert found["word"] is Word.ASSUMED
    assert re.search(r"pays when missing skill given is below (9|10|11)", found["says"])


def test_two_factors_drawn_alike_are_both_left_unnamed() -> None:
    twin = "office.error_pct"
    made, one = Made(), claim()
    setups = setups_of(one, FACTORS, is_full=False)
    made.points = {d: {**p, twin: 100 * p[OTHER]} for d, p in made.points.items()}
    made.run(setups["with", "drawn"], lambda p: 8 * (p[OTHER] - 1))
    made.run(setups["without", "drawn"], nothing)
    found = judged(one, made.ensemble(), setups, FACTORS, is_full=False)
    assert found["carried"][0]["share"] == pytest.approx(1.0, abs=0.01)
    assert not any(each["is_clear"] for each in found["carried"])


def test_what_is_switched_off_cannot_carry_anything() -> None:
    assert not can_act("staff.unfit_extra_pct", claim())
    assert can_act("staff.unfit_extra_pct", claim(settings={"staff.dynamics": True}))
    assert not can_act("cost.van_price", claim())
    assert can_act("cost.van_price", claim(outcomes=[{"metric": "public_cost",
                                                      "predicted": "lower"}]))  # fmt: skip
    assert can_act("cost.travel_km", claim())
