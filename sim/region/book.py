"""Sheets of a workbook as text: nothing is calculated, followed or unpacked beyond a limit."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl

from sim.errors import InputError
from sim.region.sheet import Sheet, sheet_of

LARGEST_BOOK = 100_000_000  # bytes, unpacked
MOST_PARTS, MOST_ROWS, MOST_COLUMNS = 2_000, 200_000, 200
DECLARED = (b"<!DOCTYPE", b"<!ENTITY")  # by which a small part could grow without bounds
NOTES = "readme"  # a sheet for people


def book_sheets(path: Path, file: str = "") -> tuple[dict[str, Sheet], list[str]]:
    """The sheets of a workbook that hold anything, by name, and what is wrong with the others."""
    file = file or path.name
    problems = list(_unsafe(path, file))
    if problems:
        raise InputError(problems, where=file)
    found: dict[str, Sheet] = {}
    for name, rows in _rows(path, file):
        said = f"{file} sheet {name}"
        if len(rows) > MOST_ROWS:
            problems.append(f"{said} has more than {MOST_ROWS:,} rows; write a CSV file instead.")
        elif rows and name.strip().lower() != NOTES:
            try:
                found[name] = sheet_of(said, "row", rows)
            except InputError as error:
                problems += error.problems
    return found, problems


def _unsafe(path: Path, file: str) -> Iterator[str]:
    """Why a file is not opened: no workbook, too large when unpacked, or able to grow."""
    try:
        with zipfile.ZipFile(path) as parts:
            listed = parts.infolist()
            size = sum(part.file_size for part in listed)  # no more is ever unpacked
            if len(listed) > MOST_PARTS or size > LARGEST_BOOK:
                yield f"{file} unpacks to {size / 1e6:,.0f} MB; the limit is 100 MB."
                return
            if any(part.flag_bits & 1 for part in listed):
                yield f"{file} is protected by a password; save it without."
                return
            texts = (parts.read(part) for part in listed if not _is_picture(part.filename))
            if any(b"\x00" in text or any(mark in text for mark in DECLARED) for text in texts):
                yield f"{file} declares entities or is not UTF-8; save it again in a spreadsheet."
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        yield f"{file} cannot be read as a workbook ({error}); save it as .xlsx without a password."


def _is_picture(name: str) -> bool:
    return not name.lower().endswith((".xml", ".rels", ".vml"))


def _rows(path: Path, file: str) -> list[tuple[str, list[tuple[int, list[str]]]]]:
    """Every sheet with its rows that hold anything, numbered as the spreadsheet does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and forms that are not of interest
            book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
            found = [(str(page.title), list(_filled(page))) for page in book.worksheets]
            book.close()
    except Exception as error:  # whatever a stranger's file makes a library do
        said = f"{file} cannot be read as a workbook ({type(error).__name__}: {error})."
        raise InputError([said], where=file) from None
    return found


def _filled(page: Any) -> Iterator[tuple[int, list[str]]]:
    page.reset_dimensions()  # what a file says of its own size is not believed
    n = 0
    for number, row in enumerate(page.iter_rows(max_col=MOST_COLUMNS), start=1):
        cells = [_text(cell) if cell.value is not None else "" for cell in row]
        if any(cells):
            yield number, cells
            n += 1
        if n > MOST_ROWS:
            return


def _text(cell: Any) -> str:
    """A cell as a CSV file would write it; a formula stays one, so that it is refused."""
    value = cell.value
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float):
        if "%" in str(cell.number_format):
            return f"{100 * value:g}%"  # shown as 93% but kept as 0.93: nobody knows which is meant
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str | time) else "="
