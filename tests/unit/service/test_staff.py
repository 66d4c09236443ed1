"""People who hold posts: they leave by a hazard, come by a delay, learn, and are one on average."""

from __future__ import annotations

from math import exp, inf

import numpy as np
import pytest

from sim.chance.streams import Stream
from sim.compose import composed
from sim.sections.staff import Staff as Rules
from sim.service.practice import novice_factor, training_factor, unfit_factor
from sim.service.staff import FOR_EVER, NO_DAY, YEAR, Luck, Staff, geometric

MANY = 40_000
LUCK = Luck(seed=7, replication=0, place=3)
LEAVES = 0.02  # in a month


@pytest.fixture(scope="module")
def usual() -> Rules:
    """The parameters of the base, with which nobody stands out."""
    return composed().config.staff


def ruled(usual: Rules, **settings: float) -> Rules:
    return usual.model_copy(update=settings)


def with_vacancies(posts: int, rules: Rules, leaves: float = LEAVES) -> Staff:
    """A place of about so many posts."""
    return Staff(posts / (1 + leaves * rules.hiring_months), leaves, rules, LUCK)


def months_later(staff: Staff, months: int, rules: Rules) -> None:
    for month in range(months):
        staff.turn(30 * month, 24_000 + month, rules)


def tenure(staff: Staff) -> np.ndarray:
    return staff.now - staff.since[staff.held]


# ------------------------------------------------------------------------------- leaving, coming


@pytest.mark.parametrize("p", [0.015, 0.2, 0.5, 1.0])
def test_months_until_something_happens_are_geometric(p: float) -> None:
    """At least one; more than k with chance (1 - p) ** k, exactly."""
    u = (np.arange(100_000) + 0.5) / 100_000
    months = geometric(u, p)
    assert months.min() == 1
    for k in (1, 2, 5, 20):
        assert (months > k).mean() == pytest.approx((1 - p) ** k, abs=2e-5)
    assert (geometric(u[:9], 0.0) == FOR_EVER).all()


@pytest.mark.parametrize("months", [0, 1, 40])
def test_experience_of_a_hazard_is_geometric_and_stays_so(usual: Rules, months: int) -> None:
    """Held k months with chance p (1 - p) ** k from the first day on; mean (1 - p) / p."""
    staff = with_vacancies(MANY, usual)
    months_later(staff, months, usual)
    found = tenure(staff)
    n = len(found)
    for k in (1, 6, 12, 60, 150):
        share = (1 - LEAVES) ** k
        assert abs((found >= k).mean() - share) < 4 * np.sqrt(share * (1 - share) / n)
    mean, sd = (1 - LEAVES) / LEAVES, np.sqrt(1 - LEAVES) / LEAVES
    assert abs(found.mean() - mean) < 4 * sd / np.sqrt(n)


@pytest.mark.parametrize("months", [0, 1, 40])
@pytest.mark.parametrize("gap", [1.0, 6.0, 20.0])
def test_vacancies_are_what_leaving_and_hiring_make_them(
    usual: Rules, gap: float, months: int
) -> None:
    """Held 1/p months and empty for the months of hiring, in turn."""
    rules = ruled(usual, hiring_months=gap)
    staff = with_vacancies(MANY, rules)
    months_later(staff, months, rules)
    share = gap / (gap + 1 / LEAVES)
    assert staff.usual_vacancy == pytest.approx(share)
    assert abs((~staff.held).mean() - share) < 4 * np.sqrt(share * (1 - share) / len(staff))
    assert staff.usual_people == pytest.approx(MANY * (1 - share), rel=1e-4)


def test_doubled_pay_moves_the_hazard_as_the_formula_says(usual: Rules) -> None:
    staff = with_vacancies(10, usual)
    for elasticity, share in ((0.0, 1.0), (1.0, 0.5), (2.0, 0.25)):
        rules = ruled(usual, pay_ratio=2.0, pay_elasticity=elasticity)
        assert staff.hazard(rules) == pytest.approx(LEAVES * share)
    assert staff.hazard(ruled(usual, pay_ratio=0.5, pay_elasticity=1.0)) == 2 * LEAVES


def test_a_higher_load_than_in_the_run_in_makes_more_leave(usual: Rules) -> None:
    """The run-in says what is usual; the hazard is never negative and never above one."""
    rules = ruled(usual, load_slope=2.0)
    staff = with_vacancies(10, usual)
    for busy in (40, 60):
        staff.note(busy, 100)
        staff.review(is_measured=False)
    assert staff.hazard(rules) == LEAVES
    for busy, factor in ((50, 1.0), (75, 1.5), (25, 0.5), (0, 0.0)):
        staff.note(busy, 100)
        staff.review(is_measured=True)
        assert staff.hazard(rules) == pytest.approx(LEAVES * factor)
        assert staff.hazard(usual) == LEAVES
    staff.strain = -0.9
    assert staff.hazard(rules) == 0
    assert staff.hazard(ruled(usual, pay_ratio=0.1, pay_elasticity=9.0)) == 1


def test_without_a_run_in_the_first_month_says_what_is_usual(usual: Rules) -> None:
    staff = with_vacancies(10, usual)
    staff.note(30, 100)
    staff.review(is_measured=True)
    assert staff.strain == 0
    staff.note(50, 100)
    staff.review(is_measured=True)
    assert staff.strain == pytest.approx(0.2)


def test_who_leaves_at_better_pay_leaves_at_worse(usual: Rules) -> None:
    """The same luck: in the first month nobody leaves who would have stayed for less."""
    rich, poor = (ruled(usual, pay_ratio=ratio, pay_elasticity=1.0) for ratio in (2.0, 0.5))
    few, many = with_vacancies(2_000, usual), with_vacancies(2_000, usual)
    was_held = few.held & (few.since <= 0)
    few.turn(0, 24_000, rich)
    many.turn(0, 24_000, poor)
    left_few, left_many = (was_held & (one.since > one.now) for one in (few, many))
    assert 0 < left_few.sum() < left_many.sum()
    assert not (left_few & ~left_many).any()


def test_posts_filled_later_are_never_filled_earlier(usual: Rules) -> None:
    staffs = []
    for gap in (2.0, 8.0):
        staff = Staff(2_000, LEAVES, usual, LUCK)
        months_later(staff, 1, ruled(usual, hiring_months=gap))
        staffs.append(staff)
    quick, slow = staffs
    assert (quick.since <= slow.since).all()
    assert (quick.since < slow.since).any()


def test_people_are_neither_lost_nor_made(usual: Rules) -> None:
    """Whatever happens: who holds posts now is who did, less who left, plus who came."""
    rules = ruled(usual, training_pct=100.0, exam=True, losses_pct=0.0)
    staff = with_vacancies(60, rules, leaves=0.1)
    before = int(staff.held.sum())
    for month, people in enumerate((50.0, 52.0, 40.0, 41.0, 70.0, 70.0)):
        staff.resize(people)
        staff.turn(30 * month, 24_000 + month, rules)
        staff.lose(ruled(rules, losses_pct=10.0 * month))
        assert staff.held.sum() == before - staff.left + staff.hired + staff.moved
        posts, vacant, *_ = staff.counts()
        assert posts - vacant == staff.held.sum()
    assert min(staff.flows()) > 0


def test_losses_day_by_day_are_losses_at_once(usual: Rules) -> None:
    """A share of the people, the same ones however long it takes; never twice."""
    at_once, by_and_by = with_vacancies(MANY, usual), with_vacancies(MANY, usual)
    before = at_once.held.copy()
    at_once.lose(ruled(usual, losses_pct=30.0))
    for share in (0.0, 10.0, 20.0, 30.0, 30.0):
        by_and_by.lose(ruled(usual, losses_pct=share))
    np.testing.assert_array_equal(at_once.held, by_and_by.held)
    assert at_once.left == before.sum() - at_once.held.sum()
    assert at_once.left / before.sum() == pytest.approx(0.3, abs=0.01)


# -------------------------------------------------------------------------------------- practice


@pytest.mark.parametrize("extra", [0.0, 0.3, 2.0])
@pytest.mark.parametrize("leaves", [0.015, 0.3])
def test_the_average_of_the_usual_staff_is_one(extra: float, leaves: float) -> None:
    """Over the geometric months that the hazard gives, and over the fit and the unfit."""
    k = np.arange(5_000)
    share = leaves * (1 - leaves) ** k
    factor = novice_factor(k.astype(float), extra, 6.0, leaves)
    assert (share * factor).sum() == pytest.approx(1, abs=1e-12)
    assert (np.diff(factor) <= 0).all()
    for unfit in (0.0, 0.2, 1.0):
        by = unfit_factor(np.array([True, False]), extra, unfit)
        assert unfit * by[0] + (1 - unfit) * by[1] == pytest.approx(1)
        assert by[0] == pytest.approx((1 + extra) * by[1])


def test_work_times_of_many_people_average_one(usual: Rules) -> None:
    rules = ruled(usual, novice_extra_pct=50.0, unfit_extra_pct=40.0, novice_mistakes_pct=200.0)
    staff = with_vacancies(MANY, rules)
    rows = np.flatnonzero(staff.held)
    times, mistakes = staff.work_time(rows, rules), staff.mistakes(rows, rules)
    for factor in (times, mistakes):
        assert abs(factor.mean() - 1) < 4 * factor.std() / np.sqrt(len(rows))
    assert times.std() > 0.1
    assert (staff.work_time(rows, usual) == 1).all()
    assert (staff.mistakes(rows, usual) == 1).all()


def test_training_is_forgotten_and_leaves_with_people(usual: Rules) -> None:
    found = training_factor(np.array([0.0, 12.0, inf]), 0.1, 12.0)
    np.testing.assert_allclose(found, [0.9, 1 - 0.1 * exp(-1), 1.0])
    rules = ruled(usual, training_pct=1_200.0, trained_faster_pct=10.0)
    staff = with_vacancies(500, rules)
    staff.turn(0, 24_000, rules)
    rows = np.flatnonzero(staff.held)
    np.testing.assert_allclose(staff.work_time(rows, rules), 0.9)
    assert staff.taught == len(rows)
    staff.lose(ruled(rules, losses_pct=90.0))
    assert np.isfinite(staff.trained).sum() == staff.held.sum()


def test_who_is_in_training_is_away_for_its_days(usual: Rules) -> None:
    rules = ruled(usual, training_pct=1_200.0, training_days=5)
    staff = with_vacancies(50, rules)
    staff.turn(100, 24_000, rules)
    assert len(staff.at_work(100, rules)) == len(staff.at_work(104, rules)) == 0
    assert len(staff.at_work(105, rules)) == staff.held.sum()


def test_mentors_are_the_longest_serving_and_new_people_learn_faster(usual: Rules) -> None:
    """A fifth of those with a year; a month that has begun with them counts for two."""
    rules = ruled(usual, mentors_pct=20.0, mentored_ratio=0.5)
    staff = with_vacancies(500, rules)
    there = staff.at_work(0, rules)
    seniors = np.flatnonzero(staff.held & (staff.now - staff.since >= YEAR))
    away = np.setdiff1d(np.flatnonzero(staff.held), there)
    assert len(away) == round(0.2 * len(seniors))
    assert staff.since[away].max() <= staff.since[np.setdiff1d(seniors, away)].min()
    assert len(staff.at_work(0, usual)) == staff.held.sum()
    was = staff.held & (staff.since <= 0)
    for month, (asked, gained) in enumerate([(rules, 1), (rules, 2), (usual, 2), (usual, 1)]):
        before = staff.practice.copy()
        staff.turn(0, 24_000 + month, asked)
        was &= staff.since <= 0
        assert (staff.practice[was] == before[was] + gained).all()


def test_an_exam_sorts_out_the_unfit_and_teaches_them(usual: Rules) -> None:
    """Whoever fails is away, then certified like the others; about a fifth of those who come."""
    rules = ruled(usual, exam=True, retraining_days=14, unfit_extra_pct=40.0)
    staff = with_vacancies(MANY, rules)
    share = 1 - rules.pass_pct / 100
    assert staff.unfit.mean() == pytest.approx(share, abs=0.01)
    unfit = staff.unfit.copy()
    staff.turn(10, 24_000, rules)
    held = staff.held
    assert staff.certified[held].all()
    assert not staff.unfit[held].any()
    fails = held & unfit & (staff.since <= 0)
    assert (staff.back[fails] == 24).all()
    assert (staff.back[held & ~unfit & (staff.since <= 0)] == NO_DAY).all()
    assert len(staff.at_work(24, rules)) == held.sum()
    times = staff.work_time(np.flatnonzero(held), rules)
    np.testing.assert_allclose(times, 1 / (1 + 0.4 * share))
    taught = staff.taught
    staff.turn(40, 24_001, rules)
    new = int((staff.since == staff.now).sum())
    assert 0 < staff.taught - taught < new


def test_a_post_that_comes_brings_somebody_new_and_one_that_goes_takes_its_holder(
    usual: Rules,
) -> None:
    staff = Staff(20, 0.0, usual, LUCK)
    staff.resize(22)
    assert (len(staff), staff.moved) == (22, 2)
    assert tenure(staff)[-2:].tolist() == [0, 0]
    rules = ruled(usual, novice_extra_pct=50.0)
    assert staff.work_time(np.array([0, 21]), rules) == pytest.approx([1.0, 1.5])
    staff.resize(15)
    assert (len(staff), staff.moved) == (15, -5)


def test_luck_of_a_post_does_not_depend_on_how_many_there_are() -> None:
    few, many = LUCK.of(Stream.CAREER, 3, 24_000), LUCK.of(Stream.CAREER, 9, 24_000)
    np.testing.assert_array_equal(few, many[:3])
    other = LUCK._replace(place=4).of(Stream.CAREER, 3, 24_000)
    assert (few != other).all()
