"""``report``: write the report of a finished comparison again, from its files alone."""

from __future__ import annotations

from pathlib import Path

from sim.errors import InputError, nearest
from sim.verbs.folders import MARK, NAME, ROOT
from sim.verbs.screen import out, say_json


def run(name: str, as_json: bool) -> None:
    """Rebuild the report of ``outputs/name`` and say where it is."""
    from sim.report.page import rebuild

    page = rebuild(_folder(name))
    if as_json:
        say_json({"study": name, "report": str(page)})
    else:
        out.print(f"Report: {page}")


def _folder(name: str) -> Path:
    """The folder of a study, or a sentence on which there are."""
    if not NAME.fullmatch(name):
        problem = f"study name '{name}': only letters, digits, - and _ (1 to 64)."
        raise InputError([problem], where="the command line")
    folder = ROOT / name
    if not folder.is_dir():
        known = sorted(path.parent.name for path in ROOT.glob(f"*/{MARK}"))
        there = f"there are {', '.join(known)}" if known else "there are none yet; try: kezek demo"
        problem = f"no results called '{name}' in {ROOT}/; {there}.{nearest(name, known)}"
        raise InputError([problem], where="the command line")
    return folder
