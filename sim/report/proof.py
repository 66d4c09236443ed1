"""What was proved of the engines, and whether it was proved of those that made some results.

``proof.json`` is written by ``kezek validate`` and kept beside this file: ``make proof``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sim.results.write import write_json

PROOF = "proof.json"


def write_proof(document: Mapping[str, Any], engines: str, folder: Path) -> Path:
    """Write the short of a validation into a folder, with the word for the engines it holds for."""
    short = {name: said for name, said in document.items() if name != "laws"}
    write_json(folder / PROOF, {"made_of": engines, **short})
    return folder / PROOF


def proved_of(engines: str) -> str:
    """A sentence on what was proved, of the engines that made some results or of others.

    Parameters
    ----------
    engines : str
        As manifests name them: ``made_of`` at the time.
    """
    proof = _kept()
    if proof is None:
        return "no proof is kept with this program; kezek validate makes one"
    counts, twins = proof["counts"], proof["engines"]
    journeys, differing = (sum(one[name] for one in twins) for name in ("journeys", "differing"))
    said = (
        f"{counts['PASS']} of {sum(counts.values())} exact laws hold, {counts['FAIL']} failed, "
        f"{counts['NOT_EXPRESSED']} cannot be asked of them; both engines at once: {differing} "
        f"cells differ in {journeys:,} journeys"
    )
    if engines and engines == proof["made_of"]:
        return f"{said}. Proved of the very engines that made these figures"
    return f"{said}. Proved of other engines than those that made these figures: kezek validate"


@cache
def _kept() -> dict[str, Any] | None:
    file = Path(__file__).with_name(PROOF)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
