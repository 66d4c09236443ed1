"""When a study has run enough: every mean and every difference as sure as was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from sim.analysis import precision
from sim.studies.execution import FEWEST
from sim.studies.plan import Arm
from sim.studies.task import Done

Measured = Mapping[str, Mapping[int, Mapping[str, float]]]


@dataclass(frozen=True)
class Reached:
    """How sure the least sure figure is, relative to its size, and how many runs it would take.

    Where a figure is missing in some run, or is nothing on average, no number of runs would do:
    the least sure is infinitely unsure, and there is no sense in going on.
    """

    worst: float  # half-width of a 95 % interval over the mean
    what: str  # of which output and arm
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
    by_arm: dict[str, dict[int, Mapping[str, float]]] = {}
    for run in runs:
        by_arm.setdefault(run.label, {})[run.replication] = run.metrics
    found = [one for arm in arms for one in _of_arm(by_arm, arm, outputs, asked)]
    worst, what = max((one.relative if isfinite(one.relative) else inf, of) for of, one in found)
    needed = max(one.needed or 0 for _, one in found) if isfinite(worst) else n
    return Reached(worst, what, max(needed, FEWEST), asked)


def _of_arm(
    by_arm: Measured, arm: Arm, outputs: Sequence[str], asked: float
) -> Iterator[tuple[str, precision.Reached]]:
    own = by_arm.get(arm.label, {})
    means = precision.enough(_columns(own, own, outputs), asked, FEWEST)
    yield from ((f"{name} of {arm.label}", one) for name, one in means.items())
    if arm.base:
        base = by_arm.get(arm.base, {})
        both = {replication: None for replication in own if replication in base}
        gaps = precision.enough(
            _columns(own, both, outputs), asked, FEWEST, _columns(base, both, outputs)
        )
        yield from ((f"{name} of {arm.label} against {arm.base}", x) for name, x in gaps.items())


def _columns(
    runs: Mapping[int, Mapping[str, float]], only: Mapping[int, object], outputs: Sequence[str]
) -> dict[str, np.ndarray]:
    """Each output, (n_replications,), in the order of replications."""
    return {name: np.array([runs[r][name] for r in sorted(only)]) for name in outputs}
