"""The tables of a comparison, summed while they are read: one run in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.analysis.compare import Effect, paired_effect
from sim.errors import FolderError
from sim.results.schema import TABLES
from sim.results.tables import path_of, row_groups

RUN = ("scenario", "replication")
BILL = ("item", "paid", "followed_work")  # the one table without a schema of its own


class Frames:
    """Reads Parquet parts of the runs of some scenarios; the same replications of each."""

    def __init__(self, folder: Path, labels: Sequence[str], replications: Sequence[int]) -> None:
        self._folder, self.labels, self.replications = folder, tuple(labels), tuple(replications)
        self._kept: dict[object, pd.DataFrame] = {}

    def sums(
        self,
        table: str,
        by: Sequence[str] = (),
        counts: Sequence[str] = (),
        only: Mapping[str, str] | None = None,
    ) -> pd.DataFrame:
        """Sums of columns by scenario, replication and other keys; all counts if none is named.

        ``only`` keeps the rows where a key has a value. Tables by day can be summed by ``month``.
        """
        counts = tuple(counts) or _counts(table)
        only = dict(only or {})
        asked = (table, tuple(by), counts, tuple(only.items()))
        if asked not in self._kept:
            parts = [
                _summed(rows, by, counts, only).assign(scenario=label, replication=replication)
                for (label, replication), rows in self._runs(table, by, (*only, *counts))
            ]
            self._kept[asked] = pd.concat(parts, ignore_index=True)[[*RUN, *by, *counts]]
        return self._kept[asked].copy()

    def _runs(
        self, table: str, by: Sequence[str], others: Sequence[str]
    ) -> Iterator[tuple[tuple[str, int], pa.Table]]:
        """Each run's rows of a table: only the columns asked for, and only the runs."""
        path = path_of(self._folder, table)
        try:
            with pq.ParquetFile(path) as file:
                groups = dict(row_groups(file))
                for label, replication in product(self.labels, self.replications):
                    group = groups.get((label, replication))
                    yield (label, replication), _read(file, group, by, others)
        except (OSError, pa.ArrowException) as error:
            raise FolderError(f"{path} cannot be read ({error}). Run the comparison again.") from (
                None
            )


def _counts(table: str) -> tuple[str, ...]:
    return BILL[1:] if table == "bill" else TABLES[table].counts


def _summed(
    found: pa.Table, by: Sequence[str], counts: Sequence[str], only: Mapping[str, str]
) -> pd.DataFrame:
    for key, value in only.items():
        found = found.filter(pc.equal(found[key], pa.scalar(value)))
    if not by:
        return pd.DataFrame({name: [pc.sum(found[name]).as_py() or 0] for name in counts})
    summed = found.group_by(list(by), use_threads=False).aggregate(
        [(name, "sum") for name in counts]
    )
    frame: pd.DataFrame = summed.rename_columns(
        {f"{name}_sum": name for name in counts}
    ).to_pandas()
    return frame.sort_values(list(by), kind="stable", ignore_index=True)


def _read(
    file: pq.ParquetFile, group: int | None, by: Sequence[str], others: Sequence[str]
) -> pa.Table:
    """The rows of a run, none without a group; a month is cut from the date of tables by day."""
    dated = "month" in by and "date" in file.schema_arrow.names
    keys = ["date" if dated and key == "month" else key for key in by]
    groups = [] if group is None else [group]
    columns = list(dict.fromkeys([*keys, *others]))
    found = file.read_row_groups(groups, columns, use_threads=False)
    if dated:
        found = found.append_column("month", pc.utf8_slice_codeunits(found["date"], 0, 7))
    return found


def mean_by(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Means over replications of all other columns, keys in order of first appearance."""
    values = [name for name in frame.columns if name not in (*by, *RUN)]
    return frame.groupby(list(by), sort=False)[values].mean().reset_index()


def paired_by(frame: pd.DataFrame, key: str, value: str, base: str) -> dict[Any, list[Effect]]:
    """Paired differences of a value against base, for each row of a key and each scenario."""
    found: dict[Any, list[Effect]] = {}
    for name, rows in frame.groupby(key, sort=False):
        wide = rows.pivot(index="replication", columns="scenario", values=value)
        found[name] = [
            paired_effect(label, value, wide[label].to_numpy(float), wide[base].to_numpy(float))
            for label in frame["scenario"].unique()
            if label != base
        ]
    return found


def cells(frame: pd.DataFrame, *columns: str) -> tuple[tuple[Any, ...], ...]:
    """Some columns of a frame as rows."""
    return tuple(frame[list(columns)].itertuples(index=False, name=None))
