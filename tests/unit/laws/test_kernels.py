"""Single passes over the log of a window say what a plain look at it says."""

from __future__ import annotations

import numpy as np
import pytest

from sim.laws import kernels
from sim.laws.seen import Expected
from sim.service.cases import FOREVER, NEVER, Cases, Log, Outcome

BEGUN, UNTIL = 100, 300
Columns = dict[str, np.ndarray]


def random_log(seed: int, n: int = 400) -> Columns:
    """Visits of all kinds: not yet come, in line, served, tired, refused."""
    rng = np.random.default_rng(seed)
    joined = np.sort(rng.integers(0, UNTIL, n))
    called = joined + rng.integers(0, 40, n)
    left = called + rng.integers(1, 60, n)
    outcome = rng.choice([Outcome.SERVED, Outcome.RENEGED, Outcome.BALKED], n, p=[0.7, 0.2, 0.1])
    served, balked = outcome == Outcome.SERVED, outcome == Outcome.BALKED
    ended = np.where(balked, joined, np.where(served, left, called + 1))
    started = np.where(served & (called < UNTIL), called, NEVER)
    log = {
        "joined": np.where(balked, NEVER, joined),
        "started": started,
        "outcome": np.where(ended < UNTIL, outcome, Outcome.OPEN).astype(np.int8),
        "ended": np.where(ended < UNTIL, ended, NEVER),
        "work": rng.integers(1, 60, n),
        "mine": rng.random(n) < 0.8,
        "asks": joined[joined >= BEGUN],
    }
    return {name: np.ascontiguousarray(column) for name, column in log.items()}


def walked(log: Columns) -> tuple[np.ndarray, np.ndarray]:
    was = log["joined"] != NEVER
    came, left = np.flatnonzero(was), np.flatnonzero(was & (log["ended"] != NEVER))
    return kernels.walk(  # type: ignore[no-any-return]
        came, np.sort(log["started"][log["started"] != NEVER]),
        left[np.argsort(log["ended"][left], kind="stable")], log["asks"],
        log["joined"], log["started"], log["ended"], log["work"], BEGUN, UNTIL,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_a_walk_counts_second_by_second(seed: int) -> None:
    """The time with so many present is that of the seconds at which so many are."""
    log = random_log(seed)
    joined, ended = log["joined"], log["ended"]
    numbers = [
        int(((joined != NEVER) & (joined <= at) & ((ended == NEVER) | (ended > at))).sum())
        for at in range(BEGUN, UNTIL)
    ]
    time_at, _ = walked(log)
    assert time_at.sum() == UNTIL - BEGUN
    expected = np.bincount(numbers, minlength=len(time_at))
    np.testing.assert_array_equal(time_at, expected)


@pytest.mark.parametrize("seed", range(20))
def test_a_newcomer_finds_the_work_that_is_not_done(seed: int) -> None:
    """Work of everybody present, less the seconds for which services have gone on."""
    log = random_log(seed)
    joined, started, ended = log["joined"], log["started"], log["ended"]
    _, found = walked(log)
    for at, seen in zip([*log["asks"], UNTIL], found, strict=True):
        here = (joined != NEVER) & (joined < at) & ((ended == NEVER) | (ended > at))
        serving = here & (started != NEVER) & (started < at)
        left = log["work"][here].sum() - (at - started[serving]).sum()
        assert seen == max(0, left)


@pytest.mark.parametrize("seed", range(20))
def test_marks_say_what_happened_in_the_window(seed: int) -> None:
    log = random_log(seed)
    marks = kernels.marks_of(
        log["mine"], log["started"], log["ended"], log["outcome"], BEGUN, UNTIL
    )
    begun = log["mine"] & (log["started"] >= BEGUN) & (log["started"] < UNTIL)
    np.testing.assert_array_equal(marks & kernels.CALLED > 0, begun)
    for mark, outcome in (
        (kernels.OVER, Outcome.SERVED),
        (kernels.ABANDONED, Outcome.RENEGED),
        (kernels.BLOCKED, Outcome.BALKED),
    ):
        ended = log["mine"] & (log["outcome"] == outcome) & (log["ended"] >= BEGUN)
        np.testing.assert_array_equal(marks & mark > 0, ended)


@pytest.mark.parametrize("seed", range(20))
def test_time_held_is_the_overlap_with_the_window(seed: int) -> None:
    log = random_log(seed)
    end = np.where(log["ended"] == NEVER, UNTIL, np.minimum(log["ended"], UNTIL))
    spent = np.maximum(0, end - np.maximum(log["joined"], BEGUN))
    wanted = spent[log["mine"] & (log["joined"] != NEVER)].sum()
    assert kernels.held(log["mine"], log["joined"], log["ended"], BEGUN, UNTIL) == wanted


def test_open_cases_have_visits_to_make() -> None:
    """Served, half way, lost at the first visit, not yet come, lost but trying again."""
    n = 9
    cases = Cases.plain(
        id=np.arange(5), arrival=np.zeros(5, np.int64), priority=np.zeros(5, np.int64),
        first=np.array([0, 2, 4, 6, 7, 9]), station=np.zeros(n, np.int64),
        work=np.ones(n, np.int64), patience=np.full(n, FOREVER), tolerance=np.full(n, FOREVER),
        retrial=np.array([0, 0, 0, 0, 0, 0, 0, 0, 1], np.int8),
    )  # fmt: skip
    served, open_, tired = int(Outcome.SERVED), int(Outcome.OPEN), int(Outcome.RENEGED)
    log = Log.empty(n)
    log.outcome[:] = [served, served, served, open_, tired, open_, open_, tired, open_]
    np.testing.assert_array_equal(kernels.open_cases(cases, log), [False, True, False, True, True])


def test_a_histogram_counts_what_lies_outside_too() -> None:
    values = np.random.default_rng(1).normal(1.0, 0.4, 5_000)
    edges = np.linspace(0.5, 1.5, 41)
    expected = np.bincount(np.searchsorted(edges, values, side="right"), minlength=42)
    np.testing.assert_array_equal(kernels.histogram(values, 0.5, 1.5, 40), expected)


EXPECTED = Expected(gap=10.0, gap_second=2.0, work=8.0, work_second=2.0, work_third=6.0, pile=30.0)


def test_luck_has_the_weights_that_it_says() -> None:
    """Column by column against a plain product."""
    rng = np.random.default_rng(2)
    n = 300
    found, number = rng.exponential(30.0, n + 1), np.arange(n)
    gap, work = rng.integers(1, 40, n), rng.integers(1, 40, n)
    v, a, s = found[:-1] / 30.0, gap / 10.0, work / 8.0
    two = np.array([a - 1, s - 1])
    squares = np.array([a**2 - 2, s**2 - 2, (a - 1) * (s - 1)])
    weights = [v**0, np.exp(-v), np.exp(-4 * v), np.exp(np.minimum(v, 1)), np.exp(np.minimum(v, 3))]
    grown = [(found[-1] / 30.0) ** k - (found[0] / 30.0) ** k for k in (1, 2, 3)]
    wanted = [
        *np.concatenate([two @ w for w in weights]), *squares.sum(axis=1), grown[0],
        *(two @ v), grown[1], *(two @ v**2), *(squares @ v), (s**3 - 6).sum(), grown[2],
    ]  # fmt: skip
    assert len(wanted) == kernels.CONTROLS[-1]
    np.testing.assert_allclose(kernels.weighed(found, gap, work, number, EXPECTED), wanted)


def test_a_gap_within_a_batch_is_no_luck() -> None:
    found, ones = np.full(7, 30.0), np.full(6, 8)
    gap = np.array([0, 0, 10, 0, 0, 10])
    sums = kernels.weighed(found, gap, ones, np.arange(6), EXPECTED._replace(batch=3))
    assert sums[0] == 0.0  # both batches came exactly when expected


def test_the_first_to_arrive_is_taken() -> None:
    """Of equal utilities the smaller race; utilities of any size leave shares as they are."""
    u = np.random.default_rng(3).random((200_000, 3))
    even = kernels.first_to_arrive(u, np.zeros_like(u))
    np.testing.assert_array_equal(even, u.argmax(axis=1))
    for level in (0.0, 1e3, -1e3, 1e6):
        taken = kernels.first_to_arrive(u, np.tile([level + 1.0, level, level - 1.0], (len(u), 1)))
        shares = np.exp([1.0, 0.0, -1.0]) / np.exp([1.0, 0.0, -1.0]).sum()
        np.testing.assert_allclose(np.bincount(taken) / len(u), shares, atol=0.005)
