"""The levers: each does what it declares, refuses what it cannot do, and no more."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compose import Composed, composed, names
from sim.config import Lever as Setting
from sim.errors import InputError
from sim.region.table import Table
from sim.results.content import table_hash
from sim.scenarios.lever import LEVERS
from sim.scenarios.levers.offices import shared_out
from sim.scenarios.levers.staff import moves_by_coefficient, moves_by_square_root
from sim.service.layout import posts_of
from sim.service.loads import busy_posts
from sim.studies.run import execute
from tests.unit.scenarios.settings import (
    LATE,
    cells,
    configured,
    home_of,
    laid_out,
    lever,
    moved,
)

EXAMPLES: dict[str, Any] = {  # a value that moves something in the real region
    "appointments.booked": 40.0,
    "bodies.answer_days": 0.5,
    "call_centre.staffing": 1.3,
    "cases.traced": "yes",
    "kiosks.use": 30.0,
    "offices.one_window": "no",
    "offices.outages": 30.0,
    "offices.roster": "peak",
    "offices.specialised": "no",
    "portal.outages": 6.0,
    "roads.winter": 2.0,
    "courses.for": "older",
    "courses.places": 500.0,
    "demand.shock": {"services": ["clinics"], "factor": 2.0},
    "complaints.awareness": 0.5,
    "complaints.ease": 2.0,
    "complaints.response_days": 7,
    "documents.exchange": 0.5,
    "fairs.visitors": 500.0,
    "functions.move": {"service": "land_queue", "giver": "U02", "receiver": "U06", "share": 0.3},
    "in_person.hurdle": 1.0,
    "media.contacts": 2.0,
    "inspections.by": "complaints",
    "inspections.per_year": 71.0,
    "mobile.itinerary": "demand",
    "mobile.units": 9,
    "offices.consultants": 2.0,
    "offices.counters": {"office": "SC_TAS_1", "add": 2},
    "offices.hours": "duty",
    "offices.lunch_cover": "yes",
    "portal.app": "all",
    "portal.ease": 0.5,
    "portal.two_factor": "yes",
    "posts.move": {"employer": "region", "by": "coefficient", "posts": 3},
    "services.auto_decision": {"services": ["archive"], "share_pct": 40.0},
    "services.online": {"services": ["archive"], "ease": 1.0, "closure_pct": 20.0},
    "survey.sample": 400,
    "staff.certification": "yes",
    "staff.hiring_months": 3.0,
    "staff.losses": 20.0,
    "staff.mentors": 10.0,
    "staff.pay": 1.3,
    "staff.training": 50.0,
    "villages.connect": 0.25,
}
STILL: dict[str, Any] = {  # what the base has already, or nothing
    "appointments.booked": 0.0,
    "bodies.answer_days": 2.0,
    "call_centre.staffing": 1.0,
    "cases.traced": "no",
    "kiosks.use": 0.0,
    "offices.one_window": "yes",
    "offices.outages": 0.0,
    "offices.roster": "level",
    "offices.specialised": "yes",
    "portal.outages": 1.0,
    "roads.winter": 1.0,
    "complaints.awareness": 0.25,
    "complaints.ease": 1.0,
    "complaints.response_days": 15,
    "documents.exchange": 0.0,
    "courses.for": "weak_skill",
    "courses.places": 0.0,
    "demand.shock": {"services": ["all"], "factor": 1.0},
    "fairs.visitors": 0.0,
    "in_person.hurdle": 0.0,
    "media.contacts": 0.0,
    "inspections.by": "turn",
    "inspections.per_year": 16.0,
    "mobile.itinerary": "fixed",
    "mobile.units": 4,
    "offices.consultants": 0.0,
    "offices.counters": {"office": "all", "add": 0},
    "offices.hours": "nine",
    "offices.lunch_cover": "no",
    "portal.app": "one_click",
    "portal.ease": 0.0,
    "portal.two_factor": "no",
    "services.auto_decision": {"services": ["archive"], "share_pct": 0.0},
    "services.online": {"services": ["archive"]},
    "survey.sample": 0,
    "staff.certification": "no",
    "staff.hiring_months": 6.0,
    "staff.losses": 0.0,
    "staff.mentors": 0.0,
    "staff.pay": 1.0,
    "staff.training": 0.0,
    "villages.connect": 0.0,
}
TOUCHED = {  # the columns that a lever may move
    "appointments.booked": {("parameters", "booked_pct")},
    "bodies.answer_days": {("parameters", "inquiry_days")},
    "call_centre.staffing": {("parameters", "agents")},
    "cases.traced": {("parameters", "traced"), ("parameters", "call_order")},
    "kiosks.use": {("parameters", "use_pct")},
    "offices.one_window": {("services", "incomplete_pct")},
    "offices.outages": {("parameters", "system_outages_per_year")},
    "offices.roster": {("parameters", "roster")},
    "offices.specialised": {("services", "specialised"), ("offices", "counters")},
    "portal.outages": {("parameters", "outage_every_days")},
    "roads.winter": {("parameters", "weather_closure_pct")},
    "courses.for": {("parameters", "course_for")},
    "courses.places": {("parameters", "course_places_per_year")},
    "demand.shock": {("rates", "needs_per_1000")},
    "fairs.visitors": {("parameters", "fair_visitors_per_year")},
    "in_person.hurdle": {("parameters", "in_person_level")},
    "media.contacts": {("parameters", "media_contacts_per_year")},
    "complaints.awareness": {("parameters", "aware_share")},
    "complaints.ease": {("parameters", "propensity")},
    "complaints.response_days": {("parameters", "response_days")},
    "documents.exchange": {("services", "incomplete_pct")},
    "functions.move": {("routing", "share")},
    "inspections.by": {("parameters", "inspect")},
    "inspections.per_year": {("parameters", "inspections_per_year")},
    "mobile.itinerary": {("parameters", "itinerary")},
    "mobile.units": {("parameters", "units")},
    "offices.consultants": {("parameters", "extra_consultants")},
    "offices.counters": {("offices", "counters")},
    "offices.hours": {("parameters", "hours")},
    "offices.lunch_cover": {("parameters", "lunch_cover")},
    "portal.app": {("parameters", "app_services")},
    "portal.ease": {("parameters", "ease_level")},
    "portal.two_factor": {("parameters", "two_factor")},
    "posts.move": {("bodies", "staff"), ("bodies", "gained_posts")},
    "services.auto_decision": {("services", "auto_decided_pct")},
    "services.online": {("services", "online_ease"), ("services", "counter_closure_pct")},
    "survey.sample": {("parameters", "sample")},
    "staff.certification": {("parameters", "dynamics"), ("parameters", "exam")},
    "staff.hiring_months": {("parameters", "dynamics"), ("parameters", "hiring_months")},
    "staff.losses": {("parameters", "dynamics"), ("parameters", "losses_pct")},
    "staff.mentors": {("parameters", "dynamics"), ("parameters", "mentors_pct")},
    "staff.pay": {("parameters", "dynamics"), ("parameters", "pay_ratio")},
    "staff.training": {("parameters", "dynamics"), ("parameters", "training_pct")},
    "villages.connect": {("settlements", "covered")},
}
NUMBERS = sorted(name for name, one in LEVERS.items() if one.low is not None)
CHOICES = sorted(name for name, one in LEVERS.items() if one.choices)
FIELDS = sorted(name for name, one in LEVERS.items() if one.fields)


def _refusal(one: Composed, *settings: Setting) -> str:
    with pytest.raises(InputError) as refused:
        laid_out(one, *settings)
    return "\n".join(refused.value.problems)


def test_levers_are_of_one_kind_each() -> None:
    """Numbers within bounds, words to choose from, or fields; and each says what it does."""
    assert sorted(LEVERS) == sorted(EXAMPLES)
    assert sorted([*NUMBERS, *CHOICES, *FIELDS]) == sorted(LEVERS)
    for name, one in LEVERS.items():
        assert one.name == name
        assert one.says.endswith(".")
        assert one.unit
        assert one.cost


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_lever_moves_the_columns_it_is_about_and_no_other(base: Composed, name: str) -> None:
    timeline = laid_out(base, lever(name, EXAMPLES[name]))
    found = moved(timeline)
    assert {(table, column) for table, _, column in found} == TOUCHED[name]
    assert all(change.lever == name for change in timeline.changes)


@pytest.mark.parametrize("name", sorted(STILL))
def test_a_lever_at_its_base_value_moves_no_cell(base: Composed, name: str) -> None:
    assert not moved(laid_out(base, lever(name, STILL[name])))


def test_levers_at_their_base_values_move_no_table_of_results() -> None:
    """All at once, in a town that is lived through twice: the same content, cell by cell."""
    one = composed(["region=teaching", "run.days=20", "run.run_in_days=5"])
    still = [lever(name, 1 if name == "mobile.units" else value) for name, value in STILL.items()]
    base, other = (
        execute(Composed(config, {})).tables for config in (one.config, configured(one, *still))
    )
    for name in base:
        assert table_hash(base[name]) == table_hash(other[name]), name


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_nothing_moves_before_the_first_day_of_a_lever(base: Composed, name: str) -> None:
    """The run-in and every day before its start are those of the region."""
    timeline = laid_out(base, lever(name, EXAMPLES[name], start=30))
    for day in (-60, -1, 0, 29):
        assert not moved(timeline, day)
    assert (
        moved(timeline, 30) == moved(timeline) == moved(laid_out(base, lever(name, EXAMPLES[name])))
    )
    assert timeline.moves(30)
    assert not any(timeline.moves(day) for day in (0, 29, 31, LATE))


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_ramp_begins_at_the_start_and_ends_in_full(base: Composed, name: str) -> None:
    """Numbers go from base to full without turning back; words are exchanged on the first day."""
    timeline = laid_out(base, lever(name, EXAMPLES[name], start=10, ramp_days=8))
    assert not moved(timeline, 9)
    whole = moved(timeline)
    assert moved(timeline, 17) == whole == moved(laid_out(base, lever(name, EXAMPLES[name])))
    days = [cells(timeline, day) for day in range(9, 19)]
    for cell, (before, after) in whole.items():
        path = [day[cell] for day in days]
        if isinstance(before, str | bool | list):
            assert path[1:] == [after] * 9
        else:
            steps = np.diff(path) * np.sign(after - before)
            assert (steps >= 0).all(), cell
            assert (path[0], path[-1]) == (before, after)
            assert type(path[4]) is type(before)


@pytest.mark.parametrize("name", ["portal.ease", "documents.exchange", "services.online"])
def test_a_ramp_is_a_straight_line(base: Composed, name: str) -> None:
    timeline = laid_out(base, lever(name, EXAMPLES[name], start=3, ramp_days=10))
    for cell, (before, after) in moved(timeline).items():
        for day in range(3, 13):
            share = (day - 2) / 10
            assert cells(timeline, day)[cell] == pytest.approx(before + share * (after - before))


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_refused_outside_of_its_bounds(base: Composed, name: str) -> None:
    """The ends are allowed; beyond them the sentence names lever, bounds and value."""
    one = LEVERS[name]
    assert one.low is not None
    assert one.high is not None
    for value in (one.low, one.high):
        laid_out(base, lever(name, value))
    for value in (one.low - 1, one.high + 1):
        said = f"lever '{name}' must be between {one.low:g} and {one.high:g}, got {value}."
        assert _refusal(base, lever(name, value)) == said


NO_NUMBERS = [
    ("many", "must be a number, got 'many'."),
    (True, "must be a number, got true."),
    (None, "must be a number, got nothing."),
    ([1], "must be a number, got [1]."),
    (float("nan"), "is not a finite number (nan)."),
    (float("inf"), "is not a finite number (inf)."),
]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(("value", "said"), NO_NUMBERS)
def test_what_is_no_number_is_refused(base: Composed, name: str, value: Any, said: str) -> None:
    assert _refusal(base, lever(name, value)) == f"lever '{name}' {said}"


def test_half_a_vehicle_is_refused(base: Composed) -> None:
    said = "lever 'mobile.units' must be a whole number, got 4.5."
    assert _refusal(base, lever("mobile.units", 4.5)) == said
    assert moved(laid_out(base, lever("mobile.units", 5.0)))


@pytest.mark.parametrize("name", CHOICES)
def test_a_word_is_one_of_those_to_choose_from(base: Composed, name: str) -> None:
    choices = LEVERS[name].choices
    for word in choices:
        laid_out(base, lever(name, word))
    said = _refusal(base, lever(name, f"{choices[0]}x"))
    assert said.startswith(f"lever '{name}' must be one of {', '.join(choices)}, got")
    assert said.endswith(f"Did you mean '{choices[0]}'?")
    for value in (1, True, None, [choices[0]]):
        assert "must be one of" in _refusal(base, lever(name, value))


@pytest.mark.parametrize("name", FIELDS)
def test_fields_are_all_known_and_all_there(base: Composed, name: str) -> None:
    """A word instead of fields, a field too many and a field too few are refused by name."""
    fields = LEVERS[name].fields
    assert fields is not None
    needed = [key for key, field in fields.model_fields.items() if field.is_required()]
    assert "needs the fields" in _refusal(base, lever(name, "much"))
    assert "unknown key `extra`" in _refusal(base, lever(name, {**EXAMPLES[name], "extra": 1}))
    for key in needed:
        value = {other: v for other, v in EXAMPLES[name].items() if other != key}
        assert f"`{key}` is required" in _refusal(base, lever(name, value))


BEYOND = [
    ("offices.counters", {"add": 25}, "`add` must be at most 24, got 25."),
    ("offices.counters", {"add": -51}, "`add` must be at least -50, got -51."),
    ("offices.counters", {"add": 1.5}, "`add` must be a whole number, got 1.5."),
    ("offices.counters", {"office": "SC_TAS_9"}, "no office 'SC_TAS_9'. Did you mean 'SC_TAS_1'?"),
    ("services.online", {"services": []}, "`services` needs at least 1 entries."),
    ("services.online", {"services": ["archive", "archive"]}, "a service stands twice."),
    ("services.online", {"services": ["arkive"]}, "no service 'arkive'. Did you mean 'archive'?"),
    ("services.online", {"ease": 3.5}, "`ease` must be at most 3, got 3.5."),
    ("services.online", {"closure_pct": 101.0}, "`closure_pct` must be at most 100, got 101.0."),
    ("services.auto_decision", {"share_pct": -1.0}, "`share_pct` must be at least 0, got -1.0."),
    ("services.auto_decision", {"services": ["eds", "eds"]}, "a service stands twice."),
    ("functions.move", {"share": 0.0}, "`share` must be more than 0, got 0.0."),
    ("functions.move", {"share": 1.1}, "`share` must be at most 1, got 1.1."),
    ("functions.move", {"service": "archive"}, "'U02' does not decide 'archive'."),
    ("functions.move", {"receiver": "U66"}, "no body 'U66'. Did you mean 'U06'?"),
    ("functions.move", {"receiver": "R07"}, "'U02' belongs to city_ORA and 'R07' to region"),
    ("posts.move", {"employer": "regions"}, "no employer 'regions'. Did you mean 'region'?"),
    ("posts.move", {"by": "luck"}, "`by` must be one of 'coefficient', 'utilisation'"),
    ("posts.move", {"posts": 0}, "`posts` must be at least 1, got 0."),
    ("posts.move", {"posts": 501}, "`posts` must be at most 500, got 501."),
    (
        "posts.move",
        {"by": "table", "table": [{"giver": "R01", "receiver": "U06"}]},
        "'R01' belongs to region and 'U06' to city_ORA: posts and functions move inside",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wrong", "said"), BEYOND)
def test_a_field_is_refused_in_a_sentence(
    base: Composed, name: str, wrong: dict[str, Any], said: str
) -> None:
    found = _refusal(base, lever(name, {**EXAMPLES[name], **wrong}))
    assert found.startswith(f"lever '{name}'")
    assert said in found


def test_services_that_exist_only_on_paper_are_refused_by_name(base: Composed) -> None:
    """Whatever the format says: every service that cannot be had online, and no other."""
    services = composed_services(base)
    online = services.numbers("online_possible")
    paper = [code for code, can in zip(services.rows, online, strict=True) if not can]
    assert paper
    said = _refusal(base, lever("services.online", {"services": list(services.rows)}))
    for code in services.rows:
        name = services.words("name")[services.index[code]]
        sentence = f"'{code}' ({name}) exists only on paper and cannot be moved online."
        assert (sentence in said) == (code in paper), code


def composed_services(one: Composed) -> Table:
    """The catalogue of a configuration before any lever."""
    return laid_out(one).at(-1)[0]["services"]


def test_an_unknown_lever_is_refused_with_the_nearest(base: Composed) -> None:
    assert _refusal(base, lever("mobile.unit", 3)) == (
        "no lever called 'mobile.unit'. Did you mean 'mobile.units'?"
    )


def test_all_that_is_wrong_with_levers_is_said_at_once(base: Composed) -> None:
    wrong = [lever("mobile.units", -1), lever("portal.app", "some"), lever("nothing", 1)]
    assert len(_refusal(base, *wrong).splitlines()) == 3


# ----------------------------------------------------------------------------------- posts

EMPLOYERS = ("region", "city_ORA")


def _posts(timeline: Any, day: int = LATE) -> dict[str, float]:
    """Posts of every employer, moved ones included."""
    bodies = timeline.at(day)[0]["bodies"]
    both = bodies.numbers("staff") + bodies.numbers("gained_posts")
    found: dict[str, float] = {}
    for employer, posts in zip(bodies.words("employer"), both, strict=True):
        found[employer] = found.get(employer, 0.0) + float(posts)
    return found


@pytest.mark.parametrize("employer", EMPLOYERS)
@pytest.mark.parametrize("by", ["coefficient", "square_root"])
@pytest.mark.parametrize("posts", [1, 3, 6, 12, 16, 500])
def test_moving_posts_makes_and_loses_none(
    base: Composed, posts: int, by: str, employer: str
) -> None:
    """By the coefficient or by slack: each employer keeps its posts, each body at least two."""
    value = {"employer": employer, "by": by, "posts": posts}
    timeline = laid_out(base, lever("posts.move", value, start=3))
    assert _posts(timeline) == _posts(timeline, 2) == _posts(timeline, -1)
    bodies = timeline.tables["bodies"]
    for (_, row, column), (before, after) in moved(timeline).items():
        assert bodies.words("employer")[bodies.index[row]] == employer
        assert (after < before) == (column == "staff")
        assert after >= 2 or column == "gained_posts", row


_KEPT: list[Composed] = []


def composed_once() -> Composed:
    """The real region for tests that draw their cases, where fixtures are not at hand."""
    if not _KEPT:
        _KEPT.append(composed())
    return _KEPT[0]


@pytest.mark.parametrize("employer", EMPLOYERS)
@pytest.mark.parametrize("posts", [1, 6, 12, 16])
def test_posts_go_from_the_lowest_to_the_highest_coefficient(
    base: Composed, posts: int, employer: str
) -> None:
    """Services per employee: who gives has less than who receives."""
    bodies = laid_out(base).tables["bodies"]
    types = dict(zip(bodies.rows, bodies.numbers("service_types"), strict=True))
    staff = dict(zip(bodies.rows, bodies.numbers("staff"), strict=True))
    moves = moves_by_coefficient(bodies, employer, posts)
    assert sum(move.posts for move in moves) == posts
    for move in moves:
        assert types[move.giver] / staff[move.giver] < types[move.receiver] / staff[move.receiver]
        assert types[move.giver] > 0


@pytest.mark.parametrize("employer", EMPLOYERS)
def test_no_post_goes_to_and_fro(base: Composed, employer: str) -> None:
    """Who receives does not give: whatever more is asked for, ratios can only become even."""
    moves = moves_by_coefficient(laid_out(base).tables["bodies"], employer, 500)
    assert not {move.giver for move in moves} & {move.receiver for move in moves}


def test_one_post_more_keeps_the_moves_before() -> None:
    """Posts move one at a time: more of them begin with the same ones."""
    bodies = laid_out(composed_once()).tables["bodies"]
    totals = [moves_by_coefficient(bodies, "region", n) for n in (3, 4, 12)]
    few, more, many = ({(m.giver, m.receiver): m.posts for m in moves} for moves in totals)
    for fewer, others in ((few, more), (more, many)):
        assert all(others.get(pair, 0) >= n for pair, n in fewer.items())


@pytest.mark.parametrize("employer", EMPLOYERS)
def test_posts_by_square_root_make_slack_even(base: Composed, employer: str) -> None:
    """The least slack grows with every post and no body that gave has less than who received."""
    region, config = laid_out(base), base.config
    load = busy_posts(region.tables, config)
    found = []
    for posts in (0, 1, 3, 500):
        levers = [lever("posts.move", {"employer": employer, "by": "square_root", "posts": posts})]
        bodies = laid_out(base, *levers[: posts > 0]).at(LATE)[0]["bodies"]
        desks = dict(zip(bodies.rows, posts_of(bodies, config), strict=True))
        who = zip(bodies.rows, bodies.words("employer"), strict=True)
        mine = [code for code, name in who if name == employer and load[code] > 0]
        found.append(min((desks[code] - load[code]) / load[code] ** 0.5 for code in mine))
    assert found == sorted(found)
    assert found[0] < found[-1]
    moves = moves_by_square_root(region.tables, config, employer, 500)
    assert not {move.giver for move in moves} & {move.receiver for move in moves}


def test_posts_that_follow_utilisation_are_conserved_month_by_month() -> None:
    """Measured in the run itself: what one body gains others of its employer have lost."""
    value = {"employer": "town", "by": "utilisation", "posts": 3}
    one = composed(["region=teaching", "run.days=70", "run.run_in_days=10",
                    "back_office.review_every_days=7"])  # fmt: skip
    run = execute(Composed(configured(one, lever("posts.move", value)), {}))
    posts = run.tables["posts"]
    months = np.unique(posts["month"])
    total = {month: posts["staff"][posts["month"] == month].sum() for month in months}
    gained = {month: posts["gained"][posts["month"] == month].sum() for month in months}
    lost = {month: posts["lost"][posts["month"] == month].sum() for month in months}
    assert lost == gained
    assert 0 < gained[months[-1]] <= 3
    assert {total[month] + gained[month] for month in months} == {13}


def test_a_table_of_posts_is_followed(base: Composed) -> None:
    moves = [{"giver": "R01", "receiver": "R02", "posts": 4}, {"giver": "R05", "receiver": "R02"}]
    value = {"employer": "region", "by": "table", "table": moves}
    found = moved(laid_out(base, lever("posts.move", value)))
    assert found == {
        ("bodies", "R01", "staff"): (29, 25),
        ("bodies", "R05", "staff"): (36, 35),
        ("bodies", "R02", "gained_posts"): (0, 5),
    }


UNCHECKED = "a table of posts is checked for employers of its pairs alone"
IMPOSSIBLE = [
    ("more posts than the giver has", [{"giver": "R06", "receiver": "R02", "posts": 9}], "region"),
    ("posts from a body to itself", [{"giver": "R01", "receiver": "R01"}], "region"),
    ("posts of another employer", [{"giver": "U02", "receiver": "U06"}], "region"),
    ("no moves at all", [], "region"),
]


@pytest.mark.parametrize(
    ("table", "employer"), [one[1:] for one in IMPOSSIBLE], ids=[one[0] for one in IMPOSSIBLE]
)
def test_a_table_of_posts_that_cannot_be_is_refused(
    base: Composed, table: list[dict[str, Any]], employer: str
) -> None:
    value = {"employer": employer, "by": "table", "table": table}
    assert _refusal(base, lever("posts.move", value))


# ------------------------------------------------------------------------------- functions


def _shares(timeline: Any, day: int = LATE) -> dict[str, float]:
    routing = timeline.at(day)[0]["routing"]
    found: dict[str, float] = {}
    for service, share in zip(routing.words("service"), routing.numbers("share"), strict=True):
        found[service] = found.get(service, 0.0) + float(share)
    return found


@given(
    share=st.floats(0.01, 1),
    receiver=st.sampled_from(["U01", "U03", "U04", "U05", "U06"]),
    day=st.integers(-1, 40),
    ramp=st.integers(0, 30),
)
def test_moving_a_function_keeps_the_sum_of_shares(
    share: float, receiver: str, day: int, ramp: int
) -> None:
    """On every day, of every service: cases move, none is lost."""
    value = {"service": "land_queue", "giver": "U02", "receiver": receiver, "share": share}
    timeline = laid_out(composed_once(), lever("functions.move", value, start=5, ramp_days=ramp))
    assert _shares(timeline, day) == pytest.approx(dict.fromkeys(_shares(timeline, -1), 1.0))
    shares = timeline.at(day)[0]["routing"].numbers("share")
    assert (shares >= -1e-12).all()


def test_no_more_of_a_function_moves_than_there_is(base: Composed) -> None:
    """Four fifths twice are more than the whole: refused, or no share falls below zero."""
    value = {"service": "land_queue", "giver": "U02", "share": 0.8}
    twice = [lever("functions.move", {**value, "receiver": to}) for to in ("U05", "U06")]
    try:
        routing = laid_out(base, *twice).at(LATE)[0]["routing"]
    except InputError:
        return
    assert (routing.numbers("share") >= 0).all()


# ----------------------------------------------------------------------- villages, counters


@given(few=st.floats(0, 1), more=st.floats(0, 1))
def test_villages_are_connected_the_largest_first(few: float, more: float) -> None:
    """A larger share connects the same villages and smaller ones; none that is covered."""
    few, more = sorted((few, more))
    one = composed_once()
    table = laid_out(one).tables["settlements"]
    residents = dict(zip(table.rows, table.numbers("residents"), strict=True))
    hidden = {code for code, covered in zip(table.rows, table.numbers("covered"), strict=True)
              if not covered}  # fmt: skip
    first, second = (
        {row for _, row, _ in moved(laid_out(one, lever("villages.connect", share)))}
        for share in (few, more)
    )
    assert first <= second <= hidden
    assert len(second) == round(more * len(hidden))
    if second and hidden - second:
        assert min(residents[v] for v in second) >= max(residents[v] for v in hidden - second)


@given(add=st.integers(-50, 24))
def test_an_office_keeps_one_counter(add: int) -> None:
    offices = laid_out(composed_once()).tables["offices"]
    value = {"office": "all", "add": add}
    after = laid_out(composed_once(), lever("offices.counters", value)).at(LATE)[0]["offices"]
    wanted = np.maximum(1, offices.numbers("counters") + add)
    np.testing.assert_array_equal(after.numbers("counters"), wanted)


def test_an_office_keeps_one_counter_whatever_levers_close(base: Composed) -> None:
    twice = [lever("offices.counters", {"office": "SC_TAS_1", "add": -1})] * 3
    try:
        offices = laid_out(base, *twice).at(LATE)[0]["offices"]
    except InputError:
        return
    assert offices.numbers("counters").min() >= 1


def test_documents_that_bodies_exchange_are_not_missing(base: Composed) -> None:
    services = laid_out(base).tables["services"].numbers("incomplete_pct")
    for share in (0.0, 0.25, 1.0):
        after = laid_out(base, lever("documents.exchange", share)).at(LATE)[0]["services"]
        np.testing.assert_allclose(after.numbers("incomplete_pct"), services * (1 - share))


def test_without_specialised_offices_no_counter_is_lost(base: Composed) -> None:
    """One stays where they were; the others are nearly in proportion to residents."""
    before = laid_out(base).tables["offices"].numbers("counters")
    tables, _ = laid_out(base, lever("offices.specialised", "no")).at(LATE)
    offices = tables["offices"]
    counters = offices.numbers("counters")
    special = offices.index["SC_ORA_S"]
    assert counters.sum() == before.sum()
    assert counters[special] == 1
    assert (np.delete(counters - before, special) >= 0).all()
    assert not tables["services"].numbers("specialised").any()
    city = [i for i, code in enumerate(offices.rows) if "ORA" in code and i != special]
    assert (counters - before)[city].sum() == pytest.approx(15 * 0.51, abs=2)


@given(
    things=st.integers(0, 60),
    weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=20).filter(any),
)
def test_things_shared_out_are_whole_and_all_there(things: int, weights: list[float]) -> None:
    found = shared_out(things, np.array(weights))
    exact = things * np.array(weights) / sum(weights)
    assert found.sum() == things
    assert (abs(found - exact) < 1 + 1e-6).all()


def test_without_one_window_papers_of_others_are_missing(base: Composed) -> None:
    """One's own is there; each other one is missing as often as the parameter says."""
    before = laid_out(base).tables["services"]
    after = laid_out(base, lever("offices.one_window", "no")).at(LATE)[0]["services"]
    there, then = (100 - table.numbers("incomplete_pct") for table in (after, before))
    others = np.maximum(0, before.numbers("documents") - 1) * (before.numbers("incomplete_pct") > 0)
    np.testing.assert_allclose(there, then * 0.95**others)


def test_roads_close_on_all_days_at_most(base: Composed) -> None:
    month = base.config.mobile.weather_closure_pct
    for ratio in (0.0, 0.5, 2.0, 10.0):
        closed = laid_out(base, lever("roads.winter", ratio)).at(LATE)[1].mobile.weather_closure_pct
        assert closed == [min(100, ratio * days) for days in month]


# ----------------------------------------------------------------------------- combinations

MIXED = [
    lever("services.online", {"services": ["archive"], "ease": 0.7}, start=3, ramp_days=5),
    lever("services.online", {"services": ["archive", "eds"], "ease": 0.2, "closure_pct": 10.0}),
    lever("documents.exchange", 0.3, start=2, ramp_days=9),
    lever("documents.exchange", 0.1),
    lever("portal.ease", 0.6, ramp_days=7),
    lever("portal.ease", 0.3),
    lever("posts.move", EXAMPLES["posts.move"]),
    lever("mobile.units", 7, start=4, ramp_days=6),
]


@given(order=st.permutations(MIXED), day=st.integers(-1, 20))
def test_the_order_of_levers_does_not_matter(order: list[Setting], day: int) -> None:
    """On any day, to the last digit that a sum of floats has."""
    ours, theirs = (cells(laid_out(composed_once(), *one), day) for one in (MIXED, order))
    differ = {cell for cell in ours if ours[cell] != theirs[cell]}
    for cell in differ:
        assert ours[cell] == pytest.approx(theirs[cell], rel=1e-14)


def test_levers_that_set_one_cell_to_different_values_are_refused(base: Composed) -> None:
    """Named both, with both values; the same value twice is no quarrel."""
    for one, other in permutations((3, 5)):
        said = _refusal(base, lever("mobile.units", one), lever("mobile.units", other))
        assert f"both set parameters.mobile.units, to {one} and {other}. Keep one." in said
    assert moved(laid_out(base, lever("mobile.units", 5), lever("mobile.units", 5)))


def test_levers_that_set_one_value_from_different_days_commute(base: Composed) -> None:
    """Eight vans at once, and eight vans over a hundred days: eight vans, in either order."""
    now, later = lever("mobile.units", 8), lever("mobile.units", 8, start=50, ramp_days=100)
    first, second = (laid_out(base, *order).at(60)[1].mobile.units
                     for order in ((now, later), (later, now)))  # fmt: skip
    assert first == second


OVER = "levers that add up leave the bounds of the configuration: a ValidationError is not caught"


def test_levers_that_add_up_beyond_a_parameters_bounds_are_refused(base: Composed) -> None:
    """In a sentence, and before the run begins."""
    assert "ease_level" in _refusal(base, *[lever("portal.ease", 2.0)] * 6)


def test_levers_that_add_up_beyond_a_columns_bounds_are_refused(base: Composed) -> None:
    """A counter cannot be closed for 120 percent of people."""
    closed = lever("services.online", {"services": ["eds"], "closure_pct": 60.0})
    assert "counter_closure_pct" in _refusal(base, closed, closed)


@pytest.mark.parametrize("scenario", [name for name in names("scenario") if name != "base"])
def test_a_scenario_leaves_the_tables_of_the_region_as_they_were(scenario: str) -> None:
    """Levers make new tables; the region's own are never written."""
    one = composed([f"scenario={scenario}", f"region={home_of(scenario)}"])
    before = cells(laid_out(one), -1)
    timeline = laid_out(one, *one.config.levers)
    timeline.at(LATE)
    again = cells(timeline, -1)
    assert {cell: again[cell] for cell in before} == before
    some_day = any(moved(timeline, day) for day in timeline.turns)  # some levers end
    assert some_day or one.changed  # levers, or uncertainties
