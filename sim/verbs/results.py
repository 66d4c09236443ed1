"""What is written of a study's runs, whatever verb ran them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from pathlib import Path

from sim.metrics import METRICS
from sim.results.tables import write_table
from sim.results.write import write_csv
from sim.studies.kept import Kept
from sim.studies.precision import Reached
from sim.studies.task import Done
from sim.verbs.screen import out, say_json


def write_tables(kept: Kept) -> None:
    """Write each table with the rows of all runs."""
    for name in kept.tables:
        write_table(kept.folder, name, kept.parts(name))


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


def say_precision(got: Reached, replications: int) -> None:
    """How sure the least sure figure is, and what it would take if that is not enough."""
    if got.worst == inf:
        out.print(
            f"NOT as precise as asked: {got.what} is missing in some run or nothing on average; no "
            "number of replications would do."
        )
        return
    sure = f"{100 * got.worst:.2g} % ({got.what}), {replications} replications"
    if got.is_enough:
        out.print(f"Precise enough: every interval within {100 * got.asked:g} %, at most {sure}.")
    else:
        out.print(
            f"NOT as precise as asked: {100 * got.asked:g} % was wanted, the worst is {sure}. "
            f"It would take about {got.needed} replications."
        )


def precision_document(got: Reached | None) -> dict[str, dict[str, object]]:
    """The same in JSON, where precision was asked for."""
    return {"precision": {**vars(got), "is_enough": got.is_enough}} if got is not None else {}


def failed_words(name: str, failed: Mapping[str, str]) -> str:
    """Which runs failed and why, and how to try them again."""
    return "\n".join([*failed.values(), f"To try them again: kezek resume {name} --retry"])
