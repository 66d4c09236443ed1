"""How a change of the input must change the output, and where that famous relation is false.

A negative control shows a relation broken, so that nobody promotes it: with impatience, urgency or
a second stage, one more server can make somebody wait longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from sim.service.cases import FOREVER, NEVER, Log
from tests.engine.halls import Person, crowd, lived

SYSTEMS = 500
ENGINE = "compiled"  # the other is equal to it, see test_engines


def waits(log: Log) -> np.ndarray:
    """Seconds in line of each visit, however it ended."""
    end = np.where(log.started != NEVER, log.started, log.ended)
    return np.where(log.joined != NEVER, end - log.joined, 0)


def crowds(**kind: object) -> Iterator[tuple[int, list[Person]]]:
    """Servers and people of many random systems."""
    for seed in range(SYSTEMS):
        random = Random(seed)
        yield random.randint(1, 3), crowd(random, random.randint(5, 40), **kind)  # type: ignore[arg-type]


def test_one_more_counter_makes_nobody_wait_longer_in_one_line_served_in_turn() -> None:
    """Path by path, for one line of patient people who are all alike."""
    for servers, people in crowds():
        before, after = (waits(lived(ENGINE, [k], people)) for k in (servers, servers + 1))
        assert (after <= before).all()


BREAKS: dict[str, tuple[dict[str, object], Callable[[int], list[int]]]] = {
    "who is impatient": ({"patient": False}, lambda k: [k]),
    "who is urgent": ({"classes": 2}, lambda k: [k]),
    "who goes on to a second stage": ({"stations": 2}, lambda k: [k, 1]),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_elsewhere_one_more_counter_makes_somebody_wait_longer(kind: str) -> None:
    """A negative control: found broken in at least one of the random systems."""
    given, servers_of = BREAKS[kind]
    broken = 0
    for servers, people in crowds(**given):
        before = waits(lived(ENGINE, servers_of(servers), people))
        after = waits(lived(ENGINE, [servers + 1, *servers_of(servers)[1:]], people))
        broken += bool((after > before).any())
    assert broken


def test_a_second_stage_can_make_the_whole_day_longer() -> None:
    """More counters in front can move the queue to the back office: the mean of all waits rises."""
    rises = 0
    for servers, people in crowds(stations=2):
        before = waits(lived(ENGINE, [servers, 1], people)).mean()
        rises += waits(lived(ENGINE, [servers + 1, 1], people)).mean() > before
    assert rises


def test_a_shorter_service_makes_nobody_wait_longer() -> None:
    """In one line served in turn."""
    for servers, people in crowds():
        station, work, _ = people[0].visits[0]
        shorter = [replace(people[0], visits=((station, max(1, work // 2), FOREVER),)), *people[1:]]
        before, after = (waits(lived(ENGINE, [servers], some)) for some in (people, shorter))
        assert (after <= before).all()


def test_one_visitor_fewer_makes_nobody_else_wait_longer() -> None:
    """In one line served in turn."""
    for servers, people in crowds():
        gone = len(people) // 2
        others = people[:gone] + people[gone + 1 :]
        before = np.delete(waits(lived(ENGINE, [servers], people)), gone)
        assert (waits(lived(ENGINE, [servers], others)) <= before).all()


@pytest.mark.parametrize("factor", [2, 60])
def test_another_unit_of_time_scales_every_second(factor: int) -> None:
    """Nothing in the rules knows how long a second is."""
    for servers, people in crowds(stations=2, classes=2, patient=False):
        slower = [
            replace(
                one,
                arrival=one.arrival * factor,
                visits=tuple(
                    (s, w * factor, p if p == FOREVER else p * factor) for s, w, p in one.visits
                ),
            )
            for one in people
        ]
        fast, slow = (lived(ENGINE, [servers, 1], some) for some in (people, slower))
        for name in ("joined", "started", "ended"):
            seconds = getattr(fast, name)
            scaled = np.where(seconds == NEVER, NEVER, seconds * factor)
            np.testing.assert_array_equal(getattr(slow, name), scaled)
        np.testing.assert_array_equal(slow.outcome, fast.outcome)


def test_two_halls_side_by_side_are_each_alone() -> None:
    """What happens in one office does not reach another."""
    for servers, people in crowds(classes=2, patient=False):
        away = [
            replace(one, id=one.id + 1000, visits=tuple((1, w, p) for _, w, p in one.visits))
            for one in people
        ]
        alone = lived(ENGINE, [servers], people)
        both = lived(ENGINE, [servers, servers + 1], [*people, *away])
        for name, column in zip(Log._fields, alone, strict=True):
            np.testing.assert_array_equal(getattr(both, name)[: len(people)], column)


def test_the_order_of_the_rows_does_not_matter() -> None:
    """Who comes at a second of their own is treated the same, wherever they stand in the table."""
    for servers, people in crowds(stations=2, classes=2, patient=False):
        order = list(range(len(people)))
        Random(servers).shuffle(order)
        before = lived(ENGINE, [servers, 2], people)
        after = lived(ENGINE, [servers, 2], [people[i] for i in order])
        rows = np.concatenate([[2 * i, 2 * i + 1] for i in order])
        for name in ("joined", "started", "ended", "outcome"):
            np.testing.assert_array_equal(getattr(after, name), getattr(before, name)[rows])


def test_a_station_nobody_visits_changes_nothing() -> None:
    for servers, people in crowds(classes=2, patient=False):
        before, after = (lived(ENGINE, some, people) for some in ([servers], [servers, 7]))
        for a, b in zip(before, after, strict=True):
            np.testing.assert_array_equal(a, b)
