"""Holm's adjustment by hand and by its properties; which effects are a family."""

from __future__ import annotations

from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.compare import Effect
from sim.analysis.family import holm, with_family

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_holm_by_hand() -> None:
    """4 x .01, 3 x .013, then 2 x .04 and .9; no later one is below an earlier one."""
    found = holm(np.array([0.04, 0.01, 0.9, 0.013]))
    np.testing.assert_allclose(found, [0.08, 0.04, 0.9, 0.04])


@given(P_VALUES)
def test_adjusted_are_no_smaller_in_the_same_order_and_at_most_bonferronis(
    p_values: list[float],
) -> None:
    raw = np.array(p_values)
    found = holm(raw)
    assert (found >= raw).all()
    assert (found <= np.minimum(1, len(raw) * raw)).all()
    assert (np.diff(found[np.argsort(raw, kind="stable")]) >= 0).all()


@given(P_VALUES)
def test_the_order_of_a_family_does_not_matter(p_values: list[float]) -> None:
    order = np.random.default_rng(len(p_values)).permutation(len(p_values))
    raw = np.array(p_values)
    np.testing.assert_array_equal(holm(raw)[order], holm(raw[order]))


@given(P_VALUES)
def test_rejecting_below_five_percent_is_stepping_down(p_values: list[float]) -> None:
    """Holm (1979) as he says it: from the smallest on, until one exceeds 5 % over those left."""
    left, rejected = sorted(p_values), 0
    while rejected < len(left) and left[rejected] * (len(left) - rejected) <= 0.05:
        rejected += 1
    assert (holm(np.array(p_values)) <= 0.05).sum() == rejected


def test_one_hypothesis_is_its_own_family_and_none_has_none() -> None:
    assert holm(np.array([0.03])) == pytest.approx([0.03])
    assert len(holm(np.array([]))) == 0


def test_what_was_not_tested_still_counts() -> None:
    """The family was declared with it."""
    found = holm(np.array([0.02, nan, 0.9]))
    assert found[0] == pytest.approx(0.06)
    assert isnan(found[1])


def test_a_family_keeps_its_five_percent_together() -> None:
    """Ten tests without effect: any false alarm in 5 % of families, and in 40 % without Holm."""
    raw = np.random.default_rng(1).random((20_000, 10))
    any_alarm = np.mean([(holm(row) < 0.05).any() for row in raw])
    assert any_alarm == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 20_000))
    assert (raw < 0.05).any(axis=1).mean() > 0.35


def effect(scenario: str, metric: str, p_value: float) -> Effect:
    return Effect(scenario, metric, 5.0, 1.0, 0.5, 1.5, 8, 2.0, p_value=p_value)


def test_the_family_is_of_all_scenarios_and_of_headline_metrics_alone() -> None:
    every = [
        effect("one", "wait_mean", 0.01), effect("one", "wait_any", 0.5),
        effect("two", "wait_mean", 0.03), effect("two", "wait_any", 0.001),
    ]  # fmt: skip
    found = with_family(every, ("wait_mean", "wait_p95"))
    adjusted = [one.adjusted_p_value for one in found]
    assert adjusted[0] == pytest.approx(0.02)
    assert adjusted[2] == pytest.approx(0.03)
    assert isnan(adjusted[1])
    assert isnan(adjusted[3])
    assert [replace(one, adjusted_p_value=0.0) for one in found] == [
        replace(one, adjusted_p_value=0.0) for one in every
    ]


def test_no_headline_is_no_family() -> None:
    assert with_family([], ()) == []
    assert isnan(with_family([effect("one", "wait_any", 0.5)], ())[0].adjusted_p_value)
