"""``validate``: try every law, hold the engines against each other, and write a page about it."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.compose import Composed
from sim.engine import made_of
from sim.errors import InputError, ModelError
from sim.laws.law import Law, laws_of
from sim.report.history import kept_patterns
from sim.report.proof import write_proof
from sim.report.validation import Validation, write_validation
from sim.results.write import write_json
from sim.studies.conduct import Watched
from sim.studies.manifest import origin
from sim.studies.run import Progress
from sim.studies.twins import Twinned, twinned
from sim.verbs.folders import MARK, folder_of
from sim.verbs.laws import document_of, trials_into
from sim.verbs.prepare import prepared
from sim.verbs.screen import Meter, out, say_json, show

LAWS = Path(__file__).resolve().parents[2] / "tests/laws/analytic_cases.csv"
ARMS = (  # what both engines live
    ("scenario=base", "run.days=30", "run.run_in_days=5"),
    ("scenario=every_mechanism", "run.days=30", "run.run_in_days=5"),
)
FIGURES = ("estimate", "se", "z")


def run(
    names: Sequence[str], overrides: Sequence[str], study: str, as_json: bool, strict: bool
) -> None:
    """Try the laws, or read what ``kezek laws`` found, live days with both engines, say so."""
    path = _file(names)
    before = read(path) if _is_tried(path) else None
    asked = [] if before else laws_of(path)
    arms = [prepared(_over(arm, overrides), strict) for arm in ARMS]
    folder = folder_of(study or "validation")
    begun = time.perf_counter()
    told, laws = before or _tried(folder, path, asked, as_json)
    found = Validation(laws, told, [_twinned(arm, quiet=as_json) for arm in arms])
    page = write_validation(found, folder)
    same = told.get("engines") == made_of()  # laws tried before may have met other engines
    write_proof(found.document(), made_of() if same else "", folder)
    write_json(folder / MARK, {**origin("validate", time.perf_counter() - begun),
                               **found.document(), "laws": told})  # fmt: skip
    patterns = kept_patterns()
    if as_json:
        say_json({**found.document(), "patterns": patterns, "page": str(page)})
    else:
        _say(found, page, patterns)
    differing = sum(one.differing for one in found.twins)
    if found.counts["FAIL"] or differing:
        raise ModelError(
            f"{found.counts['FAIL']} laws failed and {differing} cells of logs differ; see {page}."
        )


def _file(names: Sequence[str]) -> Path:
    """The file of laws that is named, or the one that comes with the source."""
    if len(names) > 1:
        said = "name one file of laws, such as: kezek validate outputs/laws/analytic_cases.csv"
        raise InputError([said], where="the command line")
    if names:
        return Path(names[0])
    if not LAWS.exists():
        said = "there is no file of laws here; name one: kezek validate FILE.csv"
        raise InputError([said], where="the command line")
    return LAWS


def _over(arm: Sequence[str], overrides: Sequence[str]) -> list[str]:
    """Settings of an arm, those of the command line in their place."""
    given = {one.partition("=")[0] for one in overrides}
    return [*(one for one in arm if one.partition("=")[0] not in given), *overrides]


def _tried(
    folder: Path, path: Path, laws: Sequence[Law], quiet: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    told, trials, _ = trials_into(folder, path, laws, quiet=quiet)
    return told, [document_of(one) for one in trials]


def _is_tried(path: Path) -> bool:
    """Whether a file is what ``kezek laws`` has written, beside its manifest."""
    return path.parent.joinpath(MARK).exists() and path.exists()


def read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What ``kezek laws`` found before: its manifest and every law."""
    try:
        told = json.loads(path.with_name(MARK).read_text(encoding="utf-8"))
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        told = told.get("laws", told)  # a page is made again from its own folder
        if told.get("verb") != "laws" or told.get("status") != "finished":
            raise InputError([f"{path.parent} holds no finished `kezek laws`."], where="the laws")
        return told, [_law(row) for row in rows]
    except (OSError, ValueError, KeyError) as error:
        said = f"{path} cannot be read as what `kezek laws` wrote: {error}."
        raise InputError([said], where="the laws") from None


def _law(row: Mapping[str, str]) -> dict[str, Any]:
    figures = {name: float(row[name]) if row[name] else None for name in FIGURES}
    return {
        "family": row["family"], "case": row["name"], "parameters": json.loads(row["parameters"]),
        "metric": row["metric"], "kind": row["kind"], "exact": float(row["exact"]), **figures,
        "n": int(row["n"]) if row["n"] else None, "verdict": row["verdict"],
        "reason": row["reason"],
    }  # fmt: skip


def _twinned(arm: Composed, quiet: bool) -> Twinned:
    with Meter(f"Both engines, {arm.config.place.title}, {arm.title}", quiet=quiet) as meter:
        return twinned(arm, _watched(meter))


def _watched(meter: Meter) -> Progress:
    seen = Watched(0, 1, 0, 1)

    def lived(day: int, horizon: int) -> None:
        seen.days, seen.days_in_all = day, horizon
        if day % 5 == 0:
            meter(seen)

    return lived


def _say(found: Validation, page: Path, patterns: Sequence[Mapping[str, Any]]) -> None:
    counts = found.counts
    show(
        ("Laws", "of them"),
        [(name.lower().replace("_", " "), n) for name, n in counts.items()],
        title=f"{len(found.laws)} exact laws, {found.lived / 1e6:,.0f} million cases lived",
    )
    show(
        ("Both engines", "days", "journeys", "cells compared", "differing"),
        list(_rows(found.twins)),
    )
    if patterns:
        tally = Counter((one["kind"], one["verdict"]) for one in patterns)
        show(
            ("Patterns", "verdict", "of them"),
            [(kind, verdict, n) for (kind, verdict), n in tally.items()],
            title="The history kept with this program: kezek calibrate",
            left=2,
        )
    out.print(f"\nThe page: {page}", soft_wrap=True)


def _rows(twins: Sequence[Twinned]) -> Iterator[tuple[Any, ...]]:
    for one in twins:
        yield f"{one.region}, {one.title}", one.days, one.journeys, one.cells, one.differing
