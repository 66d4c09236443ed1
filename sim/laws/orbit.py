"""Who finds the server busy does not wait: it calls again, and again, until it gets in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.engine import Engine
from sim.laws.attempts import calls_of
from sim.laws.distributions import exponential
from sim.laws.expressed import NotExpressedError
from sim.laws.given import Given, only, positive, servers_of
from sim.laws.lines import settling
from sim.laws.measure import Measure, mean, over_time
from sim.laws.seen import Floats, Ints, Seen
from sim.laws.system import Drawn, Luck, System
from sim.service.cases import NEVER, Outcome

VISITS = 50_000  # drawn for a window
SLOWEST = 800  # times slower than anything else: seconds of a delay then fit 32 bits
FINER = 10.0  # than elsewhere, if they fit: who comes in the second of an end is let in
DRAWS = 4  # uniforms of an occasion


class Rates(NamedTuple):
    """How often cases come, services end, and somebody who was refused calls again."""

    arrives: float
    ends: float
    again: float


@dataclass(frozen=True)
class Orbit:
    """A line that nobody joins, lived window by window, and who is about to call again."""

    side: System
    rates: Rates
    servers = (1,)

    @property
    def rate(self) -> float:
        """Cases a unit of time."""
        return self.side.rate

    @property
    def settles(self) -> float:
        """Units of time after which the start from empty is forgotten."""
        return self.side.settles

    def lived(
        self, engine: Engine, seed: int, case: int, replication: int, n_cases: int
    ) -> Iterator[Calls]:
        """Live a replication, seen window by window once its beginning is forgotten."""
        for seen in self.side.lived(engine, seed, case, replication, n_cases):
            yield Calls(seen, self.rates)


class Calls:
    """What a window shows of those who call again; in units of time.

    A clock is what chance drew: from a refusal to the next call, or from a call to the end of
    its service. It runs as long as it was drawn, whatever the engine makes of it.
    """

    def __init__(self, seen: Seen, rates: Rates) -> None:
        self.seen, self._rates = seen, rates
        cases, log = seen.cases, seen.log
        refused = np.flatnonzero(log.outcome == Outcome.BALKED)
        more = np.append(cases.retrial, 0)[refused + 1] == 1
        self._refused = refused[more]  # visits after which there is another call
        self._called = np.flatnonzero(log.started != NEVER)

    @property
    def span(self) -> float:
        """How long it is."""
        return self.seen.span

    def busy(self) -> float:
        """Time with a service."""
        return self.seen.busy()

    def in_orbit(self) -> float:
        """Number of those between a refusal and their next call, times time."""
        log, after = self.seen.log, self._refused + 1
        called = np.where(log.joined[after] != NEVER, log.joined[after], log.ended[after])
        until = np.where(called == NEVER, self.seen.until, called)
        return float(self._inside(until).sum() - self._inside(log.ended[self._refused]).sum())

    def waits(self) -> Floats:
        """From arrival to the call that got in, of those who got in."""
        seen, called = self.seen, self._called
        case = np.searchsorted(seen.cases.first, called, side="right") - 1
        mine = seen.log.started[called] >= seen.begun
        found: Floats = (seen.log.started[called] - seen.cases.arrival[case])[mine] / seen.ticks
        return found

    def _inside(self, instants: Ints) -> Floats:
        """Instants in units of time since the window began, no later than its end."""
        seen = self.seen
        found: Floats = (np.clip(instants, seen.begun, seen.until) - seen.begun) / seen.ticks
        return found

    @cached_property
    def _clocks(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Beginnings and ends of pauses, then of services."""
        cases, log = self.seen.cases, self.seen.log
        refused, called = log.ended[self._refused], log.started[self._called]
        ends = called + cases.work[self._called]
        return refused, refused + cases.delay[self._refused + 1], called, ends

    @property
    def controls(self) -> Floats:
        """Sums of luck whose expectation is zero: what happened less what its rate foretold.

        Chance drew each clock without memory, and no engine sees its end before it comes; so
        the ends, weighed by how many clocks ran just before, are on average the time for which
        they ran, weighed alike, times their rate. The change of the numbers over the window has
        none on average either, once the system has settled.
        """
        pauses, calls, begins, ends = self._clocks
        at = np.concatenate([pauses, calls, begins, ends])
        order = np.argsort(at, kind="stable")
        at, turn = at[order], np.repeat([1, -1, 0, 0], [len(pauses)] * 2 + [len(begins)] * 2)
        busy = np.repeat([0, 0, 1, -1], [len(pauses)] * 2 + [len(begins)] * 2)
        n, s = (np.append(0, np.cumsum(x[order])).astype(np.float64) for x in (turn, busy))
        lasts = np.diff(np.concatenate([[0.0], self._inside(at), [self.span]]))
        arrivals, rates = self.seen.cases.arrival, self._rates
        one, sums = np.ones_like(n), list[float]()
        for instants, rate, running, weights in (
            (arrivals, rates.arrives, one, (one, n, s, n * s)),
            (ends, rates.ends, s, (one, n)),
            (calls, rates.again, n, (1 - s, (1 - s) * n)),
        ):
            mine = instants[(instants >= self.seen.begun) & (instants < self.seen.until)]
            before = np.searchsorted(at, mine, side="left")
            foretold = rate * running * lasts
            sums += [float(w[before].sum() - (w * foretold).sum()) for w in weights]
        first, last = np.searchsorted(at, [self.seen.begun, self.seen.until], side="left")
        sums += [float(x[last] - x[first]) for x in (n, n**2, s, n * s)]
        return np.array(sums)


def retrial(given: Given) -> Orbit:
    """A server without a line: who is refused calls again after a while, until it gets in."""
    only(given, "lam", "mu", "retry_rate", "c")
    if servers_of(given, 1) != 1:
        raise NotExpressedError("only one server is known to those who call again")
    rates = Rates(*(positive(given, name) for name in ("lam", "mu", "retry_rate")))
    load, room = rates.arrives / rates.ends, SLOWEST * rates.again / max(rates)
    if room < 1:
        raise NotExpressedError(f"calls again are more than {SLOWEST} times slower than the rest")
    service = exponential(1 / rates.ends)
    settles = settling(load, 1, service, 1.0) + 20 / rates.again / (1 - load) ** 2
    calls = calls_of(*rates)
    draw, events = _drawing(rates, calls), max(rates) * min(FINER, room)
    at_once = max(1, VISITS // calls)
    return Orbit(System((1,), rates.arrives, events, settles, draw, at_once=at_once), rates)


def _drawing(rates: Rates, calls: int) -> Callable[[Luck], Drawn]:
    """Cases of so many calls each; the first that finds the server free is the last made."""

    def draw(luck: Luck) -> Drawn:
        u = luck()
        n = len(u)
        pauses = [luck(k) for k in range(1, 1 + -(-(calls - 1) // DRAWS))]
        delay = np.zeros((n, calls))
        if calls > 1:
            delay[:, 1:] = -np.log(np.hstack(pauses)[:, : calls - 1]) / rates.again
        return Drawn(
            gap=-np.log(u[:, 0]) / rates.arrives,
            first=calls * np.arange(n + 1),
            station=np.zeros(n * calls, np.int64),
            work=np.repeat(-np.log(u[:, 1]) / rates.ends, calls),
            tolerance=np.zeros(n * calls, np.int64),
            delay=delay.ravel(),
            retrial=np.tile(np.arange(calls) > 0, n).astype(np.int64),
        )

    return draw


OF_ORBIT: dict[str, Measure] = {
    "E[orbit]": over_time(lambda w: w.in_orbit()),
    "P(busy)": over_time(lambda w: w.busy(), order=1),
    "utilisation": over_time(lambda w: w.busy(), order=1),
    "L": over_time(lambda w: w.in_orbit() + w.busy()),
    "Wq": mean(lambda w: w.waits()),
}
