"""Tables of a region: columns of numbers and text, read from CSV and checked cell by cell."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, nearest

Column = NDArray[np.float64] | tuple[str, ...]
LARGEST_FILE = 200_000_000  # bytes


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
    """A word: free, one of ``choices``, or a row of another table named by ``refers_to``."""

    choices: tuple[str, ...] = ()
    refers_to: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Schema:
    """What a table must hold. A row is named by its ``key`` columns, joined by a slash."""

    key: tuple[str, ...]
    columns: Mapping[str, Number | Text]


@dataclass(frozen=True)
class Table:
    """Columns of equal length; a row is found by its name."""

    name: str
    rows: tuple[str, ...]
    columns: Mapping[str, Column]
    index: Mapping[str, int] = field(repr=False)

    @classmethod
    def of(cls, name: str, rows: Sequence[str], columns: Mapping[str, Column]) -> Table:
        """A table from its rows' names and columns."""
        return cls(name, tuple(rows), dict(columns), {row: i for i, row in enumerate(rows)})

    def __len__(self) -> int:
        return len(self.rows)

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
        return Table.of(self.name, self.rows, {**self.columns, column: values})


def read_table(path: Path, schema: Schema) -> Table:
    """Read a CSV file, or say everything that is wrong with it."""
    name = path.stem
    header, lines = _lines(path)
    problems = list(_header_problems(path.name, header, schema))
    if problems:
        raise InputError(problems, where=path.name)
    columns: dict[str, Column] = {}
    for column, kind in schema.columns.items():
        cells = [line.get(column, "") for line in lines]
        if isinstance(kind, Text):
            problems += _text_problems(path.name, column, kind, cells)
            columns[column] = tuple(cells)
        else:
            values, wrong = _parsed(path.name, column, kind, cells)
            problems += wrong
            columns[column] = np.array(values, dtype=np.float64)
    for remark in ("source", "confidence", "note"):
        if remark in header:
            columns[remark] = tuple(line.get(remark, "") for line in lines)
    rows = ["/".join(line.get(part, "") for part in schema.key) for line in lines]
    problems += _duplicates(path.name, rows)
    if not rows:
        problems.append(f"{path.name}: no rows. Give at least one.")
    if problems:
        raise InputError(problems, where=path.name)
    return Table.of(name, rows, columns)


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
    return table.replaced(column, (*words[:index], word, *words[index + 1 :]))


def _lines(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    if not path.is_file():
        raise InputError([f"{path.name} not found in {path.parent.name}/."], where="the region")
    if path.stat().st_size > LARGEST_FILE:
        size = path.stat().st_size / 1e6
        raise InputError([f"{path.name} is {size:.0f} MB; the limit is 200 MB."], where=path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        problem = (
            f"{path.name} is not UTF-8 (byte 0x{byte:02X} at offset {error.start}); "
            "save it again as UTF-8."
        )
        raise InputError([problem], where=path.name) from None
    reader = csv.reader(text.splitlines())
    rows = [[cell.strip() for cell in row] for row in reader]
    rows = [row for row in rows if any(row)]
    if not rows:
        raise InputError([f"{path.name} is empty."], where=path.name)
    header = [name for name in rows[0] if name]
    return header, [dict(zip(header, row, strict=False)) for row in rows[1:]]


def _header_problems(name: str, header: list[str], schema: Schema) -> Iterator[str]:
    for column in schema.columns:
        if column not in header:
            spare = [found for found in header if found not in schema.columns]
            guess = nearest(column, spare).replace("Did you mean", "Found")
            yield f"{name}: missing column `{column}`.{guess}"


def _parsed(
    name: str, column: str, kind: Number, cells: list[str]
) -> tuple[list[float], list[str]]:
    values, problems = [], []
    for line, cell in enumerate(cells, start=2):
        value, problem = _number(cell, kind)
        values.append(value)
        if problem:
            problems.append(f"{name} line {line}: `{column}` {problem}")
    return values, problems


def _number(cell: str, kind: Number) -> tuple[float, str]:
    """The value of a cell and what is wrong with it."""
    if not cell:
        return 0.0, "" if kind.optional else "is empty."
    try:
        value = float(cell)
    except ValueError:
        comma = " Decimal comma? Write a point." if "," in cell else ""
        return 0.0, f"is '{cell}', not a number.{comma}"
    if not isfinite(value):
        return 0.0, f"is not a finite number ({cell})."
    if kind.whole and value != int(value):
        return 0.0, f"must be a whole number, got {cell}."
    if not kind.low <= value <= kind.high:
        return 0.0, f"must be between {kind.low:g} and {kind.high:g}, got {cell}."
    return value, ""


def _text_problems(name: str, column: str, kind: Text, cells: list[str]) -> Iterator[str]:
    for line, cell in enumerate(cells, start=2):
        if not cell:
            if not kind.optional:
                yield f"{name} line {line}: `{column}` is empty."
        elif kind.choices and cell not in kind.choices:
            known = ", ".join(kind.choices)
            yield (
                f"{name} line {line}: `{column}` is '{cell}'; it must be one of {known}."
                f"{nearest(cell, kind.choices)}"
            )


def _duplicates(name: str, rows: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    for row in rows:
        if row in seen:
            yield f"{name}: row '{row}' stands twice."
        seen.add(row)
