"""Rows of a CSV file as text, each with the place where it stands, and decimal commas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError

LARGEST_FILE = 200_000_000  # bytes
SEPARATORS = (",", ";", "\t")
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\x00")  # what a spreadsheet would run
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+")  # 1,500 may be 1500, or one and a half


@dataclass(frozen=True)
class Sheet:
    """A header and rows of cells of text; ``places`` say where each row stands.

    ``local`` holds of files in which a comma may be the decimal sign, for it separates no cells.
    """

    file: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    places: Sequence[str]
    local: bool = False

    def cells(self, column: str) -> list[str]:
        """A column, empty where a row is too short or the column is not there."""
        if column not in self.header:
            return [""] * len(self.rows)
        i = self.header.index(column)
        return [row[i] if i < len(row) else "" for row in self.rows]


def csv_sheet(path: Path, file: str = "") -> Sheet:
    """Read a CSV file; ``file`` is how it is called in sentences."""
    file = file or path.name
    lines = _text(path, file).splitlines()
    separator, skipped = _separator(lines)
    reader = csv.reader(lines[skipped:], delimiter=separator, strict=True)
    rows = []
    try:
        rows = [(reader.line_num + skipped, row) for row in reader]
    except csv.Error as error:
        said = f"{file} line {reader.line_num + skipped}: {error}; is a quotation mark missing?"
        raise InputError([said], where=file) from None
    return sheet_of(file, "line", rows, local=separator != ",")


def sheet_of(
    file: str, word: str, numbered: Iterable[tuple[int, Sequence[str]]], local: bool = False
) -> Sheet:
    """A sheet from its rows, header first; blank rows, and blank columns at the end, do not count.

    ``numbered`` are rows with their number in the file, and ``word`` is what a row is called there.
    """
    rows = [(number, [_plain(cell) for cell in row]) for number, row in numbered]
    rows = [(number, row) for number, row in rows if any(row)]
    if not rows:
        raise InputError([f"{file} is empty."], where=file)
    header = tuple(rows[0][1])
    named = [name for name in header if name]
    problems = [
        f"{file}: column `{name}` stands twice; keep one."
        for name in dict.fromkeys(named)
        if named.count(name) > 1
    ]
    problems += [
        f"{file} {word} {number} has more cells than the header; a text that holds a separator "
        "needs quotation marks."
        for number, row in rows[1:]
        if any(row[len(header) :])
    ]
    if problems:
        raise InputError(problems, where=file)
    places = [f"{file} {word} {number}" for number, _ in rows[1:]]
    return Sheet(file, header, [row for _, row in rows[1:]], places, local)


def _text(path: Path, file: str) -> str:
    """The text of a file that is there, not too large, and UTF-8."""
    if not path.is_file():
        raise InputError([f"{path.name} not found in {path.parent.name}/."], where="the region")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise InputError([f"{file} is {size / 1e6:.0f} MB; the limit is 200 MB."], where=file)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        problem = (
            f"{file} is not UTF-8 (byte 0x{byte:02X} at offset {error.start}); "
            "save it again as UTF-8, in a spreadsheet as `CSV UTF-8`."
        )
        raise InputError([problem], where=file) from None


def _separator(lines: Sequence[str]) -> tuple[str, int]:
    """What stands most often in the header, and how many lines come before it.

    A spreadsheet may say it in a line of its own, ``sep=;``.
    """
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    head = lines[first] if lines else ""
    said = head.strip().lower().removeprefix("sep=")
    if head.strip().lower().startswith("sep=") and said in SEPARATORS:
        return said, first + 1
    return max(SEPARATORS, key=head.count), first


def _plain(cell: str) -> str:
    """A cell without blanks around it, nor the apostrophe that keeps a text from being run."""
    found = cell.strip()
    return found[1:] if found[:1] == "'" and found[1:2] in FORMULAS else found


def decimal_points(cells: Iterable[str], file: str) -> dict[str, str]:
    """Numbers written with a decimal comma, and what they are with a point.

    A file says by its numbers which sign it means: one that cannot be thousands, such as 2,5. Where
    all are like 1,500, or where points and commas mix, nobody can tell, and it is refused.
    """
    signed = {cell for cell in cells if re.fullmatch(r"[+-]?\d+([.,]\d+)+", cell)}
    commas, points = ({cell for cell in signed if sign in cell} for sign in ",.")
    if commas and points:
        pair = f"'{min(points)}' and '{min(commas)}'"
        said = f"{file}: numbers with a point and with a comma, such as {pair}; write all with a "
        raise InputError([f"{said}point, without marks between thousands."], where=file)
    if signed and all(GROUPED.fullmatch(cell) for cell in signed):
        one = min(signed)
        whole = one.replace(",", "").replace(".", "")
        said = f"{file}: '{one}' may be {whole} or {one.replace(',', '.')}; separate cells by "
        raise InputError([f"{said}commas and write numbers with a point."], where=file)
    return {cell: cell.replace(",", ".") for cell in commas if cell.count(",") == 1}
