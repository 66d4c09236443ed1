"""Effects as a family that was declared beforehand: one chance in twenty of any false alarm."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from sim.analysis.compare import Effect
from sim.analysis.interval import Floats


def holm(p_values: Floats) -> Floats:
    """Holm's adjusted p-values: below 5 % where a family keeps its 5 % together.

    What could not be tested stays not a number, and counts: the family was declared with it.

    Examples
    --------
    >>> [round(float(p), 3) for p in holm(np.array([0.01, 0.04, 0.03]))]
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")  # not a number comes last
    left = np.arange(len(p_values), 0, -1)  # hypotheses that are not rejected yet
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(left * p_values[order]))
    return adjusted


def with_family(effects: Sequence[Effect], headline: Collection[str]) -> list[Effect]:
    """The same effects; those of headline metrics, all scenarios together, with Holm's p-values."""
    asked = [i for i, effect in enumerate(effects) if effect.metric in headline]
    adjusted = holm(np.array([effects[i].p_value for i in asked]))
    found = list(effects)
    for i, p_value in zip(asked, adjusted, strict=True):
        found[i] = replace(found[i], adjusted_p_value=float(p_value))
    return found
