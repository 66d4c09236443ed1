"""``new``: templates of own data, filled with the tables of a region as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

from sim.compose import composed
from sim.errors import FolderError, InputError, nearest
from sim.region.columns import HEADER, explained
from sim.region.own import BOOK
from sim.region.schema import SCHEMAS
from sim.region.table import REMARKS, Number, Table
from sim.report.workbook import Sheet, write_workbook
from sim.results.write import atomically, write_csv
from sim.studies.run import region_of
from sim.verbs.screen import out, say_json

KINDS = ("data", "scenario")
EXAMPLE = "kezek new data my_data region=teaching"
NOTES = "README.txt"
ADVICE = """\
Own data for {title}. Each {kind} stands in for one table of the region, whole: change rows,
add some, take some away. Throw away every {kind} you have nothing better for; the region's own
table is then used. Then:

  kezek check data.dir={folder}    what differs, and what is doubtful
  kezek run data.dir={folder}      and compare, demo, explain

Whoever changes a row says where it comes from in `source`, or leaves `source` and `confidence`
empty, which means: own data, observed.
"""


def asked(names: Sequence[str]) -> tuple[str, str]:
    """What is to be made, and how it is to be called."""
    if len(names) != 2:
        raise InputError([f"say what and where, such as: {EXAMPLE}"], where="the command line")
    if names[0] not in KINDS:
        said = f"nothing called '{names[0]}' to make; there are {', '.join(KINDS)}."
        raise InputError([said + nearest(names[0], KINDS)], where="the command line")
    return names[0], names[1]


def run(name: str, overrides: Sequence[str], as_json: bool, as_book: bool) -> None:
    """Write a template of each table into a folder; nothing that is there is touched."""
    one = composed(overrides)
    tables = region_of(one.config).files
    sheets = [template(tables[name]) for name in SCHEMAS]
    folder, advice = Path(name), ADVICE.format(
        title=one.config.place.title, folder=name, kind="sheet" if as_book else "file"
    )  # fmt: skip
    written = _book(folder, sheets, advice) if as_book else _files(folder, sheets, advice)
    if as_json:
        say_json({"folder": str(folder), "files": [path.name for path in written]})
        return
    out.print(f"{len(sheets)} tables of {one.config.place.title} in {folder}/")
    out.print(f"Change what you know better, then: kezek check data.dir={folder}")


def template(table: Table) -> Sheet:
    """A table as the region has it, column by column, remarks last."""
    columns = SCHEMAS[table.name].columns
    header = (*columns, *REMARKS)
    cells = [_cells(table, column) for column in header]
    return Sheet(table.name, header, list(zip(*cells, strict=True)))


def _cells(table: Table, column: str) -> list[Any]:
    found = table.columns.get(column, ("",) * len(table))
    if isinstance(found, tuple):
        return list(found)
    kind = SCHEMAS[table.name].columns[column]
    whole = isinstance(kind, Number) and kind.whole
    return [int(n) if whole else float(n) for n in found]


def refuse(folder: Path, files: Iterable[str]) -> None:
    """Nothing is overwritten: say which files are there already."""
    there = [name for name in files if (folder / name).exists()]
    if folder.exists() and not folder.is_dir():
        raise FolderError(f"{folder} is a file; name a folder.")
    if there:
        raise FolderError(
            f"{folder} holds {', '.join(there)} already; nothing was written. Name another folder."
        )


def _files(folder: Path, sheets: Sequence[Sheet], advice: str) -> list[Path]:
    refuse(folder, [NOTES, *(f"{sheet.name}.csv" for sheet in sheets)])
    written = [write_csv(folder / f"{one.name}.csv", one.header, one.rows) for one in sheets]
    text = advice + "\n".join(_paragraphs(sheets))
    notes = atomically(folder / NOTES, lambda at: at.write_text(text, encoding="utf-8"))
    return [*written, notes]


def _book(folder: Path, sheets: Sequence[Sheet], advice: str) -> list[Path]:
    refuse(folder, [BOOK])
    rows = [row for sheet in sheets for row in explained(sheet.name)]
    lines = [(line, *("",) * (len(HEADER) - 1)) for line in dedent(advice).splitlines()]
    notes = Sheet("README", HEADER, [*rows, ("",) * len(HEADER), *lines])
    return [write_workbook(folder / BOOK, [notes, *sheets])]


def _paragraphs(sheets: Sequence[Sheet]) -> Iterable[str]:
    """Every table with its columns, a line each."""
    for sheet in sheets:
        yield f"\n{sheet.name}.csv\n"
        for _, column, needed, unit, allowed, meaning in explained(sheet.name):
            said = "; ".join(filter(None, (needed, unit, allowed)))
            yield f"  {column}: {meaning} ({said})"
