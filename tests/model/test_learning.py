"""Months that teach, shocks that end, hurdles to halls: in whole runs of the teaching town."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.model.town import hashes_of, tables_of, town

PLACE = ("region=teaching", "run.days=62", "run.run_in_days=10")
EFFECTS = {"learning", "bill"}


def lived(*levers: str, **settings: Any) -> dict[str, Any]:
    """Tables of a run with some levers."""
    said = [f"{key.replace('__', '.')}={value}" for key, value in settings.items()]
    return dict(tables_of(town(*said, f"levers=[{','.join(levers)}]", place=PLACE)))


def needs(tables: dict[str, Any], service: str = "") -> np.ndarray:
    """Needs by day: of one service, or of all the others together."""
    services = tables["services"]
    rows = services["service"] == service if service else np.ones(len(services["needs"]), bool)
    _, day = np.unique(services["date"], return_inverse=True)
    return np.bincount(day[rows], services["needs"][rows])


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    return lived()


def test_courses_train_and_cost(base: dict[str, Any]) -> None:
    """Skill rises by the month's end, and each place offered is paid."""
    tables = lived("{name:courses.places,value:1200}")
    learnt, before = tables["learning"], base["learning"]
    assert learnt["trained"].sum() > 100
    assert learnt["skill_per_mille"].sum() > before["skill_per_mille"].sum()
    assert learnt["weak_skill"].sum() < before["weak_skill"].sum()
    bill = dict(zip(tables["bill"]["item"], tables["bill"]["paid"], strict=True))
    assert bill["course places"] == round(1200 * 62 / 366 * 25_000)


def test_a_course_that_teaches_nothing_moves_only_its_own_count_and_cost(
    base: dict[str, Any],
) -> None:
    """An effect of zero: people attend, and nobody's course of life changes but by awareness."""
    tables = lived("{name:courses.places,value:1200}", learning__course_gain_pct=0)
    assert tables["learning"]["trained"].sum() > 100
    np.testing.assert_array_equal(
        tables["learning"]["skill_per_mille"], base["learning"]["skill_per_mille"]
    )


def test_a_shock_moves_its_service_and_no_other(base: dict[str, Any]) -> None:
    """Three times as often from day 20 to 39: before and after, each day has the needs of base."""
    value = "{services:[clinic_appointment],factor:3.0}"
    tables = lived(f"{{name:demand.shock,value:{value},start:20,lasts_days:20}}")
    now, was = (needs(one, "clinic_appointment") for one in (tables, base))
    np.testing.assert_array_equal(now[:20], was[:20])
    np.testing.assert_array_equal(now[40:], was[40:])
    assert now[20:40].sum() == pytest.approx(3 * was[20:40].sum(), rel=0.1)
    others, of_base = (needs(one) - needs(one, "clinic_appointment") for one in (tables, base))
    np.testing.assert_array_equal(others, of_base)


def test_easier_services_are_asked_for_more_often_and_no_other(base: dict[str, Any]) -> None:
    """At 0.5 a service that gets easier by one has exp(0.5) as many needs; others have theirs."""
    easier = "{name:services.online,value:{services:[clinic_appointment],ease:1.0}}"
    tables, plain = lived(easier, demand__induced_elasticity=0.5), lived(easier)
    now, was = (needs(one, "clinic_appointment") for one in (tables, base))
    assert (now >= was).all()
    assert now.sum() == pytest.approx(np.exp(0.5) * was.sum(), rel=0.05)
    np.testing.assert_array_equal(needs(tables) - now, needs(base) - was)
    np.testing.assert_array_equal(needs(plain), needs(base))


def test_a_certificate_abolished_is_needed_no_more(base: dict[str, Any]) -> None:
    tables = lived("{name:demand.shock,value:{services:[criminal_record],factor:0.0}}")
    assert needs(base, "criminal_record").sum() > 0
    assert needs(tables, "criminal_record").sum() == 0


def test_a_hurdle_empties_halls_and_changes_no_need(base: dict[str, Any]) -> None:
    tables = lived("{name:in_person.hurdle,value:3.0}")
    np.testing.assert_array_equal(needs(tables), needs(base))
    gone, went = (one["services"][["office", "body"][0]].sum() for one in (tables, base))
    assert gone < went / 2


def test_a_hurdle_that_has_ended_leaves_the_next_day_to_choice() -> None:
    """On the day after, channels are chosen as ever: the share online falls back near the base."""
    tables = lived("{name:in_person.hurdle,value:5.0,start:0,lasts_days:30}")
    services = tables["services"]
    _, day = np.unique(services["date"], return_inverse=True)
    office = np.bincount(day, services["office"])
    assert office[31:].mean() > 3 * office[:30].mean()


def test_the_base_learns_nothing(base: dict[str, Any]) -> None:
    learning = base["learning"]
    for name in ("connected", "heard", "shown", "trained"):
        assert not learning[name].any()


def test_engines_agree_on_a_town_that_learns() -> None:
    """Both engines, every lever of this page at once."""
    levers = (
        "{name:courses.places,value:600}", "{name:media.contacts,value:6}",
        "{name:fairs.visitors,value:400}", "{name:in_person.hurdle,value:1.0,lasts_days:9}",
    )  # fmt: skip
    place = ("region=teaching", "run.days=20", "run.run_in_days=5")
    both = [
        tables_of(town(f"engine={engine}", f"levers=[{','.join(levers)}]", place=place))
        for engine in ("compiled", "simpy")
    ]
    assert hashes_of(both[0]) == hashes_of(both[1])
