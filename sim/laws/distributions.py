"""Distributions by the names that laws give them, as inverse transforms of uniforms."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, isfinite, lgamma, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from sim.laws.expressed import NotExpressedError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Distribution:
    """A positive quantity: its mean, and how it lies about it."""

    mean: float
    second: float  # moments of the quantity over its mean
    third: float
    quantile: Callable[[Floats], Floats]  # of mean 1

    def __post_init__(self) -> None:
        if not (isfinite(self.mean) and self.mean > 0):
            raise NotExpressedError(f"a mean of {self.mean:g} is no length of time")

    @property
    def scv(self) -> float:
        """The squared coefficient of variation."""
        return self.second - 1

    def __call__(self, u: Floats) -> Floats:
        """Values at uniforms."""
        return self.mean * self.quantile(u)


def exponential(mean: float) -> Distribution:
    """Without memory."""
    return Distribution(mean, 2.0, 6.0, lambda u: -np.log(u))


def named(name: str, mean: float) -> Distribution:
    """D, Exp, Exp(rate), Erlang4, U(0,2), LogN_scv2, H2_scv4_balanced, Weibull_shape2, Gamma_scv2.

    Raises
    ------
    NotExpressedError
        Nobody knows the name.
    """
    text = name.replace(" ", "")
    for pattern, make in MAKERS:
        if match := re.fullmatch(pattern, text):
            return Distribution(mean, *make(*map(float, match.groups())))
    raise NotExpressedError(f"no distribution called '{name}' is known")


def of_moments(mean: float, second: float) -> Distribution:
    """Some distribution with these two moments: laws that need only them hold for any."""
    scv = second / mean**2 - 1
    if scv < -1e-12:
        raise NotExpressedError(f"no distribution has the moments {mean:g} and {second:g}")
    if scv < 1e-12:
        return named("D", mean)
    if abs(scv - 1) < 1e-12:
        return exponential(mean)
    return named(f"LogN_scv{scv!r}", mean)


Made = tuple[float, float, Callable[[Floats], Floats]]  # two moments and quantiles, of mean 1


def _constant() -> Made:
    return 1.0, 1.0, np.ones_like


def _exponential(_: float = 1.0) -> Made:
    return 2.0, 6.0, lambda u: -np.log(u)


def _erlang(k: float) -> Made:
    return 1 + 1 / k, (1 + 1 / k) * (1 + 2 / k), lambda u: gammaincinv(k, u) / k


def _gamma(scv: float) -> Made:
    return _erlang(1 / scv)


def _uniform(low: float, high: float) -> Made:
    mean, width = (low + high) / 2, high - low
    scv = width**2 / 12 / mean**2
    return 1 + scv, 1 + 3 * scv, lambda u: (low + width * u) / mean


def _lognormal(scv: float) -> Made:
    sigma = sqrt(log(1 + scv))
    return 1 + scv, (1 + scv) ** 3, lambda u: np.exp(sigma * (ndtri(u) - sigma / 2))


def _hyperexponential(scv: float) -> Made:
    """Two exponentials with balanced means: half of the mean comes from each."""
    if scv < 1:
        raise NotExpressedError(f"no mixture of exponentials varies as little as {scv:g}")
    p = (1 + sqrt((scv - 1) / (scv + 1))) / 2

    def quantile(u: Floats) -> Floats:
        first = u < p
        within = np.where(first, u / p, (u - p) / (1 - p))
        # the distance to the branch's upper end, which is never 0 for uniforms inside (0, 1)
        return np.where(first, -np.log1p(-within) / (2 * p), -np.log1p(-within) / (2 * (1 - p)))

    return 1 + scv, 0.75 * (p**-2 + (1 - p) ** -2), quantile


def _weibull(shape: float) -> Made:
    mean, second, third = (exp(lgamma(1 + k / shape)) for k in (1, 2, 3))
    return second / mean**2, third / mean**3, lambda u: (-np.log(u)) ** (1 / shape) / mean


NUMBER = r"([0-9.]+(?:e[+-]?[0-9]+)?)"
MAKERS: list[tuple[str, Callable[..., Made]]] = [
    (r"D", _constant),
    (rf"(?:M|Exp)(?:\({NUMBER}\))", _exponential),
    (r"M|Exp", _exponential),
    (rf"(?:Erlang|E){NUMBER}", _erlang),
    (rf"Gamma_scv{NUMBER}", _gamma),
    (rf"U\({NUMBER},{NUMBER}(?:/(?:lam|mu))?\)", _uniform),
    (rf"LogN_?(?:scv|scv=)?{NUMBER}", _lognormal),
    (rf"H2_scv{NUMBER}(?:_balanced)?", _hyperexponential),
    (rf"Weibull_(?:shape)?{NUMBER}", _weibull),
]
