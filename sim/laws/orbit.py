"""Who finds the server busy does not wait: it calls again, and again, until it gets in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    """What a window shows of those who call again; in units of time."""

    def __init__(self, seen: Seen, rates: Rates) -> None:
        self.seen, self._rates = seen, rates
        cases, log = seen.cases, seen.log
        refused = np.flatnonzero(log.outcome == Outcome.BALKED)
        refused = refused[np.append(cases.retrial, 0)[refused + 1] == 1]  # another call follows
        called = np.flatnonzero(log.started != NEVER)
        case = np.searchsorted(cases.first, called, side="right") - 1
        joined, ended = log.joined[refused + 1], log.ended[refused + 1]
        again = np.where(joined != NEVER, joined, ended)
        self._refusals = log.ended[refused]
        self._again = np.where(again != NEVER, again, seen.until)
        self._begins, self._work = log.started[called], cases.work[called]
        self._came = cases.arrival[case]

    @property
    def span(self) -> float:
        """How long it is."""
        return self.seen.span

    def busy(self) -> float:
        """Time with a service."""
        return self.seen.busy()

    def in_orbit(self) -> float:
        """Number of those between a refusal and their next call, times time."""
        return float((self._inside(self._again) - self._inside(self._refusals)).sum())

    def waits(self) -> Floats:
        """From arrival to the call that got in, of those who got in."""
        mine = self._begins >= self.seen.begun
        found: Floats = (self._begins - self._came)[mine] / self.seen.ticks
        return found

    def _inside(self, instants: Ints) -> Floats:
        """Instants in units of time since the window began, no later than its end."""
        seen = self.seen
        found: Floats = (np.clip(instants, seen.begun, seen.until) - seen.begun) / seen.ticks
        return found

    @property
    def controls(self) -> Floats:
        """Sums of luck whose expectation is zero: what happened less what its rate foretold.

        Chance drew gaps and services without memory, and no engine sees their ends before they
        come; so these, weighed by what there was just before, are on average the time for which
        there was a chance of them, weighed alike, times their rate. A service counts as long as
        it was drawn, whatever the engine makes of it. The change of the numbers over the window
        has no expectation either, once the system has settled.
        """
        seen, rates, ends = self.seen, self._rates, self._begins + self._work
        at = np.concatenate([self._refusals, self._again, self._begins, ends])
        kinds = [len(self._refusals)] * 2 + [len(ends)] * 2
        order = np.argsort(at, kind="stable")
        n, s = (
            np.append(0.0, np.cumsum(np.repeat(change, kinds)[order]))
            for change in ([1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0])
        )  # in orbit, and in service
        at, one = at[order], np.ones_like(n)
        lasts = np.diff(np.concatenate([[0.0], self._inside(at), [self.span]]))
        sums = []
        for instants, rate, chance, weights in (
            (seen.cases.arrival, rates.arrives, one, (one, n, s, n * s)),
            (ends, rates.ends, s, (one, n)),
        ):
            mine = instants[(instants >= seen.begun) & (instants < seen.until)]
            before = np.searchsorted(at, mine, side="left")
            sums += [w[before].sum() - rate * (w * chance * lasts).sum() for w in weights]
        first, last = np.searchsorted(at, [seen.begun, seen.until], side="left")
        return np.array(sums + [x[last] - x[first] for x in (n, n**2, s, n * s)])


def retrial(given: Given) -> Orbit:
    """A server without a line: who is refused calls again after a while, until it gets in."""
    only(given, "lam", "mu", "retry_rate", "c")
    if servers_of(given, 1) != 1:
        raise NotExpressedError("only one server is known to those who call again")
    rates = Rates(*(positive(given, name) for name in ("lam", "mu", "retry_rate")))
    load, events = rates.arrives / rates.ends, max(rates)
    if events > SLOWEST * rates.again:
        raise NotExpressedError(f"calls again are more than {SLOWEST} times slower than the rest")
    service = exponential(1 / rates.ends)
    settles = settling(load, 1, service, 1.0) + 20 / rates.again / (1 - load) ** 2
    calls = calls_of(*rates)
    draw = _drawing(rates, calls)
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
    "P(busy)": over_time(lambda w: w.busy(), order=0),
    "utilisation": over_time(lambda w: w.busy(), order=0),
    "L": over_time(lambda w: w.in_orbit() + w.busy()),
    "Wq": mean(lambda w: w.waits()),
}
