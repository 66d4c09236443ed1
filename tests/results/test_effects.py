"""Paired differences against an independent oracle, at their ends, and in words."""

from __future__ import annotations

import warnings
from dataclasses import replace
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from sim.analysis.compare import Effect, effects, in_words, paired_effect
from sim.metrics import METRICS

EIGHTHS = st.integers(-80_000, 80_000).map(lambda n: n / 8)  # their differences are exact
PAIRS = st.lists(st.tuples(EIGHTHS, EIGHTHS), min_size=2, max_size=12)


def effect_of(values: list[float], base: list[float]) -> Effect:
    return paired_effect("reform", "wait_mean", np.array(values), np.array(base))


@given(PAIRS)
def test_the_interval_is_that_of_a_paired_t_test(pairs: list[tuple[float, float]]) -> None:
    values, base = map(list, zip(*pairs, strict=True))
    gap = np.subtract(values, base)
    assume(np.ptp(gap) > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the oracle says so when differences are nearly equal
        oracle = ttest_rel(values, base).confidence_interval(0.95)
    found = effect_of(values, base)
    assert found.n == len(pairs)
    assert found.mean == pytest.approx(gap.mean(), rel=1e-9, abs=1e-9)
    assert found.low == pytest.approx(oracle.low, rel=1e-9, abs=1e-6)
    assert found.high == pytest.approx(oracle.high, rel=1e-9, abs=1e-6)
    assert found.base == pytest.approx(np.mean(base), rel=1e-9, abs=1e-9)


@given(PAIRS)
def test_an_effect_the_other_way_round_has_the_other_sign(
    pairs: list[tuple[float, float]],
) -> None:
    values, base = map(list, zip(*pairs, strict=True))
    there, back = effect_of(values, base), effect_of(base, values)
    assert (back.mean, back.low, back.high) == pytest.approx((-there.mean, -there.high, -there.low))
    assert there.gain == back.gain


@given(st.lists(EIGHTHS, min_size=2, max_size=12))
def test_a_scenario_against_itself_has_no_effect_at_all(values: list[float]) -> None:
    found = effect_of(values, values)
    assert (found.mean, found.low, found.high) == (0.0, 0.0, 0.0)
    assert found.gain == inf
    assert not found.is_clear
    assert found.words == "no difference that matters"


def test_a_constant_difference_is_known_without_doubt() -> None:
    found = effect_of([3.0, 5.0, 8.0], [1.0, 3.0, 6.0])
    assert (found.mean, found.low, found.high, found.gain) == (2.0, 2.0, 2.0, inf)
    assert found.is_clear


def test_one_replication_has_an_effect_but_no_interval() -> None:
    found = effect_of([7.0], [5.0])
    assert (found.mean, found.n) == (2.0, 1)
    assert isnan(found.low)
    assert isnan(found.high)
    assert isnan(found.gain)
    assert not found.is_clear
    assert found.words == "one replication: no interval"


def test_what_could_not_be_measured_in_a_replication_is_not_measured() -> None:
    found = effect_of([7.0, nan, 6.0], [5.0, 5.0, 5.0])
    assert isnan(found.mean)
    assert not found.is_clear
    assert found.words == "not measured"


def test_pairing_gains_what_the_replications_have_in_common() -> None:
    """Variances 7 and 4, of the differences 1, 0, 2 only 1."""
    assert effect_of([1.0, 2.0, 6.0], [0.0, 2.0, 4.0]).gain == pytest.approx(11.0)


def test_pairing_of_strangers_gains_nothing() -> None:
    """Uncorrelated columns: the differences vary as much as both together."""
    assert effect_of([1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0]).gain == pytest.approx(1.0)


MEASURED = {
    (scenario, replication): dict.fromkeys(METRICS, value)
    for scenario, replication, value in [
        ("base", 0, 1.0), ("base", 1, 2.0), ("base", 2, 4.0),
        ("reform", 0, 2.0), ("reform", 2, 7.0), ("other", 1, 9.0),
    ]
}  # fmt: skip


def test_only_pairs_that_are_there_are_compared() -> None:
    """A run that failed takes its partner out, and nobody else."""
    found = effects(MEASURED, "base", ["base", "reform", "other"])
    assert {(e.scenario, e.n, e.mean, e.base) for e in found} == {
        ("reform", 2, 2.0, 2.5),
        ("other", 1, 7.0, 2.0),
    }
    assert len(found) == 2 * len(METRICS)


def test_a_reform_that_adds_the_same_to_every_replication_is_known_without_doubt() -> None:
    """Each run is held against base with the same luck, in whatever order the runs come."""
    base = {replication: 3.0**replication for replication in range(6)}
    runs = [(name, r) for r in (4, 1, 5, 0, 3, 2) for name in ("reform", "base")]
    shifted = {
        (name, r): dict.fromkeys(METRICS, base[r] + 2 * (name == "reform")) for name, r in runs
    }
    for found in effects(shifted, "base", ["base", "reform"]):
        assert (found.low, found.mean, found.high) == (2.0, 2.0, 2.0)


def test_a_scenario_of_which_no_run_was_finished_is_not_measured() -> None:
    """Without a warning: its runs failed, and that has been said already."""
    found = effects(MEASURED, "base", ["base", "lost"])
    assert {(e.n, e.words) for e in found} == {(0, "not measured")}


def test_every_effect_has_the_words_of_its_metric() -> None:
    found = effects(MEASURED, "base", ["base", "reform"])
    assert [e.metric for e in found] == list(METRICS)
    assert all(e.words == in_words(METRICS[e.metric], e) for e in found)


# mean, low, high against a smallest difference of 1; words if lower, higher, neither is better
WORDS = [
    (-2.0, -3.0, -1.0, "better", "worse", "lower"),
    (2.0, 1.0, 3.0, "worse", "better", "higher"),
    (2.0, -1.0, 5.0, "not clear", "not clear", "not clear"),
    (0.3, -0.9, 0.99, *["no difference that matters"] * 3),
    (0.3, 0.1, 0.5, *["no difference that matters"] * 3),  # clear, but too small to matter
    (0.0, 0.0, 0.0, *["no difference that matters"] * 3),
    (0.6, 0.1, 1.1, "slightly worse", "slightly better", "slightly higher"),
    (-0.6, -1.1, -0.1, "slightly better", "slightly worse", "slightly lower"),
    (1.0, 1.0, 1.0, "worse", "better", "higher"),  # at least the smallest that matters
    (-1.0, -2.0, 0.0, *["not clear"] * 3),  # an interval that touches zero does not leave it out
    (nan, nan, nan, *["not measured"] * 3),
    (5.0, nan, nan, *["one replication: no interval"] * 3),
]


@pytest.mark.parametrize(("mean", "low", "high", "lower", "higher", "neither"), WORDS)
def test_words_say_direction_clearness_and_whether_it_matters(
    mean: float, low: float, high: float, lower: str, higher: str, neither: str
) -> None:
    effect = Effect("reform", "wait_mean", 10.0, mean, low, high, 8, 1.0)
    said = [
        in_words(replace(METRICS["wait_mean"], better=better, matters=1.0), effect)
        for better in ("lower", "higher", "neither")
    ]
    assert said == [lower, higher, neither]
