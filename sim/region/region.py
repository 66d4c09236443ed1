"""A region: checked tables, special days of its calendar, and its words for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sim.errors import InputError, nearest
from sim.region.agreement import disagreements
from sim.region.own import OwnData
from sim.region.schema import SCHEMAS
from sim.region.settlements import misfits, settle
from sim.region.table import Table, read_table, with_cell

Tables = Mapping[str, Table]


@dataclass(frozen=True)
class Region:
    """Where a run takes place. ``tables`` hold numbers only the region knows.

    ``files`` are the tables as read; ``tables`` hold the cells that a user set as well.
    """

    name: str
    tables: Tables
    special_days: Mapping[date, str]
    starts: date  # first measured day
    files: Tables

    def first_day(self, run_in_days: int) -> date:
        """The civil date on which a run begins, some days before measuring."""
        return self.starts - timedelta(days=run_in_days)

    @classmethod
    def load(
        cls, name: str, folders: Iterable[Path], starts: date, own: OwnData | None = None
    ) -> Region:
        """Read the tables of a region; a later folder's table stands in for an earlier one's.

        Own data stand in for all of them.
        """
        folders = list(folders)
        tables: dict[str, Table] = {}
        problems: list[str] = list(own.problems) if own else []
        for table, schema in SCHEMAS.items():
            try:
                if own and table in own.sheets:
                    tables[table] = own.table(table)
                else:
                    tables[table] = read_table(_newest(folders, f"{table}.csv"), schema)
            except InputError as error:
                problems += error.problems
        problems += disagreements(tables)
        if not problems:
            problems += misfits(tables["districts"], tables["settlement_recipe"])
        if problems:
            raise InputError(problems, where=f"the tables of region '{name}'")
        tables["settlements"] = settle(tables["districts"], tables["settlement_recipe"])
        tables["bodies"], tables["employers"] = _employers(tables["bodies"])
        return cls(name, tables, _special_days(tables["holidays"]), starts, tables)

    def with_cells(self, cells: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Region:
        """The same region with single cells of its tables set: table, row, column, value."""
        tables, problems = dict(self.tables), []
        for name, rows in cells.items():
            if name not in SCHEMAS:
                problems.append(f"`tables.{name}`: no such table.{nearest(name, SCHEMAS)}")
                continue
            for row, columns in rows.items():
                for column, value in columns.items():
                    try:
                        tables[name] = with_cell(tables[name], SCHEMAS[name], row, column, value)
                    except InputError as error:
                        problems += error.problems
        read = {name: tables[name] for name in SCHEMAS}
        problems = problems or list(disagreements(read))
        if problems:
            raise InputError(problems, where="`tables`")
        if {"districts", "settlement_recipe"} & set(cells):
            wrong = list(misfits(tables["districts"], tables["settlement_recipe"]))
            if wrong:
                raise InputError(wrong, where="`tables`")
            tables["settlements"] = settle(tables["districts"], tables["settlement_recipe"])
        if "bodies" in cells:
            tables["bodies"], tables["employers"] = _employers(tables["bodies"])
        return replace(self, tables=tables, special_days=_special_days(tables["holidays"]))


def _special_days(holidays: Table) -> dict[date, str]:
    dates = (date.fromisoformat(text) for text in holidays.words("date"))
    return dict(zip(dates, holidays.words("kind"), strict=True))


def _employers(bodies: Table) -> tuple[Table, Table]:
    """Bodies with room for moved posts, and the employers who may move them."""
    none = np.zeros(len(bodies))
    employers = tuple(dict.fromkeys(bodies.words("employer")))
    columns = {"posts_by_utilisation": np.zeros(len(employers))}
    return bodies.replaced("gained_posts", none), Table.of("employers", employers, columns)


def _newest(folders: list[Path], file: str) -> Path:
    for folder in reversed(folders):
        if (folder / file).is_file():
            return folder / file
    return folders[-1] / file
