"""A history that is known: outputs are formulas of a few numbers, and so is what a fit says."""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from sim.history.matching import Ensemble
from sim.history.parameters import Parameter
from sim.history.published import Target
from sim.studies.points import Range

NAMES = ("level", "growth", "in_person", "idle")
TRUE = np.array([0.2, -0.3, 0.4, 0.0])
YEARS = range(2019, 2025)
ROLES = {2023: "held out", 2024: "held out"}


def outputs(at: np.ndarray) -> dict[str, np.ndarray]:
    """Totals that grow, shares that stay; the last number moves nothing."""
    found = {}
    for i, year in enumerate(YEARS):
        found[f"total_{year}"] = 1e6 * np.exp(0.4 * at[:, 0] + 0.05 * i * (1 + at[:, 1]))
        found[f"in_person_{year}"] = 1 / (1 + np.exp(-(-1 + at[:, 2] + 0.1 * at[:, 2] ** 2)))
    return found


def ensemble(n: int = 64) -> Ensemble:
    """Runs spread over the ranges."""
    at = 2 * qmc.Sobol(len(NAMES), rng=np.random.default_rng(5)).random(n) - 1
    return Ensemble(at, outputs(at))


def parameters() -> list[Parameter]:
    """Four numbers from -1 to 1; the fit may inform three."""
    return [
        Parameter(
            name, "drawn" if name == "idle" else "fitted", Range(-1, 1), ("a.b",), "", "", "", ""
        )
        for name in NAMES
    ]


def targets(truth: np.ndarray = TRUE) -> list[Target]:
    """What would have been published if the numbers were these."""
    seen = outputs(truth[None])
    return [
        Target(output, year, ROLES.get(year, "fitted"), float(seen[f"{output}_{year}"][0]), 0.02)  # type: ignore[arg-type]
        for output in ("total", "in_person")
        for year in YEARS
    ]
