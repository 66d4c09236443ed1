"""The box in which a policy fails: against a public implementation, and where the box is known."""

import numpy as np
import pytest

from sim.analysis.prim import box_of, peeled

# coverage, density of each box of ema_workbench 2.5.3 (prim.Prim with peel_alpha 0.05, mass_min
# 0.05, the original objective) on the points below, up to the first box without any success
PUBLIC = (
    (1.000000, 0.302500), (0.991736, 0.315789), (0.991736, 0.332410), (0.991736, 0.350877),
    (0.983471, 0.367284), (0.983471, 0.387622), (0.975207, 0.405498), (0.975207, 0.427536),
    (0.958678, 0.442748), (0.958678, 0.467742), (0.950413, 0.489362), (0.950413, 0.515695),
    (0.950413, 0.545024), (0.933884, 0.565000), (0.925620, 0.589474), (0.917355, 0.616667),
    (0.917355, 0.649123), (0.917355, 0.685185), (0.909091, 0.718954), (0.909091, 0.758621),
    (0.909091, 0.802920), (0.909091, 0.846154), (0.900826, 0.886179), (0.900826, 0.939655),
    (0.892562, 0.981818), (0.859504, 1.000000),
)  # fmt: skip


def spread_evenly(n: int, base: int) -> np.ndarray:
    """Halton's sequence: the same points for every implementation."""
    found = []
    for i in range(1, n + 1):
        share, value, k = 1.0, 0.0, i
        while k:
            share /= base
            value += share * (k % base)
            k //= base
        found.append(value)
    return np.array(found)


def points(n: int = 400) -> dict[str, np.ndarray]:
    return {name: spread_evenly(n, base) for name, base in zip("abcd", (2, 3, 5, 7), strict=True)}


def test_every_peel_is_that_of_a_public_implementation() -> None:
    x = points()
    fails = ((x["a"] > 0.55) & (x["b"] < 0.6)) | ((x["c"] > 0.9) & (x["d"] > 0.5))
    ours = [(box.coverage, box.density) for box in peeled(x, fails)]
    # the two count a point on a quantile on different sides: at most one point in 400 each time
    for (coverage, density), (theirs_coverage, theirs_density) in zip(ours, PUBLIC, strict=False):
        assert coverage == pytest.approx(theirs_coverage, abs=0.002)
        assert density == pytest.approx(theirs_density, abs=0.012)
    assert len(PUBLIC) <= len(ours) <= len(PUBLIC) + 2


def test_a_known_box_is_found_and_nothing_else_is_limited() -> None:
    x = points(1000)
    box = box_of(x, (x["a"] > 0.6) & (x["b"] < 0.5))
    assert box is not None
    assert box.is_good
    assert set(box.limits) == {"a", "b"}
    assert box.limits["a"][0] == pytest.approx(0.6, abs=0.04)
    assert box.limits["b"][1] == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("everything", [True, False])
def test_where_all_or_nothing_fails_there_is_no_box(everything: bool) -> None:
    x = points(50)
    assert box_of(x, np.full(50, everything)) is None


def test_failures_at_random_have_no_good_box() -> None:
    x = points(300)
    fails = np.random.default_rng(3).random(300) < 0.3
    box = box_of(x, fails)
    assert box is not None
    assert not box.is_good


def test_choices_of_two_values_can_be_peeled() -> None:
    x = {"switch": np.tile([0.0, 1.0], 100), "other": spread_evenly(200, 3)}
    box = box_of(x, x["switch"] == 1.0)
    assert box is not None
    assert box.limits == {"switch": (1.0, 1.0)}
    assert (box.coverage, box.density) == (1.0, 1.0)
