"""Figures from replications: leaving out, and taking away what luck explains."""

from __future__ import annotations

import numpy as np
import pytest

from sim.laws.measure import Measure
from sim.laws.trial import figure_of, worth_of

MEAN = Measure(lambda w: np.zeros(2), lambda s: s[:, 0] / s[:, 1])


def _sums(values: np.ndarray) -> np.ndarray:
    return np.column_stack([values, np.ones(len(values))])


def test_a_mean_has_the_error_of_a_mean() -> None:
    """Leaving out one in turn gives the textbook standard error of equal replications."""
    x = np.random.default_rng(1).normal(size=50)
    found = figure_of(_sums(x), MEAN)
    assert found.value == pytest.approx(x.mean())
    assert found.se == pytest.approx(x.std(ddof=1) / np.sqrt(50))
    assert found.freedom == 49


def test_a_pilot_says_what_controls_are_worth() -> None:
    """A figure that is nothing but its control has no error left, and its exact value."""
    control = np.random.default_rng(2).normal(size=(170, 1))
    sums = _sums(5 + 2 * control[:, 0])
    worth = worth_of(control[:120], sums[:120], MEAN)
    np.testing.assert_allclose(worth, [[2.0, 0.0]], atol=1e-12)
    found = figure_of(sums[120:] - control[120:] @ worth, MEAN)
    assert found.value == pytest.approx(5.0)
    assert found.se == pytest.approx(0.0, abs=1e-12)


def test_controls_that_explain_nothing_take_nothing_away() -> None:
    """One that is far from normal would otherwise do harm wherever the pilot missed its tail."""
    rng = np.random.default_rng(4)
    tail = rng.standard_cauchy((120, 3))
    assert not worth_of(tail, _sums(rng.normal(size=120)), MEAN).any()


def test_intervals_without_the_luck_cover() -> None:
    """Of 2,000 experiments with a half-explained figure, 95 in 100 intervals hold the truth."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(2_000):
        control = rng.normal(size=(170, 2))
        sums = _sums(1 + control @ [1.0, -0.5] + rng.normal(size=170))
        worth = worth_of(control[:120], sums[:120], MEAN)
        found = figure_of(sums[120:] - control[120:] @ worth, MEAN)
        held += abs(found.value - 1) <= 2.01 * found.se
    assert 1_861 <= held <= 1_939  # 95 %, four standard errors of 2,000 experiments either side


def test_a_figure_that_is_not_there_is_not_a_number() -> None:
    found = figure_of(np.zeros((50, 2)), MEAN)
    assert np.isnan(found.value)
    assert not worth_of(np.ones((50, 1)), np.zeros((50, 2)), MEAN).any()
