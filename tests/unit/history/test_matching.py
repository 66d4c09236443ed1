"""Fitting a history whose true numbers are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.history.calibration import calibrated, recovered, rejects, tail
from sim.history.matching import (
    candidates,
    chains,
    contraction,
    crps,
    from_line,
    matched,
    persistence,
    to_line,
    trend,
)
from tests.unit.history.made_up import NAMES, TRUE, ensemble, parameters, targets

RUNS = ensemble()


@pytest.fixture(scope="module")
def fit() -> tuple[Any, Any]:
    return calibrated("known", RUNS, parameters(), targets())


def test_the_true_numbers_are_found(fit: tuple[Any, Any]) -> None:
    said, found = fit
    assert 0 < said.left < 1
    mean, sd = found.posterior.mean(axis=0), found.posterior.std(axis=0)
    assert (np.abs(mean - TRUE)[:3] < 2 * sd[:3]).all()


def test_a_number_that_moves_nothing_is_not_informed(fit: tuple[Any, Any]) -> None:
    said, found = fit
    shrunk = dict(zip(NAMES, contraction(found), strict=True))
    assert shrunk["level"] > 0.8
    assert abs(shrunk["idle"]) < 0.1
    informed = {one["name"]: one["informed"] for one in said.numbers}
    assert informed == {
        "level": True,
        "growth": informed["growth"],
        "in_person": True,
        "idle": False,
    }


def test_what_was_held_out_is_predicted(fit: tuple[Any, Any]) -> None:
    said, _ = fit
    for one in said.figures:
        low, _, high = one["posterior"]
        assert low < one["published"] < high, one["name"]


def test_a_trend_that_goes_on_beats_persistence(fit: tuple[Any, Any]) -> None:
    """Totals grow on: who says that the last year stays is beaten. Shares stand still."""
    said, _ = fit
    assert said.skill["total"]["skill_persistence"] > 0.5
    assert said.skill["in_person"]["persistence"] == pytest.approx(0.0, abs=1e-12)


def test_data_of_another_world_leave_nothing() -> None:
    """Ten times the volume is beyond all ranges: the model is refuted, and says nothing more."""
    far = [
        replace(one, value=one.value * 10) if one.output == "total" else one for one in targets()
    ]
    said, found = calibrated("known", RUNS, parameters(), far)
    assert said.is_refuted
    assert not len(found.posterior)
    assert said.numbers == []
    assert said.skill == {}
    assert all(one["posterior"] is None for one in said.figures)


def test_held_out_years_move_no_weight() -> None:
    """Whatever is published of 2023 and 2024, the fit is the same to the last bit."""
    surfaces = {one.name: RUNS.surface(one.name) for one in targets()}
    at = candidates(len(NAMES))
    changed = [
        replace(one, value=one.value * 1.5) if one.role == "held out" else one for one in targets()
    ]
    first, second = (matched(surfaces, some, at) for some in (targets(), changed))
    np.testing.assert_array_equal(first.posterior, second.posterior)


def test_a_larger_discrepancy_leaves_more() -> None:
    surfaces = {one.name: RUNS.surface(one.name) for one in targets()}
    at = candidates(len(NAMES))
    left = [
        matched(surfaces, [replace(one, discrepancy=d) for one in targets()], at).left
        for d in (0.01, 0.03, 0.1)
    ]
    assert left == sorted(left)
    assert left[0] < left[-1]


def test_intervals_hold_the_truth_as_often_as_they_promise() -> None:
    """Nine tenths of 24 synthetic histories times three numbers, within four standard errors."""
    found = recovered(RUNS, parameters(), targets(), 24)
    assert found["refuted"] <= 3
    assert abs(found["overall"] - 0.9) < 4 * np.sqrt(0.9 * 0.1 / (24 * 3))


def test_years_in_the_wrong_order_are_ruled_out() -> None:
    steep = TRUE.copy()
    steep[1] = 0.9
    assert rejects(RUNS, [replace(one, discrepancy=0.01) for one in targets(steep)])


def test_chains_draw_from_a_density_that_is_known() -> None:
    """A normal law with means 0.1 and -0.2, deviations 0.1 and 0.3, correlation 0.8, in a box."""
    cov = np.array([[0.01, 0.024], [0.024, 0.09]])
    inverse, mean = np.linalg.inv(cov), np.array([0.1, -0.2])

    def density(at: np.ndarray) -> np.ndarray:
        gap = at - mean
        inside = (np.abs(at) <= 2).all(axis=1)
        return np.where(inside, -0.5 * (gap @ inverse * gap).sum(axis=1), -np.inf)

    rng = np.random.default_rng(8)
    drawn = chains(density, mean + 0.05 * rng.standard_normal((200, 2)), rng)
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.03)
    np.testing.assert_allclose(np.cov(drawn.T), cov, atol=0.012)


def test_lines_lead_there_and_back() -> None:
    values = {"total": [1.0, 1e6], "in_person": [0.01, 0.5, 0.99], "rise": [-0.1, 0.2]}
    for name, some in values.items():
        at = np.array(some)
        np.testing.assert_allclose(from_line(name, to_line(name, at)), at, rtol=1e-9)


def test_scores_of_forecasts() -> None:
    """A point scores its miss; a spread about the truth scores less than one beside it."""
    assert crps(np.full(10, 3.0), 5.0) == pytest.approx(2.0)
    spread = np.linspace(-1, 1, 201)
    assert crps(spread, 0.0) < crps(spread + 1, 0.0) < crps(spread + 3, 0.0)
    exact = 1 / np.sqrt(np.pi) * (np.sqrt(2) - 1)  # of a standard normal forecast at its middle
    draws = np.random.default_rng(1).standard_normal(200_000)
    assert crps(draws, 0.0) == pytest.approx(exact, abs=0.005)


def test_who_knows_no_model() -> None:
    known = {2019: 1.0, 2020: 2.0, 2021: 3.0, 2022: 4.0}
    assert persistence(known, 2024) == 4.0
    assert trend(known, 2024) == pytest.approx(6.0)


def test_how_far_out_a_figure_lies() -> None:
    draws = np.arange(1000.0)
    assert tail(draws, 2_000.0) == 0.0
    assert tail(draws, 499.5) == 1.0
    assert tail(draws, 24.5) == pytest.approx(0.05)
