"""When replications are enough: by hand, by the rule after every one, and by projection."""

from __future__ import annotations

from math import inf, isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from sim.analysis.interval import half_width
from sim.analysis.precision import enough, may_stop, stopped_at

EIGHTHS = st.integers(-80, 800).map(lambda n: n / 8)
PRECISION = st.sampled_from([0.02, 0.05, 0.1, 0.5])
WAITS = np.random.default_rng(1).exponential(10.0, 2_000)


def test_the_width_reached_is_students_over_the_mean() -> None:
    values = np.tile([9.0, 11.0], 20)
    found = enough({"wait": values}, precision=0.05)["wait"]
    width = t.ppf(0.975, 39) * values.std(ddof=1) / sqrt(40)
    assert (found.n, found.mean) == (40, 10.0)
    assert found.half_width == pytest.approx(width)
    assert found.relative == pytest.approx(width / 10)
    assert found.enough


def test_a_difference_is_held_against_the_mean_of_base() -> None:
    """Half-width of the differences over 100, not over their own mean of 1."""
    luck = WAITS[:40]
    base, reform = 90.0 + luck, 91.0 + luck + np.tile([-0.5, 0.5], 20)
    found = enough({"wait": reform}, 0.05, base={"wait": base})["wait"]
    assert found.mean == pytest.approx(1.0)
    assert found.relative == pytest.approx(half_width(reform - base) / base.mean())
    assert found.enough
    assert not enough({"wait": reform - base}, 0.05)["wait"].enough


def test_all_outputs_have_to_be_known() -> None:
    found = enough({"calm": np.tile([9.0, 11.0], 20), "wild": WAITS[:40]}, 0.05)
    assert [one.enough for one in found.values()] == [True, False]
    assert not may_stop(found)
    assert may_stop({"calm": found["calm"]})


@given(st.integers(2, 29))
def test_never_before_the_least(n: int) -> None:
    assert not enough({"known": np.ones(n)}, 0.05)["known"].enough
    assert enough({"known": np.ones(n)}, 0.05, least=n)["known"].enough


@given(st.lists(EIGHTHS, min_size=2, max_size=60), PRECISION)
def test_what_is_needed_is_the_smallest_that_does(values: list[float], precision: float) -> None:
    """With the spread there is: it reaches the width, and one less does not, but for the least."""
    sample = np.array(values)
    needed = enough({"x": sample}, precision, least=10)["x"].needed
    spread, wanted = sample.std(ddof=1), precision * abs(sample.mean())
    if needed is None:
        assert wanted == 0
        return

    def reaches(n: int) -> bool:
        return bool(t.ppf(0.975, n - 1) * spread / sqrt(n) <= wanted * (1 + 1e-9))

    assert needed >= 10
    assert reaches(needed)
    assert needed == 10 or not t.ppf(0.975, needed - 2) * spread / sqrt(needed - 1) < wanted * (
        1 - 1e-9
    )


@given(st.lists(EIGHTHS, min_size=1, max_size=80), PRECISION, st.sampled_from([2, 10, 30]))
def test_it_stops_where_the_rule_first_holds(
    values: list[float], precision: float, least: int
) -> None:
    sample = np.array(values)
    asked = (enough({"x": sample[:n]}, precision, least)["x"] for n in range(1, len(sample) + 1))
    first = next((one.n for one in asked if one.enough), None)
    assert stopped_at(sample, precision, least) == first


def test_a_difference_stops_where_its_own_rule_first_holds() -> None:
    reform, base = WAITS[:1000] + 5, WAITS[1000:] + 5
    stop = stopped_at(reform, 0.1, base=base)
    assert stop is not None

    def said(n: int) -> bool:
        return enough({"x": reform[:n]}, 0.1, base={"x": base[:n]})["x"].enough

    assert said(stop)
    assert not any(said(n) for n in range(1, stop))


def test_stopping_keeps_its_digits_far_from_zero() -> None:
    far = 1e9 + np.tile([-1.0, 1.0], 50)
    assert stopped_at(far, 2.5e-10) == next(
        n for n in range(30, 101) if half_width(far[:n]) <= 2.5e-10 * far[:n].mean()
    )


def test_a_projection_comes_true() -> None:
    """Thirty say how many; stopping comes near that number: within what thirty know of a spread."""
    needed = enough({"wait": WAITS[:200]}, 0.1)["wait"].needed
    stop = stopped_at(WAITS, 0.1)
    assert needed is not None
    assert stop is not None
    assert 0.7 < stop / needed < 1.4


@pytest.mark.parametrize("values", [[-1.0, 1.0] * 20, [0.0, 0.0, 1e-100, -1e-100] * 10])
def test_a_mean_of_zero_is_never_known_to_a_share_of_itself(values: list[float]) -> None:
    found = enough({"x": np.array(values)}, 0.05)["x"]
    assert found.relative == inf
    assert not found.enough
    assert found.needed is None


def test_nothing_that_varies_is_known_at_once() -> None:
    found = enough({"none": np.zeros(30), "same": np.full(30, 4.0)}, 0.05)
    assert may_stop(found)
    assert {(one.relative, one.needed) for one in found.values()} == {(0.0, 30)}


def test_one_or_none_says_nothing() -> None:
    found = enough({"one": np.ones(1), "none": np.array([])}, 0.05)
    assert not may_stop(found)
    assert all(isnan(one.half_width) and one.needed is None for one in found.values())


def test_what_is_not_finite_never_stops() -> None:
    bad = np.array([1.0, np.nan] * 20)
    found = enough({"x": bad}, 0.05)["x"]
    assert not found.enough
    assert found.needed is None
    assert stopped_at(bad, 0.05) is None
