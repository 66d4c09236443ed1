"""The word of a claim as a sentence: what it depends on, when it helps, what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis.interval import Floats
from sim.claims.draws import Factor
from sim.claims.ensemble import Ensemble
from sim.claims.verdict import KINDS, LEVEL_DRAWS, Evidence, Shares, Word, conflict


def sentence_of(
    word: Word, said: Mapping[str, Any], evidence: Evidence, ensemble: Ensemble,
    factors: Mapping[str, Factor],
) -> dict[str, str]:  # fmt: skip
    """What is said of a claim, and what would change it."""
    return {
        "says": _says(word, said, evidence, ensemble, factors),
        "falsifier": _falsifier(said, evidence, ensemble, factors),
    }


def _says(
    word: Word, said: Mapping[str, Any], evidence: Evidence, ensemble: Ensemble,
    factors: Mapping[str, Factor],
) -> str:  # fmt: skip
    if word is Word.ASSUMED:
        return f"{word}: pays when {_pays(said['own_numbers'], evidence, factors)}"
    if word is Word.DEPENDS:
        return f"{word}: {_depends(said, evidence, ensemble, factors)}"
    leading = _leading(said, evidence, ensemble, factors)
    n = len(ensemble.draws)
    if word is Word.LIKELY:
        return f"{word}, depends on {leading[0] if leading else f'what {n} draws cannot tell'}"
    if word is Word.UNLIKELY:
        when = f"when {leading[1]}" if leading else f"under conditions that {n} draws cannot tell"
        return f"{word}, works only {when}"
    return str(word)


def _pays(own: Sequence[Any], evidence: Evidence, factors: Mapping[str, Factor]) -> str:
    """On which side of which value the own number that carries most makes the claim pay."""
    one = max(own, key=lambda one: one["share"])
    at, name = one["turns_at"], label(one["name"], factors)
    if at is not None and at != one["no_effect"]:
        is_above = (at > one["no_effect"]) != one["holds_at_zero"]
        return f"{name} {'exceeds' if is_above else 'is below'} {figure(at)}"
    zero = evidence.zero_shares
    is_near = zero is not None and zero.holds > evidence.shares.holds
    return f"{name} lies {'near' if is_near else 'far enough from'} no effect"


def _depends(
    said: Mapping[str, Any], evidence: Evidence, ensemble: Ensemble, factors: Mapping[str, Factor]
) -> str:
    for name, levels in evidence.levels().items():
        if conflict(levels):
            return _by_level(name, levels, factors)
    leading = _leading(said, evidence, ensemble, factors)
    harms = evidence.shares.fails >= 0.05
    otherwise = "harms otherwise" if harms else "does little otherwise"
    if leading:
        return f"helps mostly when {leading[1]}, {otherwise}"
    n, shares = len(ensemble.draws), evidence.shares
    return (
        f"helps in {100 * shares.holds:.0f} % of draws and harms in {100 * shares.fails:.0f} %, "
        f"under conditions that {n} draws cannot tell"
    )


def _by_level(name: str, levels: Mapping[str, Shares], factors: Mapping[str, Factor]) -> str:
    told: dict[str, list[str]] = {}
    for level, shares in levels.items():
        if shares.draws >= LEVEL_DRAWS:
            told.setdefault(KINDS[shares.word], []).append(level)
    parts = [f"{kind} when {label(name, factors)} is {' or '.join(v)}" for kind, v in told.items()]
    return ", ".join(parts)


def _leading(
    said: Mapping[str, Any], evidence: Evidence, ensemble: Ensemble, factors: Mapping[str, Factor]
) -> tuple[str, str] | None:
    """The factor that clearly carries most, and the side on which the claim holds."""
    clear = [one for one in said["carried"] if one["is_clear"]]
    if not clear:
        return None
    name = clear[0]["factor"]
    values = ensemble.factors.get(name) or list(evidence.structures.get(name, ()))
    if isinstance(values[0], str):
        words = np.asarray(values)
        best = max(sorted(set(values)), key=lambda one: evidence.holds[words == one].mean())
        return label(name, factors), f"{label(name, factors)} is {best}"
    x = np.asarray(values, dtype=np.float64)
    at, is_above = crossing(x, evidence)
    side = "above" if is_above else "below"
    return label(name, factors), f"{label(name, factors)} is {side} {figure(at)}"


def crossing(x: Floats, evidence: Evidence) -> tuple[float, bool]:
    """The value that best splits draws in which a claim holds from the others, and on which side.

    Best is the highest share of draws on their right side.
    """
    holds = evidence.holds
    cuts = np.unique(x)
    cuts = (cuts[1:] + cuts[:-1]) / 2
    right = np.array([((x > cut) == holds).mean() for cut in cuts])
    k = int(np.argmax(np.maximum(right, 1 - right)))
    return float(cuts[k]), bool(right[k] >= 0.5)


def _falsifier(
    said: Mapping[str, Any], evidence: Evidence, ensemble: Ensemble, factors: Mapping[str, Factor]
) -> str:
    """What, if it were known, would change the word."""
    if said["word"] is Word.ASSUMED:
        pays = _pays(said["own_numbers"], evidence, factors)
        return f"would be settled by knowing whether {pays}"
    name = next((k for k, levels in evidence.levels().items() if conflict(levels)), None)
    if name:
        return f"would change with {label(name, factors)}"
    leading = _leading(said, evidence, ensemble, factors)
    mixed = 0 < evidence.shares.holds < 1
    if leading and mixed:
        word = "unless" if evidence.shares.holds >= 0.5 else "if"
        return f"would change {word} {leading[1]}"
    if said["own_share"] > 0.1 and said["own_numbers"]:
        names = " or ".join(label(one["name"], factors) for one in said["own_numbers"])
        return f"would change if {names} lay outside its range"
    n = len(ensemble.draws)
    if not mixed:
        return f"nothing within the ranges changed it in {n} draws; a mechanism left out might"
    return f"no single number was found in {n} draws that would change it"


def label(name: str, factors: Mapping[str, Factor]) -> str:
    """What people call a factor."""
    if name in factors and factors[name].says:
        return factors[name].says
    return NAMES.get(name, name.replace("_", " ").replace(".", ": "))


NAMES = {"volumes": "what volumes by department follow"}


def figure(value: float) -> str:
    """A number with three digits.

    >>> figure(0.12345), figure(31234.0)
    ('0.123', '31,234')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
