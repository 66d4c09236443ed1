"""The response surface: exact where it can be, honest about its error where it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from sim.history.surface import Surface, scaled

RNG = np.random.default_rng(2)
AT = RNG.uniform(-1, 1, (80, 3))


def test_a_quadratic_is_found_exactly() -> None:
    seen = 3 + 2 * AT[:, 0] - AT[:, 1] ** 2 + 0.5 * AT[:, 0] * AT[:, 2]
    found = Surface.of(AT, seen)
    new = RNG.uniform(-1, 1, (20, 3))
    exact = 3 + 2 * new[:, 0] - new[:, 1] ** 2 + 0.5 * new[:, 0] * new[:, 2]
    np.testing.assert_allclose(found(new), exact, atol=0.01)
    assert found.q2 > 0.999


def test_noise_is_not_explained() -> None:
    """Of pure noise nothing is predicted: unseen runs are missed by the noise itself, or more."""
    noise = RNG.standard_normal(80)
    found = Surface.of(AT, noise)
    assert found.q2 < 0.1
    assert found.error > 0.9 * noise.std()


def test_its_error_is_that_on_runs_it_has_not_seen() -> None:
    """Half signal, half noise: what it says of its error holds on fresh runs, within a fifth."""

    def make(at: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return at[:, 0] + 0.3 * rng.standard_normal(len(at))

    found = Surface.of(AT, make(AT, RNG))
    fresh = RNG.uniform(-1, 1, (4_000, 3))
    missed = np.sqrt(((found(fresh) - make(fresh, RNG)) ** 2).mean())
    assert found.error == pytest.approx(missed, rel=0.2)


def test_a_constant_output_has_no_error() -> None:
    found = Surface.of(AT, np.full(80, 5.0))
    assert found(AT) == pytest.approx(5.0)
    assert found.error == pytest.approx(0.0, abs=1e-9)


def test_bounds_become_minus_one_and_one() -> None:
    at = np.array([[10.0, 0.0], [20.0, 4.0]])
    np.testing.assert_allclose(
        scaled(at, np.array([10.0, 0.0]), np.array([20.0, 4.0])), [[-1, -1], [1, 1]]
    )
