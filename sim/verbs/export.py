"""``export``: all runs of a study as files that other programs read."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.metrics import METRICS
from sim.results.tables import labelled, path_of
from sim.results.write import atomically, write_csv
from sim.studies.kept import Kept
from sim.verbs.folders import there
from sim.verbs.results import write_tables
from sim.verbs.screen import err, out, say_json
from sim.verbs.words import WHERE

FORMATS = ("csv", "xlsx", "ema", "parquet")
SHEET_ROWS = 1_048_575  # of an Excel sheet, without its header


def run(name: str, formats: Sequence[str], as_json: bool) -> None:
    """Write all finished runs of a study in the formats asked for."""
    kept = Kept.of(there(name))
    n, planned = len(kept.runs), len(kept.keys)
    if not n:
        raise InputError([f"no run of '{name}' is finished; kezek resume {name}"], where=WHERE)
    if n < planned:
        err.print(f"warning: incomplete: {n}/{planned} runs.", style="yellow")
    written = [path for one in (formats or ("parquet",)) for path in WRITERS[one](kept)]
    if as_json:
        files = [str(path) for path in written]
        say_json({"study": name, "runs": n, "planned": planned, "files": files})
        return
    for path in written:
        out.print(str(path), soft_wrap=True)


def _csv(kept: Kept) -> Iterator[Path]:
    """Runs as one file, and each table as another."""
    folder, found = kept.folder / "export", kept.wide()
    rows = [list(row.values()) for row in found]
    yield write_csv(folder / "runs.csv", list(found[0]), rows)
    for table in kept.tables:
        yield write_csv(folder / f"{table}.csv", _header(kept, table), _rows(kept, table))


def _header(kept: Kept, table: str) -> list[str]:
    names: list[str] = labelled(*next(kept.parts(table))).column_names
    return names


def _rows(kept: Kept, table: str) -> Iterator[tuple[Any, ...]]:
    for part in kept.parts(table):
        rows = labelled(*part)
        yield from zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True)


def _xlsx(kept: Kept) -> Iterator[Path]:
    """A workbook: runs, and each table that fits into a sheet."""
    from sim.report.workbook import Sheet, write_workbook

    found = kept.wide()
    sheets = [Sheet("runs", tuple(found[0]), [list(row.values()) for row in found])]
    for table in kept.tables:
        n = sum(run_.rows[table] for run_ in kept.runs)
        if n > SHEET_ROWS:
            err.print(f"{table} has {n:,} rows, more than a sheet holds; use --csv.")
            continue
        rows = [list(row) for row in _rows(kept, table)]
        sheets.append(Sheet(table, tuple(_header(kept, table)), rows))
    yield write_workbook(kept.folder / "export" / f"{kept.folder.name}.xlsx", sheets)


def _parquet(kept: Kept) -> Iterator[Path]:
    """Each table as Parquet, where comparisons have them too."""
    write_tables(kept)
    yield from (path_of(kept.folder, table) for table in kept.tables)


def _ema(kept: Kept) -> Iterator[Path]:
    """An archive that ``ema_workbench.load_results`` reads: experiments and scalar outcomes."""
    found = kept.wide()
    about = ["policy" if name == "label" else name for name in found[0] if name not in METRICS]
    outcomes = [name for name in found[0] if name in METRICS]
    told = {
        "version": 0.1,
        "outcomes": [["ScalarOutcome", name, f"{name}.cls"] for name in outcomes],
        "experiments": dict(zip(about, map(_dtype, zip(*_known(found), strict=True)), strict=True)),
    }
    files = {
        "metadata.json": json.dumps(told),
        "experiments.csv": _lines([about, *_known(found)]),
        **{f"{name}.cls": _lines([[row[name]] for row in found]) for name in outcomes},
    }
    path = kept.folder / "export" / f"{kept.folder.name}.tar.gz"
    yield atomically(path, lambda at: _tar(at, files))


def _known(found: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """What was known of each run before it began."""
    return [[value for name, value in row.items() if name not in METRICS] for row in found]


def _dtype(values: Sequence[Any]) -> str:
    """A column's type, in the words of pandas."""
    kinds = {type(value) for value in values}
    return {frozenset({int}): "int64", frozenset({int, float}): "float64",
            frozenset({float}): "float64"}.get(frozenset(kinds), "object")  # fmt: skip


def _lines(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _tar(path: Path, files: Mapping[str, str]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            piece = text.encode()
            about = tarfile.TarInfo(name)
            about.size = len(piece)
            archive.addfile(about, io.BytesIO(piece))


WRITERS = {"csv": _csv, "xlsx": _xlsx, "ema": _ema, "parquet": _parquet}
