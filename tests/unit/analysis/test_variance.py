"""Shares of variance of drawn factors, where they are known exactly."""

import numpy as np
import pytest

from sim.analysis.variance import shares_of_variance


def uniform(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(n)


def test_shares_of_a_sum_are_those_of_its_parts() -> None:
    a, b, c = (uniform(4000, seed) for seed in (1, 2, 3))
    found = {one.factor: one for one in shares_of_variance({"a": a, "b": b, "c": c}, 2 * a + b)}
    assert found["a"].share == pytest.approx(0.8, abs=0.02)  # variances are as 4 to 1
    assert found["b"].share == pytest.approx(0.2, abs=0.02)
    assert found["c"].share < 0.005
    assert found["a"].is_clear
    assert found["b"].is_clear
    assert not found["c"].is_clear


def test_a_parabola_is_seen_whole() -> None:
    x = uniform(2000, 4)
    assert shares_of_variance({"x": x}, (x - 0.5) ** 2)[0].share == pytest.approx(1.0, abs=0.001)


def test_levels_of_a_choice_are_compared_by_their_means() -> None:
    rng = np.random.default_rng(5)
    word = rng.choice(["x", "y", "z"], 3000)
    outcome = (word == "y") * 3.0 + rng.normal(size=3000)
    found = shares_of_variance({"word": word.tolist()}, outcome)[0]
    between = 9 * (1 / 3) * (2 / 3)
    assert found.share == pytest.approx(between / (between + 1), abs=0.03)


def test_what_is_drawn_and_does_nothing_is_seldom_named() -> None:
    named = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        factors = {f"f{i}": rng.random(24) for i in range(50)}
        named += any(one.is_clear for one in shares_of_variance(factors, rng.normal(size=24)))
    assert named <= 22  # 5 percent of 200 are 10; 22 or more happen once in 2,600 times


def test_an_outcome_that_never_varies_is_carried_by_nobody() -> None:
    found = shares_of_variance({"x": uniform(50, 6)}, np.ones(50))
    assert (found[0].share, found[0].is_clear) == (0.0, False)


def test_too_few_draws_carry_nothing() -> None:
    x = uniform(6, 7)
    assert shares_of_variance({"x": x}, x)[0].share == 0.0
