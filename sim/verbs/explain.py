"""``explain``: every assumption a scenario changes, and the assumptions most worth replacing."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.compose import Composed, Passport, composed, region_folders
from sim.errors import InputError
from sim.scenarios.changes import PARAMETERS, Change, Timeline
from sim.studies.run import timeline_of
from sim.verbs.screen import number, out, say_json, show

UNKNOWNS = "unknowns.csv"
MOST = 10


def run(scenario: str, overrides: Sequence[str], as_json: bool) -> None:
    """Show all that a scenario and the command line change, with source and confidence."""
    one = composed([*overrides, f"scenario={scenario}"])
    _region, timeline = timeline_of(one.config)
    changed = [*_by_user(one), *_by_levers(one, timeline)]
    if as_json:
        say_json({"scenario": scenario, "says": one.says, "changes": changed})
        return
    out.print(f"[bold]{one.title or scenario}[/bold]: {one.says}")
    if not changed:
        out.print("Nothing differs from the base year.")
    else:
        header = ("what", "base", "becomes", "unit", "from day", "source of the base", "confidence")
        rows = [_row(change) for change in _merged(changed)]
        show(header, rows, left=len(header))
    _say_moves(timeline)
    assumed = sum(p.confidence in ("assumption", "recall") for p in one.passports.values())
    out.print(
        f"\n{len(changed)} cells change. Of {len(one.passports)} parameters of "
        f"{one.config.place.title}, {assumed} are assumptions or recall."
    )


def unknowns(overrides: Sequence[str], as_json: bool) -> None:
    """The assumptions that move the results most between the ends of their plausible ranges."""
    one = composed(overrides)
    path = _unknowns_file(one)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:MOST]
    if as_json:
        say_json(rows)
        return
    show(
        ("rank", "assumption", "range", "moves most", "from", "to", "in units that matter"),
        [
            (str(rank), f"{row['assumption']} ({row['unit']})", f"{row['low']} to {row['high']}",
             row["metric"], _figure(row["at_low"]), _figure(row["at_high"]), _figure(row["swing"]))
            for rank, row in enumerate(rows, start=1)
        ],
        title=f"The {MOST} assumptions most worth replacing by data, {one.config.place.title}",
        left=4,
    )  # fmt: skip
    out.print(
        "Each was set to the ends of its range, all else as in the base year, with the same luck. "
        "'Units that matter': the swing over the smallest difference that matters. "
        "Recompute: python experiments/unknowns/screen.py"
    )


def _unknowns_file(one: Composed) -> Path:
    for folder in reversed(region_folders(one.config)):
        if (folder / UNKNOWNS).is_file():
            return folder / UNKNOWNS
    problem = f"no {UNKNOWNS} for region '{one.config.region}'."
    raise InputError([problem + " Run: python experiments/unknowns/screen.py"])


def _figure(text: str) -> str:
    return number(float(text))


def _by_user(one: Composed) -> Iterator[dict[str, Any]]:
    """Values set by uncertainties of the scenario and on the command line."""
    base = composed([f"region={one.config.region}"]).config.model_dump()
    lever_names = {lever.name for lever in one.config.levers}
    for path, value in one.changed.items():
        if path in lever_names:
            continue
        section, _, key = path.partition(".")
        passport = one.passports.get(path)
        before = base.get(section, {}).get(key, "") if isinstance(base.get(section), dict) else ""
        yield _change(path, before, value, passport, 0, "set by the user")


def _by_levers(one: Composed, timeline: Timeline) -> Iterator[dict[str, Any]]:
    for change in timeline.changes:
        name, row, column = change.cell
        if name == PARAMETERS:
            before = getattr(getattr(timeline.config, row), column)
            passport = one.passports.get(f"{row}.{column}")
            yield _change(
                f"{row}.{column}",
                before,
                _after(before, change),
                passport,
                change.day,
                change.lever,
            )
        else:
            table = timeline.tables[name]
            before = table.columns[column][table.index[row]]
            source = _remark(table, row, "source")
            confidence = _remark(table, row, "confidence")
            told = Passport(before, "", source or "added by the lever", confidence or "assumption")
            where = f"{name}.{row}.{column}"
            yield _change(where, before, _after(before, change), told, change.day, change.lever)


def _after(before: Any, change: Change) -> Any:
    if change.operation == "set":
        return change.amount
    if change.operation == "multiply":
        return float(before) * change.amount
    return float(before) + change.amount


def _remark(table: Any, row: str, column: str) -> str:
    found = table.columns.get(column)
    return str(found[table.index[row]]) if found is not None else ""


def _change(
    what: str, before: Any, after: Any, passport: Passport | None, day: int, by: str
) -> dict[str, Any]:
    return {
        "what": what,
        "base": before if isinstance(before, str | bool) else _round(before),
        "becomes": after if isinstance(after, str | bool) else _round(after),
        "unit": passport.unit if passport else "",
        "day": day,
        "source": passport.source if passport else "",
        "confidence": passport.confidence if passport else "",
        "by": by,
    }


def _round(value: Any) -> Any:
    return round(float(value), 6) if isinstance(value, float | int) else value


def _merged(changes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One line for many rows of a table that change in the same way."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for change in changes:
        table, _, column = str(change["what"]).rpartition(".")
        alike = (
            table.split(".")[0],
            column,
            str(change["base"]),
            str(change["becomes"]),
            change["by"],
        )
        groups.setdefault(alike, []).append(change)
    for alike, group in groups.items():
        first = group[0]
        if len(group) > 3:
            yield {**first, "what": f"{alike[0]}.({len(group)} rows).{alike[1]}"}
        else:
            yield from group


def _row(change: dict[str, Any]) -> tuple[str, ...]:
    return (
        change["what"],
        str(change["base"]),
        str(change["becomes"]),
        change["unit"],
        str(change["day"]),
        change["source"][:60],
        change["confidence"],
    )


def _say_moves(timeline: Timeline) -> None:
    """The from-to table of whole posts, where a lever has one beforehand."""
    moves = [c for c in timeline.changes if c.lever == "posts.move"]
    lost = [(c.row, -c.amount) for c in moves if c.column == "staff"]
    gained = [(c.row, c.amount) for c in moves if c.column == "gained_posts"]
    bodies = timeline.tables["bodies"]
    names = dict(zip(bodies.rows, bodies.words("name"), strict=True))
    if lost:
        show(
            ("posts", "from", "to"),
            [
                (f"{n:.0f}", f"{a} {names[a]}", f"{b} {names[b]}")
                for (a, n), (b, _) in zip(lost, gained, strict=True)
            ],
            title="Posts moved",
            left=3,
        )
    for change in moves:
        if change.table == "employers":
            out.print(
                f"Up to {change.amount:.0f} posts of {change.row} follow the utilisation measured "
                "in the run itself; which, the table `posts` of its results tells."
            )
