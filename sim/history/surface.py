"""A response surface: what runs not made would show, from those that were, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PENALTIES = np.logspace(-6, 3, 28)


@dataclass(frozen=True)
class Surface:
    """A quadratic in all drawn numbers, shrunk as leaving one run out at a time tells.

    Attributes
    ----------
    weights : (n_terms,)
    centre : float
        Mean of the outputs.
    error : float
        Root mean square of what it misses on runs that it has not seen.
    q2 : float
        Share of the variance between unseen runs that it predicts.
    """

    weights: Floats
    centre: float
    error: float
    q2: float

    @classmethod
    def of(cls, at: Floats, seen: Floats) -> Surface:
        """Fit ``seen`` (n_runs,) at points ``at`` (n_runs, n_numbers), scaled to -1 ... 1."""
        terms, centre = _terms(at), float(seen.mean())
        u, s, vt = np.linalg.svd(terms, full_matrices=False)
        rotated, gap = u.T @ (seen - centre), seen - centre
        best: tuple[float, Floats] | None = None
        for penalty in PENALTIES:
            shrunk = s**2 / (s**2 + penalty)
            fitted = u @ (shrunk * rotated)
            leverage = (u**2 * shrunk).sum(axis=1) + 1 / len(seen)
            unseen = (gap - fitted) / np.maximum(1 - leverage, 1e-3)
            error = float(np.sqrt((unseen**2).mean()))
            if best is None or error < best[0]:
                best = error, vt.T @ (s / (s**2 + penalty) * rotated)
        assert best is not None
        spread = float(seen.std())
        q2 = 1 - (best[0] / spread) ** 2 if spread else 1.0
        return cls(best[1], centre, best[0], q2)

    def __call__(self, at: Floats) -> Floats:
        """What it says at points (n, n_numbers): (n,)."""
        found: Floats = self.centre + _terms(at) @ self.weights
        return found


def _terms(at: Floats) -> Floats:
    """All numbers and their products by two: (n, d + d (d + 1) / 2)."""
    d = at.shape[1]
    pairs = combinations_with_replacement(range(d), 2)
    return np.column_stack([at, *(at[:, i] * at[:, j] for i, j in pairs)])


def scaled(at: Floats, low: Floats, high: Floats) -> Floats:
    """Numbers between their bounds as -1 to 1.

    >>> scaled(np.array([[1.0], [2.0], [3.0]]), np.array([1.0]), np.array([3.0])).ravel()
    array([-1.,  0.,  1.])
    """
    found: Floats = 2 * (at - low) / (high - low) - 1
    return found
