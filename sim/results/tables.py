"""The tables of a study: one Parquet file a table, all runs in it, one behind the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.results.content import ContentHash
from sim.results.packed import columns_of
from sim.results.write import atomically

FOLDER = "tables"
Part = tuple[str, int, pa.Table]  # scenario, replication, rows of one run


def path_of(folder: Path, table: str) -> Path:
    """The file of a table in the folder of a study."""
    return folder / FOLDER / f"{table}.parquet"


def write_table(folder: Path, table: str, parts: Iterable[Part]) -> Path:
    """Write a table; each run is a row group, so that readers need hold only one of them."""
    return atomically(path_of(folder, table), lambda at: _stream(at, parts))


def _stream(path: Path, parts: Iterable[Part]) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for part in parts:
            rows = labelled(*part)
            if writer is None:
                writer = pq.ParquetWriter(path, rows.schema, compression="zstd")
            writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()


def labelled(scenario: str, replication: int, rows: pa.Table) -> pa.Table:
    """Rows with the run they are of in two columns before them."""
    n = rows.num_rows
    same = {
        "scenario": pa.array([scenario] * n, pa.string()),
        "replication": pa.array([replication] * n, pa.int64()),
    }
    return pa.table({**same, **{name: rows[name] for name in rows.column_names}})


def read_parts(folder: Path, table: str) -> Iterator[Part]:
    """The runs of a table that was written, one by one."""
    with pq.ParquetFile(path_of(folder, table)) as file:
        for (scenario, replication), number in row_groups(file):
            rows = file.read_row_group(number).drop_columns(["scenario", "replication"])
            yield scenario, replication, rows


def joined(parts: Iterable[Part]) -> pa.Table:
    """All runs of a table as one."""
    return pa.concat_tables(labelled(*part) for part in parts)


def content_of(parts: Iterable[Part]) -> tuple[int, str]:
    """Rows and content hash of a table of all runs."""
    content: ContentHash | None = None
    for part in parts:
        rows = labelled(*part)
        content = content or ContentHash(tuple(rows.column_names))
        content.add(columns_of(rows))
    return (content.rows, content.hexdigest()) if content else (0, "")


def row_groups(file: pq.ParquetFile) -> Iterator[tuple[tuple[str, int], int]]:
    """Scenario and replication of each row group that has rows, with its number."""
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        scenario, replication = (group.column(i).statistics for i in (0, 1))
        if group.num_rows and scenario is not None:
            yield (str(scenario.min), int(replication.min)), number
