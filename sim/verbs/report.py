"""``report``: write the report of a finished comparison again, from its files alone."""

from __future__ import annotations

from sim.verbs.folders import there
from sim.verbs.screen import out, say_json


def run(name: str, as_json: bool) -> None:
    """Rebuild the report of ``outputs/name`` and say where it is."""
    from sim.report.page import rebuild

    page = rebuild(there(name))
    if as_json:
        say_json({"study": name, "report": str(page)})
    else:
        out.print(f"Report: {page}")
