"""Service times by service: the lognormal law that the model draws, held against two others."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, digamma, gammaln, ndtr, polygamma, stdtrit

from sim.tickets.read import NEVER, Tickets
from sim.units import MINUTE

FEWEST = 30  # services of a kind; fewer leave the region's time in place
TAIL = 0.025  # of an interval of 95 percent, on each side


@dataclass(frozen=True)
class ServiceFit:
    """Mean and CV of a service's time with their intervals, and how well laws fit.

    ``ks`` is the largest gap between the lognormal law and the tickets; of laws, the one with the
    lowest AIC fits best.
    """

    service: str
    n: int
    minutes: float
    minutes_low: float
    minutes_high: float
    cv: float
    cv_low: float
    cv_high: float
    ks: float
    aic_lognormal: float
    aic_gamma: float
    aic_exponential: float


def service_fits(tickets: Tickets) -> tuple[list[ServiceFit], dict[str, int]]:
    """Fits by service, and how often those were rendered that were too few to fit."""
    whole = (tickets.called != NEVER) & (tickets.ended != NEVER) & ~tickets.no_show
    taken = (tickets.ended - tickets.called).astype(np.float64)
    if tickets.grain > 1:  # in less than a minute: half of one
        taken = np.where(taken == 0, tickets.grain / 2, taken)
    whole &= taken > 0
    fits, few = [], {}
    for service in np.unique(tickets.service):
        seconds = taken[whole & (tickets.service == service)]
        if len(seconds) < FEWEST or np.ptp(seconds) == 0:
            few[str(service)] = len(seconds)
        else:
            fits.append(fit_service(str(service), seconds))
    return fits, few


def fit_service(service: str, seconds: NDArray[np.float64]) -> ServiceFit:
    """The lognormal law of some service times, in seconds, all of them above zero.

    The interval of the mean is Cox's, for ``mu + sigma^2 / 2``; that of the CV follows from the
    law of a variance.
    """
    n, logs = len(seconds), np.log(seconds / MINUTE)
    mu, variance = float(logs.mean()), float(logs.var(ddof=1))
    middle = mu + variance / 2
    margin = float(stdtrit(n - 1, 1 - TAIL)) * sqrt(variance / n + variance**2 / (2 * (n - 1)))
    least, most = ((n - 1) * variance / float(chdtri(n - 1, p)) for p in (TAIL, 1 - TAIL))
    cv, cv_low, cv_high = (sqrt(exp(v) - 1) for v in (variance, least, most))
    ks = _ks(np.sort(ndtr((logs - mu) / sqrt(variance))))
    ends = exp(middle - margin), exp(middle + margin)
    return ServiceFit(service, n, exp(middle), *ends, cv, cv_low, cv_high, ks, *_aics(logs))


def _ks(at: NDArray[np.float64]) -> float:
    """The largest gap between a law, at the sorted tickets, and the tickets themselves."""
    steps = np.arange(len(at) + 1) / len(at)
    return float(np.maximum(at - steps[:-1], steps[1:] - at).max())


def _aics(logs: NDArray[np.float64]) -> tuple[float, float, float]:
    """AIC of the lognormal, the gamma and the exponential law, times in minutes."""
    n, total = len(logs), float(logs.sum())
    minutes = np.exp(logs)
    mean = float(minutes.mean())
    lognormal = -total - n / 2 * (log(2 * pi * float(logs.var())) + 1)
    shape = _gamma_shape(log(mean) - total / n)
    gamma = (shape - 1) * total - n * shape - n * shape * log(mean / shape) - n * gammaln(shape)
    exponential = -n * (log(mean) + 1)
    return 4 - 2 * lognormal, float(4 - 2 * gamma), 2 - 2 * exponential


def _gamma_shape(gap: float) -> float:
    """The shape of a gamma law by maximum likelihood: ``log(shape) - digamma(shape) = gap``."""
    shape = (3 - gap + sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(20):
        slope = 1 / shape - float(polygamma(1, shape))
        shape -= (log(shape) - float(digamma(shape)) - gap) / slope
    return shape
