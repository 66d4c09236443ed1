"""A response surface: what runs not made would show, from those that were, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PENALTIES = np.logspace(-6, 3, 28)
BENDS = (0.03, 0.1, 0.3, 1.0)  # weight of products against the numbers themselves


@dataclass(frozen=True)
class Surface:
    """A quadratic in all drawn numbers, shrunk as leaving one run out at a time tells.

    Attributes
    ----------
    bend : float
        How freely it may bend: weight of products before shrinking.
    weights, middle : (n_terms,)
        Slopes of the terms, and the mean of each over the runs.
    centre : float
        Mean of the outputs.
    error : float
        Root mean square of what it misses on runs that it has not seen.
    q2 : float
        Share of the variance between unseen runs that it predicts.
    """

    bend: float
    weights: Floats
    middle: Floats
    centre: float
    error: float
    q2: float

    @classmethod
    def of(cls, at: Floats, seen: Floats) -> Surface:
        """Fit ``seen`` (n_runs,) at points ``at`` (n_runs, n_numbers), scaled to -1 ... 1."""
        error, bend, weights, middle = min(
            (_shrunk(_terms(at, bend), seen, bend) for bend in BENDS), key=lambda one: one[0]
        )
        spread = float(seen.std())
        q2 = 1 - (error / spread) ** 2 if spread else 1.0
        return cls(bend, weights, middle, float(seen.mean()), error, q2)

    def __call__(self, at: Floats) -> Floats:
        """What it says at points (n, n_numbers): (n,)."""
        found: Floats = self.centre + (_terms(at, self.bend) - self.middle) @ self.weights
        return found


def _shrunk(terms: Floats, seen: Floats, bend: float) -> tuple[float, float, Floats, Floats]:
    """Ridge regression at the penalty that misses left-out runs least: error, bend, slopes."""
    middle, gap = terms.mean(axis=0), seen - seen.mean()
    u, s, vt = np.linalg.svd(terms - middle, full_matrices=False)
    rotated = u.T @ gap
    best = float("inf"), PENALTIES[0]
    for penalty in PENALTIES:
        share = s**2 / (s**2 + penalty)
        leverage = (u**2 * share).sum(axis=1) + 1 / len(seen)
        unseen = (gap - u @ (share * rotated)) / np.maximum(1 - leverage, 1e-3)
        best = min(best, (float(np.sqrt((unseen**2).mean())), penalty))
    error, penalty = best
    return error, bend, vt.T @ (s / (s**2 + penalty) * rotated), middle


def _terms(at: Floats, bend: float) -> Floats:
    """All numbers, and their products by two: (n, d + d (d + 1) / 2)."""
    i, j = np.triu_indices(at.shape[1])
    return np.hstack([at, bend * at[:, i] * at[:, j]])


def scaled(at: Floats, low: Floats, high: Floats) -> Floats:
    """Numbers between their bounds as -1 to 1.

    >>> scaled(np.array([[1.0], [2.0], [3.0]]), np.array([1.0]), np.array([3.0])).ravel()
    array([-1.,  0.,  1.])
    """
    found: Floats = 2 * (at - low) / (high - low) - 1
    return found
