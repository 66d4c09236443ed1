"""Laws of what people choose and learn: the rules of our citizens, followed by a crowd."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.engine import Engine
from sim.laws.expressed import NotExpressedError
from sim.laws.given import Given, number, positive, whole
from sim.laws.kernels import first_to_arrive, trust_after
from sim.laws.seen import Floats, Seen
from sim.laws.system import AT_ONCE, Course, Drawn, Luck, System

LONGEST = 1_000  # experiences of a person
DRAWN_AT_ONCE = 1_000_000  # experiences of a window
LEARNS, LEARNS_AFTER = 25, 2_000  # windows, cases of each
COUNTER = 0
NUMBER = r"(-?[0-9.]+(?:e[+-]?[0-9]+)?)"


class Told(NamedTuple):
    """What each of some people says: whom they chose, or how much they trust."""

    answers: Floats
    controls: Floats = np.zeros(0)


@dataclass(frozen=True)
class People:
    """A crowd that decides or learns, and no line forms."""

    answers: Callable[[Luck], Floats]
    rate: float = 1.0
    settles: float = 0.0
    at_once: int = AT_ONCE

    def lived(
        self, engine: Engine, seed: int, case: int, replication: int, n_cases: int
    ) -> Iterator[Told]:
        """Ask so many people; no engine has a part in it."""
        del engine
        for low, high in pairwise([*range(0, n_cases, self.at_once), n_cases]):
            yield Told(self.answers(Luck(seed, case, replication, low, high)))


def chosen(luck: Luck, utility: Floats) -> Floats:
    """Which alternative each takes, from utilities of (n, n_alternatives)."""
    n = utility.shape[1]
    u = np.hstack([luck(occasion) for occasion in range(1, 2 + (n - 1) // 4)])
    taken: Floats = first_to_arrive(u[:, :n], utility).astype(np.float64)
    return taken


def logit(given: Given) -> People:
    """Alternatives with utilities; or one whose utility differs between people, against 0."""
    if "nests" in given:
        raise NotExpressedError("tastes for channels are independent here: there are no nests")
    if "sigma" in given:
        level, sigma = number(given, "a"), number(given, "sigma")

        def own(luck: Luck) -> Floats:
            utility = level + sigma * ndtri(luck()[:, 0])
            return chosen(luck, np.column_stack([utility, np.zeros(len(utility))]))

        return People(own)
    utility = np.array(given["V"], dtype=np.float64)
    if utility.ndim != 1 or not len(utility) or np.isnan(utility).any():
        raise NotExpressedError(f"V must be a list of utilities, not {given['V']}")
    return People(lambda luck: chosen(luck, np.tile(utility, (luck.high - luck.low, 1))))


class Learning(NamedTuple):
    """How quickly trust moves; the part of a citizen's behaviour that its rule reads."""

    trust_step: float


def trust(given: Given) -> People:
    """Trust after so many experiences, all alike, or good with some chance and bad otherwise."""
    behaviour, begins = Learning(positive(given, "eta")), number(given, "T0", 0.5)
    often = number(given, "p") if "p" in given else None
    n = whole(given, "n", int(30 / behaviour.trust_step) + 1)  # or until the beginning is forgotten
    if n > LONGEST:
        raise NotExpressedError(f"more than {LONGEST:,} experiences are not tried: {n:,} are asked")

    def answers(luck: Luck) -> Floats:
        who = luck.high - luck.low
        if often is None:
            scores = np.full((n, who), number(given, "s"))
        else:
            drawn = [luck(occasion) for occasion in range(1 + (n - 1) // 4)]
            scores = (often > np.hstack(drawn)[:, :n].T).astype(np.float64)
        moved: Floats = trust_after(np.full(who, begins), np.ascontiguousarray(scores), behaviour)
        return moved

    return People(answers, at_once=DRAWN_AT_ONCE // n)


@dataclass(frozen=True)
class Equilibrium:
    """People choose between a counter and a portal by the time that the counter takes, as told.

    Both are stations, the portal's work a tick. What is told is the mean of the windows before,
    the second counted twice, the third three times, for the first knew least; it settles where
    choice and line agree.
    """

    side: System  # of counter and portal
    draw: Callable[[Luck, float], Drawn]  # when so much time is told
    service: float  # what a counter takes that nobody comes to

    servers = (1,)
    rate, settles = 1.0, float(LEARNS * LEARNS_AFTER)  # counted in cases

    def lived(
        self, engine: Engine, seed: int, case: int, replication: int, n_cases: int
    ) -> Iterator[Seen]:
        """Live a replication, seen once people have learnt."""
        course, told, learnt = Course(self.side, engine), self.service, int(self.settles)
        cuts = [*range(0, learnt, LEARNS_AFTER), *range(learnt, learnt + n_cases, AT_ONCE)]
        for k, (low, high) in enumerate(pairwise([*cuts, learnt + n_cases]), start=1):
            seen = course.live(self.draw(Luck(seed, case, replication, low, high), told))
            if seen is None:
                continue
            took = float(seen.sojourns.mean()) if len(seen.sojourns) else self.service
            told += (took - told) * 2 / (k + 1)
            if low >= learnt:
                yield seen


def equilibrium(given: Given) -> Equilibrium:
    """A counter with one server whose line depends on who chooses it, and a portal."""
    slope = re.fullmatch(rf"{NUMBER}\*W", str(given["V_counter"]).replace(" ", ""))
    if slope is None:
        raise NotExpressedError(f"no utility called '{given['V_counter']}' is known")
    if str(given.get("W", "1/(mu-lam)")).replace(" ", "") != "1/(mu-lam)":
        raise NotExpressedError("only a counter with one exponential server is known")
    rate, service = positive(given, "Lambda"), 1 / positive(given, "mu")
    per_time, portal = float(slope.group(1)), number(given, "V_portal")

    def draw(luck: Luck, time: float) -> Drawn:
        u = luck()
        n = len(u)
        station = chosen(luck, np.tile([per_time * time, portal], (n, 1))).astype(np.int64)
        work = np.where(station == COUNTER, -np.log(u[:, 1]) * service, 0.0)
        return Drawn(-np.log(u[:, 0]) / rate, np.arange(n + 1), station, work)

    side = System((1, 1), rate, max(rate, 1 / service), 0.0, station=COUNTER)
    return Equilibrium(side, draw, service)
