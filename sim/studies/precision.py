"""When a study has run enough: every mean and every difference as sure as was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite, isnan

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.studies.execution import FEWEST
from sim.studies.plan import Arm
from sim.studies.task import Done

CONFIDENCE = 0.95
Measured = Mapping[tuple[str, int], Mapping[str, float]]


@dataclass(frozen=True)
class Reached:
    """How sure the least sure figure is, relative to its size, and how many runs it would take."""

    worst: float  # half-width of a 95 % interval over the mean
    what: str  # of which arm and output
    needed: int  # replications of each arm
    asked: float

    @property
    def is_enough(self) -> bool:
        """Whether the precision asked for was reached."""
        return self.worst <= self.asked


def reached(
    runs: Sequence[Done], arms: Sequence[Arm], outputs: Sequence[str], asked: float, n: int
) -> Reached:
    """The least sure of all means, and of all differences from base, after ``n`` replications.

    A difference is held against the mean of its base: a reform that moves nothing would never be
    known to five percent of nothing.
    """
    by_run = {(run.label, run.replication): run.metrics for run in runs}
    found = list(_widths(by_run, arms, outputs))
    width, what = max(found, default=(float("inf"), "no run was finished"))
    if not isfinite(width):
        return Reached(width, what, max(2 * n, FEWEST), asked)
    needed = max(ceil(n * (width / asked) ** 2), FEWEST)
    return Reached(width, what, needed if width > asked else max(n, FEWEST), asked)


def _widths(
    by_run: Measured, arms: Sequence[Arm], outputs: Sequence[str]
) -> Iterator[tuple[float, str]]:
    for arm in arms:
        for output in outputs:
            own = _values(by_run, arm.label, output)
            yield _width(np.array(list(own.values())), None), f"{output} of {arm.label}"
            if arm.base:
                base = _values(by_run, arm.base, output)
                both = sorted(own.keys() & base.keys())
                gaps = np.array([own[r] - base[r] for r in both])
                level = abs(float(np.mean([base[r] for r in both]))) if both else 0.0
                yield _width(gaps, level), f"{output} of {arm.label} against {arm.base}"


def _values(by_run: Measured, label: str, output: str) -> dict[int, float]:
    return {r: metrics[output] for (of, r), metrics in by_run.items() if of == label}


def _width(values: NDArray[np.float64], level: float | None) -> float:
    """Half-width of the Student interval over the level, or else over the mean's size."""
    n = len(values)
    if n < 2:
        return float("inf")
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2) * values.std(ddof=1) / n**0.5)
    level = abs(float(values.mean())) if level is None else level
    if isnan(half) or half == 0:
        return 0.0 if half == 0 else float("inf")
    return half / level if level else float("inf")
