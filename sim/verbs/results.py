"""What is written of a study's runs, whatever verb ran them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.metrics import METRICS
from sim.results.store import Store
from sim.results.tables import Part, content_of, write_table
from sim.results.write import write_csv
from sim.studies.task import Done
from sim.verbs.screen import err, out, say_json


def tables_in(runs: Sequence[Done]) -> list[str]:
    """Names of the tables that every run has."""
    return [name for name in runs[0].hashes if name not in ("visits", "cases")] if runs else []


def parts_of(store: Store, runs: Sequence[Done], table: str) -> Iterator[Part]:
    """One table, run by run."""
    for run in runs:
        yield run.label, run.replication, store.table(run.key, table)


def write_tables(folder: Path, store: Store, runs: Sequence[Done]) -> None:
    """Write each table with the rows of all runs."""
    for name in tables_in(runs):
        write_table(folder, name, parts_of(store, runs, name))


def contents_of(store: Store, runs: Sequence[Done]) -> dict[str, dict[str, object]]:
    """Rows and content hash of each table of all runs, found by reading every run."""
    found = {}
    for name in tables_in(runs):
        rows, sha256 = content_of(parts_of(store, runs, name))
        found[name] = {"rows": rows, "sha256": sha256}
    return found


def write_metrics(folder: Path, runs: Sequence[Done], currency: str) -> Path:
    """All metrics of all runs, one row a metric."""
    header = ("scenario", "replication", "metric", "value", "unit", "better", "theme")
    rows = (
        (one.label, one.replication, name, one.metrics[name], metric.unit_in(currency),
         metric.better, metric.theme)
        for one in runs
        for name, metric in METRICS.items()
    )  # fmt: skip
    return write_csv(folder / "metrics.csv", header, rows)


def say_rest(name: str, missing: int, as_json: bool) -> None:
    """Others run the rest: say how it ends."""
    if as_json:
        say_json({"study": name, "missing": missing})
        return
    out.print(f"{missing} runs are left to other shards. When they are done: kezek resume {name}")


def say_damaged(store: Store) -> None:
    """Name files that are not as they were written."""
    for name, why in store.contents.damaged.items():
        err.print(f"warning: {name} is damaged: {why}.", style="yellow")
