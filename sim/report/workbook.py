"""The numbers of a report as files: CSV for programs, one workbook for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from sim.results.write import atomically, harmless, write_csv

NAME_LENGTH = 31  # of a sheet, as spreadsheets allow
NARROWEST, WIDEST = 9, 60  # characters
LOOKED_AT = 50  # rows that decide on the width of a column


@dataclass(frozen=True)
class Sheet:
    """A table with a name."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


def write_data(folder: Path, sheets: Sequence[Sheet]) -> None:
    """One CSV file a table."""
    for sheet in sheets:
        write_csv(folder / f"{sheet.name}.csv", sheet.header, sheet.rows)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> Path:
    """All tables as sheets of one workbook; no cell of text can run as a formula."""
    return atomically(path, lambda at: at.write_bytes(_workbook(sheets)))


def _workbook(sheets: Sequence[Sheet]) -> bytes:
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name[:NAME_LENGTH])
        page.freeze_panes = "A2"
        for i, width in enumerate(_widths(sheet), start=1):
            page.column_dimensions[get_column_letter(i)].width = width
        heads = [WriteOnlyCell(page, value=_cell(name)) for name in sheet.header]
        for head in heads:
            head.font = Font(bold=True)
            head.alignment = Alignment(wrap_text=True, vertical="top")
        page.append(heads)
        for row in sheet.rows:
            page.append([_cell(value) for value in row])
    whole = BytesIO()
    book.save(whole)
    return whole.getvalue()


def _cell(value: Any) -> Any:
    found = harmless(value)
    if isinstance(found, str):
        return ILLEGAL_CHARACTERS_RE.sub("", found)
    return None if isinstance(found, float) and not isfinite(found) else found


def _widths(sheet: Sheet) -> list[int]:
    rows = [sheet.header, *sheet.rows[:LOOKED_AT]]
    longest = (max(len(str(row[i])) for row in rows) for i in range(len(sheet.header)))
    return [min(WIDEST, max(NARROWEST, length + 2)) for length in longest]
