"""Tables of a history, in the last of a region's folders that has them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from sim.errors import InputError


def rows_of(folders: Sequence[Path], name: str) -> list[dict[str, str]]:
    """The rows of a table, as text."""
    for folder in reversed(folders):
        if (folder / name).is_file():
            with (folder / name).open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
    raise InputError([f"no {name} in {', '.join(map(str, folders))}."], where="the history")
