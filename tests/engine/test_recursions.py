"""Exact traces by recursion: whoever is served in turn, theory says to the second when."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from sim.engine import ENGINES
from tests.engine.halls import crowd, lived

SYSTEMS = 1_000


def kiefer_wolfowitz(arrivals: list[int], works: list[int], servers: int) -> list[int]:
    """Seconds of the calls: each goes to the server that is free first (1955).

    With one server this is Lindley's recursion (1952).
    """
    free_at, calls = [0] * servers, []
    for arrival, work in zip(arrivals, works, strict=True):
        free_at.sort()
        calls.append(max(arrival, free_at[0]))
        free_at[0] = calls[-1] + work
    return calls


@pytest.mark.parametrize("engine", ENGINES)
def test_who_is_called_in_turn_is_called_as_the_recursion_says(engine: str) -> None:
    """Kiefer-Wolfowitz, customer by customer, for one to five servers."""
    for seed in range(SYSTEMS):
        random = Random(seed)
        servers = random.randint(1, 5)
        people = crowd(random, random.randint(1, 40))
        log = lived(engine, [servers], people)
        works = [person.visits[0][1] for person in people]
        expected = kiefer_wolfowitz([person.arrival for person in people], works, servers)
        np.testing.assert_array_equal(log.started, expected, err_msg=f"system {seed}")
        np.testing.assert_array_equal(log.ended, np.add(expected, works))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_chain_of_single_servers_is_a_chain_of_recursions(engine: str) -> None:
    """The end at one station is the arrival at the next; nobody overtakes."""
    for seed in range(SYSTEMS // 4):
        random = Random(seed)
        people = crowd(random, random.randint(1, 25), stations=3)
        log = lived(engine, [1, 1, 1], people)
        arrivals = [person.arrival for person in people]
        for station in range(3):
            works = [person.visits[station][1] for person in people]
            calls = kiefer_wolfowitz(arrivals, works, 1)
            np.testing.assert_array_equal(log.started[station::3], calls)
            arrivals = [call + work for call, work in zip(calls, works, strict=True)]
