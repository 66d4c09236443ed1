"""Writing results: each file whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.errors import NO_SPACE, DiskError, FolderError, SimError

LONE_RETURN = re.compile(r"\r(?!\n)")


def atomically(path: Path, write: Callable[[Path], object]) -> Path:
    """Let ``write`` fill a temporary file, then put it in its place at once, for good."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
    except OSError as error:
        raise refusal(error, f"Cannot write into {path.parent}") from None
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o666 & ~_umask())  # temporary files are private, results are not
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _settle(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise disk_error(path, error) from None
    return path


def _settle(folder: Path) -> None:
    """Have a folder's new names on the disk before anything else: power may fail."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_error(path: Path, error: OSError) -> DiskError:
    """A file could not be written, in a sentence."""
    return DiskError(
        f"Could not write {path.name}: {error.strerror or error}. Nothing was replaced; free some "
        "disk space and run again."
    )


def refusal(error: OSError, what: str) -> SimError:
    """Why a folder cannot be used: for want of space, or otherwise."""
    kind = DiskError if error.errno in NO_SPACE else FolderError
    return kind(f"{what}: {error.strerror or error}.")


def _umask() -> int:
    """The permissions that new files lack; there is no way to ask without setting."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def write_json(path: Path, value: Any) -> Path:
    """Write a JSON document."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=plain) + "\n"
    return atomically(path, lambda at: at.write_text(text, encoding="utf-8"))


def write_parquet(path: Path, columns: Mapping[str, NDArray[Any]], **same: Any) -> Path:
    """Write columns as Parquet; ``same`` are columns with one value for all rows."""
    table = arrow_table(columns, **same)
    return atomically(path, lambda at: pq.write_table(table, at, compression="zstd"))


def arrow_table(columns: Mapping[str, NDArray[Any]], **same: Any) -> pa.Table:
    """Columns as an Arrow table; ``same`` are columns with one value for all rows."""
    n = len(next(iter(columns.values())))
    arrays: dict[str, pa.Array] = {}
    for name, value in same.items():
        arrays[name] = pa.array([value] * n)
    for name, values in columns.items():
        arrays[name] = pa.array(values.tolist() if values.dtype.kind in "US" else values)
    return pa.table(arrays)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """Write rows as CSV; text that a spreadsheet would run as a formula is made harmless."""

    def write(at: Path) -> None:
        with at.open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow([_whole(cell) for cell in header])
            lines.writerows([[_whole(cell) for cell in row] for row in rows])

    return atomically(path, write)


def _whole(cell: Any) -> Any:
    """A harmless cell; a lone carriage return, which some readers end a line at, is a newline."""
    found = harmless(cell)
    return LONE_RETURN.sub("\n", found) if isinstance(found, str) else found


def harmless(cell: Any) -> Any:
    """Text that begins like a formula gets an apostrophe; numbers stay numbers.

    >>> harmless("=1+1"), harmless(-3.5), harmless("wait")
    ("'=1+1", -3.5, 'wait')
    """
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\x00"):
        return f"'{cell}"
    return plain(cell)


def plain(value: Any) -> Any:
    """A NumPy scalar as a Python one."""
    return value.item() if isinstance(value, np.generic) else value
