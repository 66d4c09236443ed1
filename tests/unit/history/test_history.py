"""The published figures, the drawn numbers and the patterns of the real region; yearly outputs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sim.compose import CONF, composed, region_folders
from sim.history.calibration import calibrated, recovered
from sim.history.parameters import arms_of, parameters_of
from sim.history.patterns import inconsistencies_of, patterns_of, verdict_of
from sim.history.published import targets_of
from sim.history.simulated import outputs_of
from sim.report.history import rendered
from sim.verbs.calibrate import plain
from tests.results.small import small
from tests.unit.history.made_up import ensemble, parameters, targets

REAL = [CONF / "region" / "west_kazakhstan"]
PRINTED = {  # paper 001 Table 4, by hand: total, paper, electronic
    2019: (2_110_910, 456_682, 1_541_314),
    2022: (3_958_089, 55_430, 2_467_849),
    2024: (4_018_049, 5_229, 2_515_645),
}


@pytest.mark.parametrize("year", PRINTED)
def test_readings_share_out_the_remainder(year: int) -> None:
    """Under `portal` only paper was in person, under `at_provider` all that was not electronic."""
    total, paper, electronic = PRINTED[year]
    for reading, in_person in (
        ("portal", paper),
        ("at_provider", total - electronic),
        ("mixed", paper + (total - paper - electronic) / 2),
    ):
        found = {one.name: one.value for one in targets_of(REAL, reading)}
        assert found[f"total_{year}"] == total
        assert found[f"in_person_{year}"] == pytest.approx(in_person / total)


def test_at_most_five_numbers_are_fitted_and_two_years_are_held_out() -> None:
    parameters, targets = parameters_of(REAL), targets_of(REAL, "mixed")
    assert sum(one.role == "fitted" for one in parameters) <= 5
    held = {one.year for one in targets if one.role == "held out"}
    assert held == {2023, 2024}
    assert all(one.source and one.unit for one in parameters)


def test_a_drawn_number_goes_where_it_stands_and_nowhere_else() -> None:
    """Each history has its point in its configuration: levers, parameters, and all else alike."""
    arms, parameters = arms_of(3, ["run.days=40"]), parameters_of(REAL)
    for arm in arms:
        config, point = arm.composed.config, arm.point
        assert config.levers[0].value["factor"] == pytest.approx(point["level_2019"])
        assert all(
            config.levers[i].value["factor"] == pytest.approx(point["growth"]) for i in range(1, 6)
        )
        assert config.levers[6].lasts_days == point["scope_day"]
        assert config.choice.in_person_level == pytest.approx(point["in_person"])
        assert config.trust.word_of_mouth_per_month == pytest.approx(point["word_of_mouth"])
        assert all(p.range.low <= point[p.name] <= p.range.high for p in parameters)
    for one, other in pairwise(arms):
        assert one.composed.config.office == other.composed.config.office


def test_more_histories_begin_with_the_same_ones() -> None:
    few, many = (arms_of(n, ["run.days=5"]) for n in (2, 4))
    assert [arm.point for arm in few] == [arm.point for arm in many[:2]]


def test_dated_events_fall_on_their_dates() -> None:
    """16 March 2020, and each 1 January, are the days that the scenario says."""
    one = composed(["region=west_kazakhstan_2019", "scenario=history_2019_2024"]).config
    assert one.place.starts == "2019-01-01"
    first = np.datetime64("2019-01-01")
    starts = [str(first + lever.start) for lever in one.levers]
    assert starts[1:6] == [f"{year}-01-01" for year in range(2020, 2025)]
    assert starts[7] == starts[8] == "2020-03-16"
    assert str(first + one.levers[7].start + one.levers[7].lasts_days) == "2020-05-12"
    assert region_folders(one) == tuple(REAL)


def test_yearly_outputs_by_hand() -> None:
    """The small tables: 40 local needs, none of them in person, 2 of 40 complained about."""
    sectors = {"permit": "land", "passport": "migration"}
    found = outputs_of(small(), sectors)
    assert found["total_2023"] == 40
    assert found["in_person_2023"] == 0
    assert found["complaints_2023"] == pytest.approx(1e6 * 2 / 40)
    assert found["violations_land_2023"] == 1.0  # 2 late and 1 refused, all of the permit
    assert found["violations_health_2023"] == 0.0
    assert found["sufficient_2023"] == pytest.approx(1 - 2 / 5)


def test_patterns_are_evidence_or_built_in_and_say_why() -> None:
    """What no input was set from is tried; what was set is named so and never counted."""
    main, found = calibrated("at_provider", ensemble(), parameters(), targets())
    patterns = patterns_of(REAL, ensemble(), found, main)
    built_in = [one for one in patterns if one["kind"] == "built in"]
    assert len(built_in) >= 9
    assert all(one["verdict"] == "built in" and one["p"] is None for one in built_in)
    evidence = [one for one in patterns if one["kind"] == "evidence"]
    assert {one["verdict"] for one in evidence} <= {"reproduced", "missed", "not tried"}
    tried = [one for one in evidence if one["posterior"] is not None]
    assert len(tried) == 4  # the made-up history knows totals and shares of two years
    assert all((one["verdict"] == "missed") == (one["p"] < 0.1) for one in tried)
    assert verdict_of(0.099) == "missed"


def test_the_page_can_be_made_of_a_refuted_history_too() -> None:
    main, found = calibrated("at_provider", ensemble(), parameters(), targets())
    nothing = [one.__class__(**{**vars(one), "value": one.value * 10}) for one in targets()
               if one.output == "total"]  # fmt: skip
    none, _ = calibrated("portal", ensemble(), parameters(), [*nothing, *targets()[6:]])
    document = {
        "runs": 64, "planned": 64, "program": "x" * 12, "results_version": 4,
        "main_reading": "at_provider", "says": "What was.", "fitted_years": [2019, 2022],
        "held_out_years": [2023, 2024],
        "parameters": [{"name": "level", "role": "fitted", "low": 0, "high": 1, "unit": "<b>",
                        "source": "s", "note": ""}],
        "readings": {"at_provider": plain(main), "portal": plain(none)},
        "recovery": recovered(ensemble(), parameters(), targets(), 8),
        "wrong_history_rejected": False,
        "patterns": patterns_of(REAL, ensemble(), found, main),
        "inconsistencies": inconsistencies_of(REAL),
    }  # fmt: skip
    page = rendered(document)
    assert "its history is refuted" in page
    assert "&lt;b&gt;" in page
    assert "<script" not in page
