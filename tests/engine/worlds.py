"""Random crowded worlds: few stations, few cases, and instants that collide on purpose."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np

from sim.service.cases import FOREVER, Cases, Log, State
from sim.service.stations import ALWAYS, Closing, Stations
from sim.units import DAY

HORIZON = 3 * DAY
HOT = [0, DAY // 2, DAY - 9, DAY, DAY + DAY // 3, 2 * DAY - 7, 2 * DAY, 3 * DAY - 9]


def column(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def offsets(lists: list[list]) -> np.ndarray:
    return np.cumsum([0, *map(len, lists)]).astype(np.int64)


def flat(lists: list[list[int]]) -> np.ndarray:
    return column([x for one in lists for x in one])


def instant(random: Random, below: int = HORIZON) -> int:
    """An instant within a few seconds of a hot one."""
    return min(below - 1, random.choice(HOT) + random.randrange(12))


def windows(random: Random) -> list[tuple[int, int]]:
    """At most one window a day, near the hot instants, sometimes until midnight."""
    found = []
    for day in range(3):
        if random.random() < 0.8:
            hot = {instant(random) % DAY for _ in range(2)}
            cuts = sorted(hot | {random.choice([0, DAY - 8, DAY])})
            opens = day * DAY + cuts[0]
            closes = day * DAY + cuts[-1]
            if opens < closes:
                found.append((opens, closes))
    return found


def clock(random: Random) -> list[tuple[int, int]]:
    """Working intervals that do not touch."""
    cuts = sorted({0, *(instant(random) for _ in range(2 * random.randint(2, 6)))})
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return [(a, b) for a, b in pairs if a < b]


def world(random: Random) -> tuple[Stations, Cases]:
    """Stations and cases of a random world."""
    n = random.randint(1, 4)
    closing = [random.choice([Closing.NONE, *Closing]) for _ in range(n)]
    clocks = [clock(random) for _ in range(random.randint(0, 2))]
    clock_of = [
        random.randrange(len(clocks)) if clocks and random.random() < 0.5 else ALWAYS
        for _ in range(n)
    ]
    servers = [random.choice([0, 1, 1, 2, 3]) for _ in range(n)]
    rosters: list[list[tuple[int, int]]] = []
    for k in servers:
        at = sorted({0, *(instant(random) for _ in range(random.choice([0, 0, 1, 3])))})
        rosters.append([(t, k if t == 0 else random.randint(0, k)) for t in at])
    opening = [windows(random) if c != Closing.NONE else [] for c in closing]
    done = [list(np.cumsum([0, *(b - a for a, b in one)])[:-1]) for one in clocks]
    stations = Stations(
        closing=column([int(c) for c in closing]),
        clock=column(clock_of),
        server_first=offsets([[0] * k for k in servers]),
        roster_first=offsets(rosters),
        roster_at=flat([[t for t, _ in one] for one in rosters]),
        roster_count=flat([[k for _, k in one] for one in rosters]),
        window_first=offsets(opening),
        window_open=flat([[a for a, _ in one] for one in opening]),
        window_close=flat([[b for _, b in one] for one in opening]),
        clock_first=offsets(clocks),
        clock_open=flat([[a for a, _ in one] for one in clocks]),
        clock_close=flat([[b for _, b in one] for one in clocks]),
        clock_done=flat([[int(x) for x in one] for one in done]),
    )
    n_cases = random.randint(1, 12)
    visits = [
        [random.randrange(n) for _ in range(random.choice([1, 1, 2, 3]))] for _ in range(n_cases)
    ]
    n_visits = sum(map(len, visits))
    long = random.random() < 0.3

    def seconds() -> int:
        if long and random.random() < 0.3:
            return random.randint(DAY // 4, DAY)
        return random.randint(1, 7)

    cases = Cases(
        id=column(random.sample(range(10_000), n_cases)),
        arrival=column([instant(random) for _ in range(n_cases)]),
        priority=column([random.choice([0, 0, 1, 2]) for _ in range(n_cases)]),
        first=offsets(visits),
        station=flat(visits),
        work=column([seconds() for _ in range(n_visits)]),
        patience=column(
            [random.choice([FOREVER, FOREVER, random.randint(1, 12)]) for _ in range(n_visits)]
        ),
        tolerance=column(
            [random.choice([FOREVER, FOREVER, random.randint(0, 3)]) for _ in range(n_visits)]
        ),
        due=column([random.choice([0, 0, 1, 2, 9]) for _ in range(n_visits)]),
    )
    return stations, cases


def run(advance, stations: Stations, cases: Cases, cuts: list[int]) -> tuple[Log, State]:
    """Run an engine from 0 through some cuts to the horizon."""
    log, state = Log.empty(len(cases.station)), State.empty(int(stations.server_first[-1]))
    instants = [0, *sorted(cuts), HORIZON]
    for since, until in pairwise(instants):
        advance(stations, cases, log, state, since, until)
    return log, state
