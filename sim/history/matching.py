"""Which numbers of a history agree with what was published, and what they then predict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from scipy.stats import qmc

from sim.history.published import Target
from sim.history.surface import Floats, Surface

POINTS_LOG2 = 16  # candidates: 65,536
CHAINS, STEPS, THIN = 200, 400, 10
CUT = 3.0  # implausibility beyond which a point is ruled out
MIDDLE = (0.05, 0.5, 0.95)
SHARES = ("in_person", "violations", "sufficient", "trust")
PLAIN = ("rise",)  # outputs taken as they are


@dataclass(frozen=True)
class Ensemble:
    """Runs of a history: points scaled to -1 ... 1, and outputs as seen."""

    at: Floats  # (n_runs, n_numbers)
    outputs: Mapping[str, Floats]  # (n_runs,)

    def without(self, run: int) -> Ensemble:
        """All runs but one."""
        keep = np.arange(len(self.at)) != run
        return Ensemble(self.at[keep], {name: one[keep] for name, one in self.outputs.items()})

    def surface(self, name: str) -> Surface:
        """The response surface of an output: totals in logarithms, shares in log-odds."""
        return Surface.of(self.at, to_line(name, self.outputs[name]))


@dataclass(frozen=True)
class Matched:
    """What is left of the prior.

    Attributes
    ----------
    prior : (n_points, n_numbers)
        Candidates, evenly over the ranges.
    left : float
        Share of them that is not implausible.
    posterior : (n_draws, n_numbers)
        Draws by weight from what is left; none if nothing is.
    """

    prior: Floats
    left: float
    posterior: Floats

    @property
    def is_refuted(self) -> bool:
        """Whether no point agrees with what was published."""
        return self.left == 0


@lru_cache(maxsize=4)
def candidates(n_numbers: int) -> Floats:
    """Points spread evenly over the prior, the same every time: (65,536, n_numbers)."""
    sequence = qmc.Sobol(n_numbers, scramble=True, rng=np.random.default_rng(1))
    return np.asarray(2 * sequence.random_base2(POINTS_LOG2) - 1)


def matched(
    surfaces: Mapping[str, Surface], targets: Sequence[Target], at: Floats, seed: int = 0
) -> Matched:
    """Rule out what misses a fitted target by three standard errors; draw from what is left.

    The standard error joins the error of the surface and the stated discrepancy of the model.
    """
    fitted = [
        (surfaces[one.name], float(to_line(one.name, one.value)), _error(surfaces[one.name], one))
        for one in targets
        if one.role == "fitted"
    ]

    def density(points: Floats) -> Floats:
        """Logarithm of the weight; minus infinity where implausible or out of range."""
        z = np.array([(surface(points) - value) / error for surface, value, error in fitted])
        ruled_out = (np.abs(z) > CUT).any(axis=0) | (np.abs(points) > 1).any(axis=1)
        return np.where(ruled_out, -np.inf, -(z**2).sum(axis=0) / 2)

    weights = density(at)
    left = float(np.isfinite(weights).mean())
    if not left:
        return Matched(at, 0.0, np.empty((0, at.shape[1])))
    rng = np.random.default_rng([4, seed])
    share = np.exp(weights - weights.max())
    begin = at[rng.choice(len(at), CHAINS, p=share / share.sum())]
    return Matched(at, left, chains(density, begin, rng))


def chains(density: Callable[[Floats], Floats], begin: Floats, rng: np.random.Generator) -> Floats:
    """Draws from a density by chains that step along differences of one another.

    Differential evolution Markov chains (ter Braak 2006): what the chains know of the shape of the
    density is where the others are.

    Parameters
    ----------
    begin : (n_chains, n_numbers)
        Where the density is not nothing.
    """
    n, d = begin.shape
    width = 2.38 / sqrt(2 * d)
    now, held, kept = begin.copy(), density(begin), []
    for step in range(1, STEPS + 1):
        first, second = ((np.arange(n) + rng.integers(1, n, n)) % n for _ in range(2))
        stride = 1.0 if step % 10 == 0 else width
        proposed = now + stride * (now[first] - now[second])
        proposed += 1e-3 * rng.standard_normal((n, d))
        new = density(proposed)
        moves = np.log(rng.random(n)) < new - held
        now = np.where(moves[:, None], proposed, now)
        held = np.where(moves, new, held)
        if step > STEPS // 2 and step % THIN == 0:
            kept.append(now.copy())
    return np.concatenate(kept)


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
    return np.asarray(1 - found.posterior.var(axis=0) / found.prior.var(axis=0))


def predictive(surface: Surface, name: str, at: Floats, spread: float) -> Floats:
    """Draws of an output at points, with the error of the surface and ``spread``: (4,000,)."""
    rng = np.random.default_rng([*name.encode()])
    rows = rng.integers(0, len(at), 4_000)
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
