"""Systems that begin empty and end: many copies side by side, each a station of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.engine import Engine
from sim.laws.distributions import Distribution
from sim.laws.seen import Floats, Seen
from sim.laws.system import AT_ONCE, Drawn, Luck, System, book_of
from sim.service.cases import NEVER, State


@dataclass(frozen=True)
class Copies:
    """A line that opens empty, over and over.

    Attributes
    ----------
    expected : float
        Arrivals until the end.
    instant : of Floats
        When a clock that ticks by expected arrivals shows so much.
    horizon : float
        The end, in units of time.
    moment : float
        When the law looks, if its metric does not say.
    """

    servers: int
    service: Distribution
    expected: float
    instant: Callable[[Floats], Floats]
    horizon: float
    moment: float
    events: float
    settles: float = 0.0

    @property
    def rate(self) -> float:
        """Cases a copy: what a length counts."""
        return self.expected

    def lived(
        self, engine: Engine, seed: int, case: int, replication: int, n_cases: int
    ) -> Iterator[Seen]:
        """Live copies until about ``n_cases`` have come, some copies at a time."""
        room = int(self.expected + 10 * self.expected**0.5 + 20)  # arrivals of a copy, at most
        copies = max(1, round(n_cases / self.expected))
        cuts = [*range(0, copies, max(1, int(AT_ONCE / self.expected))), copies]
        for low, high in pairwise(cuts):
            at_once = high - low
            luck = Luck(seed, case, replication, low * room, high * room)
            u = luck()
            shown = np.cumsum(-np.log(u[:, 0]).reshape(at_once, room), axis=1)
            comes = (shown <= self.expected).ravel()
            n = int(comes.sum())
            copy = np.repeat(np.arange(at_once), room)[comes]
            came = Drawn(np.zeros(n), np.arange(n + 1), copy, self.service(u[comes, 1]))
            side = System((self.servers,) * at_once, 1.0, self.events, 0.0)
            book = book_of(came, self.instant(shown.ravel()[comes]), 0, side.ticks)
            until = int(self.horizon * side.ticks) + 1
            stations = side.stations()
            state = State.empty(stations.server_first)
            engine(stations, book.cases, book.log, state, 0, until)
            yield Seen(book, 0, until, side.ticks, copies=at_once)


def number_at(seen: Seen, moment: float, waiting: bool = False) -> Floats:
    """How many were in each copy, or in its line, at a moment: (n_copies,)."""
    log, at = seen.log, round(moment * seen.ticks)
    gone = log.started if waiting else log.ended
    here = (log.joined != NEVER) & (log.joined <= at) & ((gone == NEVER) | (gone > at))
    stations = seen.cases.station[here]
    return np.bincount(stations, minlength=seen.copies).astype(np.float64)
