"""Trust, word of mouth, satisfaction: closed forms and figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.population.day_kernels import move_trust
from sim.population.kernels import drift, skill_of, spread_awareness
from sim.population.outcome_kernels import Afterwards, count_score, score_of, timeliness_of
from sim.population.people import Can
from sim.service.tallies import GroupTally
from tests.unit.population.people import ABLE, BEHAVIOUR, INTERNET, people

AFTER = Afterwards(
    return_share=0.7, come_again=0.85, come_again_times=2, van_wait=0, resubmit_days=5,
    timeliness=0.2, treatment=0.6, outcome=0.2, tolerated_wait=900.0, treatment_mean=0.5,
    treatment_sd=0.25, failed_cap=45.0, pleased_above=75.0, displeased_below=50.0, bad_wait=1800.0,
    complaint=0.1, wrong=0.1, shown=1.0, adoption=0.5,
)  # fmt: skip


@pytest.mark.parametrize("score", [0.0, 0.3, 1.0])
def test_trust_nears_what_is_met_by_a_tenth_of_the_way_each_time(score: float) -> None:
    """Exponential smoothing: after n steps 0.9^n of the way is left, and nobody else moves."""
    trust = np.array([0.8, 0.8])
    for n in range(1, 20):
        move_trust(trust, 0, score, BEHAVIOUR)
        assert trust[0] == pytest.approx(score + (0.8 - score) * 0.9**n, rel=1e-12)
    assert trust[1] == 0.8


def test_trust_drifts_home_by_its_share_each_time() -> None:
    trust = np.array([1.0, 0.75, 0.1])
    for _ in range(12):
        drift(trust, 0.75, 0.25)
    np.testing.assert_allclose(trust, 0.75 + np.array([0.25, 0.0, -0.65]) * 0.75**12, rtol=1e-12)


def heard(can: list[int], covered: int = 1, hazard: float = 0.5) -> np.ndarray:
    """Who of one settlement knows the portal after a month of word of mouth."""
    crowd = people(len(can), can=can)
    first, where = np.array([0, len(can)]), np.array([covered])
    spread_awareness(crowd, first, where, np.uint64(3), 0, 24_288, hazard)
    return crowd.can & Can.AWARE != 0


UNAWARE = ABLE & ~Can.AWARE


@pytest.mark.parametrize("aware", [200, 1_000, 1_800])
def test_word_of_mouth_is_as_likely_as_there_are_people_who_know(aware: int) -> None:
    """Of those who do not know, the share who hear is the hazard times the share who know."""
    knows = heard([ABLE] * aware + [UNAWARE] * (2_000 - aware))
    p, n = 0.5 * aware / 2_000, 2_000 - aware
    assert knows[:aware].all()
    assert abs(knows[aware:].mean() - p) < 4.5 * (p * (1 - p) / n) ** 0.5


@pytest.mark.parametrize(
    ("can", "covered"),
    [
        (UNAWARE & ~Can.APPLY, 1),  # children
        (UNAWARE & ~INTERNET, 1),
        (UNAWARE & ~Can.NET, 0),  # not covered yet
        (UNAWARE & ~Can.NET_IF_COVERED, 1),
    ],
)
def test_word_of_mouth_does_not_reach(can: int, covered: int) -> None:
    """Others in the same settlement hear of it at the same time."""
    knows = heard([ABLE] * 900 + [UNAWARE] * 100 + [can] * 100, covered, hazard=1.0)
    assert knows[900:1000].any()
    assert not knows[1000:].any()


def test_where_nobody_knows_nobody_hears() -> None:
    assert not heard([UNAWARE] * 500, hazard=1.0).any()


@pytest.mark.parametrize(
    ("minutes", "marks"),
    [(0, 1.0), (15, 1.0), (26.25, 0.75), (37.5, 0.5), (60, 0.0), (300, 0.0)],
)
def test_marks_for_timeliness_fall_in_a_line_to_four_times_the_tolerated_wait(
    minutes: float, marks: float
) -> None:
    assert timeliness_of(60.0 * minutes, 900.0) == pytest.approx(marks)


@pytest.mark.parametrize(
    ("minutes", "failed", "points"),
    [
        (0, False, 70.0),  # 20 for time, half of 60 for treatment, 20 for the outcome
        (37.5, False, 60.0),
        (60, False, 50.0),
        (60, True, 30.0),
        (0, True, 45.0),  # 50, but a failed outcome caps them
    ],
)
def test_points_of_a_visit_treated_as_the_average(
    minutes: float, failed: bool, points: float
) -> None:
    assert score_of(AFTER, 60.0 * minutes, failed, 0.5) == pytest.approx(points)


def test_treatment_moves_points_within_its_bounds() -> None:
    """One standard deviation is a quarter of 60 points; nobody is treated worse than not at all."""
    up = score_of(AFTER, 0.0, False, 0.8413447460685429)
    assert up == pytest.approx(85.0)
    assert score_of(AFTER, 0.0, False, 1e-9) == pytest.approx(40.0)
    assert score_of(AFTER, 0.0, False, 1 - 1e-9) == pytest.approx(100.0)


def test_skill_gives_each_level_its_share() -> None:
    """Ranks are uniform: a share of 0.3 is above two thirds, one of 0.7 above a third."""
    ranks = (np.arange(10_000) + 0.5) / 10_000
    skill = np.array([skill_of(rank, 0.7, 0.3) for rank in ranks])
    assert (np.diff(skill) <= 0).all()
    assert ((skill >= 0) & (skill <= 1)).all()
    assert (skill > 2 / 3).mean() == pytest.approx(0.3, abs=2e-4)
    assert (skill > 1 / 3).mean() == pytest.approx(0.7, abs=2e-4)


def test_a_survey_counts_points_and_who_is_pleased_or_displeased() -> None:
    """More than 75 points and fewer than 50; the ends belong to neither."""
    groups = np.zeros((2, len(GroupTally)), np.int64)
    for score in (80.0, 75.0, 74.9, 50.0, 49.94, 75.06):
        count_score(AFTER, score, groups, 1)
    assert not groups[0].any()
    counted = dict(zip(GroupTally, groups[1].tolist(), strict=True))
    assert counted[GroupTally.SCORED] == 6
    assert counted[GroupTally.PLEASED] == 2
    assert counted[GroupTally.DISPLEASED] == 1
    assert counted[GroupTally.SCORE_PER_MILLE] == 4049
