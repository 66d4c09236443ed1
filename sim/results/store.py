"""A folder of runs, each under its key: written whole, found by looking, never twice.

The files are the truth. A run is first a file of its own; fifty or more become a part, and only
then their files go. The catalogue remembers what was checked, and can be deleted at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.errors import FolderError
from sim.results.packed import (
    DamagedError,
    Packed,
    opened,
    pack_part,
    pieces_of_part,
    runs_of_part,
    sealed,
    table_in,
    unpack,
)
from sim.results.write import atomically, refusal, write_json

RUNS, DAMAGED, FAILED = "runs", "damaged", "failed"
CATALOGUE = ".catalogue"
MARK = b"KEZEKCT1"
SAID_OF_FAILED = ("key", "label", "replication", "seed", "reason")
TEMPORARY = ("runs/.*", "failed/.*", "tables/**/.*", ".study.json.*", ".manifest.json.*",
             "..catalogue.*")  # fmt: skip
AS_FILES = 50  # runs in files of their own before they become a part
IN_A_PART = 500  # runs of a part at most


@dataclass(frozen=True)
class Found:
    """Where a run lies: a file, the run's first byte in it, and how many there are."""

    file: str
    at: int
    size: int
    packed: Packed


@dataclass
class Contents:
    """What looking through a folder found: whole runs by key, and files that are not whole."""

    runs: dict[str, Found] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)  # file: why


class Store:
    """The runs of a study, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contents = Contents()

    def put(self, key: str, piece: bytes) -> None:
        """Keep a packed run under its key, in place of one that may be there."""
        packed, path = unpack(piece), self._path(f"{key}.run")
        atomically(path, lambda at: at.write_bytes(piece))
        self.contents.runs[key] = Found(path.name, 0, len(piece), packed)

    def look(self) -> Contents:
        """Go through all files; each is checked bit by bit unless the catalogue knows it."""
        known, found = self._catalogue(), Contents()
        for path in self._files():
            try:
                stamp = _stamp(path)
                runs = known.get(path.name, {}).get(stamp) or self._checked(path)
            except FileNotFoundError:
                continue  # it has just become part of another
            except DamagedError as error:
                found.damaged[path.name] = str(error)
                continue
            except OSError as error:
                raise refusal(error, f"Cannot read {path}") from None
            for run in runs:
                found.runs.setdefault(run.packed.key, run)
        self.contents = found
        return found

    def table(self, key: str, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A table of a run; raises ``FolderError`` if it is not there or not as it was written."""
        run = self.contents.runs[key]
        try:
            piece = self._piece(run)
            unpack(piece)
        except FileNotFoundError:
            self.look()  # the run was moved into a part meanwhile
            if self.contents.runs.get(key, run) == run:
                raise FolderError(f"{run.file} is gone from {self.folder / RUNS}.") from None
            return self.table(key, name, columns)
        except (OSError, DamagedError) as error:
            raise FolderError(
                f"{self._path(run.file)} cannot be read: {error}. Resume the study: what is "
                "damaged is run again."
            ) from None
        at, size = run.packed.tables[name]
        return table_in(memoryview(piece)[at : at + size], list(columns) if columns else None)

    def remember(self) -> None:
        """Write down what was checked, so that the next look is quick."""
        rows: dict[str, list[Any]] = {}
        for run in self.contents.runs.values():
            rows.setdefault(run.file, []).append(
                [run.at, run.size, run.packed.head, run.packed.tables]
            )
        known = {name: {"stamp": _stamp(self._path(name)), "runs": rows[name]} for name in rows}
        body = json.dumps(known).encode()
        atomically(self.folder / CATALOGUE, lambda at: at.write_bytes(sealed(MARK + body)))

    def compact(self, least: int = AS_FILES) -> int:
        """Put runs in files of their own into parts, if there are enough; how many were."""
        alone = sorted(key for key, run in self.contents.runs.items() if run.file.endswith(".run"))
        if len(alone) < least:
            return 0
        for first in range(0, len(alone), IN_A_PART):
            self._join(alone[first : first + IN_A_PART])
        return len(alone)

    def tidy(self) -> list[str]:
        """Put damaged files aside and delete what was never finished; the names of the damaged.

        Only for whoever holds the lock: a file that is being written looks unfinished as well.
        """
        for pattern in TEMPORARY:
            for path in self.folder.glob(pattern):
                if path.is_file():
                    path.unlink(missing_ok=True)
        for name in self.contents.damaged:
            for key, piece in salvaged(self._path(name)):
                if key not in self.contents.runs:
                    self.put(key, piece)
            aside = self.folder / DAMAGED
            aside.mkdir(exist_ok=True)
            self._path(name).replace(aside / name)
        return list(self.contents.damaged)

    def fail(self, key: str, said: Mapping[str, Any]) -> None:
        """Note a run that failed, with whatever is needed to try it again."""
        write_json(self.folder / FAILED / f"{key}.json", {"key": key, **said})

    def failed(self) -> dict[str, dict[str, Any]]:
        """Runs that failed and were not finished later."""
        found = {}
        for path in sorted((self.folder / FAILED).glob("*.json")):
            try:
                said = json.loads(path.read_text(encoding="utf-8"))
                key, *_ = (str(said[name]) for name in SAID_OF_FAILED)
            except (OSError, ValueError, KeyError, TypeError):
                continue  # then it is simply run again
            if key not in self.contents.runs:
                found[key] = said
        return found

    def forgive(self, keys: Iterable[str]) -> None:
        """Forget that runs failed: they are to be tried again."""
        for key in keys:
            (self.folder / FAILED / f"{key}.json").unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        """Files of single runs first: one that becomes a part meanwhile is seen there."""
        runs = self.folder / RUNS
        yield from sorted(runs.glob("*.run"))
        yield from sorted(runs.glob("*.part"))

    def _checked(self, path: Path) -> list[Found]:
        piece = path.read_bytes()
        if path.suffix == ".run":
            return [Found(path.name, 0, len(piece), unpack(piece))]
        whole = memoryview(piece)
        return [
            Found(path.name, at, size, unpack(whole[at : at + size]))
            for at, size in runs_of_part(piece)
        ]

    def _piece(self, run: Found) -> bytes:
        with self._path(run.file).open("rb") as file:
            file.seek(run.at)
            return file.read(run.size)

    def _join(self, keys: Sequence[str]) -> None:
        pieces = [self._piece(self.contents.runs[key]) for key in keys]
        packed = [unpack(piece) for piece in pieces]  # never delete a file for a damaged copy
        name = f"{blake2b(''.join(keys).encode(), digest_size=8).hexdigest()}.part"
        whole = pack_part(pieces)
        atomically(self._path(name), lambda at: at.write_bytes(whole))
        places = runs_of_part(whole)
        for key, one, (at, size) in zip(keys, packed, places, strict=True):
            self._path(self.contents.runs[key].file).unlink(missing_ok=True)
            self.contents.runs[key] = Found(name, at, size, one)

    def _catalogue(self) -> dict[str, dict[tuple[int, ...], list[Found]]]:
        """What was checked before, by file and its stamp; nothing if it cannot be read."""
        try:
            body = opened((self.folder / CATALOGUE).read_bytes(), MARK)
            known = json.loads(bytes(body[len(MARK) :]))
        except (OSError, ValueError, DamagedError):
            return {}
        return {
            name: {
                tuple(said["stamp"]): [
                    Found(name, at, size, Packed(head, tables))
                    for at, size, head, tables in said["runs"]
                ]
            }
            for name, said in known.items()
        }

    def _path(self, name: str) -> Path:
        return self.folder / RUNS / name


def salvaged(path: Path) -> Iterator[tuple[str, bytes]]:
    """Runs of a damaged part that are whole themselves."""
    for piece in pieces_of_part(path.read_bytes()):
        try:
            yield unpack(piece).key, piece
        except DamagedError:
            continue


def _stamp(path: Path) -> tuple[int, ...]:
    """Changes whenever a file does: its change time cannot be set back."""
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino
