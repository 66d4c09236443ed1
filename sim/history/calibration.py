"""A history under one reading: what was fitted, what is predicted, how well, and by how little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.history.matching import (
    Ensemble,
    Matched,
    candidates,
    contraction,
    crps,
    from_line,
    matched,
    on_line,
    persistence,
    predictive,
    quantiles,
    to_line,
    trend,
)
from sim.history.parameters import Parameter
from sim.history.published import Target
from sim.history.surface import Floats, Surface

INFORMED = 0.10  # contraction below which data say nothing of a number
ALTERNATIVES = {"persistence": persistence, "trend": trend}


@dataclass(frozen=True)
class Calibration:
    """What a history says under one reading of the remainder."""

    reading: str
    left: float  # share of the prior not ruled out
    numbers: Sequence[Mapping[str, Any]]
    figures: Sequence[Mapping[str, Any]]
    skill: Mapping[str, Mapping[str, float]]

    @property
    def is_refuted(self) -> bool:
        """Whether no numbers within their ranges agree with what was published."""
        return self.left == 0


def calibrated(
    reading: str, ensemble: Ensemble, parameters: Sequence[Parameter], targets: Sequence[Target]
) -> tuple[Calibration, Matched]:
    """Fit to the fitted targets, and hold the rest against what is predicted."""
    surfaces = {target.name: ensemble.surface(target.name) for target in targets}
    found = matched(surfaces, targets, candidates(len(parameters)))
    figures = [_figure(one, surfaces[one.name], found) for one in targets]
    skill = {} if found.is_refuted else _skill(targets, surfaces, found)
    said = Calibration(reading, found.left, _numbers(parameters, found), figures, skill)
    return said, found


def _numbers(parameters: Sequence[Parameter], found: Matched) -> list[dict[str, Any]]:
    """Prior range, posterior interval and contraction of each drawn number."""
    if found.is_refuted:
        return []
    shrunk = contraction(found)
    said = []
    for i, one in enumerate(parameters):
        low, high = one.range.low, one.range.high
        posterior = quantiles(low + (found.posterior[:, i] + 1) / 2 * (high - low))
        said.append({
            "name": one.name, "role": one.role, "unit": one.unit, "prior": [low, high],
            "posterior": posterior, "contraction": float(shrunk[i]),
            "informed": bool(shrunk[i] >= INFORMED),
        })  # fmt: skip
    return said


def _figure(target: Target, surface: Surface, found: Matched) -> dict[str, Any]:
    """A published figure beside what prior and posterior say of it."""
    spread = on_line(target)
    prior = predictive(surface, target.name, found.prior, spread)
    said: dict[str, Any] = {
        "name": target.name, "output": target.output, "year": target.year, "role": target.role,
        "published": target.value, "prior": quantiles(prior), "q2": surface.q2,
    }  # fmt: skip
    if found.is_refuted:
        return {**said, "posterior": None, "p": None}
    draws = predictive(surface, target.name, found.posterior, spread)
    return {**said, "posterior": quantiles(draws), "p": tail(draws, target.value)}


def tail(draws: Floats, seen: float) -> float:
    """Share of draws as far out as what was seen, on both sides.

    >>> tail(np.arange(100.0), 0.5), tail(np.arange(100.0), 49.5)
    (0.02, 1.0)
    """
    below = float((draws <= seen).mean())
    return min(1.0, 2 * min(below, 1 - below))


def _skill(
    targets: Sequence[Target], surfaces: Mapping[str, Surface], found: Matched
) -> dict[str, dict[str, float]]:
    """Score of the predictions of what was held out, against two who know no model."""
    skill: dict[str, dict[str, float]] = {}
    for output in dict.fromkeys(one.output for one in targets):
        known = {t.year: t.value for t in targets if t.output == output and t.role != "held out"}
        held = [t for t in targets if t.output == output and t.role == "held out"]
        score = _mean_score(held, surfaces, found)
        said = {"crps": score, "years": float(len(held))}
        for name, rule in ALTERNATIVES.items():
            miss = float(np.mean([abs(rule(known, t.year) - t.value) for t in held]))
            said[name] = miss
            said[f"skill_{name}"] = 1 - score / miss if miss else float("nan")
        skill[output] = said
    return skill


def _mean_score(held: Sequence[Target], surfaces: Mapping[str, Surface], found: Matched) -> float:
    scores = [
        crps(predictive(surfaces[t.name], t.name, found.posterior, on_line(t)), t.value)
        for t in held
    ]
    return float(np.mean(scores))


def recovered(
    ensemble: Ensemble, parameters: Sequence[Parameter], targets: Sequence[Target], sets: int
) -> dict[str, Any]:
    """Whether the fit finds numbers that are known: each run in turn plays what was published.

    The run is left out of the surfaces; its outputs get the stated discrepancy on top. Counted is
    how often the middle nine tenths hold the true number.
    """
    fitted = [i for i, one in enumerate(parameters) if one.role == "fitted"]
    at = candidates(len(parameters))
    inside: list[list[bool]] = []
    refuted = 0
    for k in range(sets):
        run = k % len(ensemble.at)
        rest, rng = ensemble.without(run), np.random.default_rng([9, k])
        mock = [_mock(one, ensemble, run, rng) for one in targets if one.role == "fitted"]
        found = matched({one.name: rest.surface(one.name) for one in mock}, mock, at, seed=k)
        if found.is_refuted:
            refuted += 1
            continue
        inside.append([_holds(found.posterior[:, i], ensemble.at[run, i]) for i in fitted])
    return {
        "sets": sets,
        "refuted": refuted,
        "coverage": {
            parameters[i].name: float(np.mean([row[j] for row in inside])) if inside else None
            for j, i in enumerate(fitted)
        },
        "overall": float(np.mean(inside)) if inside else None,
    }


def _mock(target: Target, ensemble: Ensemble, run: int, rng: np.random.Generator) -> Target:
    """A target as if a run had been published, with the stated discrepancy."""
    seen = float(ensemble.outputs[target.name][run])
    true = replace(target, value=seen)
    line = to_line(target.name, seen) + on_line(true) * rng.standard_normal()
    return replace(target, value=float(from_line(target.name, np.asarray(line))))


def _holds(draws: Floats, true: float) -> bool:
    low, _, high = quantiles(draws)
    return low <= true <= high


def rejects(ensemble: Ensemble, targets: Sequence[Target]) -> bool:
    """Whether a history that no model of this kind can show is ruled out whole.

    The years stand in the wrong order, so that volumes fall as the register grows.
    """
    years = sorted({one.year for one in targets if one.role == "fitted"})
    turned = dict(zip(years, reversed(years), strict=True))
    values = {(one.output, one.year): one.value for one in targets}
    wrong = [
        replace(one, value=values[one.output, turned[one.year]])
        for one in targets
        if one.role == "fitted" and (one.output, turned[one.year]) in values
    ]
    surfaces = {one.name: ensemble.surface(one.name) for one in wrong}
    return matched(surfaces, wrong, candidates(ensemble.at.shape[1])).is_refuted
