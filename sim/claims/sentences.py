"""The word of a claim as a sentence: what it depends on, when it helps, what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.analysis.interval import Floats
from sim.claims.draws import Factor
from sim.claims.ensemble import Ensemble
from sim.claims.verdict import KINDS, LEVEL_DRAWS, Evidence, Shares, Word, conflict

UNTOLD = "something that {n} draws cannot tell"


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
        return f"{word}: pays when {_pays(said['own_numbers'], factors)}"
    if word is Word.DEPENDS:
        return f"{word}: {_depends(said, evidence, ensemble, factors)}"
    leading = _leading(said, evidence, ensemble, factors)
    n = len(ensemble.draws)
    if word is Word.LIKELY:
        return f"{word}, depends on {leading[0] if leading else UNTOLD.format(n=n)}"
    if word is Word.UNLIKELY:
        return f"{word}, works only when {leading[1] if leading else UNTOLD.format(n=n)}"
    return str(word)


def _pays(own: Any, factors: Mapping[str, Factor]) -> str:
    """On which side of which value the own number that carries most makes the claim pay."""
    for one in sorted(own, key=lambda one: -one["share"]):
        at = one["turns_at"]
        if at is not None and at != one["no_effect"]:
            is_above = (at > one["no_effect"]) != one["holds_at_zero"]
            way = "exceeds" if is_above else "is below"
            return f"{label(one['name'], factors)} {way} {figure(at)}"
    names = " and ".join(label(one["name"], factors) for one in own)
    way = "near" if own and own[0]["holds_at_zero"] else "far enough from"
    return f"{names} stay {way} no effect"


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
        f"by {UNTOLD.format(n=n)}"
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
        best = max(
            set(values), key=lambda v: _held(evidence, np.array([one == v for one in values]))
        )
        return label(name, factors), f"{label(name, factors)} is {best}"
    x = np.asarray(values, dtype=np.float64)
    at, is_above = crossing(x, evidence)
    side = "above" if is_above else "below"
    return label(name, factors), f"{label(name, factors)} is {side} {figure(at)}"


def _held(evidence: Evidence, rows: Any) -> float:
    return float((evidence.favour[rows] >= evidence.matters).mean())


def crossing(x: Floats, evidence: Evidence) -> tuple[float, bool]:
    """The value that best splits draws in which a claim holds from the others, and on which side.

    Best is the highest share of draws on their right side.
    """
    holds = evidence.favour >= evidence.matters
    cuts = np.unique(x)
    cuts = (cuts[1:] + cuts[:-1]) / 2
    right = np.array([((x > cut) == holds).mean() for cut in cuts])
    k = int(np.argmax(np.maximum(right, 1 - right)))
    return float(cuts[k]), bool(right[k] >= 0.5)


def _falsifier(
    said: Mapping[str, Any], evidence: Evidence, ensemble: Ensemble, factors: Mapping[str, Factor]
) -> str:
    """What, if it were known, would change the word."""
    name = next((k for k, levels in evidence.levels().items() if conflict(levels)), None)
    if name:
        return f"would change with {label(name, factors)}"
    leading = _leading(said, evidence, ensemble, factors)
    mixed = 0 < evidence.shares.holds < 1
    if leading and mixed:
        is_favoured = evidence.shares.holds >= 0.5
        side = leading[1]
        if is_favoured:
            swap = {" is above ": " is not above ", " is below ": " is not below ",
                    " is ": " is not "}  # fmt: skip
            old = next(key for key in swap if key in side)
            return f"would change if {side.replace(old, swap[old])}"
        return f"would change if {side}"
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
