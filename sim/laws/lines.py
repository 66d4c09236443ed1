"""Laws of one line before some servers: which system a case is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.laws.distributions import Distribution, exponential, named, of_moments
from sim.laws.expressed import NotExpressedError
from sim.laws.given import Given, positive, servers_of, whole
from sim.laws.seen import Expected, Floats
from sim.laws.system import Drawn, Luck, System
from sim.service.cases import FOREVER

ONE_VISIT: Callable[[int], Any] = lambda n: np.arange(n + 1)  # noqa: E731
MANY = 10.0  # standard deviations of servers beyond the mean make nobody wait


def settling(load: float, servers: float, service: Distribution, arrival_scv: float) -> float:
    """Many times the time in which a queue forgets where it began; none is meant to be long."""
    if load >= 1:
        raise NotExpressedError(f"the load is {load:g}: there is no steady state")
    slack = servers * (1 - load) ** 2
    return 20 * service.mean * (1 + (1 + service.scv + arrival_scv) / slack)


def line_of(
    between: Distribution,
    service: Distribution,
    servers: int,
    patience: Distribution | None = None,
    room: float = np.inf,
    batch: int = 1,
    settles: float | None = None,
) -> System:
    """One line before some servers; ``room`` is how many may wait."""
    rate = batch / between.mean
    if settles is None:
        settles = settling(rate * service.mean / servers, servers, service, between.scv * batch)

    def draw(luck: Luck) -> Drawn:
        u = luck()
        n = len(u)
        gap = between(u[:, 0])
        gap[np.arange(luck.low + 1, luck.high + 1) % batch != 0] = 0.0
        return Drawn(
            gap=gap,
            first=ONE_VISIT(n),
            station=np.zeros(n, np.int64),
            work=service(u[:, 1]),
            patience=None if patience is None else patience(u[:, 2]),
            tolerance=None if room == np.inf else np.full(n, int(room)),
        )

    events = max(rate, servers / service.mean)
    expected = expectation(between, service, servers, rate * service.mean / servers, room)
    return System((servers,), rate, events, settles, draw, expected=expected._replace(batch=batch))


def expectation(
    between: Distribution, service: Distribution, servers: int, load: float, room: float = np.inf
) -> Expected:
    """What chance gives a line, and about how much work lies there: only a scale."""
    slack = 1 - load if load < 1 else 0.1
    waiting = min(room, (between.scv + service.scv) / (2 * slack))
    pile = service.mean * (min(load, 1) * servers + waiting)
    return Expected(between.mean, between.second, service.mean, service.second, service.third, pile)


def at_rate(given: Given, name: str) -> Distribution:
    """Without memory, at a rate among the parameters."""
    return exponential(1 / positive(given, name))


def service_of(given: Given) -> Distribution:
    """By name and mean; or exponential with rate mu."""
    if "service" in given:
        return named(str(given["service"]), positive(given, "mean", _mean_in(given["service"])))
    if "D" in given:
        return named("D", positive(given, "D"))
    return at_rate(given, "mu")


def _mean_in(name: str) -> float:
    """``Exp(2)`` has the rate in its name; other names have mean 1."""
    inside = str(name).partition("(")[2].rstrip(")")
    return 1 / float(inside) if str(name).startswith("Exp(") else 1.0


def mmc(given: Given) -> System:
    """Everybody is patient and called in turn; services of any distribution."""
    if given.get("discipline", "FCFS") not in ("FCFS", "FIFO"):
        raise NotExpressedError(
            f"lines here are called in the order of joining, not {given['discipline']}"
        )
    servers = servers_of(given, 1)
    return line_of(at_rate(given, "lam"), service_of(given), servers)


def mmck(given: Given) -> System:
    """Room for ``K`` in all; who finds none is lost. Without room to wait this is Erlang B."""
    servers, room = servers_of(given), whole(given, "K", servers_of(given)) - servers_of(given)
    if room < 0:
        raise NotExpressedError("K is smaller than c")
    service = service_of(given)
    settles = 40 * service.mean * (1 + room)
    return line_of(at_rate(given, "lam"), service, servers, room=room, settles=settles)


def gm1(given: Given) -> System:
    """Arrivals of any distribution."""
    between = named(str(given["interarrival"]), 1 / positive(given, "lam"))
    return line_of(between, service_of(given), servers_of(given, 1))


def erlang_a(given: Given) -> System:
    """Who has waited too long leaves."""
    service, patience = service_of(given), at_rate(given, "theta")
    settles = 30 * (service.mean + patience.mean)
    servers = servers_of(given)
    return line_of(at_rate(given, "lam"), service, servers, patience, settles=settles)


def mginf(given: Given) -> System:
    """So many servers that nobody waits."""
    name = str(given["service"])
    mean = positive(given, "mean", 1.0)
    if " mean " in name:  # as in "LogN mean 1.5 scv 2"
        law, _, rest = name.partition(" mean ")
        told, _, scv = rest.partition(" scv ")
        name, mean = f"{law}_scv{scv or 1}", float(told)
    load = positive(given, "lam") * mean
    service = named(name, mean)
    servers = int(load + MANY * load**0.5) + 10
    settles = 30 * mean * (1 + service.scv)
    return line_of(at_rate(given, "lam"), service, servers, settles=settles)


def batches(given: Given) -> System:
    """Arrivals in batches of one size."""
    name = str(given["batch"])
    if not name.startswith("fixed"):
        raise NotExpressedError(f"no batch size called '{name}' is known")
    size = whole({"batch": int(name.removeprefix("fixed"))}, "batch")
    return line_of(
        at_rate(given, "batch_rate"), service_of(given), servers_of(given, 1), batch=size
    )


def balking(given: Given) -> System:
    """Who finds ``n`` there joins with chance 1/(n+1)."""
    if str(given["join_prob"]).replace(" ", "") != "1/(n+1)":
        raise NotExpressedError("only joining with chance 1/(n+1) is known")
    service, between = service_of(given), at_rate(given, "lam")
    line = line_of(between, service, 1, settles=60 * service.mean)
    came = line.draw
    assert came is not None

    def draw(luck: Luck) -> Drawn:
        # joins with n before it if n <= 1/u - 1, which has the chance 1/(n + 1)
        longest = np.minimum(np.floor(1 / luck()[:, 2]) - 1, FOREVER // 2).astype(np.int64)
        return came(luck)._replace(tolerance=longest)

    return replace(line, draw=draw)


def classes(given: Given) -> System:
    """Priority classes that never interrupt a service."""
    if "preemptive" in str(given["discipline"]).replace("non-preemptive", ""):
        raise NotExpressedError("a service here is never interrupted by a more urgent case")
    rates, servers = [float(x) for x in given["lam"]], servers_of(given, 1)
    if "mu" in given:
        services = [at_rate(given, "mu")] * len(rates)
    else:
        pairs = zip(given["ES"], given["ES2"], strict=True)
        services = [of_moments(float(one), float(two)) for one, two in pairs]
    rate = sum(rates)
    between = exponential(1 / rate)
    load = sum(r * s.mean for r, s in zip(rates, services, strict=True)) / servers
    longest = max(services, key=lambda one: one.mean * (1 + one.scv))
    cumulative = np.cumsum(rates) / rate

    def draw(luck: Luck) -> Drawn:
        u = luck()
        kind = np.searchsorted(cumulative[:-1], u[:, 3], side="right")
        every = np.stack([one(u[:, 1]) for one in services])
        work = every[kind, np.arange(len(u))]
        return Drawn(
            gap=between(u[:, 0]),
            first=ONE_VISIT(len(u)),
            station=np.zeros(len(u), np.int64),
            work=work,
            priority=kind.astype(np.int64),
        )

    events = max(rate, servers / min(one.mean for one in services))
    settles = settling(load, servers, longest, 1.0)
    expected = expectation(between, _mixture(rates, services), servers, load)
    return System((servers,), rate, events, settles, draw, expected=expected)


def _mixture(rates: Sequence[float], services: Sequence[Distribution]) -> Distribution:
    """The moments of services of all classes; nobody draws from it."""
    shares = np.array(rates) / sum(rates)
    mean, second, third = (
        float(shares @ moments)
        for moments in (
            [one.mean for one in services],
            [one.mean**2 * one.second for one in services],
            [one.mean**3 * one.third for one in services],
        )
    )
    return Distribution(mean, second / mean**2, third / mean**3, np.ones_like)


def breakdowns(given: Given) -> System:
    """The server breaks, busy or not, and goes on with its work when repaired."""
    breaks, repairs = positive(given, "breakdown_rate"), positive(given, "repair_rate")
    if "resume" not in str(given["rule"]) or "idle" not in str(given["rule"]):
        raise NotExpressedError(f"a clock here stops busy or idle and resumes: {given['rule']}")
    line = line_of(at_rate(given, "lam"), service_of(given), 1, settles=0.0)
    up = repairs / (breaks + repairs)
    load = line.rate / positive(given, "mu") / up
    settles = settling(load, 1, exponential(1 / positive(given, "mu") + 1 / repairs), 1.0)

    def clock(luck: Luck, horizon: float) -> Floats:
        n = int(horizon / (1 / breaks + 1 / repairs) * 1.5) + 100
        u = replace(luck, low=0, high=n)(occasion=1)
        ends = np.cumsum(-np.log(u[:, :2]) / [breaks, repairs]).reshape(-1, 2)
        begins = np.concatenate([[0.0], ends[:-1, 1]])
        return np.stack([begins, ends[:, 0]], axis=1)

    return replace(line, settles=settles, clock=clock)
