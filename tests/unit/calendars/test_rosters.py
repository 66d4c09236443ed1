"""Rosters: who is on duty in each half-hour of a day."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendars.rosters import constant, with_lunch

SLOT, SLOTS = 1_800, 48
servers = st.floats(0, 60)
hours = st.tuples(st.integers(0, SLOTS), st.integers(0, SLOTS)).map(sorted)


@given(count=servers, slots=hours)
def test_a_fraction_of_a_server_works_that_fraction_of_the_day(
    count: float, slots: list[int]
) -> None:
    """Half-hours on duty are servers times half-hours open, to the nearest half-hour."""
    first, last = slots
    roster = constant(count, first * SLOT, last * SLOT)
    assert abs(int(roster.sum()) - count * (last - first)) <= 0.5 + 1e-9


@given(count=servers, slots=hours)
def test_nobody_is_on_duty_outside_the_hours_and_never_more_than_there_are(
    count: float, slots: list[int]
) -> None:
    """Inside, between the whole servers and one more; the one more comes in the morning."""
    first, last = slots
    roster = constant(count, first * SLOT, last * SLOT)
    inside = roster[first:last]
    assert not roster[:first].any()
    assert not roster[last:].any()
    assert set(inside.tolist()) <= {int(count), ceil(count)}
    assert (np.diff(inside) <= 0).all()


@given(one=servers, two=servers, slots=hours)
def test_more_servers_are_no_fewer_in_any_half_hour(
    one: float, two: float, slots: list[int]
) -> None:
    first, last = slots
    fewer, more = (constant(n, first * SLOT, last * SLOT) for n in sorted((one, two)))
    assert (fewer <= more).all()


def test_half_a_server_from_nine_to_six() -> None:
    """18 half-hours: the half server works nine of them, from 09:00 to 13:30."""
    roster = constant(2.5, 9 * 3_600, 18 * 3_600)
    assert roster.tolist() == [0] * 18 + [3] * 9 + [2] * 9 + [0] * 12


rosters = st.lists(st.integers(0, 40), min_size=SLOTS, max_size=SLOTS).map(np.array)


@given(roster=rosters)
def test_lunch_takes_at_most_a_third_at_a_time_and_only_from_twelve_to_three(
    roster: np.ndarray,
) -> None:
    """A third rounded up: of one or two servers, one."""
    before = roster.copy()
    away = roster - with_lunch(roster)
    assert not away[:24].any()
    assert not away[30:].any()
    assert (away >= 0).all()
    assert (3 * away <= roster + 2).all()
    np.testing.assert_array_equal(roster, before)  # the roster asked about stays as it was


@pytest.mark.parametrize("count", range(40))
def test_everybody_has_one_hour_for_lunch(count: int) -> None:
    """Over the three hours each server is away for exactly two half-hours."""
    roster = constant(count, 9 * 3_600, 18 * 3_600)
    away = roster - with_lunch(roster)
    assert int(away.sum()) == 2 * count
    assert (away[24:30:2] == away[25:30:2]).all()
