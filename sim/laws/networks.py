"""Laws of several stations: open networks, and a village that is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.laws.expressed import NotExpressedError
from sim.laws.given import Given, servers_of, whole
from sim.laws.lines import at_rate, service_of
from sim.laws.system import Drawn, Luck, System
from sim.laws.village import Village


def network(
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


def tandem(given: Given) -> System:
    """One station after the other."""
    n = len(given["mu"])
    routing = np.eye(n, k=1)
    gamma = [given["lam"]] + [0.0] * (n - 1)
    return network(gamma, routing, given["mu"], given.get("c", [1] * n))


def feedback(given: Given) -> System:
    """Who has been served comes again with some chance."""
    return network([given["lam"]], [[given["p_return"]]], [given["mu"]], [servers_of(given, 1)])


def jackson(given: Given) -> System:
    """Arrivals, services and routes of a Jackson network."""
    return network(given["gamma"], given["routing"], given["mu"], given["c"])


def village_of(given: Given) -> Village:
    """A closed village with a repair shop."""
    away, service = at_rate(given, "lam_each"), service_of(given)
    settles = 20 * (away.mean + whole(given, "N") * service.mean)
    return Village(whole(given, "N"), away, service, (servers_of(given),), settles)
