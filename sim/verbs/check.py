"""``check``: whether own data can be used, what they change, and what is doubtful about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sim.compose import Composed, composed
from sim.errors import InputError, WarningError
from sim.region.own import folder_of, own_data
from sim.report.words import parameter
from sim.studies.doubts import doubts, refuse_overload
from sim.studies.own import Standing, named, standings
from sim.studies.run import timeline_of
from sim.verbs.screen import out, say_json, show


def run(overrides: Sequence[str], as_json: bool, strict: bool) -> None:
    """Say table by table what own data change; every problem at once, or that all is fine."""
    one = _whole(overrides)
    if not one.config.data.dir:
        problem = "name a folder of own data, such as: kezek check data.dir=my_data"
        raise InputError([problem], where="the command line")
    timeline_of(one.config)
    refuse_overload(one)
    doubtful = list(doubts(one))
    if doubtful and strict:
        raise WarningError(doubtful, where="own data (warnings refused by --strict)")
    if as_json:
        say_json(document(one, doubtful))
    else:
        _say(one, doubtful)


def _whole(overrides: Sequence[str]) -> Composed:
    """The configuration; if its parameters are wrong, what is wrong with the tables as well."""
    try:
        return composed(overrides)
    except InputError as error:
        given = dict(one.partition("=")[::2] for one in overrides if one.startswith("data.dir="))
        folder = folder_of(given.get("data.dir", "").strip("\"'"))
        also = own_data(folder).problems if folder else ()
        raise InputError([*error.problems, *also], where=error.where) from None


def document(one: Composed, doubtful: Sequence[str]) -> dict[str, Any]:
    """What own data change, for programs."""
    return {
        "region": one.config.region,
        "dir": one.config.data.dir,
        "tables": [asdict(table) for table in standings(one.config)],
        "parameters": [
            {"parameter": path, "region": before.value, **asdict(one.passports[path])}
            for path, before in one.replaced.items()
        ],
        "doubts": list(doubtful),
        "fine": not doubtful,
    }


def _say(one: Composed, doubtful: Sequence[str]) -> None:
    found = standings(one.config)
    header = ("table", "from", "rows", "changed", "new", "missing")
    show(
        header,
        [_row(table) for table in found],
        title=f"{one.config.data.dir} for {one.config.place.title}",
        left=2,
    )
    for table in found:
        for word in ("changed", "new", "missing"):
            if some := getattr(table, word):
                out.print(f"  {table.table}, {word}: {named(some)}", soft_wrap=True)
    say_parameters(one)
    for said in doubtful:
        out.print(f"\nDoubtful: {said}", soft_wrap=True)
    out.print("\nEverything is fine." if not doubtful else "\nIt can be run; see the doubts above.")


def _row(table: Standing) -> tuple[Any, ...]:
    home = table.file if table.replaced else "region"
    counts = (len(rows) for rows in (table.changed, table.new, table.missing))
    return table.table, home, table.rows, *counts


def say_parameters(one: Composed) -> None:
    """The parameters of own data beside those of the region."""
    if not one.replaced:
        return
    rows = []
    for path, before in one.replaced.items():
        now = one.passports[path]
        ends = "" if now.low is None else f" ({now.low:g} to {now.high:g})"
        values = (parameter(before.value), f"{parameter(now.value)}{ends}")
        rows.append((f"{path}\n  {now.unit}", *values, f"{now.confidence}: {now.source}"))
    out.print()
    show(("parameter", "region", "own data", "confidence and source"), rows, left=4)
