"""The page: one HTML file that stands alone, with a workbook and the data of its figures."""

from __future__ import annotations

from pathlib import Path

from sim.report.base_year import BaseYear
from sim.report.figures import all_charts
from sim.report.files import sheet_of
from sim.report.groups import groups_of
from sim.report.html import rendered
from sim.report.pieces import Pieces
from sim.report.sheet import checked
from sim.report.study import Study
from sim.report.workbook import write_data, write_workbook
from sim.results.write import atomically
from sim.studies.comparison import Comparison

YEAR = 365  # days
PAGE, WORKBOOK, DATA = "report.html", "report.xlsx", "data"


def write_report(found: Comparison, folder: Path) -> Path:
    """Write the report of a comparison into the folder that holds its tables."""
    return write_page(Study.of_comparison(found, folder))


def rebuild(folder: Path) -> Path:
    """Write the report again from what a folder holds."""
    return write_page(Study.of_folder(folder))


def write_page(study: Study) -> Path:
    """Write page, workbook and data of a study; returns the page."""
    pieces = pieces_of(study)
    sheets = pieces.sheets()
    write_data(study.folder / DATA, sheets)
    write_workbook(study.folder / WORKBOOK, sheets)
    text = rendered(pieces)
    return atomically(study.folder / PAGE, lambda at: _write(at, text))


def pieces_of(study: Study) -> Pieces:
    """Everything that the page says, computed once."""
    sheet = sheet_of(study.config)
    is_year = study.config.run.days >= YEAR  # the sheet speaks of a year
    rows = checked(sheet, BaseYear.of(study)) if sheet and is_year else []
    return Pieces(study, all_charts(study), rows, groups_of(study))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
