"""What a scenario changes: every cell with its base, its source and its confidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.compose import Composed, Passport, composed
from sim.region.schema import SCHEMAS, unit_of
from sim.region.table import Table
from sim.scenarios.changes import PARAMETERS, Setting, Timeline
from sim.studies.run import region_of

NOT_OF_THE_MODEL = ("run.", "place.", "data.")
BY_USER = "set by the user"
ADDED, MADE = "added by the lever", "made from the region's tables"
KEYS = {"service": "services", "body": "bodies", "district": "districts"}  # whose rows have names
NAMED = 12  # rows of a table, no more by name


@dataclass(frozen=True)
class Changed:
    """Cells that one lever, or the user, changes in the same way.

    ``rows`` are the rows of a table by code and ``names`` by name; a parameter has none. ``base``
    and ``becomes`` are values before the first day and after the last ramp.
    """

    what: str  # a parameter, or the column of a table
    rows: tuple[str, ...]
    names: tuple[str, ...]
    base: Any
    becomes: Any
    unit: str
    day: int  # from which it begins
    source: str  # of the base
    confidence: str
    by: str

    @property
    def where(self) -> str:
        """The rows by name, or how many if they are many."""
        return "; ".join(self.names) if len(self.names) <= NAMED else f"{len(self.names)} rows"


def changed(one: Composed, timeline: Timeline) -> list[Changed]:
    """Every cell that levers or the user change, alike rows of a table as one."""
    groups: dict[tuple[str, ...], list[Changed]] = {}
    for cell in [*_by_user(one), *_by_levers(one, timeline)]:
        alike = (cell.what, str(cell.base), str(cell.becomes), str(cell.day), cell.by)
        groups.setdefault(alike, []).append(cell)
    return [_merged(group) for group in groups.values()]


def _merged(group: Sequence[Changed]) -> Changed:
    sources = list(dict.fromkeys(cell.source for cell in group))
    return replace(
        group[0],
        rows=tuple(row for cell in group for row in cell.rows),
        names=tuple(name for cell in group for name in cell.names),
        source=sources[0] if len(sources) == 1 else f"{len(sources)} sources, see the tables",
    )


def _by_user(one: Composed) -> Iterator[Changed]:
    """Values set on the command line or by a scenario's uncertainties."""
    base = composed([f"region={one.config.region}", f"data.dir={one.config.data.dir}"]).config
    levers = {lever.name for lever in one.config.levers}
    files = region_of(one.config).files
    for path, value in one.changed.items():
        section, _, key = path.partition(".")
        if section == "tables":
            yield from _cell_by_user(files, key, value)
            continue
        before = getattr(getattr(base, section, None), key, None)
        if path not in levers and not path.startswith(NOT_OF_THE_MODEL) and before != value:
            yield _of_parameter(one, path, before, value, 0, BY_USER)


def _cell_by_user(files: Mapping[str, Table], path: str, value: Any) -> Iterator[Changed]:
    """A cell of a table set by the user: ``offices.SC_1.counters``; rows may hold dots."""
    name, _, rest = path.partition(".")
    row, _, column = rest.rpartition(".")
    table = files[name]
    before = table.columns[column][table.index[row]]
    before = before if isinstance(before, str) else float(before)
    if str(before) != str(value) and before != value:
        yield _of_cell(files, name, row, column, (before, value), 0, BY_USER)


def _by_levers(one: Composed, timeline: Timeline) -> Iterator[Changed]:
    """Cells before the first day and once all that moves them is in full force, if they differ."""
    first = {change.cell: change for change in reversed(timeline.changes)}
    full = {cell: change.turns[1] for cell, change in first.items()}
    for change in timeline.changes:
        full[change.cell] = max(full[change.cell], change.turns[1])
    settings = {day: timeline.at(day) for day in sorted({-1, *full.values()})}
    for cell in dict.fromkeys(change.cell for change in timeline.changes):
        name, row, column = cell
        day, lever = first[cell].day, first[cell].lever
        before, after = (_value(settings[on], cell) for on in (-1, full[cell]))
        if before == after:
            continue
        if name == PARAMETERS:
            yield _of_parameter(one, f"{row}.{column}", before, after, day, lever)
        else:
            yield _of_cell(timeline.tables, name, row, column, (before, after), day, lever)


def _of_cell(
    tables: Mapping[str, Table], name: str, row: str, column: str, ends: tuple[Any, Any], day: int,
    by: str,
) -> Changed:  # fmt: skip
    table = tables[name]
    source = _remark(table, row, "source") or (ADDED if "source" in table.columns else MADE)
    return Changed(
        f"{name}.{column}", (row,), (_named(tables, name, row),), *ends, unit_of(name, column), day,
        source, _remark(table, row, "confidence") or "assumption", by,
    )  # fmt: skip


def _named(tables: Mapping[str, Table], name: str, row: str) -> str:
    """A row by its name, or by the names of the rows that its key is made of."""
    if said := _remark(tables[name], row, "name"):
        return said
    parts = row.split("/")
    homes = (
        [tables[KEYS[key]] for key in SCHEMAS[name].key if key in KEYS] if name in SCHEMAS else []
    )
    if len(homes) != len(parts):
        return row
    named = (
        _remark(home, part, "name") if part in home.index else ""
        for home, part in zip(homes, parts, strict=True)
    )
    return ", ".join(said or part for said, part in zip(named, parts, strict=True))


def _of_parameter(one: Composed, path: str, before: Any, after: Any, day: int, by: str) -> Changed:
    told = one.passports.get(path, Passport("", "", "as in the region", ""))
    return Changed(path, (), (), before, after, told.unit, day, told.source, told.confidence, by)


def _value(setting: Setting, cell: tuple[str, str, str]) -> Any:
    (tables, config), (name, row, column) = setting, cell
    if name == PARAMETERS:
        return getattr(getattr(config, row), column)
    table = tables[name]
    found = table.columns[column][table.index[row]]
    return found if isinstance(found, str) else float(found)


def _remark(table: Table, row: str, column: str) -> str:
    found = table.columns.get(column)
    return str(found[table.index[row]]) if isinstance(found, tuple) else ""
