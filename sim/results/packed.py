"""A run as one piece of bytes: what is said of it, its tables, and a checksum over everything.

Layout: mark, length of the head, head (JSON), tables (Parquet) one behind the other, length of the
whole, checksum. A part holds many runs behind one another under a mark and a checksum of its own.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.results.write import arrow_table, plain

RUN, PART = b"KEZEKRN1", b"KEZEKPT1"  # eight bytes each; the last one is the format's version
WORD = 8  # bytes of a length
CHECK = 32  # bytes of a checksum
TRAILER = WORD + CHECK
Columns = Mapping[str, NDArray[Any]]


class DamagedError(Exception):
    """Bytes are not what was once written."""


@dataclass(frozen=True)
class Packed:
    """The head of a packed run, and where its tables lie behind the first byte."""

    head: Mapping[str, Any]
    tables: Mapping[str, tuple[int, int]]  # first byte, bytes

    @property
    def key(self) -> str:
        """The name of the run."""
        return str(self.head["key"])


def pack(head: Mapping[str, Any], tables: Mapping[str, Columns]) -> bytes:
    """Join the head and the tables of a run."""
    bodies = {name: _parquet(columns) for name, columns in tables.items()}
    sizes = {name: len(body) for name, body in bodies.items()}
    said = json.dumps({"head": head, "sizes": sizes}, default=plain).encode()
    return sealed(b"".join((RUN, _word(len(said)), said, *bodies.values())))


def unpack(piece: bytes | memoryview) -> Packed:
    """What a packed run says of itself; raises ``DamagedError`` unless every bit is as written."""
    body = opened(piece, RUN)
    try:
        size = _number(body[WORD : 2 * WORD])
        told = json.loads(bytes(body[2 * WORD : 2 * WORD + size]))
        at, tables = 2 * WORD + size, {}
        for name, length in told["sizes"].items():
            tables[name] = (at, length)
            at += length
        return Packed(told["head"], tables)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(f"its head cannot be read ({error})") from None


def table_in(piece: bytes | memoryview, columns: list[str] | None = None) -> pa.Table:
    """One table from its bytes, or some columns of it."""
    return pq.read_table(io.BytesIO(piece), columns=columns, use_threads=False)


def columns_of(table: pa.Table) -> dict[str, NDArray[Any]]:
    """The columns of a table as they were before packing."""
    return {name: np.asarray(table[name].to_numpy()) for name in table.column_names}


def pack_part(runs: Iterable[bytes]) -> bytes:
    """Put runs behind one another."""
    return sealed(b"".join((PART, *(_word(len(run)) + run for run in runs))))


def runs_of_part(piece: bytes | memoryview) -> Iterator[tuple[int, int]]:
    """First byte and length of each run of a part."""
    body, at = opened(piece, PART), WORD
    while at < len(body):
        size = _number(body[at : at + WORD])
        yield at + WORD, size
        at += WORD + size


def pieces_of_part(piece: bytes) -> Iterator[bytes]:
    """What may be runs of a damaged part: from the mark of each to that of the next."""
    marks, at = [], piece.find(RUN)
    while at >= 0:
        marks.append(at)
        at = piece.find(RUN, at + 1)
    ends = [mark - WORD for mark in marks[1:]] + [len(piece) - TRAILER] * bool(marks)
    yield from (piece[mark:end] for mark, end in zip(marks, ends, strict=True))


def sealed(body: bytes) -> bytes:
    """Bytes with their length and checksum behind them.

    >>> opened(sealed(RUN + b"abc"), RUN).tobytes() == RUN + b"abc"
    True
    """
    with_length = body + _word(len(body) + TRAILER)
    return with_length + blake2b(with_length, digest_size=CHECK).digest()


def opened(piece: bytes | memoryview, mark: bytes) -> memoryview:
    """Sealed bytes without their seal; raises ``DamagedError`` unless every bit is as written."""
    whole = memoryview(piece)
    if len(whole) < len(mark) + TRAILER:
        raise DamagedError(f"only {len(whole)} bytes of it are there")
    if whole[: len(mark)] != mark:
        raise DamagedError("it does not begin as this program begins its files")
    length = _number(whole[-TRAILER:-CHECK])
    if length != len(whole):
        raise DamagedError(f"its end is missing or wrong; {len(whole)} bytes are there")
    if blake2b(whole[:-CHECK], digest_size=CHECK).digest() != whole[-CHECK:]:
        raise DamagedError("its checksum is wrong")
    return whole[:-TRAILER]


def _parquet(columns: Columns) -> bytes:
    stream = io.BytesIO()
    pq.write_table(arrow_table(columns), stream, compression="zstd")
    return stream.getvalue()


def _word(number: int) -> bytes:
    return number.to_bytes(WORD, "little")


def _number(word: memoryview) -> int:
    return int.from_bytes(word, "little")
