"""``laws``: hold the engine against the exact laws of a file."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, isnan
from pathlib import Path
from typing import Any

from sim.errors import ModelError
from sim.laws.expressed import NotExpressedError
from sim.laws.families import system_of
from sim.laws.law import Law, laws_of
from sim.laws.trial import (
    FAIL,
    FAMILY_ERROR,
    INCONCLUSIVE,
    NOT_EXPRESSED,
    PASS,
    Terms,
    Trial,
    tried,
)
from sim.results.write import write_csv, write_json
from sim.studies.interrupts import deaf
from sim.studies.manifest import origin
from sim.verbs.folders import MARK, folder_of
from sim.verbs.screen import err, out, say_json, show

TOLERANCE, TIGHT = 0.02, 0.005
A_DAY_LIKE = 100.0  # a line that ends tells one figure where one that goes on tells many
ADDED = ("estimate", "se", "n", "z", "verdict", "reason")


def run(name: str, study: str, as_json: bool, tight: bool) -> None:
    """Try every law of a file; write the file again with estimate, error and verdict."""
    path = Path(name)
    laws = laws_of(path)
    folder = folder_of(study or "laws")
    told, trials, kept = trials_into(folder, path, laws, TIGHT if tight else TOLERANCE, as_json)
    write_json(folder / MARK, told)
    counts = told["counts"]
    if as_json:
        say_json({**told, "trials": [document_of(one) for one in trials], "written": str(kept)})
    else:
        say(trials, counts, kept)
    if counts[FAIL] or counts[INCONCLUSIVE]:
        raise ModelError(
            f"{counts[FAIL]} laws failed and {counts[INCONCLUSIVE]} are inconclusive; see {kept}."
        )


def trials_into(
    folder: Path, path: Path, laws: Sequence[Law], tolerance: float = TOLERANCE, quiet: bool = True
) -> tuple[dict[str, Any], list[Trial], Path]:
    """Try laws and write their file again into a folder: what made it, the trials, the new file."""
    terms = Terms(tolerance=tolerance, laws=len(laws))
    begun = time.perf_counter()
    trials = list(every(laws, terms, quiet))
    rows = [row_of(one) for one in trials]
    header = [name for name in rows[0] if name not in ADDED] if rows else []
    kept = write_csv(folder / path.name, [*header, *ADDED],
                     [[row[name] for name in (*header, *ADDED)] for row in rows])  # fmt: skip
    counts = Counter(one.verdict for one in trials)
    told = {**origin("laws", time.perf_counter() - begun), "file": str(path), **vars(terms),
            "family_error": FAMILY_ERROR, "counts": {v: counts[v] for v in VERDICTS}}  # fmt: skip
    return told, trials, kept


def every(laws: Sequence[Law], terms: Terms, quiet: bool = True) -> Iterator[Trial]:
    """Try laws case by case on all cores, and give them back in the order of the file."""
    cases: dict[tuple[str, str], list[Law]] = {}
    for law in laws:
        cases.setdefault(law.case, []).append(law)
    found: dict[int, Trial] = {}
    # of cases that want the longest runs, the longest first: no core is left with them
    longest = sorted(cases.values(), key=lambda one: -_expected(one[0]))
    with deaf():
        pool = multiprocessing.get_context("spawn").Pool(os.cpu_count() or 1)
    with pool:  # at the end, or at Ctrl-C, its processes end with it
        tasks = [(i, one, terms) for i, one in enumerate(longest)]
        for done, (i, trials) in enumerate(pool.imap_unordered(_tried, tasks), start=1):
            found |= {id(law): one for law, one in zip(longest[i], trials, strict=True)}
            if not quiet:
                said = Counter(one.verdict for one in found.values())
                err.print(f"{done}/{len(cases)} cases: {_counted(said)}")
    yield from (found[id(law)] for law in laws)


def _tried(task: tuple[int, Sequence[Law], Terms]) -> tuple[int, list[Trial]]:
    i, laws, terms = task
    return i, tried(laws, terms)


def _expected(law: Law) -> float:
    """How long a case may take: by how long its lines remember, or how long its days are."""
    try:
        system = system_of(law.family, law.parameters)
    except NotExpressedError:
        return 0.0
    return max(system.settles * system.rate, A_DAY_LIKE * system.rate)


def document_of(trial: Trial) -> dict[str, Any]:
    """A law with what was found, numbers as numbers; null where there is none."""
    law = trial.law
    found = {"estimate": trial.estimate, "se": trial.se, "z": trial.z}
    return {
        "family": law.family, "case": law.name, "parameters": law.parameters,
        "metric": law.metric, "kind": law.kind, "exact": law.exact,
        **{name: x if isfinite(x) else None for name, x in found.items()},
        "n": trial.n or None, "verdict": trial.verdict, "reason": trial.reason,
    }  # fmt: skip


def row_of(trial: Trial) -> dict[str, Any]:
    """A row of the file with what was found, blank where there is nothing."""
    found = document_of(trial)
    return {**trial.law.row, **{name: "" if found[name] is None else found[name] for name in ADDED}}


def say(trials: Sequence[Trial], counts: Mapping[str, int], kept: Path) -> None:
    """Family by family, then whatever is not a pass."""
    families = dict.fromkeys(one.law.family for one in trials)
    rows = []
    for family in families:
        mine = [one for one in trials if one.law.family == family]
        by = Counter(one.verdict for one in mine)
        zs = [abs(one.z) for one in mine if not isnan(one.z)]
        rows.append((family, len(mine), *(by[v] for v in VERDICTS), max(zs) if zs else "-"))
    show(("family", "laws", *(v.lower().replace("_", " ") for v in VERDICTS), "largest |z|"), rows)
    for one in trials:
        if one.verdict in (FAIL, INCONCLUSIVE):
            out.print(
                f"{one.verdict} {one.law.name} {one.law.metric}: exact {one.law.exact:.6g}, "
                f"estimate {one.estimate:.6g} (se {one.se:.2g}, {one.n:,} cases) {one.reason}"
            )
    reasons = {(one.law.family, one.reason) for one in trials if one.verdict == NOT_EXPRESSED}
    for family, reason in sorted(reasons):
        out.print(f"{NOT_EXPRESSED} {family}: {reason}")
    out.print(f"\n{_counted(counts)}; every law in {kept}")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts.get(v, 0)} {v.lower().replace('_', ' ')}" for v in VERDICTS)


VERDICTS = (PASS, FAIL, INCONCLUSIVE, NOT_EXPRESSED)
