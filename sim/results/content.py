"""What makes two results the same: hashes over logical content, never over file bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESULTS_VERSION = 1  # raise by hand when results move; a golden test guards it


def table_hash(columns: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256 over column names, types and little-endian values, rows in key order."""
    digest = sha256()
    for name, values in columns.items():
        plain = np.asarray(values)
        if plain.dtype.kind in "US O":
            joined = "\x1f".join(map(str, plain.tolist())).encode()
            digest.update(f"{name}:text:{len(plain)}\n".encode() + joined)
        else:
            wide = plain.astype("<i8" if plain.dtype.kind in "iub" else "<f8")
            digest.update(f"{name}:{wide.dtype.str}:{len(plain)}\n".encode() + wide.tobytes())
    return digest.hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys and nothing to spare; floats as Python writes them."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(value: Any) -> str:
    """BLAKE2b of the canonical JSON of a value: 32 hexadecimal digits."""
    return blake2b(canonical(value).encode(), digest_size=16).hexdigest()
