"""Tables of a region: columns of numbers and text, made of a sheet and checked cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, nearest
from sim.region.sheet import Sheet, csv_sheet, decimal_points

Column = NDArray[np.float64] | tuple[str, ...]
REMARKS = ("source", "confidence", "note")  # columns for people, which a table need not have


@dataclass(frozen=True)
class Number:
    """A finite number within bounds; ``whole`` and ``optional`` (read as 0) where it says so."""

    low: float = 0.0
    high: float = float("inf")
    whole: bool = False
    optional: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Text:
    """A word: free, one of ``choices``, a date, or a row of the table that it ``refers_to``."""

    choices: tuple[str, ...] = ()
    refers_to: str = ""
    optional: bool = False
    is_date: bool = False


@dataclass(frozen=True)
class Schema:
    """What a table must hold. A row is named by its ``key`` columns, joined by a slash."""

    key: tuple[str, ...]
    columns: Mapping[str, Number | Text]


@dataclass(frozen=True)
class Table:
    """Columns of equal length; a row is found by its name, and ``places`` say where it was read."""

    name: str
    rows: tuple[str, ...]
    columns: Mapping[str, Column]
    index: Mapping[str, int] = field(repr=False)
    file: str = ""
    places: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, name: str, rows: Sequence[str], columns: Mapping[str, Column]) -> Table:
        """A table from its rows' names and columns."""
        index = {row: i for i, row in enumerate(rows)}
        return cls(name, tuple(rows), dict(columns), index, f"{name}.csv")

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, row: int) -> str:
        """Where a row stands, in words."""
        return self.places[row] if row < len(self.places) else f"{self.name}.csv, {self.rows[row]}"

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A column of numbers."""
        found = self.columns[column]
        assert isinstance(found, np.ndarray)
        return found

    def wholes(self, column: str) -> NDArray[np.int64]:
        """A column of whole numbers."""
        return self.numbers(column).astype(np.int64)

    def words(self, column: str) -> tuple[str, ...]:
        """A column of text."""
        found = self.columns[column]
        assert isinstance(found, tuple)
        return found

    def with_row(self, row: str, cells: Mapping[str, float | str]) -> Table:
        """The same table with one row more; columns that are not given are 0 or empty."""
        columns: dict[str, Column] = {}
        for name, values in self.columns.items():
            if isinstance(values, tuple):
                columns[name] = (*values, str(cells.get(name, "")))
            else:
                columns[name] = np.append(values, float(cells.get(name, 0.0)))
        return Table.of(self.name, (*self.rows, row), columns)

    def replaced(self, column: str, values: Column) -> Table:
        """The same table with one column exchanged or added."""
        return replace(self, columns={**self.columns, column: values})


def read_table(path: Path, schema: Schema) -> Table:
    """Read a CSV file, or say everything that is wrong with it."""
    return table_of(path.stem, csv_sheet(path), schema)


def table_of(name: str, sheet: Sheet, schema: Schema) -> Table:
    """Check a sheet cell by cell, or say everything that is wrong with it."""
    problems = list(_header_problems(sheet, schema))
    if problems:
        raise InputError(problems, where=sheet.file)
    columns: dict[str, Column] = {}
    texts = {column: sheet.cells(column) for column in schema.columns}
    points = _points(sheet, schema, texts)
    for column, kind in schema.columns.items():
        cells = texts[column]
        if isinstance(kind, Text):
            texts[column] = cells = [_dated(cell) for cell in cells] if kind.is_date else cells
            problems += _text_problems(sheet.places, column, kind, cells)
            columns[column] = tuple(cells)
        else:
            plain = [points.get(cell, cell) for cell in cells]
            values, wrong = _parsed(sheet.places, column, kind, plain)
            problems += wrong
            columns[column] = np.array(values, dtype=np.float64)
    for remark in REMARKS:
        if remark in sheet.header:
            columns[remark] = tuple(sheet.cells(remark))
    rows = ["/".join(parts) for parts in zip(*(texts[part] for part in schema.key), strict=True)]
    problems += _duplicates(sheet, rows)
    if not rows:
        problems.append(f"{sheet.file}: no rows. Give at least one.")
    if problems:
        raise InputError(problems, where=sheet.file)
    return replace(Table.of(name, rows, columns), file=sheet.file, places=tuple(sheet.places))


def _points(sheet: Sheet, schema: Schema, texts: Mapping[str, list[str]]) -> dict[str, str]:
    """Numbers of a sheet that are written with a decimal comma, where that cannot be mistaken."""
    if not sheet.local:
        return {}
    numbers = (name for name, kind in schema.columns.items() if isinstance(kind, Number))
    return decimal_points((cell for name in numbers for cell in texts[name]), sheet.file)


def with_cell(table: Table, schema: Schema, row: str, column: str, value: object) -> Table:
    """The same table with one cell set, or what is wrong with that."""
    where = f"`tables.{table.name}.{row}.{column}`"
    if row not in table.index:
        raise InputError([f"{where}: no row '{row}'.{nearest(row, table.rows)}"])
    if column not in schema.columns:
        raise InputError([f"{where}: no column '{column}'.{nearest(column, schema.columns)}"])
    kind, index = schema.columns[column], table.index[row]
    if isinstance(kind, Number):
        number, wrong = _number(str(value), kind)
        if wrong:
            raise InputError([f"{where} {wrong}"])
        numbers = table.numbers(column).copy()
        numbers[index] = number
        return table.replaced(column, numbers)
    word, words = str(value), table.words(column)
    if kind.choices and word not in kind.choices:
        known = ", ".join(kind.choices)
        raise InputError([f"{where} must be one of {known}, got '{word}'."])
    if kind.is_date and not _is_date(word):
        raise InputError([f"{where}: '{word}' is not a date; write YYYY-MM-DD."])
    return table.replaced(column, (*words[:index], word, *words[index + 1 :]))


def _header_problems(sheet: Sheet, schema: Schema) -> Iterator[str]:
    for column in schema.columns:
        if column not in sheet.header:
            spare = [found for found in sheet.header if found not in schema.columns]
            guess = nearest(column, spare).replace("Did you mean", "Found")
            yield f"{sheet.file}: missing column `{column}`.{guess}"


def _parsed(
    places: Sequence[str], column: str, kind: Number, cells: list[str]
) -> tuple[list[float], list[str]]:
    values, problems = [], []
    for place, cell in zip(places, cells, strict=True):
        value, problem = _number(cell, kind)
        values.append(value)
        if problem:
            problems.append(f"{place}: `{column}` {problem}")
    return values, problems


HINTS = {  # what may be meant by a cell that is no number
    "=": " A formula is not calculated here: put its value there.",
    "%": " Write 93 for 93 percent, without the sign or its format.",
    ",": " Decimal comma? Write a point.",
    " ": " Write it without blanks.",
    "\N{NO-BREAK SPACE}": " Write it without blanks.",
}


def _number(cell: str, kind: Number) -> tuple[float, str]:
    """The value of a cell and what is wrong with it."""
    if not cell:
        return 0.0, "" if kind.optional else "is empty."
    try:
        value = float(cell)
    except ValueError:
        hint = next((said for sign, said in HINTS.items() if sign in cell), "")
        return 0.0, f"is '{cell}', not a number.{hint}"
    if not isfinite(value):
        return 0.0, f"is not a finite number ({cell})."
    if kind.whole and value != int(value):
        return 0.0, f"must be a whole number, got {cell}."
    if not kind.low <= value <= kind.high:
        return 0.0, f"must be between {kind.low:g} and {kind.high:g}, got {cell}."
    return value, ""


def _text_problems(
    places: Sequence[str], column: str, kind: Text, cells: list[str]
) -> Iterator[str]:
    for place, cell in zip(places, cells, strict=True):
        if not cell:
            if not kind.optional:
                yield f"{place}: `{column}` is empty."
        elif cell[0] == "=":
            yield f"{place}: `{column}` is '{cell}'.{HINTS['=']}"
        elif kind.choices and cell not in kind.choices:
            known = ", ".join(kind.choices)
            yield (
                f"{place}: `{column}` is '{cell}'; it must be one of {known}."
                f"{nearest(cell, kind.choices)}"
            )
        elif kind.is_date and not _is_date(cell):
            yield f"{place}: '{cell}' is not a date; write YYYY-MM-DD."


def _dated(cell: str) -> str:
    """A day as ISO writes it, also of 31.12.2024, where the points say that the day comes first."""
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", cell)
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else cell


def _is_date(cell: str) -> bool:
    try:
        return date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


def _duplicates(sheet: Sheet, rows: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    for place, row in zip(sheet.places, rows, strict=True):
        if row in seen:
            yield f"{place}: row '{row}' stands twice."
        seen.add(row)
