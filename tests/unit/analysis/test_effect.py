"""Tests of no effect and of equivalence: by hand, against SciPy, and at their ends."""

from __future__ import annotations

import warnings
from dataclasses import replace
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_1samp, ttest_rel

from sim.analysis.compare import Effect, in_words, no_difference, paired_effect
from sim.metrics import METRICS

EIGHTHS = st.integers(-800, 800).map(lambda n: n / 8)
PAIRS = st.lists(st.tuples(EIGHTHS, EIGHTHS), min_size=2, max_size=12)
GAPS = st.lists(EIGHTHS, min_size=2, max_size=12)
WAIT = METRICS["wait_mean"]


def effect_of(values: list[float], base: list[float]) -> Effect:
    return paired_effect("reform", "wait_mean", np.array(values), np.array(base))


def of_gaps(gaps: list[float]) -> Effect:
    return effect_of(gaps, [0.0] * len(gaps))


@given(PAIRS)
def test_the_p_value_is_that_of_a_paired_t_test(pairs: list[tuple[float, float]]) -> None:
    values, base = map(list, zip(*pairs, strict=True))
    assume(np.ptp(np.subtract(values, base)) > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = ttest_rel(values, base).pvalue
    assert effect_of(values, base).p_value == pytest.approx(oracle, rel=1e-9, abs=1e-12)


@given(PAIRS)
def test_the_p_value_and_the_interval_agree(pairs: list[tuple[float, float]]) -> None:
    values, base = map(list, zip(*pairs, strict=True))
    found = effect_of(values, base)
    assume(abs(found.p_value - 0.05) > 1e-9)
    assert found.is_clear == (found.p_value < 0.05)


@given(GAPS)
def test_the_sign_test_is_that_of_a_fair_coin(gaps: list[float]) -> None:
    up, down = sum(gap > 0 for gap in gaps), sum(gap < 0 for gap in gaps)
    oracle = binomtest(up, up + down).pvalue if up + down else 1.0
    assert of_gaps(gaps).sign_p_value == pytest.approx(oracle)


def test_eight_differences_of_one_sign_by_hand() -> None:
    """Two of 2**8 outcomes; with one the other way 2 * (1 + 8) of them; zeros do not count."""
    ones = [1.0 + i / 8 for i in range(8)]
    assert of_gaps(ones).sign_p_value == pytest.approx(2 / 256)
    assert of_gaps([-0.5, *ones[1:]]).sign_p_value == pytest.approx(18 / 256)
    assert of_gaps([*ones, 0.0, 0.0]).sign_p_value == pytest.approx(2 / 256)


@given(GAPS, st.sampled_from([0.5, 2.0, 10.0, 50.0]))
def test_equivalence_is_two_one_sided_tests(gaps: list[float], matters: float) -> None:
    assume(np.ptp(gaps) > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        above = ttest_1samp(gaps, -matters, alternative="greater").pvalue
        below = ttest_1samp(gaps, matters, alternative="less").pvalue
    worst = max(above, below)
    assume(abs(worst - 0.05) > 1e-9)
    assert no_difference(replace(WAIT, matters=matters), of_gaps(gaps)) == (worst < 0.05)


@given(GAPS, st.sampled_from([0.5, 2.0, 10.0, 50.0]))
def test_words_of_no_difference_are_never_said_without_both_tests(
    gaps: list[float], matters: float
) -> None:
    metric, effect = replace(WAIT, matters=matters), of_gaps(gaps)
    if in_words(metric, effect) == "no difference that matters":
        assert no_difference(metric, effect)


def test_no_sign_of_a_difference_shows_no_equivalence() -> None:
    """Far from clear, and yet what matters is not ruled out."""
    found = of_gaps([-3.0, 2.0, 4.0, -2.5])
    assert found.p_value > 0.5
    assert not found.shows_no_difference
    assert found.words == "not clear"


def test_the_narrower_interval_lies_within_the_wider() -> None:
    for values in (np.arange(8.0), np.random.default_rng(1).exponential(1.0, 50)):
        found = paired_effect("reform", "wait_mean", values, np.zeros(len(values)))
        assert found.low < found.low_90 < found.mean < found.high_90 < found.high


@pytest.mark.parametrize(("gap", "p_value"), [(0.0, 1.0), (2.0, 0.0), (-2.0, 0.0)])
def test_differences_all_alike_leave_no_doubt(gap: float, p_value: float) -> None:
    found = of_gaps([gap] * 4)
    assert (found.p_value, found.low, found.high) == (p_value, gap, gap)
    assert found.interval == "t"
    assert found.sign_p_value == (0.125 if gap else 1.0)


def test_one_pair_tests_nothing() -> None:
    found = of_gaps([2.0])
    assert isnan(found.p_value)
    assert found.sign_p_value == 1.0
    assert not found.shows_no_difference


@pytest.mark.parametrize("bad", [nan, inf, -inf])
@pytest.mark.parametrize("where", ["values", "base", "both"])
def test_what_is_not_finite_is_not_measured(bad: float, where: str) -> None:
    """Without a warning, and with no figure that one could take for a result."""
    values = [bad if where != "base" else 1.0, *range(39)]
    base = [bad if where != "values" else 2.0, *range(1, 40)]
    found = effect_of(list(map(float, values)), list(map(float, base)))
    figures = (found.mean, found.low, found.high, found.gain, found.p_value, found.sign_p_value)
    assert all(isnan(one) for one in (*figures, found.low_90, found.high_90))
    assert found.n == 40
    assert found.words == "not measured"
    assert not found.shows_no_difference


def test_infinities_of_both_signs_are_not_measured() -> None:
    assert isnan(effect_of([1.0, 2.0], [inf, -inf]).mean)


def test_no_pair_at_all_is_not_measured() -> None:
    found = effect_of([], [])
    assert found.n == 0
    assert isnan(found.sign_p_value)


def test_skewed_differences_have_the_interval_of_the_bootstrap() -> None:
    gap = np.random.default_rng(2).exponential(1.0, 40)
    many = paired_effect("reform", "wait_mean", gap, np.zeros(40))
    few = paired_effect("reform", "wait_mean", gap[:8], np.zeros(8))
    assert (many.interval, few.interval) == ("BCa", "t")
    assert many.high - many.mean > many.mean - many.low
    assert many.p_value == pytest.approx(ttest_1samp(gap, 0).pvalue)
