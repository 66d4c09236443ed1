"""Which numbers of a history agree with what was published, and what they then predict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from scipy.stats import qmc

from sim.history.published import Target
from sim.history.surface import Floats, Surface

POINTS_LOG2, FEWER_LOG2 = 16, 13  # candidates: 65,536, or 8,192 where it is done many times
CUT = 3.0  # implausibility beyond which a point is ruled out
MIDDLE = (0.05, 0.5, 0.95)
SHARES = ("in_person", "violations", "sufficient", "trust")
PLAIN = ("rise",)  # outputs taken as they are


@dataclass(frozen=True)
class Ensemble:
    """Runs of a history: points scaled to -1 ... 1, and outputs as seen."""

    names: tuple[str, ...]  # of the drawn numbers
    at: Floats  # (n_runs, n_numbers)
    outputs: Mapping[str, Floats]  # (n_runs,)

    def without(self, run: int) -> Ensemble:
        """All runs but one."""
        keep = np.arange(len(self.at)) != run
        return Ensemble(
            self.names, self.at[keep], {name: one[keep] for name, one in self.outputs.items()}
        )

    def surface(self, name: str) -> Surface:
        """The response surface of an output: totals in logarithms, shares in log-odds."""
        return Surface.of(self.at, to_line(name, self.outputs[name]))


@dataclass(frozen=True)
class Matched:
    """What is left of the prior, with weights.

    Attributes
    ----------
    at : (n_points, n_numbers)
        Candidates, evenly over the prior.
    weights : (n_points,)
        Posterior; they add to 1 unless nothing is left.
    left : float
        Share of the prior that is not implausible.
    """

    at: Floats
    weights: Floats
    left: float

    @property
    def is_refuted(self) -> bool:
        """Whether no point agrees with what was published."""
        return self.left == 0

    @property
    def effective(self) -> float:
        """Points that would be worth as much if all had the same weight."""
        return float(1 / (self.weights**2).sum()) if self.left else 0.0


@lru_cache(maxsize=4)
def candidates(n_numbers: int, log2: int = POINTS_LOG2) -> Floats:
    """Points spread evenly over the prior, the same every time: (2^log2, n_numbers)."""
    sequence = qmc.Sobol(n_numbers, scramble=True, rng=np.random.default_rng(1))
    return np.asarray(2 * sequence.random_base2(log2) - 1)


def matched(surfaces: Mapping[str, Surface], targets: Sequence[Target], at: Floats) -> Matched:
    """Rule out what misses a fitted target by three standard errors; weigh what is left.

    The standard error joins the error of the surface and the stated discrepancy of the model.
    """
    worst, log_weight = np.zeros(len(at)), np.zeros(len(at))
    for target in (one for one in targets if one.role == "fitted"):
        surface = surfaces[target.name]
        z = (surface(at) - to_line(target.name, target.value)) / _error(surface, target)
        worst = np.maximum(worst, np.abs(z))
        log_weight -= z**2 / 2
    here = worst <= CUT
    if not here.any():
        return Matched(at, np.zeros(len(at)), 0.0)
    weights = np.where(here, np.exp(log_weight - log_weight[here].max()), 0.0)
    return Matched(at, weights / weights.sum(), float(here.mean()))


def _error(surface: Surface, target: Target) -> float:
    return sqrt(surface.error**2 + on_line(target) ** 2)


def on_line(target: Target) -> float:
    """The discrepancy of a target on the line on which surfaces are fitted."""
    if target.output in SHARES:
        return target.discrepancy / (max(target.value, 0.01) * max(1 - target.value, 0.01))
    return target.discrepancy


def to_line(name: str, value: Floats | float) -> Floats:
    """Totals as logarithms, shares as log-odds: there, effects add up."""
    value = np.asarray(value, dtype=np.float64)
    if name.startswith(SHARES):
        inside = np.clip(value, 1e-4, 1 - 1e-4)
        return np.asarray(np.log(inside / (1 - inside)))
    if name.startswith(PLAIN):
        return value
    return np.asarray(np.log(np.maximum(value, 1e-9)))


def from_line(name: str, value: Floats) -> Floats:
    """The way back."""
    if name.startswith(SHARES):
        return np.asarray(1 / (1 + np.exp(-value)))
    if name.startswith(PLAIN):
        return value
    return np.asarray(np.exp(value))


def contraction(found: Matched) -> Floats:
    """Share of each number's prior variance that the fit takes away: (n_numbers,)."""
    mean = found.weights @ found.at
    variance = found.weights @ (found.at - mean) ** 2
    prior = found.at.var(axis=0)
    return np.asarray(1 - variance / prior)


def predictive(
    surface: Surface, name: str, at: Floats, weights: Floats | None, spread: float, seed: int = 0
) -> Floats:
    """Draws of an output: by weight, with the error of the surface and ``spread``: (4,000,)."""
    rng = np.random.default_rng([seed, *name.encode()])
    rows = rng.choice(len(at), 4_000, p=weights)
    error = sqrt(surface.error**2 + spread**2)
    return from_line(name, surface(at[rows]) + error * rng.standard_normal(len(rows)))


def quantiles(draws: Floats) -> tuple[float, float, float]:
    """The ends of the middle nine tenths, and the median between them."""
    low, middle, high = (float(q) for q in np.quantile(draws, MIDDLE))
    return low, middle, high


def crps(draws: Floats, seen: float) -> float:
    """Continuous ranked probability score: mean miss less half the mean gap between draws.

    >>> crps(np.array([2.0, 2.0]), 5.0)
    3.0
    """
    ordered = np.sort(draws)
    n = len(ordered)
    gaps = float((ordered * (2 * np.arange(1, n + 1) - n - 1)).sum()) / n**2
    return float(np.abs(draws - seen).mean()) - gaps


def persistence(known: Mapping[int, float], year: int) -> float:
    """What was last known stays."""
    return known[max(known)]


def trend(known: Mapping[int, float], year: int) -> float:
    """The straight line through what is known goes on."""
    years = np.array(list(known), dtype=np.float64)
    slope, level = np.polyfit(years, np.array(list(known.values())), 1)
    return float(level + slope * year)
