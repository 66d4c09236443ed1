"""Kezek's row: its engines on W2, see ``kezek_w2``.

``seconds`` hold everything, as in the other rows. ``draw_*`` is the part of it spent on draws: by
NumPy for the whole run before its first day, under ``addressed`` by Philox in compiled loops day by
day. ``engine_*`` is the part spent inside the engine. What is left opens and closes cases.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import common as k
from numpy.typing import NDArray

sys.path.insert(1, str(Path(__file__).resolve().parents[2]))  # the tree this file stands in

from kezek_w2 import Parts, live

from sim.units import MINUTE


def main() -> None:
    """Print the line of one run."""
    parts = Parts()

    def w2(days: int, seed: int, variant: str) -> tuple[NDArray[Any], ...]:
        found = live(days, seed, variant, parts)
        return found.arrival / MINUTE, found.waited / MINUTE, found.ended / MINUTE, found.outcome

    def warm(_: str, variant: str) -> None:
        live(1, 0, variant, Parts())

    with redirect_stdout(io.StringIO()) as told:
        k.run("Kezek", "", w2=w2, variants=("compiled", "addressed", "simpy"), warm=warm)
    line = json.loads(told.getvalue())
    print(json.dumps(line | {name: round(took, 6) for name, took in parts.spent.items()}))


if __name__ == "__main__":
    main()
