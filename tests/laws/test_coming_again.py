"""Laws of those who come again: after a refusal, to a van that was full, as a gate in the line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import poisson

from sim.engine import ENGINES
from sim.laws.attempts import others_at_refusal, refusals
from sim.laws.law import Law
from sim.laws.trial import FAIL, NOT_EXPRESSED, PASS, Terms, tried
from sim.service.cases import Cases, Log, State
from sim.service.stations import Stations
from tests.laws.test_laws import LAWS, case

RETRIAL, MOBILE, VACATIONS = "mm1_retrial", "mobile_T30_cap20", "mvac_gated_Exp"
NAMES = (RETRIAL, MOBILE, "mobile_T14_cap50", "mvac_gated_D", VACATIONS)
TERMS = Terms(laws=len(LAWS))
LOOSE = Terms(tolerance=0.05, laws=len(LAWS))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter replications, and no longer ones at the second try: where little time will do."""
    monkeypatch.setattr("sim.laws.trial.SHORTEST", 1_000)
    monkeypatch.setattr("sim.laws.trial.MOST_AGAIN", 1.5)


def law(name: str, metric: str, exact: float, **parameters: Any) -> Law:
    """A law of the family of a case, with other parameters."""
    (one, *_) = case(name)
    row = {**one.row, "parameters": json.dumps(parameters)}
    return replace(one, parameters=parameters, metric=metric, exact=exact, row=row)


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_engine_keeps_the_law(name: str) -> None:
    trials = tried(case(name), TERMS)
    assert {one.verdict for one in trials} == {PASS}, trials


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(("name", "factor"), [(RETRIAL, 1.03), (MOBILE, 0.97), (VACATIONS, 1.03)])
def test_a_law_that_is_three_percent_off_fails(name: str, factor: float) -> None:
    """A negative control, of every metric: little time, and yet it says so."""
    wrong = [replace(one, exact=one.exact * factor) for one in case(name)]
    trials = tried(wrong, TERMS)
    assert {one.verdict for one in trials} == {FAIL}, trials


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(("lam", "again"), [(0.3, 2.0), (0.5, 0.05)])
def test_calls_made_again_keep_the_law_at_other_rates(lam: float, again: float) -> None:
    """Falin and Templeton: rho (lam + rho theta) / ((1 - rho) theta) are in orbit."""
    given = {"lam": lam, "mu": 1, "retry_rate": again}
    orbit = lam * (lam + lam * again) / ((1 - lam) * again)
    figures = {"E[orbit]": orbit, "P(busy)": lam, "L": orbit + lam, "Wq": orbit / lam}
    trials = tried([law(RETRIAL, *one, **given) for one in figures.items()], LOOSE)
    assert {one.verdict for one in trials} == {PASS}, trials


def _left(needs: float, capacity: int) -> tuple[float, float]:
    """Mean number left over, and the chance of a full visit: the chain, until it stands still."""
    most = 40 * capacity
    at = poisson.pmf(np.arange(most), needs)
    chance = np.eye(most)[0]
    for _ in range(2_000):
        before = np.convolve(chance, at)[:most]
        chance = np.concatenate([[before[: capacity + 1].sum()], before[capacity + 1 :]])
        chance = np.pad(chance, (0, most - len(chance)))
    return float(chance @ np.arange(most)), float(before[capacity:].sum())


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("lam", "period", "capacity"), [(0.3, 7, 3), (5.0, 2.5, 15), (0.06, 10, 1)]
)
def test_a_van_keeps_the_law_at_other_loads(lam: float, period: float, capacity: int) -> None:
    given = {"lam_per_day": lam, "period_days": period, "capacity_per_visit": capacity}
    left, full = _left(lam * period, capacity)
    figures = {
        "E[left unserved after a visit]": left,
        "E[queue just before a visit]": left + lam * period,
        "mean days from need to visit": left / lam + period / 2,
        "P(a visit is full)": full,
    }
    trials = tried([law(MOBILE, *one, **given) for one in figures.items()], TERMS)
    assert {one.verdict for one in trials} == {PASS}, trials


def _with(**changes: Callable[[Any], Any]) -> Callable[..., None]:
    """An engine that misreads columns of stations or cases."""

    def advance(stations: Stations, cases: Cases, log: Log, state: State, *span: int) -> None:
        for name, change in changes.items():
            if name in Stations._fields:
                stations = stations._replace(**{name: change(getattr(stations, name))})
            else:
                cases = cases._replace(**{name: change(getattr(cases, name))})
        ENGINES["compiled"](stations, cases, log, state, *span)

    return advance


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("name", "metric", "engine"),
    [
        (RETRIAL, "E[orbit]", _with(delay=lambda x: (1.2 * x).astype(np.int32))),
        (RETRIAL, "E[orbit]", _with(work=lambda x: x * 21 // 20)),
        (MOBILE, "E[left unserved after a visit]", _with(capacity=lambda x: x + 1)),
        (MOBILE, "P(a visit is full)", _with(back_until=lambda x: 0 * x)),
        (MOBILE, "mean days from need to visit", _with(window_open=lambda x: x - 7_200)),
        (VACATIONS, "Wq", _with(due=lambda x: x + (np.arange(len(x)) < 2_000))),
    ],
)
def test_an_engine_that_misreads_a_column_fails(
    name: str, metric: str, engine: Callable[..., None]
) -> None:
    """Pauses, services, limits, openings, people who stay away, a gate that waits."""
    laws = [one for one in case(name) if one.metric == metric]
    (trial,) = tried(laws, LOOSE, engine)
    assert trial.verdict == FAIL, trial


@pytest.mark.parametrize("name", [RETRIAL, MOBILE, VACATIONS])
def test_the_engine_that_is_read_agrees(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only alike: with the same luck the same figures, for the same seconds are in the log."""
    monkeypatch.setattr("sim.laws.trial.PILOT", 3)
    monkeypatch.setattr("sim.laws.trial.REPLICATIONS", 2)
    monkeypatch.setattr("sim.laws.trial.SHORTEST", 300)
    terms = Terms(most=900)
    compiled, simpy = (tried(case(name), terms, ENGINES[one]) for one in ("compiled", "simpy"))
    assert [one.estimate for one in compiled] == [one.estimate for one in simpy]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        (RETRIAL, {"lam": 1.0, "mu": 1, "retry_rate": 0.5}, "the load is 1: there is no steady"),
        (RETRIAL, {"lam": 0.97, "mu": 1, "retry_rate": 0.5}, "would be about to call again"),
        (RETRIAL, {"lam": 0.6, "mu": 1, "retry_rate": 50}, "call more than 1000 times"),
        (RETRIAL, {"lam": 0.6, "mu": 1, "retry_rate": 1e-3}, "800 times slower than the rest"),
        (RETRIAL, {"lam": 0.6, "mu": 1, "retry_rate": 1, "c": 2}, "only one server"),
        (RETRIAL, {"lam": 0.6, "mu": 1, "retry_rate": 1, "stays": 0.5}, "called 'stays'"),
        (RETRIAL, {"lam": 0.6, "mu": 1}, "parameter 'retry_rate' is missing"),
        (MOBILE, {"lam_per_day": 2, "period_days": 10, "capacity_per_visit": 20}, "the load is 1"),
        (MOBILE, {"lam_per_day": 2, "period_days": 1, "capacity_per_visit": 2.5}, "whole number"),
        (MOBILE, {"lam_per_day": 2, "period_days": 1, "capacity_per_visit": 9e3}, "2,000 calls"),
        (VACATIONS, {"lam": 0.5, "service": "Exp(1)", "vacation": "D", "EV": 2,
                     "policy": "exhaustive single"}, "not exhaustive single"),
        (VACATIONS, {"lam": 1.5, "service": "Exp(1)", "vacation": "D", "EV": 2,
                     "policy": "gated multiple"}, "no steady state"),
    ],
)  # fmt: skip
def test_what_is_out_of_reach_says_why(name: str, given: dict[str, Any], said: str) -> None:
    (trial,) = tried([law(name, case(name)[0].metric, 1.0, **given)], TERMS)
    assert trial.verdict == NOT_EXPRESSED
    assert said in trial.reason


@pytest.mark.parametrize("name", [RETRIAL, MOBILE])
def test_a_metric_that_nobody_knows_is_not_expressed(name: str) -> None:
    given = dict(case(name)[0].parameters)
    (trial,) = tried([law(name, "W_class1", 1.0, **given)], TERMS)
    assert trial.reason == "no metric called 'W_class1' is known"


def test_chains_of_calls_are_as_long_as_theory_wants() -> None:
    """By Little, a case calls again 0.5 x 2.7 / 0.6 times: what the chances of refusals add up to.

    It is refused first with chance 0.6, and each refusal brings more by the same chances.
    """
    others = others_at_refusal(0.6, 1.0, 0.5)
    refused = refusals(0.6, 1.0, 0.5, len(others))
    more = np.linalg.inv(np.eye(len(others)) - refused).sum(axis=1)
    assert 0.6 * float(others @ more) == pytest.approx(0.5 * 2.7 / 0.6)
