"""Own data: a folder whose files stand in for tables of a region, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import InputError, nearest
from sim.region.book import book_sheets
from sim.region.schema import SCHEMAS
from sim.region.sheet import Sheet, csv_sheet
from sim.region.table import Table, table_of

BOOK = "data.xlsx"  # a sheet a table
PARAMETERS = "parameters.yaml"  # numbers that stand in for those of the region
OURS, OBSERVED = "own data", "observed"
CONFIDENCE = (OBSERVED, "direct", "derived", "analog country", "assumption", "recall")
OTHERS = (".xls", ".xlsm", ".xlsb", ".ods", ".tsv", ".txt", ".yaml", ".yml", ".json")


@dataclass(frozen=True)
class OwnData:
    """The sheets of a folder by the table they stand in for, and what is wrong with its files."""

    folder: Path
    sheets: Mapping[str, Sheet]
    problems: tuple[str, ...]

    def table(self, name: str) -> Table:
        """A checked table; rows that name no source are own data, observed."""
        table = table_of(name, self.sheets[name], SCHEMAS[name])
        table = _remarked(_remarked(table, "source", OURS), "confidence", OBSERVED)
        wrong = [
            f"{table.at(i)}: `confidence` is '{word}'; it must be one of {', '.join(CONFIDENCE)}."
            f"{nearest(word, CONFIDENCE)}"
            for i, word in enumerate(table.words("confidence"))
            if word not in CONFIDENCE
        ]
        if wrong:
            raise InputError(wrong, where=table.file)
        return table


def folder_of(text: str) -> Path | None:
    """The folder that a setting names, none if it names nothing.

    >>> folder_of("") is None, folder_of("/a/b").name
    (True, 'b')
    """
    if not text:
        return None
    path = Path(text)
    return (path.expanduser() if text.startswith("~/") else path).absolute()


def own_data(folder: Path) -> OwnData:
    """Read all files of a folder that stand in for tables; problems are collected, not raised."""
    if not folder.is_dir():
        return OwnData(folder, {}, (_no_folder(folder),))
    sheets: dict[str, Sheet] = {}
    problems: list[str] = []
    paths = [path for path in sorted(folder.iterdir()) if path.name[0] not in ".~"]
    for path in paths:
        said = f"{folder.name}/{path.name}"
        try:
            for name, sheet in _sheets(path, said, problems):
                if name in sheets:
                    problems.append(f"{name} stands in {sheets[name].file} and in {sheet.file}; "
                                    "keep one.")  # fmt: skip
                sheets.setdefault(name, sheet)
        except InputError as error:
            problems += error.problems
    if not sheets and not problems and not (folder / PARAMETERS).is_file():
        problems.append(f"{folder} holds no table; write some there with `kezek new data`.")
    return OwnData(folder, sheets, tuple(problems))


def _sheets(path: Path, said: str, problems: list[str]) -> Iterator[tuple[str, Sheet]]:
    """The tables of one file; what is no table of a region is said."""
    name, kind = path.stem.lower(), path.suffix.lower()
    if path.name == PARAMETERS or path.is_dir():
        return
    if path.name.lower() == BOOK:
        sheets, wrong = book_sheets(path, said)
        problems += wrong
        for title, sheet in sheets.items():
            table = title.strip().lower()
            if table in SCHEMAS:
                yield table, sheet
            else:
                problems.append(f"{sheet.file} is no table of a region.{nearest(table, SCHEMAS)}")
    elif kind in (".csv", ".xlsx") and name not in SCHEMAS:
        problems.append(f"{said} is no table of a region.{nearest(name, [*SCHEMAS, 'data'])}")
    elif kind == ".csv":
        yield name, csv_sheet(path, said)
    elif kind == ".xlsx":
        sheets, wrong = book_sheets(path, said)
        problems += wrong
        if len(sheets) == 1:
            yield name, next(iter(sheets.values()))
        elif not wrong:
            problems.append(f"{said} has {len(sheets)} sheets; keep one, or call it {BOOK}.")
    elif kind in OTHERS and name in (*SCHEMAS, "data"):
        problems.append(f"{said} is not read; save it as .xlsx or CSV.")
    elif kind in (".yaml", ".yml"):
        problems.append(f"{said} is not read; parameters stand in {PARAMETERS}.")


def _no_folder(folder: Path) -> str:
    if folder.exists():
        return f"`data.dir`: {folder} is a file; name the folder it stands in."
    try:
        beside = [path.name for path in folder.parent.iterdir() if path.is_dir()]
    except OSError:
        beside = []
    return f"`data.dir`: there is no folder {folder}.{nearest(folder.name, beside)}"


def _remarked(table: Table, column: str, otherwise: str) -> Table:
    """The same table with a remark in every row."""
    said = table.columns.get(column)
    words = said if isinstance(said, tuple) else ("",) * len(table)
    filled = tuple(word or otherwise for word in words)
    return replace(table, columns={**table.columns, column: filled})
