"""Designs: where in the space of settings a sweep looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Design = Literal["grid", "lhs", "sobol"]
Point = dict[str, Any]


@dataclass(frozen=True)
class Range:
    """Values between two bounds, both included; whole numbers only, if ``whole``."""

    low: float
    high: float
    whole: bool = False

    def at(self, u: float) -> float | int:
        """The value at a share of the way, ``u`` in [0, 1).

        >>> Range(1, 3, whole=True).at(0.99), Range(1, 3).at(0.5)
        (3, 2.0)
        """
        if self.whole:
            return int(self.low + np.floor(u * (self.high - self.low + 1)))
        return float(self.low + u * (self.high - self.low))


def grid(varied: Mapping[str, Sequence[Any]]) -> list[Point]:
    """Every combination of given values.

    >>> grid({"a": [1, 2], "b": ["x"]})
    [{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'x'}]
    """
    return [dict(zip(varied, values, strict=True)) for values in product(*varied.values())]


def spread(ranges: Mapping[str, Range], n: int, design: Design, seed: int) -> list[Point]:
    """Points that fill ranges evenly: a Latin hypercube or a scrambled Sobol sequence.

    The first points of a Sobol sequence are those of a longer one: such a sweep can be extended.
    """
    shares = _shares(len(ranges), n, design, seed)
    return [
        {name: one.at(u) for (name, one), u in zip(ranges.items(), row, strict=True)}
        for row in shares
    ]


def _shares(dimensions: int, n: int, design: Design, seed: int) -> NDArray[np.float64]:
    from scipy.stats import qmc  # takes a second to load

    rng = np.random.default_rng(seed)
    if design == "lhs":
        found: NDArray[np.float64] = qmc.LatinHypercube(dimensions, rng=rng).random(n)
        return found
    sequence = qmc.Sobol(dimensions, scramble=True, rng=rng)
    return np.asarray(sequence.random(2 ** int(np.ceil(np.log2(max(n, 1)))))[:n])
