"""Intervals of means: Student's against tables, the bootstrap's against its rule and SciPy."""

from __future__ import annotations

from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap, skew

from sim.analysis.bootstrap import acceleration, bca, bca_at, resampled_means
from sim.analysis.interval import LEAST, half_width, mean_interval, skewness

EIGHTHS = st.integers(-800, 800).map(lambda n: n / 8)
SKEWED = np.random.default_rng(1).exponential(1.0, 40)


def test_student_of_three_is_that_of_the_tables() -> None:
    """1, 2, 3: spread 1, and 4.303 of two degrees of freedom at 95 %, 2.920 at 90 %."""
    values = np.array([1.0, 2.0, 3.0])
    assert half_width(values) == pytest.approx(4.3027 / sqrt(3), rel=1e-4)
    assert half_width(values, 0.90) == pytest.approx(2.9200 / sqrt(3), rel=1e-4)
    assert mean_interval(values).kind == "t"


@given(st.lists(EIGHTHS, min_size=2, max_size=40))
def test_skewness_is_that_of_moments_and_of_any_unit(values: list[float]) -> None:
    found = skewness(np.array(values))
    assert skewness(1e150 * np.array(values)) == pytest.approx(found, abs=1e-9)
    if np.ptp(values) > 0:
        assert found == pytest.approx(float(skew(values)), abs=1e-9)
    else:
        assert found == 0.0


def test_few_values_keep_student_however_skewed() -> None:
    rare = np.zeros(LEAST)
    rare[0] = 1.0
    assert mean_interval(rare[: LEAST - 1]).kind == "t"
    assert mean_interval(rare).kind == "BCa"
    assert mean_interval(np.arange(100.0)).kind == "t"


def test_one_value_has_no_interval() -> None:
    found = mean_interval(np.array([3.0]))
    assert isnan(found.low)
    assert isnan(found.high)


def test_a_skewed_interval_reaches_out_to_the_long_side() -> None:
    found = mean_interval(SKEWED)
    assert found.kind == "BCa"
    assert found.high - SKEWED.mean() > 1.1 * (SKEWED.mean() - found.low)


def test_the_bootstrap_is_that_of_scipy() -> None:
    """Same levels, other resamples: within the noise of two times 10,000 of them."""
    oracle = bootstrap((SKEWED,), np.mean, n_resamples=20_000, rng=np.random.default_rng(2))
    low, high = bca_at(SKEWED, 0.025, 0.975)
    width = oracle.confidence_interval.high - oracle.confidence_interval.low
    assert low == pytest.approx(oracle.confidence_interval.low, abs=0.02 * width)
    assert high == pytest.approx(oracle.confidence_interval.high, abs=0.03 * width)


def test_levels_are_widened_as_students_are() -> None:
    low, high = bca(SKEWED, 0.95)
    inner_low, inner_high = bca_at(SKEWED, 0.025, 0.975)
    assert low < inner_low < inner_high < high


def test_of_symmetric_values_it_is_the_interval_of_percentiles() -> None:
    """No bias, no acceleration: quantiles of resampled means at the levels themselves."""
    half = np.random.default_rng(3).exponential(1.0, 30)
    values = np.concatenate([half, -half])
    means = resampled_means(np.sort(values))
    assert acceleration(values) == pytest.approx(0, abs=1e-12)
    assert bca_at(values, 0.025, 0.975) == pytest.approx(np.quantile(means, [0.025, 0.975]))


def test_it_is_near_student_where_values_are_normal() -> None:
    values = np.random.default_rng(4).normal(5.0, 2.0, 200)
    low, high = bca(values, 0.95)
    margin = half_width(values)
    assert low == pytest.approx(values.mean() - margin, abs=0.1 * margin)
    assert high == pytest.approx(values.mean() + margin, abs=0.1 * margin)


def test_the_same_values_have_the_same_interval_in_any_order() -> None:
    shuffled = np.random.default_rng(5).permutation(SKEWED)
    assert mean_interval(shuffled) == mean_interval(SKEWED)


def test_values_of_the_other_sign_have_the_interval_of_the_other_sign() -> None:
    there, back = mean_interval(SKEWED), mean_interval(-SKEWED)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low), rel=1e-12)


@given(scale=st.sampled_from([0.5, 2.0, 1024.0]), shift=st.integers(-100, 100))
def test_another_unit_and_another_zero_move_the_interval_along(scale: float, shift: int) -> None:
    plain, moved = mean_interval(SKEWED), mean_interval(scale * SKEWED + shift)
    expected = (scale * plain.low + shift, scale * plain.high + shift)
    assert (moved.low, moved.high) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_resamples_come_by_address_and_not_by_turn() -> None:
    """Asking for another number of values in between changes nothing."""
    before = resampled_means(np.sort(SKEWED))
    for n in range(31, 37):
        resampled_means(np.arange(float(n)))
    np.testing.assert_array_equal(resampled_means(np.sort(SKEWED)), before)
