"""Scenario discovery: the box of inputs in which a policy fails (Friedman and Fisher's PRIM).

Peels a small share of the points off one side of one input at a time, always where the share of
failures among those that remain becomes highest. Source: J. H. Friedman, N. I. Fisher, Bump hunting
in high-dimensional data, Statistics and Computing 9 (1999); B. P. Bryant, R. J. Lempert, Thinking
inside the box, Technological Forecasting and Social Change 77 (2010).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.interval import Floats

Bools = NDArray[np.bool_]
PEELED = 0.05  # share of the points in the box that a step takes away
SMALLEST = 0.05  # share of all points that a box holds at least
COVERED = 0.8  # share of all failures that a box should hold
DENSE = 0.8  # share of failures among the points of a box


@dataclass(frozen=True)
class Box:
    """Limits by input, how many of all failures lie inside, and how many inside are failures."""

    limits: Mapping[str, tuple[float, float]]  # of inputs that are limited
    coverage: float
    density: float
    mass: float

    @property
    def is_good(self) -> bool:
        """Whether it holds most failures and little else."""
        return self.coverage >= COVERED and self.density >= DENSE


def peeled(
    inputs: Mapping[str, Sequence[float]], fails: Bools, share: float = PEELED,
    smallest: float = SMALLEST,
) -> list[Box]:  # fmt: skip
    """Boxes from the whole space to the densest one, each a peel of the one before.

    Parameters
    ----------
    inputs : mapping of (n,)
    fails : (n,) bool
        What the box should hold.
    """
    names = list(inputs)
    x = np.column_stack([np.asarray(inputs[name], dtype=np.float64) for name in names])
    inside = np.ones(len(fails), dtype=bool)
    low, high = x.min(axis=0), x.max(axis=0)
    reach = low.copy(), high.copy()
    found = [_box(names, reach, low, high, inside, fails)]
    while True:
        best = max(_peels(x, inside, fails, share), key=lambda one: one[0], default=None)
        if best is None or best[4].sum() < max(1.0, smallest * len(fails)):
            return found
        _, column, is_low, limit, inside = best
        (low if is_low else high)[column] = limit
        found.append(_box(names, reach, low, high, inside, fails))
        if found[-1].density >= 1:
            return found


def _peels(
    x: Floats, inside: Bools, fails: Bools, share: float
) -> Iterator[tuple[tuple[float, float], int, bool, float, Bools]]:
    """What is left after each possible peel, with how dense it is and how much it keeps."""
    here = x[inside]
    for column in range(x.shape[1]):
        for is_low, at in ((True, share), (False, 1 - share)):
            cut = float(np.quantile(here[:, column], at))
            keep = inside & (x[:, column] >= cut if is_low else x[:, column] <= cut)
            if keep.sum() == inside.sum():  # many points on the edge: peel all of them
                beyond = x[:, column] > cut if is_low else x[:, column] < cut
                keep = inside & beyond
                if not keep.any():
                    continue
                cut = float(x[keep, column].min() if is_low else x[keep, column].max())
            yield (float(fails[keep].mean()), float(keep.sum())), column, is_low, cut, keep


def _box(
    names: Sequence[str], reach: tuple[Floats, Floats], low: Floats, high: Floats, inside: Bools,
    fails: Bools,
) -> Box:  # fmt: skip
    limits = {
        name: (float(low[i]), float(high[i]))
        for i, name in enumerate(names)
        if low[i] > reach[0][i] or high[i] < reach[1][i]
    }
    hits = int(fails[inside].sum())
    return Box(limits, hits / max(1, int(fails.sum())), hits / int(inside.sum()),
               float(inside.mean()))  # fmt: skip


def box_of(inputs: Mapping[str, Sequence[float]], fails: Bools) -> Box | None:
    """The box that best holds failures and little else, without limits that do not matter to it.

    Best is the highest harmonic mean of coverage and density. None where nothing or everything
    fails.
    """
    if not fails.any() or fails.all():
        return None
    best = max(peeled(inputs, fails), key=lambda one: _mean(one.coverage, one.density))
    return _simplified(best, inputs, fails)


def _mean(coverage: float, density: float) -> float:
    return 2 * coverage * density / (coverage + density) if coverage + density else 0.0


def _simplified(box: Box, inputs: Mapping[str, Sequence[float]], fails: Bools) -> Box:
    """The box without each limit whose removal costs less than two points of density."""
    while len(box.limits) > 1:
        fewer = [
            _of(inputs, fails, {k: v for k, v in box.limits.items() if k != name})
            for name in box.limits
        ]
        best = max(fewer, key=lambda one: one.density)
        if best.density < box.density - 0.02:
            return box
        box = best
    return box


def _of(
    inputs: Mapping[str, Sequence[float]], fails: Bools, limits: Mapping[str, tuple[float, float]]
) -> Box:
    inside = np.ones(len(fails), dtype=bool)
    for name, (low, high) in limits.items():
        x = np.asarray(inputs[name], dtype=np.float64)
        inside &= (x >= low) & (x <= high)
    hits = int(fails[inside].sum())
    return Box(limits, hits / int(fails.sum()), hits / int(inside.sum()), float(inside.mean()))
