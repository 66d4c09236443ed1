"""Files that stand beside a region's tables and are read only for the report."""

from __future__ import annotations

import csv
from pathlib import Path

from sim.compose import region_folders
from sim.config import Config
from sim.region.own import folder_of, own_data

Rows = list[dict[str, str]]
SHEET, DISTRICTS = "base_sheet.csv", "districts.csv"


def newest(config: Config, file: str) -> Path | None:
    """A file of a region; a later folder's stands in for an earlier one's."""
    found = [folder / file for folder in region_folders(config) if (folder / file).is_file()]
    return found[-1] if found else None


def sheet_of(config: Config) -> Path | None:
    """The acceptance sheet of a region: of its last folder, down to the one with its districts.

    A region that stands on another's tables but has districts of its own is another place: the
    earlier sheet says nothing about it.
    """
    own = folder_of(config.data.dir)
    if own and "districts" in own_data(own).sheets:
        return None
    for folder in reversed(region_folders(config)):
        if (folder / SHEET).is_file():
            return folder / SHEET
        if (folder / DISTRICTS).is_file():
            return None
    return None


def rows_of(path: Path | None) -> Rows:
    """Rows of a CSV file, none if there is no file."""
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
