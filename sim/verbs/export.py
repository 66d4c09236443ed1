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
from sim.results.store import Store
from sim.results.tables import labelled
from sim.results.write import atomically, write_csv
from sim.studies.plan import read_document
from sim.studies.task import Done
from sim.verbs.folders import there
from sim.verbs.results import parts_of, tables_in, write_tables
from sim.verbs.screen import err, out, say_json
from sim.verbs.study import runs_of
from sim.verbs.words import WHERE

FORMATS = ("csv", "xlsx", "ema", "parquet")
SHEET_ROWS = 1_048_575  # of an Excel sheet, without its header
ABOUT = ("label", "scenario", "replication", "seed", "key")


def run(name: str, formats: Sequence[str], as_json: bool) -> None:
    """Write all finished runs of a study in the formats asked for."""
    folder = there(name)
    document, store = read_document(folder), Store(folder)
    store.look()
    runs = runs_of(document, store)
    if not runs:
        raise InputError([f"no run of '{name}' is finished; kezek resume {name}"], where=WHERE)
    planned = sum(len(arm["keys"]) for arm in document["arms"])
    if len(runs) < planned:
        err.print(f"warning: incomplete: {len(runs)}/{planned} runs.", style="yellow")
    written = [
        path
        for one in (formats or ("parquet",))
        for path in WRITERS[one](folder, document, store, runs)
    ]
    if as_json:
        files = [str(path) for path in written]
        say_json({"study": name, "runs": len(runs), "planned": planned, "files": files})
        return
    for path in written:
        out.print(str(path))


def wide(document: Mapping[str, Any], runs: Sequence[Done]) -> list[dict[str, Any]]:
    """One row a run: what it is, the values that were varied, and all metrics."""
    arms = {arm["label"]: arm for arm in document["arms"]}
    varied = list(dict.fromkeys(key for arm in arms.values() for key in arm["point"]))
    rows = []
    for one in runs:
        config, point = arms[one.label]["config"], arms[one.label]["point"]
        about = (one.label, config["scenario"], one.replication, config["run"]["seed"], one.key)
        rows.append(
            {**dict(zip(ABOUT, about, strict=True)), **{key: point.get(key, "") for key in varied},
             **one.metrics}
        )  # fmt: skip
    return rows


def _csv(
    folder: Path, document: Mapping[str, Any], store: Store, runs: Sequence[Done]
) -> Iterator[Path]:
    """Runs as one file, and each table as another."""
    found = wide(document, runs)
    rows = [list(row.values()) for row in found]
    yield write_csv(folder / "export" / "runs.csv", list(found[0]), rows)
    for table in tables_in(runs):
        yield write_csv(
            folder / "export" / f"{table}.csv",
            labelled(*next(parts_of(store, runs, table))).column_names,
            _rows(store, runs, table),
        )


def _rows(store: Store, runs: Sequence[Done], table: str) -> Iterator[tuple[Any, ...]]:
    for part in parts_of(store, runs, table):
        rows = labelled(*part)
        yield from zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True)


def _xlsx(
    folder: Path, document: Mapping[str, Any], store: Store, runs: Sequence[Done]
) -> Iterator[Path]:
    """A workbook: runs, and each table that fits into a sheet."""
    from sim.report.workbook import Sheet, write_workbook

    found = wide(document, runs)
    sheets = [Sheet("runs", tuple(found[0]), [list(row.values()) for row in found])]
    for table in tables_in(runs):
        n = sum(run_.rows[table] for run_ in runs)
        if n > SHEET_ROWS:
            err.print(f"{table} has {n:,} rows, more than a sheet holds; use --csv.")
            continue
        header = labelled(*next(parts_of(store, runs, table))).column_names
        sheets.append(Sheet(table, tuple(header), [list(x) for x in _rows(store, runs, table)]))
    yield write_workbook(folder / "export" / f"{folder.name}.xlsx", sheets)


def _parquet(
    folder: Path, document: Mapping[str, Any], store: Store, runs: Sequence[Done]
) -> Iterator[Path]:
    """Each table as Parquet, where comparisons have them too."""
    del document
    write_tables(folder, store, runs)
    yield folder / "tables"


def _ema(
    folder: Path, document: Mapping[str, Any], store: Store, runs: Sequence[Done]
) -> Iterator[Path]:
    """An archive that ``ema_workbench.load_results`` reads: experiments and scalar outcomes."""
    del store
    found = wide(document, runs)
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
    path = folder / "export" / f"{folder.name}.tar.gz"
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
