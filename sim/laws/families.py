"""Families of laws: which system a case is about, or why none of ours is it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.laws.copies import Copies
from sim.laws.distributions import Distribution, exponential, named, of_moments
from sim.laws.expressed import NotExpressedError
from sim.laws.system import Drawn, Floats, Luck, System
from sim.laws.village import Village
from sim.service.cases import FOREVER

Given = Mapping[str, Any]
ONE_VISIT: Callable[[int], Any] = lambda n: np.arange(n + 1)  # noqa: E731
MANY = 10.0  # standard deviations of servers beyond the mean make nobody wait


def system_of(family: str, given: Given) -> System | Copies | Village:
    """The system of a case.

    Raises
    ------
    NotExpressedError
        The family is not known, a parameter is, or a system of ours cannot be it.
    """
    if family in CANNOT:
        raise NotExpressedError(CANNOT[family])
    if family not in FAMILIES:
        raise NotExpressedError(f"no family of laws called '{family}' is known")
    try:
        return FAMILIES[family](given)
    except KeyError as error:
        raise NotExpressedError(f"parameter {error} is missing") from None
    except (TypeError, ValueError) as error:
        raise NotExpressedError(f"a parameter cannot be read: {error}") from None


def _settles(load: float, servers: float, service: Distribution, arrival_scv: float) -> float:
    """Many times the time in which a queue forgets where it began; none is meant to be long."""
    if load >= 1:
        raise NotExpressedError(f"the load is {load:g}: there is no steady state")
    slack = servers * (1 - load) ** 2
    return 20 * service.mean * (1 + (1 + service.scv + arrival_scv) / slack)


def _line(
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
        settles = _settles(rate * service.mean / servers, servers, service, between.scv * batch)

    def draw(luck: Luck) -> Drawn:
        u = luck()
        n = len(u)
        gap, work = between(u[:, 0]), service(u[:, 1])
        controls = np.stack([*between.controls(gap), *service.controls(work)], axis=1)
        gap[np.arange(luck.low, luck.high) % batch != 0] = 0.0
        return Drawn(
            gap=gap,
            first=ONE_VISIT(n),
            station=np.zeros(n, np.int64),
            work=work,
            controls=controls,
            patience=None if patience is None else patience(u[:, 2]),
            tolerance=None if room == np.inf else np.full(n, int(room)),
        )

    return System((servers,), rate, max(rate, servers / service.mean), settles, draw)


def _service(given: Given) -> Distribution:
    """By name and mean; or exponential with rate mu."""
    if "service" in given:
        return named(str(given["service"]), float(given.get("mean", _mean_in(given["service"]))))
    if "D" in given:
        return named("D", float(given["D"]))
    return exponential(1 / float(given["mu"]))


def _mean_in(name: str) -> float:
    """``Exp(2)`` has the rate in its name; other names have mean 1."""
    inside = str(name).partition("(")[2].rstrip(")")
    return 1 / float(inside) if str(name).startswith("Exp(") else 1.0


def _mmc(given: Given) -> System:
    if given.get("discipline", "FCFS") not in ("FCFS", "FIFO"):
        raise NotExpressedError(
            f"lines here are called in the order of joining, not {given['discipline']}"
        )
    servers = int(given.get("c", 1))
    return _line(exponential(1 / given["lam"]), _service(given), servers)


def _mmck(given: Given) -> System:
    servers, room = int(given["c"]), int(given.get("K", given["c"])) - int(given["c"])
    if room < 0:
        raise NotExpressedError("K is smaller than c")
    service = _service(given)
    settles = 40 * service.mean * (1 + room)
    return _line(exponential(1 / given["lam"]), service, servers, room=room, settles=settles)


def _gm1(given: Given) -> System:
    between = named(str(given["interarrival"]), 1 / given["lam"])
    return _line(between, _service(given), int(given.get("c", 1)))


def _erlang_a(given: Given) -> System:
    service, patience = _service(given), exponential(1 / given["theta"])
    settles = 30 * (service.mean + patience.mean)
    servers = int(given["c"])
    return _line(exponential(1 / given["lam"]), service, servers, patience, settles=settles)


def _mginf(given: Given) -> System:
    name = str(given["service"])
    mean = float(given.get("mean", 1.0))
    if " mean " in name:  # as in "LogN mean 1.5 scv 2"
        law, _, rest = name.partition(" mean ")
        told, _, scv = rest.partition(" scv ")
        name, mean = f"{law}_scv{scv or 1}", float(told)
    load = given["lam"] * mean
    service = named(name, mean)
    servers = int(load + MANY * load**0.5) + 10
    settles = 30 * mean * (1 + service.scv)
    return _line(exponential(1 / given["lam"]), service, servers, settles=settles)


def _batches(given: Given) -> System:
    name = str(given["batch"])
    if not name.startswith("fixed"):
        raise NotExpressedError(f"no batch size called '{name}' is known")
    return _line(exponential(1 / given["batch_rate"]), _service(given), int(given.get("c", 1)),
                 batch=int(name.removeprefix("fixed")))  # fmt: skip


def _balking(given: Given) -> System:
    if str(given["join_prob"]).replace(" ", "") != "1/(n+1)":
        raise NotExpressedError("only joining with chance 1/(n+1) is known")
    service, between = _service(given), exponential(1 / given["lam"])
    line = _line(between, service, 1, settles=60 * service.mean)

    came = line.draw
    assert came is not None

    def draw(luck: Luck) -> Drawn:
        # joins with n before it if n <= 1/u - 1, which has the chance 1/(n + 1)
        longest = np.minimum(np.floor(1 / luck()[:, 2]) - 1, FOREVER // 2).astype(np.int64)
        return came(luck)._replace(tolerance=longest)

    return System(line.servers, line.rate, line.events, line.settles, draw)


def _classes(given: Given) -> System:
    if "preemptive" in str(given["discipline"]).replace("non-preemptive", ""):
        raise NotExpressedError("a service here is never interrupted by a more urgent case")
    rates, servers = [float(x) for x in given["lam"]], int(given.get("c", 1))
    if "mu" in given:
        services = [exponential(1 / given["mu"])] * len(rates)
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
        gap = -np.log(u[:, 0]) / rate
        controls = [between.controls(gap)[0]]
        for k, one in enumerate(services):
            mine = kind == k
            controls += [mine - rates[k] / rate, *(mine * x for x in one.controls(work))]
        return Drawn(
            gap=gap,
            first=ONE_VISIT(len(u)),
            station=np.zeros(len(u), np.int64),
            work=work,
            priority=kind.astype(np.int64),
            controls=np.stack(controls, axis=1),
        )

    events = max(rate, servers / min(one.mean for one in services))
    return System((servers,), rate, events, _settles(load, servers, longest, 1.0), draw)


def _network(
    gamma: Sequence[float], routing: Any, mu: Sequence[float], servers: Sequence[int]
) -> System:
    """Poisson arrivals at stations, exponential services, routes by chance."""
    into, routes = np.array(gamma, float), np.array(routing, float)
    rates = np.linalg.solve(np.eye(len(into)) - routes.T, into)
    loads = rates / (np.array(mu) * np.array(servers))
    if loads.max() >= 1:
        raise NotExpressedError(f"the load of a station is {loads.max():g}: no steady state")
    entry, onward = np.cumsum(into) / into.sum(), np.cumsum(routes, axis=1)
    means = 1 / np.array(mu, float)

    def draw(luck: Luck) -> Drawn:
        u = luck()
        case = np.arange(len(u))
        at = np.searchsorted(entry[:-1], u[:, 3], side="right")
        visits = [(case, at, means[at] * -np.log(u[:, 1]))]
        dice, occasion = u[:, 2], 0
        while len(case):
            goes = (dice[:, None] >= onward[at]).sum(axis=1)
            stays = goes < len(means)
            case, at, occasion = case[stays], goes[stays], occasion + 1
            more = luck(occasion)[case]
            dice = more[:, 1]
            visits.append((case, at, means[at] * -np.log(more[:, 0])))
        cases, stations, works = (np.concatenate(column) for column in zip(*visits, strict=True))
        order = np.argsort(cases, kind="stable")
        first = np.concatenate([[0], np.cumsum(np.bincount(cases, minlength=len(u)))])
        return Drawn(-np.log(u[:, 0]) / into.sum(), first, stations[order], works[order])

    slowest = 1 / ((1 - loads) ** 2 * np.array(servers) * np.array(mu))
    settles = 60 * float((slowest + means).sum() * (1 + routes.sum()))
    events = max(float(into.sum()), float((np.array(servers) * np.array(mu)).max()))
    return System(tuple(int(c) for c in servers), float(into.sum()), events, settles, draw)


def _tandem(given: Given) -> System:
    n = len(given["mu"])
    routing = np.eye(n, k=1)
    gamma = [given["lam"]] + [0.0] * (n - 1)
    return _network(gamma, routing, given["mu"], given.get("c", [1] * n))


def _feedback(given: Given) -> System:
    return _network([given["lam"]], [[given["p_return"]]], [given["mu"]], [int(given.get("c", 1))])


def _jackson(given: Given) -> System:
    return _network(given["gamma"], given["routing"], given["mu"], given["c"])


def _breakdowns(given: Given) -> System:
    breaks, repairs = float(given["breakdown_rate"]), float(given["repair_rate"])
    if "resume" not in str(given["rule"]) or "idle" not in str(given["rule"]):
        raise NotExpressedError(f"a clock here stops busy or idle and resumes: {given['rule']}")
    line = _line(exponential(1 / given["lam"]), _service(given), 1, settles=0.0)
    up = repairs / (breaks + repairs)
    load = line.rate / given["mu"] / up
    settles = _settles(load, 1, exponential(1 / given["mu"] + 1 / repairs), 1.0)

    def clock(luck: Luck, horizon: float) -> Floats:
        n = int(horizon / (1 / breaks + 1 / repairs) * 1.5) + 100
        u = replace(luck, low=0, high=n)(occasion=1)
        ends = np.cumsum(-np.log(u[:, :2]) / [breaks, repairs]).reshape(-1, 2)
        begins = np.concatenate([[0.0], ends[:-1, 1]])
        return np.stack([begins, ends[:, 0]], axis=1)

    return System(line.servers, line.rate, line.events, settles, line.draw, clock=clock)


def _vacations(given: Given) -> System:
    """A vacation is a job for which there is always time when nobody waits."""
    if str(given["policy"]) != "exhaustive multiple":
        raise NotExpressedError(
            f"a server here goes when nobody waits, and again: {given['policy']}"
        )
    service, vacation = _service(given), named(str(given["vacation"]), float(given["EV"]))
    between = exponential(1 / given["lam"])
    load = service.mean / between.mean
    often = 1.1 * (1 - load) / vacation.mean * between.mean  # vacations in store, an arrival
    settles = _settles(load, 1, service, 1.0) + 20 * vacation.mean * (1 + vacation.scv)

    def draw(luck: Luck) -> Drawn:
        u, more = luck(), luck(1)
        n_jobs = np.floor(often + u[:, 3]).astype(np.int64)
        n_jobs[0] += STORE if luck.low == 0 else 0
        first = np.cumsum([0, *(1 + n_jobs)])  # each arrival, and behind it jobs for later
        n = int(first[-1])
        gap, work, priority = np.zeros(n), np.empty(n), np.ones(n, np.int64)
        gap[first[:-1]], priority[first[:-1]] = between(u[:, 0]), 0
        owner = np.repeat(np.arange(len(u)), 1 + n_jobs)
        dice = np.modf(more[owner, 0] + (np.arange(n) - first[:-1][owner]) * GOLDEN)[0]
        work[:] = vacation(np.clip(dice, 1e-12, 1 - 1e-12))
        work[first[:-1]] = service(u[:, 1])
        return Drawn(gap, ONE_VISIT(n), np.zeros(n, np.int64), work, priority=priority)

    events = max(1 / between.mean, 1 / service.mean)
    return System((1,), 1 / between.mean, events, settles, draw, priority=0)


STORE = 2_000  # vacations at the beginning, so that they never run out
GOLDEN = (5**0.5 - 1) / 2


def _village(given: Given) -> Village:
    away, service = exponential(1 / given["lam_each"]), _service(given)
    settles = 20 * (away.mean + given["N"] * service.mean)
    return Village(int(given["N"]), away, service, (int(given["c"]),), settles)


def _from_empty(given: Given) -> Copies:
    _empty(given)
    rate, moment = float(given["lam"]), float(given["t"])
    service, servers = _service(given), int(given.get("c", 1))
    events = max(rate, servers / service.mean)
    return Copies(
        servers, service, rate * moment, lambda shown: shown / rate, moment, moment, events
    )


def _waves(given: Given) -> Copies:
    """Arrivals that rise and fall like a sine, everybody served at once."""
    _empty(given)
    number = r"([0-9.]+)"
    pattern = rf"{number}\(1\+{number}sin\(2pit/{number}\)\)"
    match = re.fullmatch(pattern, str(given["lam"]).replace(" ", "").replace("*", ""))
    if match is None:
        raise NotExpressedError(f"no rate called '{given['lam']}' is known")
    level, swing, period = map(float, match.groups())
    moment, service = float(given["t"]), _service(given)
    times = np.linspace(0, moment, 20_001)
    turn = 2 * np.pi / period
    shown = level * (times + swing * (1 - np.cos(turn * times)) / turn)
    most = level * (1 + swing) * service.mean
    return Copies(
        int(most + MANY * most**0.5) + 10, service, float(shown[-1]),
        lambda x: np.interp(x, shown, times), moment, moment, level * (1 + swing),
    )  # fmt: skip


def _day(given: Given) -> Copies:
    """A day of hours with a rate each."""
    _empty(given)
    hourly, servers = [float(x) for x in given["hourly_arrivals"]], int(given["c"])
    service = exponential(1 / given["mu_per_hour"])
    shown, hours = np.cumsum([0.0, *hourly]), np.arange(len(hourly) + 1.0)
    events = max(*hourly, servers / service.mean)
    return Copies(
        servers, service, float(shown[-1]), lambda x: np.interp(x, shown, hours),
        float(hours[-1]), float(hours[-1]), events,
    )  # fmt: skip


def _empty(given: Given) -> None:
    if "empty" not in str(given.get("start", "empty")):
        raise NotExpressedError(f"a beginning here is empty, not {given['start']}")


FAMILIES: dict[str, Callable[[Given], System | Copies | Village]] = {
    "M/M/1": _mmc,
    "M/M/1 disciplines": _mmc,
    "M/M/c": _mmc,
    "M/G/1": _mmc,
    "M/D/1": _mmc,
    "M/D/c": _mmc,
    "M/G/c": _mmc,
    "Erlang B": _mmck,
    "M/M/c/K": _mmck,
    "G/M/1": _gm1,
    "G/G/1": _gm1,
    "Erlang A": _erlang_a,
    "M/G/inf": _mginf,
    "M^X/M/1": _batches,
    "Balking": _balking,
    "M/G/1 priority NP": _classes,
    "M/M/1 priority PR": _classes,
    "M/M/c priority NP": _classes,
    "Tandem": _tandem,
    "Feedback": _feedback,
    "Jackson": _jackson,
    "Unreliable server": _breakdowns,
    "M/G/1 vacations": _vacations,
    "Machine repair (finite village)": _village,
    "Transient M/M/1": _from_empty,
    "Mt/M/inf": _waves,
    "Mt/M/c working day": _day,
}
CANNOT = {
    "M/M/1-PS": "a server here is with one case at a time and does not share itself",
    "Mobile unit (bulk service)": "a van's capacity at a call is no mechanism of the engines yet",
    "Retrial (repeat calls)": "a call repeated on the same day is no mechanism of the engines yet",
    "Logit": "the choice of a channel is not tried by this runner yet",
    "Logit+queue equilibrium": "the choice of a channel is not tried by this runner yet",
    "Trust EWMA": "trust is not tried by this runner yet",
    "DeGroot": "opinions here do not average; word of mouth passes on knowledge",
    "Bass": "adoption here does not grow by itself; awareness spreads by a hazard",
    "Logistic": "internet access is an input here, not an outcome",
}
