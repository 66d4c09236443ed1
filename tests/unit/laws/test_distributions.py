"""Distributions by name have the mean and the variation that their names say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from sim.laws.distributions import named, of_moments
from sim.laws.expressed import NotExpressedError

NAMES = {
    "D": 0.0, "Exp": 1.0, "Exp(2)": 1.0, "Erlang4": 0.25, "E2": 0.5, "U(0,2)": 1 / 3,
    "U(0,2/lam)": 1 / 3, "LogN_scv2": 2.0, "H2_scv4_balanced": 4.0, "Gamma_scv0.5": 0.5,
    "Weibull_shape2": 4 / np.pi - 1,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_its_moments(name: str) -> None:
    """Integrals of the quantile and of its powers over the uniforms."""
    found = named(name, 3.0)
    first, second, third = (
        quad(lambda u, k=k: float(found(np.array([u]))[0]) ** k, 0, 1, limit=500)[0]
        for k in (1, 2, 3)
    )
    assert found.scv == pytest.approx(NAMES[name], rel=1e-9, abs=1e-12)
    assert first == pytest.approx(3.0, rel=1e-5)
    assert second == pytest.approx(9.0 * (1 + NAMES[name]), rel=1e-3)
    assert third == pytest.approx(27.0 * found.third, rel=1e-2)


def test_two_moments_make_some_distribution() -> None:
    assert of_moments(2.0, 4.0).scv == 0.0
    assert of_moments(2.0, 8.0).scv == 1.0
    assert of_moments(1.0, 3.0).scv == pytest.approx(2.0)
    with pytest.raises(NotExpressedError, match="no distribution has the moments"):
        of_moments(2.0, 3.0)


def test_an_unknown_name_is_not_guessed() -> None:
    with pytest.raises(NotExpressedError, match="'Pareto'"):
        named("Pareto", 1.0)
