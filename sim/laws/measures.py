"""Metrics of laws by name: the measure that each of them is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from sim.laws.copies import Copies, number_at
from sim.laws.expressed import NotExpressedError
from sim.laws.families import Living
from sim.laws.kernels import ABANDONED, BLOCKED, CALLED, OVER
from sim.laws.measure import Measure, Of, mean, over_time, quantile, ratio, share, spread, variance
from sim.laws.orbit import OF_ORBIT, Orbit
from sim.laws.people import People, Told
from sim.laws.seen import Floats, Ints, Mask, Seen
from sim.laws.van import OF_VAN, Van

CLASSES = 8  # of priority, at most
WAITS: Of = lambda w: w.waits  # noqa: E731
SOJOURNS: Of = lambda w: w.sojourns  # noqa: E731
WHOLES: Of = lambda w: w.wholes  # noqa: E731


def _of_class(k: str) -> Measure:
    return mean(lambda w: w.wait[w.left_line & w.of_class(int(k) - 1)])


def _sojourn_of_class(k: str) -> Measure:
    return mean(lambda w: w.sojourn[w.over & w.of_class(int(k) - 1)])


def _wait_at(k: str) -> Measure:
    return mean(lambda w: w.wait[w.left_line & w.at(int(k) - 1)])


def _calls_at(k: str) -> Measure:
    return over_time(lambda w: float((w.left_line & w.at(int(k) - 1)).sum()))


def _time_at(holds: Callable[[Ints], Mask]) -> Measure:
    """The share of time during which so many are present."""
    return over_time(lambda w: float(w.time_at[holds(np.arange(len(w.time_at)))].sum()), order=1)


def _variance_of_number() -> Measure:
    def sums(w: Seen) -> Floats:
        number = np.arange(len(w.time_at))
        return np.array([w.span, w.time_at @ number, w.time_at @ number**2])

    return Measure(sums, spread, order=3)


def _work_conserved() -> Measure:
    """Sum over classes of their load times their mean wait: the same for every order of calls."""

    def sums(w: Seen) -> Floats:
        found = [w.span]
        for k in range(CLASSES):
            mine = w.of_class(k)
            found += [
                float((w.log.ended - w.log.started)[w.over & mine].sum()) / w.ticks,
                float(w.wait[w.left_line & mine].sum()),
                float((w.left_line & mine).sum()),
            ]
        return np.array(found)

    def value(s: Floats) -> Floats:
        total = np.zeros(len(s))
        for k in range(CLASSES):
            work, wait, n = s[:, 1 + 3 * k], s[:, 2 + 3 * k], s[:, 3 + 3 * k]
            total += work / s[:, 0] * np.divide(wait, n, out=np.zeros(len(s)), where=n > 0)
        return total

    return Measure(sums, value)


T = r"([0-9.eE+-]+)"


def measure_of(metric: str, exact: float, system: Living) -> Measure:
    """The measure of a metric's name.

    Raises
    ------
    NotExpressedError
        Nobody knows the name.
    """
    name = metric.replace(" ", "")
    if isinstance(system, Copies):
        return _of_copies(name, metric, system)
    if isinstance(system, People):
        return _of_people(name, metric)
    if isinstance(system, Orbit | Van):
        return _named(name, metric, OF_VAN if isinstance(system, Van) else OF_ORBIT)
    if name in BY_SERVERS:
        return BY_SERVERS[name](sum(system.servers))
    return _of_lines(name, metric, exact)


def _of_lines(name: str, metric: str, exact: float) -> Measure:
    """Measures over visits and over time."""
    if match := re.fullmatch(r"(Wq|W|W_total)_p(\d\d)", name):
        return quantile(BY_VISIT[match.group(1)], int(match.group(2)) / 100, exact)
    for pattern, make in BY_PATTERN:
        if match := re.fullmatch(pattern, name):
            return make(match.group(1))
    return _named(name, metric, PLAIN)


def _named(name: str, metric: str, known: Mapping[str, Measure]) -> Measure:
    """The measure of a name among those of one kind of system."""
    if name not in known:
        raise NotExpressedError(f"no metric called '{metric}' is known")
    return known[name]


def _of_copies(name: str, metric: str, system: Copies) -> Measure:
    """Measures at a moment, over copies."""
    if match := re.fullmatch(rf"E\[N\]athour{T}", name):
        return _moments(float(match.group(1)), lambda n: n)
    if name == "E[N(t)]":
        return _moments(system.moment, lambda n: n)
    if name == "P(N(t)=0)":
        return _moments(system.moment, lambda n: (n == 0).astype(np.float64))
    if name == "P(emptyqueueatclose)":
        return _moments(system.horizon, lambda n: (n == 0).astype(np.float64), waiting=True)
    if name == "E[queue-hoursovertheday]":
        return ratio(lambda w: w.in_line(), lambda w: float(w.copies))
    if name == "E[N(t)]=Var":
        return _both(system.moment)
    raise NotExpressedError(f"no metric called '{metric}' is known")


def _of_people(name: str, metric: str) -> Measure:
    """Measures over answers."""
    answers: Callable[[Told], Floats] = lambda w: w.answers  # noqa: E731
    if match := re.fullmatch(r"(?:E\[)?share_(\d+)\]?", name):
        alternative = int(match.group(1)) - 1
        return share(answers, lambda x: x == alternative)
    if name in ("T_n", "E[T]", "E[T_n]", "mean"):
        return mean(answers)
    if name in ("Var(T)", "Var(T_n)", "variance"):
        return variance(answers)
    raise NotExpressedError(f"no metric called '{metric}' is known")


def _moments(moment: float, of: Callable[[Floats], Floats], waiting: bool = False) -> Measure:
    return ratio(
        lambda w: float(of(number_at(w, moment, waiting)).sum()), lambda w: float(w.copies)
    )


def _both(moment: float) -> Measure:
    """The mean of mean and variance, which are one for a Poisson number."""
    sums = variance(lambda w: number_at(w, moment)).sums
    return Measure(sums, lambda s: (s[:, 1] / s[:, 0] + spread(s)) / 2)


PLAIN: dict[str, Measure] = {
    "L": over_time(lambda w: w.present()),
    "Lq": over_time(lambda w: w.in_line()),
    "E[Q]": over_time(lambda w: w.in_line()),
    "W": mean(SOJOURNS),
    "W_counter": mean(SOJOURNS),
    "lambda_counter": over_time(lambda w: w.count(OVER)),
    "Wq": mean(WAITS),
    "Wq_accepted": mean(lambda w: w.wait[w.marked(CALLED)]),
    "Wq_all(served+abandoned)": mean(WAITS),
    "W_total": mean(WHOLES),
    "W_network": mean(WHOLES),
    "meanvisits": mean(lambda w: np.diff(w.cases.first)[w.finished].astype(np.float64)),
    "P(Wq=0)": share(WAITS, lambda x: x == 0),
    "P(wait)": share(WAITS, lambda x: x > 0),
    "P(wait>0)": share(WAITS, lambda x: x > 0),
    "Var(Wq)": variance(WAITS),
    "Var(N)": _variance_of_number(),
    "E[Wq^2]": mean(lambda w: w.waits**2, order=3),
    "busy_servers_mean": over_time(lambda w: w.busy(), order=1),
    "P(busy)": _time_at(lambda n: n > 0),
    "P(block)": ratio(lambda w: w.count(BLOCKED), lambda w: w.offered),
    "sumrho_kWq_k": _work_conserved(),
    "availability": over_time(lambda w: w.running),
    "throughput": over_time(lambda w: w.count(OVER)),
    "P(abandon)": ratio(lambda w: w.count(ABANDONED), lambda w: w.offered),
    "P(abandon|wait)": ratio(
        lambda w: w.count(ABANDONED), lambda w: float(np.count_nonzero(w.waits))
    ),
}
BY_VISIT: dict[str, Of] = {"Wq": WAITS, "W": SOJOURNS, "W_total": WHOLES}
BY_SERVERS: dict[str, Callable[[int], Measure]] = {
    "utilisation": lambda c: over_time(lambda w: w.busy() / c, order=1),
    "P(N<=c-1)": lambda c: _time_at(lambda n: n <= c - 1),
}
BY_PATTERN: list[tuple[str, Callable[[str], Measure]]] = [
    (rf"P\(Wq>{T}\)", lambda t: share(WAITS, lambda x: x > float(t))),
    (rf"P\(Wq<={T}\)", lambda t: share(WAITS, lambda x: x <= float(t))),
    (rf"P\(W>{T}\)", lambda t: share(SOJOURNS, lambda x: x > float(t))),
    (r"Wq_class([1-8])", _of_class),
    (r"W_class([1-8])", _sojourn_of_class),
    (r"Wq_node(\d)", _wait_at),
    (r"L_node(\d)", lambda k: over_time(lambda w: w.present(int(k) - 1))),
    (r"lambda_node(\d)", _calls_at),
]
