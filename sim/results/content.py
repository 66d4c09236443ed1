"""What makes two results the same: hashes over logical content, never over file bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

ESCAPE, END = "\x1e", "\x1f"
RESULTS_VERSION = 4  # raise by hand when results move; a golden test guards it


class ContentHash:
    """SHA-256 over column names, types and little-endian values; rows may come in parts."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._columns = {name: sha256() for name in names}
        self._kinds: dict[str, str] = {}
        self.rows = 0

    def add(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Take in some rows, in key order."""
        for name, digest in self._columns.items():
            values = np.asarray(columns[name])
            if values.dtype.kind in "USO":
                self._kinds[name] = "text"
                digest.update(_joined(values.tolist()).encode())
            else:
                kind = "<i8" if values.dtype.kind in "iub" else "<f8"
                self._kinds[name] = kind
                digest.update(np.ascontiguousarray(values.astype(kind)).tobytes())
        self.rows += len(next(iter(columns.values())))

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        whole = sha256(str(self.rows).encode())
        for name, digest in self._columns.items():
            whole.update(f"{name}:{self._kinds.get(name, 'none')}:".encode() + digest.digest())
        return whole.hexdigest()


def _joined(texts: list[str]) -> str:
    """Texts with an end to each; an end within a text is written in another way."""
    joined = "".join(f"{text}{END}" for text in texts)
    if ESCAPE not in joined and joined.count(END) == len(texts):
        return joined
    plain = (text.replace(ESCAPE, f"{ESCAPE}0").replace(END, f"{ESCAPE}1") for text in texts)
    return "".join(f"{text}{END}" for text in plain)


def table_hash(columns: Mapping[str, NDArray[Any]]) -> str:
    """The content hash of a whole table.

    >>> one = table_hash({"a": np.array([1, 2])})
    >>> one == table_hash({"a": np.array([1, 2], dtype=np.int16)}) != table_hash({"a": np.ones(2)})
    True
    """
    content = ContentHash(tuple(columns))
    content.add(columns)
    return content.hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys and nothing to spare; floats as Python writes them."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(value: Any) -> str:
    """BLAKE2b of the canonical JSON of a value: 32 hexadecimal digits."""
    return blake2b(canonical(value).encode(), digest_size=16).hexdigest()
