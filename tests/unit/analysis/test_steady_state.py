"""Where a beginning is cut off: a planted one, none, one too long, and that of an empty line."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from sim.analysis.steady_state import mser5, steady_state
from sim.errors import InputError

ARRIVALS, SERVICES, EVERY, PERIODS = 0.8, 1.0, 5.0, 400  # a line seen every five units of time


def around(level: np.ndarray, seed: int) -> np.ndarray:
    """Ten replications with noise of neighbours alike about a level, (10, n_periods)."""
    noise = np.random.default_rng(seed).normal(size=(10, len(level)))
    for period in range(1, len(level)):
        noise[:, period] += 0.5 * noise[:, period - 1]
    return level + noise


def line_from_empty(seed: int, replications: int = 400) -> np.ndarray:
    """Numbers in an M/M/1 that begins empty, at the end of each period."""
    rng = np.random.default_rng(seed)
    now, seen = np.zeros(replications, int), np.empty((replications, PERIODS))
    for period in range(PERIODS):
        events = rng.poisson((ARRIVALS + SERVICES) * EVERY, replications)
        for step in range(events.max()):
            comes = rng.random(replications) < ARRIVALS / (ARRIVALS + SERVICES)
            now = np.where(step < events, np.maximum(now + np.where(comes, 1, -1), 0), now)
        seen[:, period] = now
    return seen


def expected(times: np.ndarray, every: float = EVERY) -> np.ndarray:
    """Exact mean number in it at so many periods from empty, of at most 200."""
    rates = np.diag(np.full(200, ARRIVALS), 1) + np.diag(np.full(200, SERVICES), -1)
    step = expm((rates - np.diag(rates.sum(axis=1))) * every)
    at, means = np.eye(201)[0], []
    for _ in range(int(times.max())):
        at = at @ step
        means.append(at @ np.arange(201))
    return np.array(means)[times - 1]


def test_the_oracle_is_the_known_one() -> None:
    """Ten units after empty 2.030282 are present; in the end rho / (1 - rho) = 4."""
    assert expected(np.array([1]), every=10.0)[0] == pytest.approx(2.030282, abs=1e-6)
    assert expected(np.array([PERIODS]))[0] == pytest.approx(4.0, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_line_from_empty_loses_its_beginning(seed: int) -> None:
    """What is left has less than a third of the bias, and an interval that holds the truth."""
    exact = expected(np.arange(1, PERIODS + 1))
    found = steady_state(line_from_empty(seed), load=ARRIVALS / SERVICES)
    assert 0 < found.cut <= PERIODS / 2
    assert abs(exact[found.cut :].mean() - 4) < abs(exact.mean() - 4) / 3
    assert found.low < 4 < found.high


def test_a_planted_beginning_is_cut_where_it_ends() -> None:
    level = np.where(np.arange(500) < 100, 20.0, 5.0)
    cuts = [mser5(around(level, seed)) for seed in range(20)]
    assert min(cuts) >= 100
    assert np.median(cuts) <= 115


def test_a_slope_is_cut_where_it_has_nearly_gone() -> None:
    level = 5 + 20 * np.exp(-np.arange(1000) / 50)
    for seed in range(20):
        assert 100 <= mser5(around(level, seed)) <= 350


def test_where_nothing_begins_next_to_nothing_is_cut() -> None:
    cuts = [mser5(around(np.full(1000, 5.0), seed)) for seed in range(40)]
    assert np.median(cuts) <= 10
    assert mser5(np.full((10, 200), 3.0)) == 0


def test_batches_by_hand() -> None:
    """Four batches of ones to be lost, then all at zero: what is left has no spread at all."""
    series = np.concatenate([np.ones(20), np.zeros(80)])[None, :]
    assert mser5(series) == 20
    assert mser5(np.concatenate([series, series + 7])) == 20  # only the mean of replications counts
    assert mser5(np.concatenate([series, np.ones((1, 100))], axis=0)) == 20


def test_periods_beyond_the_last_full_batch_are_not_looked_at() -> None:
    series = np.concatenate([np.ones(20), np.zeros(80)])
    assert mser5(np.append(series, [1e6] * 4)[None, :]) == 20


@pytest.mark.parametrize("share", [0.6, 0.8, 2.0])
def test_a_beginning_beyond_half_of_the_run_is_refused(share: float) -> None:
    level = 20 * np.maximum(0, 1 - np.arange(500) / (500 * share))
    with pytest.raises(InputError, match="too short"):
        mser5(around(level, 1))


def test_a_short_run_is_refused() -> None:
    with pytest.raises(InputError, match="too short: 99 periods; at least 100"):
        mser5(np.ones((10, 99)))


@pytest.mark.parametrize("load", [1.0, 1.2, np.inf, np.nan])
def test_where_the_line_grows_for_ever_there_is_no_steady_state(load: float) -> None:
    with pytest.raises(InputError, match="has no steady state"):
        steady_state(np.ones((10, 200)), load)


def test_a_beginning_does_not_show_in_few_replications() -> None:
    with pytest.raises(InputError, match="there are 9"):
        steady_state(np.ones((9, 200)), 0.5)


def test_the_mean_is_of_what_is_left_with_an_interval_over_replications() -> None:
    level = np.where(np.arange(500) < 100, 20.0, 5.0)
    series = around(level, 3)
    found = steady_state(series, 0.5)
    each = series[:, found.cut :].mean(axis=1)
    assert found.mean == pytest.approx(each.mean())
    assert (found.low + found.high) / 2 == pytest.approx(found.mean)
    assert found.kind == "t"
    assert found.low < 5 < found.high
