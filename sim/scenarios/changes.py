"""Changes: what a lever does to the tables and parameters of a run, cell by cell, day by day.

A scenario is a list of changes, never an ``if``. Operations commute, so the order of levers in a
scenario does not matter; two levers that set one cell are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from sim.config import Config
from sim.errors import InputError, nearest
from sim.problems import problems_of
from sim.region.schema import SCHEMAS
from sim.region.table import Number, Table

Operation = Literal["add", "multiply", "set", "row"]
DUST = 1e-9  # what sums of shares leave over
SEATS = ("counters", "gained_posts", "posts_by_utilisation")
PARAMETERS = "parameters"  # the configuration seen as a table: sections are rows, keys columns
Setting = tuple[Mapping[str, Table], Config]


@dataclass(frozen=True)
class Change:
    """One operation on one cell from measured day ``day`` on, in full after ``ramp_days``.

    After ``lasts_days`` the cell is as if it had never been, at once.

    The operation ``row`` makes room in a table for the changes that follow: ``amount`` holds the
    cells of a row that changes nothing by itself.
    """

    day: int
    table: str
    row: str
    column: str
    operation: Operation
    amount: Any
    ramp_days: int = 0
    lever: str = ""
    lasts_days: int = 0  # 0: to the end

    @property
    def cell(self) -> tuple[str, str, str]:
        """Where it applies."""
        return self.table, self.row, self.column

    @property
    def turns(self) -> tuple[int, ...]:
        """Day of its beginning, of its full force, and of its end if it has one."""
        full = self.day + self.ramp_days
        if not self.lasts_days:
            return self.day, full
        end = self.day + self.lasts_days
        return self.day, min(full, end - 1), end

    def share(self, day: int) -> float:
        """How much of the change is in force on a measured day: 0 before, 1 after the ramp."""
        if day < self.day or (self.lasts_days and day >= self.day + self.lasts_days):
            return 0.0
        return 1.0 if self.ramp_days == 0 else min(1.0, (day - self.day + 1) / self.ramp_days)


class Timeline:
    """The tables and parameters in force on each day of a run."""

    def __init__(
        self, tables: Mapping[str, Table], config: Config, changes: Iterable[Change]
    ) -> None:
        changes = tuple(changes)
        self.tables, self.config = _with_rows(tables, changes), config
        self.changes = tuple(change for change in changes if change.operation != "row")
        problems = [*_unknown(self.tables, config, self.changes), *_conflicts(self.changes)]
        self._of_cell: dict[tuple[str, str, str], list[Change]] = {}
        for change in self.changes:
            self._of_cell.setdefault(change.cell, []).append(change)
        self._ramped = [change for change in self.changes if change.ramp_days > 1]
        self._turns = {day for change in self.changes for day in change.turns}
        self._marks: tuple[float, ...] | None = None
        self._setting: Setting = (self.tables, config)
        problems = problems or list(dict.fromkeys(self._beyond()))
        if problems:
            raise InputError(problems, where="the levers")

    def moves(self, day: int) -> bool:
        """Whether anything may be different on a measured day from the day before."""
        return day in self._turns or any(
            change.share(day) != change.share(day - 1) for change in self._ramped
        )

    def at(self, day: int) -> Setting:
        """Tables and parameters in force on a measured day; before day 0 those of the region."""
        marks = tuple(change.share(day) for change in self.changes)
        if marks != self._marks:
            self._marks, self._setting = marks, self._resolved(day)
        return self._setting

    @property
    def turns(self) -> list[int]:
        """The days on which changes begin, are in full force for the first time, or have ended."""
        return sorted(self._turns)

    def most(self, section: str, key: str) -> float:
        """The largest value a parameter takes on any day."""
        settings = [self.at(day)[1] for day in (-1, *self.turns)]
        return max(float(getattr(getattr(config, section), key)) for config in settings)

    def _beyond(self) -> Iterator[str]:
        """Values that levers leave together and that none of them would alone."""
        for day in self.turns:
            try:
                tables, _ = self.at(day)
            except ValidationError as error:
                yield from problems_of(error, Config)
            else:
                yield from _outside(self.changes, tables)

    def gains(self) -> int:
        """The most counters or posts that changes can give to one station, taken together."""
        added = (c for c in self.changes if c.column in SEATS and c.operation == "add")
        return ceil(sum(max(0.0, float(change.amount)) for change in added))

    def _resolved(self, day: int) -> Setting:
        tables, parameters = dict(self.tables), self.config.model_dump()
        for cell, changes in self._of_cell.items():
            active = [change for change in changes if change.share(day) > 0]
            if not active:
                continue
            name, row, column = cell
            if name == PARAMETERS:
                section = parameters[row]
                section[column] = _combined(section[column], active, day)
            else:
                tables[name] = _patched(tables[name], row, column, active, day)
        return tables, Config.model_validate(parameters)


def _with_rows(tables: Mapping[str, Table], changes: Iterable[Change]) -> Mapping[str, Table]:
    """The tables with the rows that levers need and the region does not have."""
    found = dict(tables)
    for change in changes:
        if change.operation == "row" and change.row not in found[change.table].index:
            found[change.table] = found[change.table].with_row(change.row, change.amount)
    return found


def _combined(base: Any, active: list[Change], day: int) -> Any:
    """Set, then multiply, then add; whole numbers stay whole, words and lists are exchanged."""
    value = base
    setters = [change for change in active if change.operation == "set"]
    if setters:  # all to one amount, or they would have been refused
        share = max(change.share(day) for change in setters)
        value = _ramped(base, setters[0].amount, share)
    for change in active:
        if change.operation == "multiply":
            value *= 1 + (change.amount - 1) * change.share(day)
    for change in active:
        if change.operation == "add":
            value += change.amount * change.share(day)
    return round(value) if type(base) is int and type(value) is float else value


def _ramped(base: Any, target: Any, share: float) -> Any:
    is_number = isinstance(target, int | float) and not isinstance(target, bool)
    return base + (target - base) * share if is_number and share < 1 else target


def _patched(table: Table, row: str, column: str, active: list[Change], day: int) -> Table:
    values = table.columns[column]
    index = table.index[row]
    value = _combined(values[index], active, day)
    if isinstance(values, np.ndarray):
        changed = values.copy()
        changed[index] = value
        return table.replaced(column, changed)
    return table.replaced(column, (*values[:index], str(value), *values[index + 1 :]))


def _unknown(
    tables: Mapping[str, Table], config: Config, changes: Iterable[Change]
) -> Iterator[str]:
    for change in changes:
        name, row, column = change.cell
        said = f"lever '{change.lever}': " if change.lever else ""
        if name == PARAMETERS:
            if not hasattr(getattr(config, row, None), column):
                yield f"{said}no parameter '{row}.{column}'."
        elif name not in tables:
            yield f"{said}no table '{name}'.{nearest(name, tables)}"
        elif row not in tables[name].index:
            yield f"{said}no row '{row}' in table '{name}'.{nearest(row, tables[name].rows)}"
        elif column not in tables[name].columns:
            known = tables[name].columns
            yield f"{said}no column '{column}' in table '{name}'.{nearest(column, known)}"


def _outside(changes: Iterable[Change], tables: Mapping[str, Table]) -> Iterator[str]:
    """Cells that changes take out of the bounds of their columns."""
    levers: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        if change.table in SCHEMAS:
            levers.setdefault(change.cell, []).append(f"'{change.lever}'")
    for (name, row, column), names in levers.items():
        kind = SCHEMAS[name].columns.get(column)
        if not isinstance(kind, Number):
            continue
        value = float(tables[name].numbers(column)[tables[name].index[row]])
        if not kind.low - DUST <= value <= kind.high + DUST:
            yield (
                f"{' and '.join(dict.fromkeys(names))} set {name}.{row}.{column} to {value:g}; it "
                f"must lie between {kind.low:g} and {kind.high:g}."
            )


def _conflicts(changes: Iterable[Change]) -> Iterator[str]:
    setters: dict[tuple[str, str, str], Change] = {}
    for change in changes:
        if change.operation != "set":
            continue
        other = setters.setdefault(change.cell, change)
        if other is not change and other.amount != change.amount:
            yield (
                f"levers '{other.lever}' and '{change.lever}' both set "
                f"{'.'.join(change.cell)}, to {other.amount} and {change.amount}. Keep one."
            )
