"""Seconds of the day drawn from a profile of hours: the inverse of its distribution."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.population.day_kernels import second_between, second_of_day
from sim.population.intake_kernels import case_id, whole_seconds
from sim.population.world import arrivals_by_hour
from sim.service.network import SHUT
from sim.units import DAY, HOUR

N = 20_000
WEIGHTS = {
    "flat": np.ones(24),
    "office": np.array([0.0] * 9 + [1, 1.2, 1.5, 1, 0.6, 1, 1, 0.7, 0.3] + [0.0] * 6),
    "one hour": np.array([0.0] * 13 + [2.0] + [0.0] * 10),
    "night": np.array([1.0] + [0.0] * 22 + [3.0]),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_as_many_come_in_each_quarter_of_an_hour_as_its_weight_says(name: str) -> None:
    """Uniforms on a fine grid: within an hour everybody is as likely at any second."""
    weight = WEIGHTS[name] / WEIGHTS[name].sum()
    cumulative = np.cumsum(weight)
    cumulative[np.flatnonzero(weight)[-1] :] = 1.0
    seconds = [second_of_day((i + 0.5) / N, cumulative) for i in range(N)]
    found = np.bincount(np.array(seconds) // 900, minlength=96) / N
    np.testing.assert_allclose(found, np.repeat(weight / 4, 4), atol=3 / N)
    assert (np.diff(seconds) >= 0).all()


UNIFORMS = st.lists(st.floats(0, 1, exclude_min=True, exclude_max=True), min_size=2, max_size=20)
PROFILES = st.lists(st.sampled_from([0.0, 0.1, 1.0, 1.5, 40.0]), min_size=24, max_size=24)
DOORS = (
    st.tuples(st.integers(0, DAY), st.integers(0, DAY)).map(sorted).filter(lambda d: d[0] < d[1])
)


@given(profile=PROFILES, door=DOORS, uniforms=UNIFORMS)
def test_everybody_comes_while_the_door_is_open(profile, door, uniforms) -> None:
    """And who draws more comes no earlier."""
    hours = arrivals_by_hour(np.array(profile), *door)
    seconds = [second_between(u, hours, *door) for u in sorted(uniforms)]
    assert door[0] <= min(seconds) <= max(seconds) < door[1]
    assert all(before <= after for before, after in pairwise(seconds))


@given(
    profile=PROFILES.filter(any),
    door=st.tuples(st.integers(0, 24), st.integers(0, 24))
    .map(sorted)
    .filter(lambda d: d[0] < d[1]),
    uniforms=UNIFORMS,
)
def test_a_door_that_opens_on_the_hour_has_visitors_of_whole_hours(profile, door, uniforms) -> None:
    """The same seconds as if nobody asked when the door opens."""
    begins, ends = (hour * HOUR for hour in door)
    hours = arrivals_by_hour(np.array(profile), begins, ends)
    for u in uniforms:
        assert second_between(u, hours, begins, ends) == second_of_day(u, hours)


@pytest.mark.parametrize("minutes", [1, 30, 59])
def test_within_the_open_part_of_an_hour_people_come_evenly(minutes: int) -> None:
    """As many in each part of it, and in all as many as its part of the weight says."""
    begins = 10 * HOUR - minutes * 60
    hours = arrivals_by_hour(np.ones(24), begins, 11 * HOUR)
    seconds = np.array([second_between((i + 0.5) / N, hours, begins, 11 * HOUR) for i in range(N)])
    found = np.bincount((seconds - begins) // 20) / N
    np.testing.assert_allclose(found, 1 / (3 * minutes + 180), atol=2 / N)


def test_a_shut_door_is_come_to_all_day() -> None:
    """Who does not know that it is shut comes at the hour at which one comes."""
    hours = arrivals_by_hour(WEIGHTS["office"], SHUT, SHUT)
    np.testing.assert_allclose(
        np.diff(hours, prepend=0), WEIGHTS["office"] / WEIGHTS["office"].sum()
    )


@pytest.mark.parametrize(("x", "seconds"), [(0.0, 1), (0.4, 1), (1.49, 1), (1.5, 2), (899.6, 900)])
def test_seconds_are_whole_and_never_nothing(x: float, seconds: int) -> None:
    assert whole_seconds(x) == seconds


def test_a_case_is_named_by_citizen_need_kind_and_number() -> None:
    """Different parts never make the same name."""
    parts = [(w, r, k, n) for w in (0, 1, 77) for r in (0, 1, 9) for k in (0, 3, 6) for n in (0, 2)]
    assert len({int(case_id(*map(np.int64, part))) for part in parts}) == len(parts)
