"""A study as it lies in its folder: what was planned, what is finished, its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.results.store import Store
from sim.results.tables import Part, content_of, joined
from sim.studies.plan import planned, read_document
from sim.studies.task import Done

ABOUT = ("label", "scenario", "replication", "seed", "key")
SINGLE = ("visits", "cases")  # single events, which lie in files of their own


@dataclass(frozen=True)
class Kept:
    """Finished runs of a study, in the order of its plan; nothing is composed or run."""

    folder: Path
    document: Mapping[str, Any]
    store: Store
    runs: tuple[Done, ...]

    @classmethod
    def of(cls, folder: Path) -> Kept:
        """Look into a folder; ``FolderError`` if it holds no study."""
        document, store = read_document(folder), Store(folder)
        found = store.look().runs
        runs = tuple(
            Done.of(label, replication, found[key].packed.head)
            for label, replication, key in planned(document)
            if key in found
        )
        return cls(folder, document, store, runs)

    @property
    def keys(self) -> list[str]:
        """Keys of all runs that were planned."""
        return [key for _, _, key in planned(self.document)]

    @property
    def tables(self) -> list[str]:
        """Names of the tables that every run has."""
        return [name for name in self.runs[0].hashes if name not in SINGLE] if self.runs else []

    def parts(self, table: str) -> Iterator[Part]:
        """One table, run by run."""
        for run in self.runs:
            yield run.label, run.replication, self.store.table(run.key, table)

    def table(self, name: str) -> Any:
        """One Arrow table of all runs; scenario and replication are its first columns."""
        if name not in self.tables:
            known = ", ".join(self.tables) or "none yet"
            raise InputError([f"no table '{name}'; there are {known}."], where="the study")
        return joined(self.parts(name))

    def contents(self) -> dict[str, dict[str, object]]:
        """Rows and content hash of each table of all runs, found by reading every run."""
        found = {name: content_of(self.parts(name)) for name in self.tables}
        return {name: {"rows": rows, "sha256": sha256} for name, (rows, sha256) in found.items()}

    def wide(self) -> list[dict[str, Any]]:
        """One row a run: what it is, the values that were varied, and all metrics."""
        arms = {arm["label"]: arm for arm in self.document["arms"]}
        varied = list(dict.fromkeys(key for arm in arms.values() for key in arm["point"]))
        return [_row(run, arms[run.label], varied) for run in self.runs]


def _row(run: Done, arm: Mapping[str, Any], varied: Sequence[str]) -> dict[str, Any]:
    config, point = arm["config"], arm["point"]
    about = (run.label, config["scenario"], run.replication, config["run"]["seed"], run.key)
    return {
        **dict(zip(ABOUT, about, strict=True)),
        **{key: point.get(key, "") for key in varied},
        **run.metrics,
    }
