"""Two engines and an independent list of events: one meaning, to the second."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import ENGINES
from sim.service.cases import Cases, Log, Outcome, State
from sim.service.stations import Stations
from tests.engine import oracle
from tests.engine.worlds import instant, run, world

WORLDS = 2_000  # random crowded worlds a test run


def assert_same(expected: tuple[Log, State], got: tuple[Log, State], said: str) -> None:
    for name, a, b in zip(Log._fields, expected[0], got[0], strict=True):
        np.testing.assert_array_equal(b, a, err_msg=f"{said}: {name}")
    for name, a, b in zip(State._fields, expected[1], got[1], strict=True):
        np.testing.assert_array_equal(b, a, err_msg=f"{said}: {name}")


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_equals_a_list_of_events_written_without_it(engine: str) -> None:
    """Every column of the log and the state equals an independent brute-force oracle's."""
    met: set[int] = set()
    for seed in range(WORLDS):
        stations, cases = world(Random(seed))
        expected = run(oracle.advance, stations, cases, [])
        assert_same(expected, run(ENGINES[engine], stations, cases, []), f"world {seed}")
        met.update(expected[0].outcome.tolist())
    assert met == set(Outcome)


@pytest.mark.parametrize("engine", ENGINES)
def test_cutting_anywhere_changes_nothing(engine: str) -> None:
    """The log of open cases and the state are all an engine knows between intervals."""
    for seed in range(WORLDS // 2):
        random = Random(-seed - 1)
        stations, cases = world(random)
        cuts = [instant(random) for _ in range(random.randint(1, 6))]
        whole = run(ENGINES[engine], stations, cases, [])
        assert_same(whole, run(ENGINES[engine], stations, cases, cuts), f"world {seed} at {cuts}")


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_may_be_asked_at_any_instant(engine: str) -> None:
    """In the midst of things too, log and state are those of the independent oracle."""
    busy = 0
    for seed in range(WORLDS // 2):
        random = Random(-seed - 1)
        stations, cases = world(random)
        last = max(1, instant(random))
        expected = run(oracle.advance, stations, cases, [], last)
        assert_same(expected, run(ENGINES[engine], stations, cases, [], last), f"world {seed}")
        busy += int(((expected[0].started >= 0) & (expected[0].ended < 0)).any())
    assert busy > WORLDS / 20  # somebody was with a server then


@settings(max_examples=100, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_engines_agree_and_any_difference_shrinks(random: Random) -> None:
    """The same claim where Hypothesis can look for the smallest world that breaks it."""
    stations, cases = world(random)
    cuts = [instant(random)]
    assert_same(
        run(ENGINES["simpy"], stations, cases, cuts),
        run(ENGINES["compiled"], stations, cases, cuts),
        "engines",
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_only_open_cases_matter(engine: str) -> None:
    """Dropping closed cases between two intervals changes nothing for the others."""
    for seed in range(200):
        random = Random(10_000 + seed)
        stations, cases = world(random)
        cut = instant(random)
        whole, _ = run(ENGINES[engine], stations, cases, [cut])
        log, state = Log.empty(len(cases.station)), State.empty(stations.server_first)
        ENGINES[engine](stations, cases, log, state, 0, cut)
        is_open = [_is_open(cases, log, i) for i in range(len(cases.id))]
        kept, rows = _only(cases, np.array(is_open))
        shorter = Log(*(column[rows] for column in log))
        _go_on(ENGINES[engine], stations, kept, shorter, state, cut)
        for name, a, b in zip(Log._fields, whole, shorter, strict=True):
            np.testing.assert_array_equal(b, a[rows], err_msg=f"world {seed}: {name}")


def _is_open(cases: Cases, log: Log, case: int) -> bool:
    rows = slice(cases.first[case], cases.first[case + 1])
    outcomes = log.outcome[rows]
    return bool((outcomes <= Outcome.SERVED).all() and (outcomes == Outcome.OPEN).any())


def _only(cases: Cases, keep: np.ndarray) -> tuple[Cases, np.ndarray]:
    n_visits = np.diff(cases.first)
    rows = np.flatnonzero(np.repeat(keep, n_visits))
    return Cases(
        cases.id[keep],
        cases.arrival[keep],
        cases.priority[keep],
        np.concatenate([[0], np.cumsum(n_visits[keep])]),
        *(column[rows] for column in cases[4:]),
    ), rows


def _go_on(engine, stations: Stations, cases: Cases, log: Log, state: State, cut: int) -> None:
    engine(stations, cases, log, state, cut, 3 * 86_400)
