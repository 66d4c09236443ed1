"""Intervals of 95 % hold the truth in 95 % of experiments, and wrong ones are seen to be wrong."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from experiments.coverage.intervals import BAND, METHODS, Method, band
from experiments.coverage.lines import BASE, mean_wait, wait_exceeded

FEW, ALARM = 2_000, 1e-4
RIGHT = [one for one in METHODS if one.must == "hold"]
WRONG = [one for one in METHODS if one.must == "fail"]


def named(method: Method) -> str:
    return method.name


def test_the_truth_is_that_of_the_books() -> None:
    """Load 0.64 and services of 8 minutes; of those who wait, waits are exponential."""
    assert mean_wait(BASE) == pytest.approx(0.64 * 8 / 0.36)
    share = 0.64 * 2.718281828 ** (-(0.125 - 0.08) * wait_exceeded(0.05, BASE))
    assert share == pytest.approx(0.05)


@pytest.mark.parametrize("n", [100, FEW, 10_000])
def test_a_band_holds_all_but_its_alarm(n: int) -> None:
    low, high = band(n, ALARM)
    assert binom.cdf(round(low * n) - 1, n, 0.95) + binom.sf(round(high * n), n, 0.95) <= ALARM
    assert low < 0.95 < high


def test_the_band_of_the_long_run_tells_93_from_95() -> None:
    low, high = (round(10_000 * end) for end in BAND)
    alarm = binom.cdf(low - 1, 10_000, 0.95) + binom.sf(high, 10_000, 0.95)
    assert alarm < 0.0015
    assert binom.sf(low - 1, 10_000, 0.93) < 1e-4


@pytest.mark.parametrize("method", RIGHT, ids=named)
def test_methods_hold_the_truth_as_often_as_they_say(method: Method) -> None:
    low, high = band(FEW, ALARM)
    assert low <= method.coverage(FEW, seed=1) <= high


@pytest.mark.parametrize("method", WRONG, ids=named)
def test_wrong_methods_are_found_out(method: Method) -> None:
    low, _ = band(500, ALARM)
    assert method.coverage(500, seed=1) < low


@pytest.mark.slow
@pytest.mark.parametrize("method", RIGHT, ids=named)
def test_methods_hold_the_truth_in_ten_thousand_experiments(method: Method) -> None:
    assert BAND[0] <= method.coverage(10_000, seed=1) <= BAND[1]


@pytest.mark.slow
@pytest.mark.parametrize("method", WRONG, ids=named)
def test_wrong_methods_are_found_out_in_ten_thousand(method: Method) -> None:
    assert not BAND[0] <= method.coverage(10_000, seed=1) <= BAND[1]
