"""What a month teaches: closed forms, expected numbers, and who can only ever gain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.population.learning_kernels import (
    EVERYBODY,
    OF_WEAK_SKILL,
    OLDER,
    RURAL,
    Lessons,
    begin_earlier,
    forget,
    gain_skill,
    learn_for_a_month,
)
from sim.population.people import Can, People
from sim.service.tallies import LessonTally
from tests.unit.population.people import ABLE, INTERNET, people, places

NOTHING = Lessons(0.0, 0.0, 0.0, 0.5, 0.0, EVERYBODY, 0.0, 0.5, 0.0)
SEED = np.uint64(3)
shares = st.floats(0.01, 0.9)


def taught(crowd: People, month: int = 24_288, **lessons: Any) -> np.ndarray:
    """Live a month of lessons; what was counted."""
    counts = np.zeros((2, len(LessonTally)), np.int64)
    where = places(len(crowd.can))
    learn_for_a_month(crowd, where, SEED, np.uint64(0), month, NOTHING._replace(**lessons), counts)
    return counts.sum(axis=0)


@given(start=shares, share=shares, times=st.integers(1, 12))
def test_skill_nears_perfection_by_a_share_of_what_is_missing(
    start: float, share: float, times: int
) -> None:
    crowd = people(1, skill=start)
    for _ in range(times):
        gain_skill(crowd, 0, share)
    assert crowd.skill[0] == pytest.approx(1 - (1 - start) * (1 - share) ** times, abs=1e-5)
    assert crowd.learnt[0] == pytest.approx(crowd.skill[0] - start, abs=1e-5)


@given(start=shares, gained=shares, lost=st.floats(0.05, 0.9))
def test_what_was_learnt_is_forgotten_and_no_more(start: float, gained: float, lost: float) -> None:
    """Forgetting leads back to where skill began, never below."""
    crowd = people(1, skill=start)
    gain_skill(crowd, 0, gained)
    for _ in range(400):
        forget(crowd, 0, lost)
    assert crowd.skill[0] == pytest.approx(start, abs=1e-4)


def test_a_month_without_lessons_changes_nobody() -> None:
    assert not NOTHING.teach
    crowd = people(500, skill=0.2)
    before = [column.copy() for column in crowd]
    assert not taught(crowd).any()
    for column, was in zip(crowd, before, strict=True):
        np.testing.assert_array_equal(column, was)


def test_courses_fill_their_places() -> None:
    """Places are a mean: so many attend, within four and a half standard errors."""
    n, seats = 20_000, 400.0
    attended = taught(people(n, skill=0.2), places=seats)[LessonTally.TRAINED]
    assert abs(attended - seats) < 4.5 * np.sqrt(seats)


@pytest.mark.parametrize(
    ("target", "others"),
    [(OF_WEAK_SKILL, {"skill": 0.6}), (OLDER, {"group": 2}), (RURAL, {"group": 4})],
)
def test_courses_are_for_their_target(target: int, others: dict[str, Any]) -> None:
    """Whom a course is not for never attends, though all places go to others."""
    mine: dict[str, Any] = {"skill": 0.2, "group": 10}  # rural, 60 to 74
    traits = {name: [value] * 1_000 + [others.get(name, value)] * 1_000
              for name, value in mine.items()}  # fmt: skip
    crowd = people(2_000, **traits)
    assert taught(crowd, places=500.0, target=target)[LessonTally.TRAINED] > 300
    assert not crowd.learnt[1_000:].any()


def test_who_would_manage_anyway_may_come_first() -> None:
    """At full selection nobody of weak skill finds a place in a course for everybody."""
    crowd = people(2_000, skill=[0.2] * 1_000 + [0.6] * 1_000)
    taught(crowd, places=500.0, selection=1.0)
    assert not crowd.learnt[:1_000].any()
    assert crowd.learnt[1_000:].any()


def test_more_media_reach_everybody_whom_fewer_reach() -> None:
    """Draws have addresses: who hears at a smaller chance hears at a greater one."""
    heard = []
    for chance in (0.1, 0.3, 0.6):
        crowd = people(3_000, can=ABLE & ~Can.AWARE)
        taught(crowd, hears=chance)
        heard.append(crowd.can & Can.AWARE != 0)
        assert abs(heard[-1].mean() - chance) < 4.5 * np.sqrt(chance * (1 - chance) / 3_000)
    assert (heard[0] <= heard[1]).all()
    assert (heard[1] <= heard[2]).all()


def test_media_reach_nobody_without_internet() -> None:
    crowd = people(500, can=int(Can.APPLY))
    assert taught(crowd, hears=1.0)[LessonTally.HEARD] == 0


def test_a_fair_shows_many_and_helps_those_who_can() -> None:
    """Who has neither internet nor a phone is shown the portal and can use it no more for it."""
    helpless, able = people(2_000, can=int(Can.APPLY)), people(2_000, can=ABLE | Can.PHONE)
    for crowd in (helpless, able):
        shown = taught(crowd, shown=0.5, adoption=0.5)[LessonTally.SHOWN]
        assert abs(shown - 1_000) < 4.5 * np.sqrt(500)
    assert not (helpless.can & Can.EDS).any()
    assert abs((able.can & Can.EDS != 0).mean() - 0.25) < 0.05


def test_who_is_not_online_yet_gets_back_all_they_will_have() -> None:
    """Whom an earlier beginning takes internet from gets it back with portal and signature."""
    all_of_it = int(ABLE | Can.EDS | Can.PHONE)
    crowd = people(4_000, can=all_of_it)
    begin_earlier(crowd, np.array([0, 4_000]), SEED, 0.25, 0.0)
    gone = crowd.can & INTERNET == 0
    assert abs(gone.mean() - 0.25) < 4.5 * np.sqrt(0.25 * 0.75 / 4_000)
    assert not (crowd.can[gone] & (Can.AWARE | Can.EDS)).any()
    assert (crowd.can[gone] & Can.PHONE != 0).all()
    assert taught(crowd, joins=1.0)[LessonTally.CONNECTED] == gone.sum()
    assert (crowd.can == all_of_it).all()
