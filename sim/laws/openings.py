"""Laws of lines that open empty and end: which copies a case is about."""

from __future__ import annotations

import re

import numpy as np

from sim.laws.copies import Copies
from sim.laws.expressed import NotExpressedError
from sim.laws.given import Given, positive, servers_of
from sim.laws.lines import MANY, at_rate, service_of


def from_empty(given: Given) -> Copies:
    """Steady arrivals at a line that opens empty."""
    _empty(given)
    rate, moment = positive(given, "lam"), positive(given, "t")
    service, servers = service_of(given), servers_of(given, 1)
    events = max(rate, servers / service.mean)
    return Copies(
        servers, service, rate * moment, lambda shown: shown / rate, moment, moment, events
    )


def waves(given: Given) -> Copies:
    """Arrivals that rise and fall like a sine, everybody served at once."""
    _empty(given)
    number = r"([0-9.]+)"
    pattern = rf"{number}\(1\+{number}sin\(2pit/{number}\)\)"
    match = re.fullmatch(pattern, str(given["lam"]).replace(" ", "").replace("*", ""))
    if match is None:
        raise NotExpressedError(f"no rate called '{given['lam']}' is known")
    level, swing, period = map(float, match.groups())
    moment, service = positive(given, "t"), service_of(given)
    times = np.linspace(0, moment, 20_001)
    turn = 2 * np.pi / period
    shown = level * (times + swing * (1 - np.cos(turn * times)) / turn)
    most = level * (1 + swing) * service.mean
    return Copies(
        int(most + MANY * most**0.5) + 10, service, float(shown[-1]),
        lambda x: np.interp(x, shown, times), moment, moment, level * (1 + swing),
    )  # fmt: skip


def day(given: Given) -> Copies:
    """A day of hours with a rate each."""
    _empty(given)
    hourly, servers = [float(x) for x in given["hourly_arrivals"]], servers_of(given)
    service = at_rate(given, "mu_per_hour")
    shown, hours = np.cumsum([0.0, *hourly]), np.arange(len(hourly) + 1.0)
    events = max(*hourly, servers / service.mean)
    return Copies(
        servers, service, float(shown[-1]), lambda x: np.interp(x, shown, hours),
        float(hours[-1]), float(hours[-1]), events,
    )  # fmt: skip


def _empty(given: Given) -> None:
    if "empty" not in str(given.get("start", "empty")):
        raise NotExpressedError(f"a beginning here is empty, not {given['start']}")
