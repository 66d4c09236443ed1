"""``explain``: every assumption a scenario changes, and the assumptions most worth replacing."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from sim.compose import Composed, composed, region_folders
from sim.errors import InputError
from sim.metrics import METRICS
from sim.report.words import parameter
from sim.scenarios.changes import Timeline
from sim.studies.changed import Changed, changed
from sim.studies.own import standings
from sim.studies.run import timeline_of
from sim.verbs.check import document, say_parameters
from sim.verbs.screen import number, out, say_json, show

UNKNOWNS = "unknowns.csv"
MOST = 10
WIDE = 36  # letters of the codes of rows on one screen


def run(scenario: str, overrides: Sequence[str], as_json: bool) -> None:
    """Show all that a scenario and the command line change, with source and confidence."""
    one = composed([*overrides, f"scenario={scenario}"])
    _region, timeline = timeline_of(one.config)
    found = changed(one, timeline)
    if as_json:
        changes = [asdict(cells) for cells in found]
        own = {"own_data": document(one, [])} if one.config.data.dir else {}
        say_json({"scenario": scenario, "says": one.says, "changes": changes, **own})
        return
    out.print(f"{one.title or scenario}: {one.says}")
    _say_own(one)
    if not found:
        out.print("Nothing differs from the base year.")
    else:
        header = ("what", "base -> becomes", "confidence and source of the base", "by")
        show(header, [_row(cells) for cells in found], left=len(header))
    _say_moves(timeline)
    assumed = sum(p.confidence in ("assumption", "recall") for p in one.passports.values())
    n_cells = sum(max(1, len(cells.rows)) for cells in found)
    out.print(
        f"\n{n_cells} cells change. Of {len(one.passports)} parameters of "
        f"{one.config.place.title}, {assumed} are assumptions or recall."
    )


def _say_own(one: Composed) -> None:
    """Where own data stand in for the region's, before anything changes."""
    if not one.config.data.dir:
        return
    own = [table for table in standings(one.config) if table.replaced]
    said = ", ".join(f"{table.table} ({len(table.changed)} rows changed)" for table in own)
    out.print(f"Own data of {one.config.data.dir}: {said or 'no table'}.")
    say_parameters(one)


def unknowns(overrides: Sequence[str], as_json: bool) -> None:
    """The assumptions that move the results most between the ends of their plausible ranges."""
    one = composed(overrides)
    path = _unknowns_file(one)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:MOST]
    if as_json:
        figures = ("at_low", "at_high", "swing")
        say_json([{**row, **{name: float(row[name]) for name in figures}} for row in rows])
        return
    title = f"The {MOST} assumptions most worth replacing by data, {one.config.place.title}"
    header = ("", "assumption and plausible range", "what it moves most", "swing")
    currency = one.config.place.currency
    show(header, [_unknown(rank, row, currency) for rank, row in enumerate(rows, 1)], title, left=3)
    out.print(
        "Each was set to the ends of its range, all else as in the base year, with the same luck. "
        "Swing: how many smallest differences that matter lie between both ends. "
        "Recompute: python experiments/unknowns/screen.py"
    )


def _unknowns_file(one: Composed) -> Path:
    """What was screened for this region itself: another's figures would say nothing about it."""
    path = region_folders(one.config)[-1] / UNKNOWNS
    if path.is_file():
        return path
    problem = f"nobody has screened region '{one.config.region}'. Run: "
    problem += f"python experiments/unknowns/screen.py region={one.config.region}"
    raise InputError([problem], where="the assumptions")


def _unknown(rank: int, row: Mapping[str, str], currency: str) -> tuple[str, ...]:
    """Four cells of the screen for an assumption."""
    metric = METRICS[row["metric"]]
    ends = " -> ".join(number(float(row[end])) for end in ("at_low", "at_high"))
    return (
        str(rank),
        f"{row['assumption']}\n  {row['low']} to {row['high']}, {row['unit']}",
        f"{metric.label}\n  {ends} {metric.unit_in(currency)}",
        number(float(row["swing"])),
    )


def _row(cells: Changed) -> tuple[str, ...]:
    """Four cells of the screen; the codes of many rows are left to --json."""
    rows = ", ".join(cells.rows)
    if len(rows) > WIDE:
        rows = f"{len(cells.rows)} rows"
    day = f"from day {cells.day}" if cells.day else ""
    return (
        "\n  ".join(filter(None, (cells.what, rows))),
        "\n".join(
            filter(
                None, (f"{parameter(cells.base)} -> {parameter(cells.becomes)}", cells.unit, day)
            )
        ),
        f"{cells.confidence}: {cells.source}",
        cells.by,
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
