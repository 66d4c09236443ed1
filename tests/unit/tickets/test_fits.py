"""Fits find the laws that made the tickets, within their own intervals and at the right rate.

Of 100 sets, right intervals of 95 percent cover the truth in 87 to 99 with probability 0.994, one
parameter at a time; seeds are fixed, so a failure is a change, not bad luck.
"""

from __future__ import annotations

from dataclasses import astuple, replace
from functools import lru_cache

import numpy as np
import pytest
from scipy import stats

from sim.tickets.patience import PatienceFit, Waits, fit_patience, waits_of
from sim.tickets.profile import hours_of, weekdays_of
from sim.tickets.read import NEVER, Tickets
from sim.tickets.services import ServiceFit, fit_service, service_fits
from tests.unit.tickets.lines import HOURS, SERVICES, WEEKDAYS, arrivals, columns, tickets

SETS = 100
MINUTES, SHAPES = 25.0, (1.0, 1.5)  # exponential, and of growing impatience
WEEK = (1.0,) * 5 + (0.0,) * 2


@lru_cache(maxsize=1)
def sets() -> list[tuple[float, Tickets, Tickets]]:
    """Shape of patience, tickets with the times of leaving, and the same without them."""
    found = []
    for seed in range(SETS):
        shape = SHAPES[seed % 2]
        rows = tickets(seed, shape=shape, minutes=MINUTES, days=5)
        found.append((shape, columns(rows), columns(rows, noted=False)))
    return found


@lru_cache(maxsize=2)
def patience(noted: bool) -> list[tuple[float, PatienceFit]]:
    return [
        (shape, fit_patience(waits_of(known if noted else unknown)))
        for shape, known, unknown in sets()
    ]


def rightly(intervals: list[tuple[float, float, float]]) -> bool:
    """Whether intervals of 100 sets hold the truth neither too seldom nor always."""
    return 87 <= covered(intervals) <= 99


def covered(intervals: list[tuple[float, float, float]]) -> int:
    """How many of (low, truth, high) hold the truth."""
    return sum(low <= truth <= high for low, truth, high in intervals)


@pytest.mark.parametrize("noted", [True, False])
def test_patience_is_found_again_though_most_are_called_first(noted: bool) -> None:
    """With the times of leaving, and without: then it ended before the turn would have come."""
    fits = patience(noted)
    means = [(fit.minutes_low, MINUTES, fit.minutes_high) for _, fit in fits]
    shapes = [(fit.shape_low, shape, fit.shape_high) for shape, fit in fits]
    assert rightly(means)
    assert rightly(shapes)
    assert np.mean([fit.minutes for _, fit in fits]) == pytest.approx(MINUTES, rel=0.05)


def test_whoever_ignores_who_was_called_finds_people_far_too_impatient() -> None:
    """Only the impatient leave: a fit to them alone misses the truth in every set."""
    for _, known, _ in sets()[:40]:
        waits = waits_of(known)
        none = np.empty(0)
        alone = fit_patience(Waits(waits.left, none, none))
        assert alone.minutes_high < MINUTES


def test_whoever_takes_waits_for_patience_misses_it_too() -> None:
    """As if everybody who was called had been about to leave."""
    for _, known, _ in sets()[:40]:
        waits = waits_of(known)
        left = np.maximum(np.concatenate([waits.left, waits.served]), 0.01)
        assert fit_patience(Waits(left, np.empty(0), np.empty(0))).minutes_high < MINUTES


@pytest.mark.parametrize("service", SERVICES)
def test_service_times_are_found_again(service: str) -> None:
    mean, cv = SERVICES[service]
    fits = []
    for _, known, _ in sets():
        fits += [fit for fit in service_fits(known)[0] if fit.service == service]
    assert len(fits) == SETS
    assert rightly([(fit.minutes_low, mean, fit.minutes_high) for fit in fits])
    assert rightly([(fit.cv_low, cv, fit.cv_high) for fit in fits])


def test_hours_and_weekdays_are_found_again() -> None:
    """Where days differ as a whole; the share of covered weights, over all hours and sets."""
    hours = np.array([HOURS.get(hour, 0.0) for hour in range(24)])
    hours /= hours[hours > 0].mean()
    held, n = np.zeros(2), np.zeros(2)
    for seed in range(SETS):
        made = arrivals(seed, days=40)
        by_hour, by_day = hours_of(made, [1.0] * 24), weekdays_of(made, WEEK, [])
        assert by_hour is not None
        assert by_day is not None
        for k, (fit, truth) in enumerate(((by_hour, hours), (by_day, (*WEEKDAYS, 0, 0)))):
            ends = zip(fit.low, truth, fit.high, strict=True)
            known = [(a, b, c) for a, b, c in ends if a is not None and c is not None]
            held[k] += covered(known)
            n[k] += len(known)
    assert n.tolist() == [SETS * len(HOURS), SETS * 5]
    assert (held / n > 0.92).all(), held / n
    assert (held / n < 0.99).all(), held / n


def test_a_clock_in_other_units_changes_nothing_but_the_unit() -> None:
    """Twice as slow: twice the mean, the same shape."""
    waits = waits_of(sets()[1][1])
    slow = Waits(2 * waits.left, 2 * waits.served, 2 * waits.missed)
    once, twice = fit_patience(waits), fit_patience(slow)
    assert twice.minutes == pytest.approx(2 * once.minutes, rel=1e-4)
    assert twice.shape == pytest.approx(once.shape, rel=1e-4)


def test_the_order_of_rows_means_nothing() -> None:
    known = sets()[1][2]
    mixed = np.random.default_rng(1).permutation(len(known))
    arrays = {name: getattr(known, name)[mixed] for name in
              ("opened", "called", "ended", "service", "office", "no_show")}  # fmt: skip
    again = fit_patience(waits_of(replace(known, **arrays)))
    for a, b in zip(astuple(patience(noted=False)[1][1]), astuple(again), strict=True):
        assert a == pytest.approx(b, rel=1e-5, nan_ok=True)


def test_a_fit_without_censoring_is_that_of_scipy() -> None:
    left = 10 * np.random.default_rng(3).weibull(2.0, 500)
    fit = fit_patience(Waits(left, np.empty(0), np.empty(0)))
    shape, _, scale = stats.weibull_min.fit(left, floc=0)
    assert fit.shape == pytest.approx(shape, rel=1e-4)
    assert fit.minutes == pytest.approx(stats.weibull_min.mean(shape, scale=scale), rel=1e-4)
    likelihood = stats.weibull_min.logpdf(left, shape, scale=scale).sum()
    assert fit.aic == pytest.approx(4 - 2 * likelihood, rel=1e-6)
    assert fit.gap == pytest.approx(
        stats.kstest(left, stats.weibull_min(shape, scale=scale).cdf).statistic, abs=0.03
    )


def test_figures_of_service_times_are_those_of_scipy() -> None:
    seconds = np.random.default_rng(4).gamma(2.0, 200.0, 400)
    fit, minutes = fit_service("s", seconds), seconds / 60
    sigma, mu = np.log(minutes).std(), np.log(minutes).mean()
    logpdf = stats.lognorm.logpdf(minutes, sigma, scale=np.exp(mu))
    assert fit.aic_lognormal == pytest.approx(4 - 2 * logpdf.sum())
    shape, _, scale = stats.gamma.fit(minutes, floc=0)
    gamma = stats.gamma.logpdf(minutes, shape, scale=scale)
    assert fit.aic_gamma == pytest.approx(4 - 2 * gamma.sum(), rel=1e-6)
    alone = stats.expon.logpdf(minutes, scale=minutes.mean())
    assert fit.aic_exponential == pytest.approx(2 - 2 * alone.sum())
    assert fit.aic_gamma < min(fit.aic_lognormal, fit.aic_exponential)
    law = stats.lognorm(np.log(minutes).std(ddof=1), scale=np.exp(mu))
    assert fit.ks == pytest.approx(stats.kstest(minutes, law.cdf).statistic)
    assert isinstance(fit, ServiceFit)


def test_hours_in_which_nobody_came_keep_the_weights_of_the_region() -> None:
    """On the level of the others: doors that were shut say nothing about who would have come."""
    region = [2.0 if 8 <= hour < 20 else 0.0 for hour in range(24)]
    found = hours_of(arrivals(1, days=15), region)
    assert found is not None
    assert [hour for hour in range(24) if found.seen[hour]] == list(HOURS)
    assert [found.weights[hour] for hour in (3, 8, 17, 19, 20)] == [0, 1, 1, 1, 0]


def test_few_days_say_nothing_about_hours_or_weekdays() -> None:
    assert hours_of(arrivals(1, days=9), [1.0] * 24) is None
    assert weekdays_of(arrivals(1, days=14), WEEK, []) is None
    made = arrivals(1, days=15)
    assert weekdays_of(made, WEEK, []) is not None
    assert weekdays_of(made, WEEK, [int(made.day[0])]) is None  # a Monday after a holiday


def test_lines_that_are_not_called_in_order_do_not_tell_when_people_left() -> None:
    """Called at random: nobody can say when one's turn would have been."""
    known = sets()[1][2]
    called = known.called.copy()
    come = np.flatnonzero(called != NEVER)
    called[come] = np.random.default_rng(5).permutation(called[come])
    waits = waits_of(replace(known, called=called))
    assert len(waits.missed) == 0
    assert waits.unplaced == int((known.called == NEVER).sum())


def test_who_was_called_and_did_not_come_had_left_by_then() -> None:
    known = sets()[1][1]
    absent = known.called != NEVER
    waits = waits_of(replace(known, no_show=absent))
    assert (len(waits.served), len(waits.missed)) == (0, int(absent.sum()))
    assert service_fits(replace(known, no_show=absent))[0] == []
