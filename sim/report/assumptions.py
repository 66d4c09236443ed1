"""What is assumed: parameters with their passports, and what each scenario changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.compose import Composed, Passport
from sim.region.table import Table
from sim.report.files import Rows, newest, rows_of
from sim.report.study import Study
from sim.report.words import parameter
from sim.scenarios.changes import PARAMETERS, Setting, Timeline
from sim.studies.run import timeline_of

PAPERS, UNKNOWNS = "papers.csv", "unknowns.csv"
CONFIDENCE = ("direct", "derived", "analog country", "assumption", "recall")
UNSURE = ("assumption", "recall")
NOT_OF_THE_MODEL = ("run.", "place.")
HEADER = ("parameter", "value", "unit", "low", "high", "source", "confidence", "note")
MOST = 10  # unknowns shown
LISTED = 12  # rows of a table that are named


def parameters(study: Study) -> list[tuple[Any, ...]]:
    """All parameters of the base: value in force, unit, range, source, confidence."""
    settings = study.config.model_dump()
    rows = []
    for path, passport in study.composed[study.base].passports.items():
        section, _, key = path.partition(".")
        value = settings.get(section, {}).get(key, passport.value)
        rows.append((path, *_passport(passport, value)))
    return rows


def _passport(passport: Passport, value: Any) -> tuple[Any, ...]:
    """Cells of a parameter; a list becomes text."""
    note = passport.note
    if value != passport.value:
        note = f"set to {parameter(value)} instead of {parameter(passport.value)}. {note}".strip()
    low, high = ("" if end is None else end for end in (passport.low, passport.high))
    shown = parameter(value) if isinstance(value, list | dict) else value
    return shown, passport.unit, low, high, passport.source, passport.confidence, note


def counts(study: Study) -> dict[str, int]:
    """How many parameters there are of each confidence, surest first."""
    passports = study.composed[study.base].passports.values()
    found = Counter(passport.confidence for passport in passports)
    order = [*CONFIDENCE, *sorted(set(found) - set(CONFIDENCE))]
    return {name: found[name] for name in order if found[name]}


def tables(study: Study) -> list[tuple[str, int, dict[str, int]]]:
    """The tables of the region: rows, and how many of each confidence."""
    rows = []
    for name, table in study.tables.items():
        said = table.columns.get("confidence")
        if isinstance(said, tuple):
            found = Counter(word or "not said" for word in said)
            rows.append((name.replace("_", " "), len(table), dict(found)))
    return rows


@dataclass(frozen=True)
class Changed:
    """Cells that one scenario changes in the same way."""

    what: str
    rows: tuple[str, ...]  # of a table; none for a parameter
    base: str
    becomes: str
    unit: str
    source: str
    confidence: str
    by: str

    @property
    def where(self) -> str:
        """The rows by name, or how many if they are many."""
        return "; ".join(self.rows) if len(self.rows) <= LISTED else f"{len(self.rows)} rows"


def changes(study: Study) -> dict[str, list[Changed]]:
    """Every cell that a scenario or the command line changes, alike rows of a table as one."""
    return {label: _changes(study.composed[label]) for label in study.labels}


def _changes(one: Composed) -> list[Changed]:
    _, timeline = timeline_of(one.config)
    groups: dict[tuple[str, ...], list[Changed]] = {}
    for change in [*_by_user(one), *_by_levers(one, timeline)]:
        alike = (change.what, change.base, change.becomes, change.by)
        groups.setdefault(alike, []).append(change)
    return [_merged(group) for group in groups.values()]


def _merged(group: Sequence[Changed]) -> Changed:
    sources = dict.fromkeys(change.source for change in group)
    rows = tuple(row for change in group for row in change.rows)
    source = next(iter(sources)) if len(sources) == 1 else f"{len(sources)} sources, see the tables"
    return replace(group[0], rows=rows, source=source)


def _by_user(one: Composed) -> Iterator[Changed]:
    """Values set on the command line or by a scenario's uncertainties."""
    levers = {lever.name for lever in one.config.levers}
    for path, value in one.changed.items():
        if path in levers or path.startswith(NOT_OF_THE_MODEL):
            continue
        passport = one.passports.get(path, Passport("as in the region", "", "", ""))
        yield Changed(
            path, (), parameter(passport.value), parameter(value), passport.unit,
            passport.source, passport.confidence, "set by the user",
        )  # fmt: skip


def _by_levers(one: Composed, timeline: Timeline) -> Iterator[Changed]:
    """Cells before the first day and after the last ramp, where they differ."""
    end = max((change.day + change.ramp_days for change in timeline.changes), default=0)
    by = {change.cell: change.lever for change in timeline.changes}
    for cell, lever in by.items():
        before, after = (_value(timeline.at(day), cell) for day in (-1, end))
        if before != after:
            yield _change(one, timeline, cell, lever, (parameter(before), parameter(after)))


def _value(setting: Setting, cell: tuple[str, str, str]) -> Any:
    (tables, config), (name, row, column) = setting, cell
    if name == PARAMETERS:
        return getattr(getattr(config, row), column)
    table = tables[name]
    found = table.columns[column][table.index[row]]
    return found if isinstance(found, str) else float(found)


def _change(
    one: Composed, timeline: Timeline, cell: tuple[str, str, str], lever: str, ends: tuple[str, str]
) -> Changed:
    name, row, column = cell
    if name == PARAMETERS:
        path = f"{row}.{column}"
        passport = one.passports.get(path, Passport("", "", "", ""))
        return Changed(path, (), *ends, passport.unit, passport.source, passport.confidence, lever)
    table = timeline.tables[name]
    source = _remark(table, row, "source") or "added by the lever"
    confidence = _remark(table, row, "confidence") or "assumption"
    said = _remark(table, row, "name") or row
    return Changed(f"{name}.{column}", (said,), *ends, "", source, confidence, lever)


def _remark(table: Table, row: str, column: str) -> str:
    found = table.columns.get(column)
    return str(found[table.index[row]]) if isinstance(found, tuple) else ""


def papers(study: Study) -> Rows:
    """The sources by number, where the region lists them."""
    return rows_of(newest(study.config, PAPERS))


def unknowns(study: Study) -> Rows:
    """The assumptions that move results most, where somebody has screened them."""
    return rows_of(newest(study.config, UNKNOWNS))[:MOST]


def may_be_zero(study: Study) -> list[str]:
    """Behaviours nobody measured, whose plausible range includes no effect."""
    found = study.composed[study.base].passports.items()
    return [
        path
        for path, one in found
        if one.confidence in UNSURE and "unmeasured" in f"{one.source} {one.note}"
    ]


def value_of(study: Study, path: str) -> Mapping[str, Any]:
    """A parameter's value and range, empty if it has no passport."""
    passport = study.composed[study.base].passports.get(path)
    if passport is None:
        return {}
    section, _, key = path.partition(".")
    value = getattr(getattr(study.config, section), key)
    return dict(zip(HEADER[1:], _passport(passport, value), strict=True))


def share_unsure(found: Mapping[str, int]) -> tuple[int, int]:
    """Parameters that are assumption or recall, and all."""
    return sum(found.get(name, 0) for name in UNSURE), sum(found.values())
