"""Metrics on tables small enough to be worked out by hand, and on tables that hold nothing."""

from __future__ import annotations

from math import isfinite, isnan

import pytest

from sim.metrics import METRICS, measured
from tests.results.small import empty, idle, shuffled, small

YEARLY = 365 / 2  # two days of 2023 were lived

BY_HAND = {
    # access
    "travel": 50_000 / 1e9 * YEARLY,  # metres to million kilometres
    "rural_travel": 1.0,  # 40 km, 40 needs
    "rural_visits": 50.0,  # 20 visits, 40 needs
    "citizen_hours": 0.003 * YEARLY,  # 6,000 s on the road, 4,800 s in line: 3 h
    "calls_answered": 75.0,  # 15 of 20
    "call_wait": 20.0,  # 300 s, 15 answered
    # channels
    "online_share": 60.0,  # 40 in the browser and 20 in the app of 100 needs
    "app_share": 20.0,
    "failure_visits": 12.5,  # 5 of 40 visits
    "contacts_per_need": 1.5,  # 80 + 40 + 5 + 5 + 20 contacts, 100 needs
    "given_up": 20.0,  # 2 of 100, per 1,000
    "outage_attempts": 5.0,  # 4 of 80
    "needs": 0.1 * YEARLY,
    # cost
    "public_cost": 0.001 * YEARLY,  # 1,000 of money
    "public_cost_per_need": 12.5,  # 1,000 over 75 issued, 3 refused, 2 given up
    "avoidable_cost_per_need": 7.5,  # 600 over 80
    "cost_per_visit": 20.0,  # 600 for office posts, 30 served
    # counters
    "office_visits": 0.04 * YEARLY,
    "counter_utilisation": 50.0,  # 10,800 s of 21,600 s
    "overtime": 0.5 * YEARLY,  # 1,800 s
    "return_visits": 15.0,  # 6 of 40
    # equity
    "rural_urban_gap": 2.0,  # rural 7,200 s for 40 needs, urban 3,600 s for 60: 3 min less 1 min
    "skill_gap": 30.0,  # high 28 of 40, weak 24 of 60
    "age_gap": 20.0,  # 25 to 44 years 36 of 60, 60 and older 16 of 40
    "access_gini": 4 / 15,  # 60 needs of 1 min hold a third, 40 of 3 min the rest
    # learning
    "weak_skill": 40.0,  # 2 of 5 at the end
    "digital_skill": 70.0,  # 3,500 per mille over 5
    "portal_known": 80.0,  # 4 of 5
    "signature_held": 60.0,  # 3 of 5
    # mobile
    "van_calls": 5 * YEARLY,
    "van_cases": 1.6,  # 8 served, 5 stops
    "van_left_over": 20.0,  # 2 of 10
    "van_cost_per_case": 25.0,  # 100 + 60 + 40 over 8
    # oversight
    "violations": 20.0,  # 4 of 200 decisions on local services, per 1,000
    "violations_late": 75.0,  # 3 of 4
    "violations_found": 40.0,  # 2 of 50 inspected, per 1,000
    "complaints_upheld": 25.0,  # 2 of 8 answered
    "rights_restored": 12.5,  # 1 of 8
    # processing
    "on_time": 90.0,  # 18 of 20
    "processing_days": 4.0,  # 80 over 20
    "processing_days_local": 2.0,  # 30 over 15
    "auto_share": 60.0,  # 30 of 50
    "returned": 2.5,  # 2 of 2 + 75 + 3
    "backlog": 7.0,  # 14 over 2 midnights, provider organisations apart
    "desk_wait": 1.0,  # 18,000 s over 5
    # quality
    "satisfaction": 70.0,  # 21,000 per mille over 30 visitors
    "pleased": 40.0,  # 12 of 30
    "displeased": 10.0,  # 3 of 30
    "trust_in_centres": 80.0,  # 4,000 per mille over 5 at the end
    "trust_in_portal": 60.0,  # 3,000 per mille over 5
    "bad_experiences": 50.0,  # 5 of 100, per 1,000
    "complaints": 50_000.0,  # 2 of 40 local needs, per million
    # survey
    "survey_score": 84.0,  # 4,200 per mille over 5 answers
    "survey_bias": 7.5,  # 75 less 70 in February, 90 less 80 in March
    "survey_error": 4.0,  # squares from the mean 14, 4, 6, 6, 6: 320 over 4 and 5
    "survey_over_trust": 4.0,  # 84 less 80
    # staff
    "staff_turnover": 48.0,  # 2 of 50 in a month, twelve times
    "vacant_posts": 100 / 6,  # 10 of 60
    "staff_experience": 2.0,  # 1,200 months over 50
    "novices": 20.0,  # 10 of 50
    # waiting
    "wait_mean": 4.0,  # 7,200 s, 30 served
    "wait_any": 60.0,  # 8 of 20 below a minute
    "wait_p95": 3.75,  # 16 of 20 below three minutes, 4 in the next: three quarters of it
    "within_standard": 90.0,  # 27 of 30
    "left_without_service": 25.0,  # 3 balked, 4 reneged, 3 turned away of 40
    "within_standard_worst_hour": 60.0,  # at ten 6 of 10, at nine 9 of 10
    "within_standard_worst_office": 40.0,  # B 2 of 5, A 13 of 15
    # workload
    "desk_utilisation_max": 75.0,  # LAND 3,000 s of 4,000 s
    "desk_utilisation_spread": 25.0,  # TAX 25 %
    "desk_utilisation": 50.0,
}


def test_every_metric_was_worked_out_by_hand() -> None:
    """Whoever adds a metric adds a line above."""
    assert set(BY_HAND) == set(METRICS)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_what_its_words_say(name: str) -> None:
    assert METRICS[name].measure(small()) == pytest.approx(BY_HAND[name], rel=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_does_not_depend_on_the_order_of_rows(name: str) -> None:
    for seed in range(5):
        assert METRICS[name].measure(shuffled(seed)) == pytest.approx(BY_HAND[name], rel=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_of_idle_days_is_zero_or_not_a_number(name: str) -> None:
    """Warnings are errors here: nothing is divided by nothing."""
    value = METRICS[name].measure(idle())
    assert value == 0 or isnan(value)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_of_tables_without_rows_is_zero_or_not_a_number(name: str) -> None:
    value = METRICS[name].measure(empty())
    assert value == 0 or isnan(value)


def test_measured_gives_every_metric_as_a_plain_number() -> None:
    found = measured(small())
    assert list(found) == list(METRICS)
    assert {type(value) for value in found.values()} == {float}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_has_words_a_unit_a_direction_and_a_difference_that_matters(name: str) -> None:
    metric = METRICS[name]
    assert metric.label.strip()
    assert metric.unit.strip()
    assert metric.better in {"lower", "higher", "neither"}
    assert isfinite(metric.matters)
    assert metric.matters > 0
    assert (metric.measure.__doc__ or "").strip().endswith(".")
    assert metric.name == name
    assert metric.theme


def test_labels_of_metrics_are_all_different() -> None:
    assert len({metric.label for metric in METRICS.values()}) == len(METRICS)


def test_units_of_money_speak_the_money_of_the_region() -> None:
    assert METRICS["public_cost"].unit_in("coins") == "million coins a year"
    assert METRICS["wait_mean"].unit_in("coins") == "min"


def test_an_hour_in_which_hardly_anybody_came_is_not_the_worst_hour() -> None:
    """One in a hundred or fewer of the visits: a share of them would be noise."""
    tables = small()
    tables["hours"]["served"][:] = [500, 250, 239, 10]
    tables["hours"]["within_standard"][:] = [500, 200, 239, 0]
    measure = METRICS["within_standard_worst_hour"].measure
    at_ten = (200 + 239) / (250 + 239)
    # 10 of 999 are more than one in a hundred, 9 of 998 are not
    assert measure(tables) == 0
    tables["hours"]["served"][3] = 9
    assert measure(tables) == pytest.approx(100 * at_ten)


def test_a_leap_year_has_a_day_more() -> None:
    tables = small()
    tables["calls"]["date"] = tables["calls"]["date"].copy()
    for first, days in (("2024-01-01", 366), ("2000-01-01", 366), ("1900-01-01", 365)):
        tables["calls"]["date"][0] = first
        assert METRICS["van_calls"].measure(tables) == pytest.approx(5 * days / 2)
