"""Seconds of the day drawn from a profile of hours: the inverse of its distribution."""

from __future__ import annotations

import numpy as np
import pytest

from sim.population.day_kernels import second_of_day
from sim.population.intake_kernels import case_id, whole_seconds

N = 20_000
WEIGHTS = {
    "flat": np.ones(24),
    "office": np.array([0.0] * 9 + [1, 1.2, 1.5, 1, 0.6, 1, 1, 0.7, 0.3] + [0.0] * 6),
    "one hour": np.array([0.0] * 13 + [2.0] + [0.0] * 10),
    "night": np.array([1.0] + [0.0] * 22 + [3.0]),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_as_many_come_in_each_quarter_of_an_hour_as_its_weight_says(name: str) -> None:
    """Uniforms on a fine grid: within an hour everybody is as likely at any second."""
    weight = WEIGHTS[name] / WEIGHTS[name].sum()
    cumulative = np.cumsum(weight)
    cumulative[np.flatnonzero(weight)[-1] :] = 1.0
    seconds = [second_of_day((i + 0.5) / N, cumulative) for i in range(N)]
    found = np.bincount(np.array(seconds) // 900, minlength=96) / N
    np.testing.assert_allclose(found, np.repeat(weight / 4, 4), atol=3 / N)
    assert (np.diff(seconds) >= 0).all()


@pytest.mark.parametrize(("x", "seconds"), [(0.0, 1), (0.4, 1), (1.49, 1), (1.5, 2), (899.6, 900)])
def test_seconds_are_whole_and_never_nothing(x: float, seconds: int) -> None:
    assert whole_seconds(x) == seconds


def test_a_case_is_named_by_citizen_need_kind_and_number() -> None:
    """Different parts never make the same name."""
    parts = [(w, r, k, n) for w in (0, 1, 77) for r in (0, 1, 9) for k in (0, 3, 6) for n in (0, 2)]
    assert len({int(case_id(*map(np.int64, part))) for part in parts}) == len(parts)
