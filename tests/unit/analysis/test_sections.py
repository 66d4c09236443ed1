"""Quantiles over days: what the pooled one is, what its interval hangs on, what is refused."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.sections import quantile_of_counts, quantile_of_days
from sim.errors import InputError
from sim.metrics.waiting import quantile_of_minutes, wait_p95

RNG = np.random.default_rng(1)
DAYS = [RNG.exponential(10.0, n) for n in RNG.integers(50, 150, 100)]


def counts_of(days: list[np.ndarray]) -> np.ndarray:
    most = int(max(day.max() for day in days)) + 1
    return np.array([np.bincount(day.astype(int), minlength=most) for day in days])


def test_the_point_is_the_quantile_of_everybody_pooled() -> None:
    """A busy day weighs more than a quiet one."""
    assert quantile_of_days(DAYS, 0.95).point == pytest.approx(
        np.quantile(np.concatenate(DAYS), 0.95)
    )


def test_the_point_of_counts_is_the_metric_of_a_run() -> None:
    counts = counts_of(DAYS)
    served = counts.sum(axis=0)
    tables = {"waits": {"minutes": np.arange(len(served)), "served": served}}
    assert quantile_of_counts(counts, 0.95).point == wait_p95(tables)


def test_an_interval_by_hand() -> None:
    """Two sections, at 1 and at 3, about 2: spread sqrt(2), 12.706 of one degree of freedom."""
    days = [np.array([value]) for value in (1.0, 1.0, 3.0, 3.0)]
    found = quantile_of_days(days, 0.5, sections=2)
    assert found.point == 2.0
    assert found.high - found.point == pytest.approx(12.7062 * sqrt(2) / sqrt(2), rel=1e-5)
    assert found.point - found.low == pytest.approx(found.high - found.point)


def test_a_minute_is_spread_evenly() -> None:
    """Ten in the first minute and ten in the third: the median ends the first."""
    assert quantile_of_minutes(np.array([10, 0, 10]), 0.5) == 1.0
    assert quantile_of_minutes(np.array([10, 0, 10]), 0.75) == 2.5
    assert np.isnan(quantile_of_minutes(np.zeros(3), 0.5))


def test_counts_and_samples_tell_the_same_to_a_minute() -> None:
    by_minute, by_second = quantile_of_counts(counts_of(DAYS), 0.95), quantile_of_days(DAYS, 0.95)
    assert by_minute == pytest.approx(by_second, abs=0.5)


@given(st.integers(0, 2**32 - 1))
def test_order_within_a_day_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert quantile_of_days([rng.permutation(day) for day in DAYS], 0.95) == quantile_of_days(
        DAYS, 0.95
    )


def test_order_within_a_section_does_not_matter_and_between_sections_does() -> None:
    """Days that hang together stay together, so that a bad month shows as one."""
    back_to_back = [DAYS[10 * k + i] for k in range(10) for i in reversed(range(10))]
    assert quantile_of_days(back_to_back, 0.95) == quantile_of_days(DAYS, 0.95)
    drifting = [day + i for i, day in enumerate(DAYS)]
    dealt = [drifting[10 * i + k] for k in range(10) for i in range(10)]
    wide, narrow = quantile_of_days(drifting, 0.95), quantile_of_days(dealt, 0.95)
    assert wide.point == pytest.approx(narrow.point)
    assert wide.high - wide.low > 5 * (narrow.high - narrow.low)


def test_another_unit_moves_the_interval_along() -> None:
    found, seconds = quantile_of_days(DAYS, 0.9), quantile_of_days([60 * d for d in DAYS], 0.9)
    assert seconds == pytest.approx([60 * one for one in found])


@pytest.mark.parametrize("days", [20, 21, 29, 99])
def test_every_day_is_in_one_section(days: int) -> None:
    """Days as far from all others in turn: each moves the interval."""
    plain = quantile_of_days([np.full(3, 1.0)] * days, 0.5)
    assert plain.low == plain.high == 1.0
    for k in range(days):
        moved = [np.full(3, 1.0)] * days
        moved[k] = np.full(100, 9.0)
        assert quantile_of_days(moved, 0.5) != plain


@pytest.mark.parametrize(("days", "sections"), [(19, 10), (0, 10), (5, 3)])
def test_too_few_days_are_refused_in_a_sentence(days: int, sections: int) -> None:
    with pytest.raises(InputError, match=rf"at least {2 * sections} are needed"):
        quantile_of_days([np.ones(5)] * days, 0.95, sections)
    with pytest.raises(InputError, match=f"{days} days are too few for {sections} sections"):
        quantile_of_counts(np.ones((days, 4)), 0.95, sections)


def test_one_section_is_refused() -> None:
    with pytest.raises(InputError, match="shows no spread"):
        quantile_of_days(DAYS, 0.95, sections=1)


def test_a_section_without_anybody_is_named() -> None:
    counts = np.ones((20, 4))
    counts[2:4] = counts[18:] = 0
    with pytest.raises(InputError, match="section 2, 10 of 10"):
        quantile_of_counts(counts, 0.95)
    with pytest.raises(InputError, match="section 1 of 10"):
        quantile_of_days([np.array([])] * 2 + [np.ones(3)] * 18, 0.95)
