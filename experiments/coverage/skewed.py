"""From how many values on does the bootstrap hold the mean of skewed ones more often than Student?

    python -m experiments.coverage.skewed [experiments=4000] [seed=1]

For each law and number of values: how often an interval of 95 % lies above the truth, holds it and
lies below, in percent; Student's, and BCa where the values have a skewness beyond 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import exp

import numpy as np
from numpy.typing import NDArray

from sim.analysis.bootstrap import bca
from sim.analysis.interval import SKEWED, half_width, skewness

Floats = NDArray[np.float64]
LAWS: dict[str, tuple[Callable[[np.random.Generator, int], Floats], float]] = {
    "exponential": (lambda rng, n: rng.exponential(1.0, n), 1.0),
    "lognormal": (lambda rng, n: rng.lognormal(0.0, 1.0, n), exp(0.5)),
    "gamma of 4": (lambda rng, n: rng.gamma(4.0, 0.25, n), 1.0),
    "Laplace": (lambda rng, n: rng.laplace(0.0, 1.0, n), 0.0),
    "difference of two": (lambda rng, n: rng.exponential(1.3, n) - rng.exponential(1.0, n), 0.3),
}


def missed(ends: list[tuple[float, float]], truth: float) -> str:
    """Shares of intervals above the truth, around it and below it."""
    low, high = np.array(ends).T
    above, below = 100 * (low > truth).mean(), 100 * (high < truth).mean()
    return f"{above:.1f} {100 - above - below:.1f} {below:.1f}"


def main() -> None:
    told = dict(one.split("=", 1) for one in sys.argv[1:])
    experiments, seed = int(told.get("experiments", "4000")), int(told.get("seed", "1"))
    print("| values | law | skewed, % | Student | BCa where skewed |\n|---|---|---|---|---|")
    for n in (8, 20, 30, 100):
        for name, (draw, truth) in LAWS.items():
            rng = np.random.default_rng([seed, n, *name.encode()])
            samples = [draw(rng, n) for _ in range(experiments)]
            plain = [(x.mean() - half_width(x), x.mean() + half_width(x)) for x in samples]
            skewed = [abs(skewness(x)) > SKEWED for x in samples]
            ends = [
                bca(x, 0.95) if is_skewed else one
                for x, is_skewed, one in zip(samples, skewed, plain, strict=True)
            ]
            said = (
                n,
                name,
                f"{100 * np.mean(skewed):.0f}",
                missed(plain, truth),
                missed(ends, truth),
            )
            print("|", *(f"{one} |" for one in said), flush=True)


if __name__ == "__main__":
    main()
