"""Random crowded worlds: few stations, few cases, and instants that collide on purpose."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np

from sim.service.cases import FOREVER, LUCK, OFTEN_NEUTRAL, Cases, Log, State
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


PLAIN = 0.4  # of all worlds
PLAIN_TRAITS = ("due", "inside", "luck", "skill", "delay")


def world(random: Random) -> tuple[Stations, Cases]:
    """Stations and cases of a random world; in many nothing matters but turns and patience."""
    plain = random.random() < PLAIN
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
    stations = Stations.plain(
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
        **({} if plain else mechanisms_of_stations(random, n, sum(servers))),
    )
    n_cases = random.randint(1, 24 if plain else 12)
    visits = [
        [random.randrange(n) for _ in range(random.choice([1, 1, 2, 3]))] for _ in range(n_cases)
    ]
    if plain and random.random() < 0.7:  # nobody comes back to a station
        visits = [sorted(set(one)) for one in visits]
    n_visits = sum(map(len, visits))
    long = random.random() < 0.3

    def seconds() -> int:
        if long and random.random() < 0.3:
            return random.randint(DAY // 4, DAY)
        return random.randint(1, 7)

    traits = mechanisms_of_visits(random, visits)
    cases = Cases.plain(
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
            [
                random.choice([FOREVER, FOREVER, FOREVER if plain else random.randint(0, 3)])
                for _ in range(n_visits)
            ]
        ),
        **{name: those for name, those in traits.items() if not plain or name in PLAIN_TRAITS},
    )
    return stations, cases


def mechanisms_of_stations(random: Random, n: int, n_servers: int) -> dict[str, np.ndarray]:
    """Some of the rules that a station may have, in most worlds only a few."""
    losses = [
        sorted({instant(random) for _ in range(random.randint(0, 3))}) if random.random() < 0.3
        else [] for _ in range(n)
    ]  # fmt: skip
    columns = {"loss_first": offsets(losses), "loss_at": flat(losses)}
    choices: dict[str, tuple[int, list[int]]] = {
        "grace": (n, [0, 3, 20]),
        "capacity": (n, [0, 1, 2, 5]),
        "hurry": (n, [100, 400]),
        "most_hurry": (n, [100, 500, 999]),
        "fatigue": (n, [50, 200]),
        "fresh_until": (n, [0, DAY // 3, DAY // 2]),
        "pace": (n_servers, [1, 500, 999, 1001, 2300]),
        "errors": (n_servers, [10, 500, 1000]),
        "skills": (n_servers, [0, 1, 2, 3, 5, -1]),
    }
    for name, (size, values) in choices.items():
        if random.random() < 0.4:
            columns[name] = column([random.choice(values) for _ in range(size)])
    return columns


def mechanisms_of_visits(random: Random, visits: list[list[int]]) -> dict[str, np.ndarray]:
    """Some of the traits that a visit may have; a retrial comes later than what it repeats."""
    n = sum(map(len, visits))
    retrial = [int(k > 0 and random.random() < 0.3) for one in visits for k in range(len(one))]
    way = [random.choice([0, 0, 1, 3, DAY // 3]) for _ in range(n)]
    traits: dict[str, list[int]] = {
        "due": [random.choice([0, 0, 1, 2, 9]) for _ in range(n)],
        "slot": [random.choice([0, instant(random)]) for _ in range(n)],
        "back_until": [random.choice([0, instant(random), FOREVER]) for _ in range(n)],
        "luck": [random.choice([0, 9_999, 10_000, 500_000, LUCK - 1]) for _ in range(n)],
        "skill": [random.choice([0, 0, 1, 2, 62]) for _ in range(n)],
        "inside": [random.choice([0, 1]) for _ in range(n)],
    }
    kinds = dict(OFTEN_NEUTRAL)
    columns = {
        name: np.array(values, dtype=kinds[name])
        for name, values in traits.items()
        if random.random() < 0.5
    }
    if random.random() < 0.5:
        late = [max(seconds, again) for seconds, again in zip(way, retrial, strict=True)]
        columns["delay"] = np.array(late, dtype=kinds["delay"])
        columns["retrial"] = np.array(retrial, dtype=kinds["retrial"])
    return columns


def run(
    advance, stations: Stations, cases: Cases, cuts: list[int], last: int = HORIZON
) -> tuple[Log, State]:
    """Run an engine from 0 through some cuts to the last instant."""
    log, state = Log.empty(len(cases.station)), State.empty(stations.server_first)
    for since, until in pairwise([0, *sorted(cuts), last]):
        advance(stations, cases, log, state, since, until)
    return log, state
