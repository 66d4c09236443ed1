"""An observer that writes single visits and cases as they close, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.results.content import ContentHash
from sim.results.write import disk_error, refusal
from sim.service.cases import NEVER, Outcome
from sim.service.requests import Channel, Kind, Mark
from sim.service.verdicts import Verdict
from sim.units import DAY

if TYPE_CHECKING:
    from sim.model import ServiceModel

ROWS_A_PART = 200_000
NEVER_SINCE = np.iinfo(np.int32).min  # an empty cell of a file
Columns = dict[str, NDArray[Any]]
VISITS = (
    "case_id", "citizen", "service", "kind", "channel", "station", "joined", "started", "ended",
    "server", "outcome",
)  # fmt: skip
CASES = (
    "case_id", "citizen", "service", "kind", "number", "channel", "filed_day", "due_day",
    "closed_second", "visits", "outcome", "incomplete", "refused",
)  # fmt: skip


class Keeper:
    """Keeps visits, cases, or both, of the measured days; calls from elsewhere are left out.

    Times are seconds since the first measured midnight, empty for never; days count from there too.
    """

    def __init__(self, what: Sequence[str], folder: Path, label: str) -> None:
        names = {"visits": VISITS, "cases": CASES}
        self._parts = {name: _Part(folder / name, label, names[name]) for name in what}

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no half-written file behind."""
        for part in self._parts.values():
            part.drop()

    def __call__(self, model: ServiceModel) -> None:
        """Write what ended today."""
        if model.measured_day < 0:
            return
        if "visits" in self._parts:
            self._parts["visits"].add(_visits(model))
        if "cases" in self._parts:
            self._parts["cases"].add(_cases(model))

    def close(self) -> dict[str, tuple[int, str]]:
        """Finish the files; rows and content hash of each table."""
        return {name: part.close() for name, part in self._parts.items()}


class _Part:
    """One growing Parquet file, put in its place when it is whole."""

    def __init__(self, folder: Path, label: str, names: tuple[str, ...]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refusal(error, f"Cannot write into {folder}") from None
        self._path = folder / f"{label}.parquet"
        self._temporary = folder / f".{label}.parquet.part"
        self._content = ContentHash(names)
        self._waiting: list[Columns] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, columns: Columns) -> None:
        self._content.add(columns)
        self._waiting.append(columns)
        if sum(len(one["case_id"]) for one in self._waiting) >= ROWS_A_PART:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        joined = {
            name: np.concatenate([one[name] for one in self._waiting]) for name in self._waiting[0]
        }
        table = pa.table({name: _arrow(values) for name, values in joined.items()})
        try:
            if self._writer is None:
                self._writer = pq.ParquetWriter(self._temporary, table.schema, compression="zstd")
            self._writer.write_table(table)
        except OSError as error:
            raise disk_error(self._path, error) from None
        self._waiting = []

    def close(self) -> tuple[int, str]:
        self._flush()
        try:
            if self._writer is not None:
                self._writer.close()
                self._temporary.replace(self._path)
        except OSError as error:
            raise disk_error(self._path, error) from None
        return self._content.rows, self._content.hexdigest()

    def drop(self) -> None:
        """Forget what was not finished."""
        self._temporary.unlink(missing_ok=True)


def _arrow(values: NDArray[Any]) -> pa.Array:
    if values.dtype.kind in "US":
        return pa.array(values.tolist()).dictionary_encode()
    if values.dtype == np.int32:
        return pa.array(values, mask=values == NEVER_SINCE)
    return pa.array(values)


def _visits(model: ServiceModel) -> Columns:
    """Visits of the region that ended today."""
    cases, about, log = model.served
    of_case = np.repeat(np.arange(len(cases.id)), np.diff(cases.first))
    rows = np.flatnonzero((log.ended >= model.day * DAY) & (about["citizen"][of_case] != NEVER))
    case, begun = of_case[rows], model.run_in * DAY
    return {
        "case_id": cases.id[case],
        "citizen": about["citizen"][case],
        "service": _names(model.tables["services"].rows, about["service"][case]),
        "kind": _names([kind.name.lower() for kind in Kind], about["kind"][case]),
        "channel": _names([channel.name.lower() for channel in Channel], about["channel"][case]),
        "station": _names(model.network.names, cases.station[rows]),
        **{
            name: _since(getattr(log, name)[rows], begun) for name in ("joined", "started", "ended")
        },
        "server": log.server[rows].astype(np.int16),
        "outcome": _names([outcome.name.lower() for outcome in Outcome], log.outcome[rows]),
    }


def _cases(model: ServiceModel) -> Columns:
    """Cases of the region that closed today."""
    cases, about, log = model.served
    closed = np.flatnonzero(~model.still_open & (about["citizen"] != NEVER))
    last = cases.first[closed + 1] - 1
    ends = np.maximum.reduceat(log.ended, cases.first[:-1])[closed]
    worst = np.maximum.reduceat(log.outcome, cases.first[:-1])[closed]
    marks = about["marks"][closed]
    return {
        "case_id": cases.id[closed],
        "citizen": about["citizen"][closed],
        "service": _names(model.tables["services"].rows, about["service"][closed]),
        "kind": _names([kind.name.lower() for kind in Kind], about["kind"][closed]),
        "number": about["number"][closed],
        "channel": _names([channel.name.lower() for channel in Channel], about["channel"][closed]),
        "filed_day": about["filed"][closed] - model.run_in,
        "due_day": about["due"][closed] - model.run_in,
        "closed_second": _since(ends, model.run_in * DAY),
        "visits": (last - cases.first[closed] + 1).astype(np.int8),
        "outcome": _names([outcome.name.lower() for outcome in Outcome], worst),
        "incomplete": (marks & Mark.INCOMPLETE) > 0,
        "refused": ((marks & Mark.REFUSED) > 0) & ((model.verdicts[closed] & Verdict.AVOIDED) == 0),
    }


def _names(names: Sequence[str], index: NDArray[Any]) -> NDArray[np.str_]:
    found: NDArray[np.str_] = np.array(names)[index]
    return found


def _since(seconds: NDArray[np.int64], begun: int) -> NDArray[np.int32]:
    """Seconds since measuring began, negative before it."""
    return np.where(seconds == NEVER, NEVER_SINCE, seconds - begun).astype(np.int32)
