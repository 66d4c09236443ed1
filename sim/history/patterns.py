"""Patterns that a history should show: evidence where no input was set from them, else built in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.history.calibration import Calibration, tail
from sim.history.files import rows_of
from sim.history.matching import Ensemble, Matched, predictive, quantiles

FILE, INCONSISTENCIES = "patterns.csv", "inconsistencies.csv"
EVIDENCE, BUILT_IN = "evidence", "built in"
REPRODUCED, MISSED, UNTRIED = "reproduced", "missed", "not tried"
UNLIKELY = 0.1  # a published figure outside the middle nine tenths is missed


def patterns_of(
    folders: Sequence[Path], ensemble: Ensemble, found: Matched, main: Calibration
) -> list[dict[str, Any]]:
    """All patterns with target, prior, posterior and verdict; those that could not have helped."""
    return [*_of_targets(main), *(_of_row(row, ensemble, found) for row in rows_of(folders, FILE))]


def _of_targets(main: Calibration) -> Iterator[dict[str, Any]]:
    """Published figures that nothing was fitted to."""
    words = {"total": "services of local bodies", "in_person": "share of them in person"}
    for figure in main.figures:
        if figure["role"] == "fitted":
            continue
        yield {
            "name": f"{words[figure['output']]} in {figure['year']}, {figure['role']}",
            "kind": EVIDENCE, "target": figure["published"], "prior": figure["prior"],
            "posterior": figure["posterior"], "p": figure["p"],
            "verdict": verdict_of(figure["p"]), "source": "paper 001 Table 4",
            "note": f"reading {main.reading}",
        }  # fmt: skip


def _of_row(row: Mapping[str, str], ensemble: Ensemble, found: Matched) -> dict[str, Any]:
    target = float(row["target"]) if row["target"] else None
    said: dict[str, Any] = {
        "name": row["name"], "kind": row["kind"], "target": target, "prior": None,
        "posterior": None, "p": None, "verdict": BUILT_IN, "source": row["source"],
        "note": row["note"],
    }  # fmt: skip
    if row["kind"] == BUILT_IN:
        return said
    if target is None or row["output"] not in ensemble.outputs:
        return {**said, "verdict": UNTRIED}
    surface, name = ensemble.surface(row["output"]), row["output"]
    said["prior"] = quantiles(predictive(surface, name, found.prior, 0.0))
    if found.is_refuted:
        return {**said, "verdict": UNTRIED}
    draws = predictive(surface, name, found.posterior, 0.0)
    p = tail(draws, target)
    return {**said, "posterior": quantiles(draws), "p": p, "verdict": verdict_of(p)}


def verdict_of(p: float | None) -> str:
    """Reproduced within the middle nine tenths of what the fit predicts, missed beyond.

    >>> verdict_of(0.3), verdict_of(0.01), verdict_of(None)
    ('reproduced', 'missed', 'not tried')
    """
    if p is None:
        return UNTRIED
    return REPRODUCED if p >= UNLIKELY else MISSED


def inconsistencies_of(folders: Sequence[Path]) -> list[dict[str, str]]:
    """Where the published figures disagree with themselves, and what follows from it here."""
    return rows_of(folders, INCONSISTENCIES)
