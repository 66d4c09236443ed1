"""A region: checked tables, special days of its calendar, and its words for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sim.errors import InputError, nearest
from sim.region.schema import SCHEMAS
from sim.region.settlements import misfits, settle
from sim.region.table import Table, Text, read_table, with_cell

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
    def load(cls, name: str, folders: Iterable[Path], starts: date) -> Region:
        """Read the tables of a region; a later folder's table stands in for an earlier one's."""
        folders = list(folders)
        tables: dict[str, Table] = {}
        problems: list[str] = []
        for table, schema in SCHEMAS.items():
            try:
                tables[table] = read_table(_newest(folders, f"{table}.csv"), schema)
            except InputError as error:
                problems += error.problems
        if not problems:
            problems += _dangling(tables)
        if not problems:
            problems += [*_shares(tables), *_never_open(tables)]
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
        problems = problems or [*_dangling(read), *_shares(read), *_never_open(read)]
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
    return dict(zip(_dates(holidays), holidays.words("kind"), strict=True))


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


def _dates(holidays: Table) -> Iterator[date]:
    problems = []
    for line, text in enumerate(holidays.words("date"), start=2):
        try:
            yield date.fromisoformat(text)
        except ValueError:
            problems.append(f"holidays.csv line {line}: '{text}' is not a date; write YYYY-MM-DD.")
    if problems:
        raise InputError(problems, where="holidays.csv")


def _dangling(tables: Tables) -> Iterator[str]:
    """Cells that name a row of another table which is not there."""
    for name, table in tables.items():
        for column, kind in SCHEMAS[name].columns.items():
            if not isinstance(kind, Text) or not kind.refers_to:
                continue
            known = tables[kind.refers_to].rows
            for line, word in enumerate(table.words(column), start=2):
                if word and word not in known:
                    yield (
                        f"{name}.csv line {line}: `{column}` is '{word}', which is not in "
                        f"{kind.refers_to}.csv.{nearest(word, known)}"
                    )
    yield from _unknown_bodies(tables)
    services = tables["services"].rows
    for line, word in enumerate(tables["months"].words("service"), start=2):
        if word != "*" and word not in services:
            guess = nearest(word, services)
            yield f"months.csv line {line}: '{word}' is not in services.csv.{guess}"


def _unknown_bodies(tables: Tables) -> Iterator[str]:
    known = {*tables["bodies"].rows, "D_*", "PO_*", "AUTO"}
    for line, body in enumerate(tables["routing"].words("body"), start=2):
        if body not in known:
            yield (
                f"routing.csv line {line}: `body` is '{body}', which is not in bodies.csv."
                f"{nearest(body, known)}"
            )


def _shares(tables: Tables) -> Iterator[str]:
    """Shares that must add up and do not."""
    routing = tables["routing"]
    total: dict[str, float] = {}
    for service, share in zip(routing.words("service"), routing.numbers("share"), strict=True):
        total[service] = total.get(service, 0.0) + float(share)
    for service, found in total.items():
        if abs(found - 1) > 1e-9:
            yield f"routing.csv: shares of '{service}' add to {found:g}; they must add to 1."
    groups = tables["groups"]
    for place in dict.fromkeys(groups.words("place")):
        rows = [i for i, word in enumerate(groups.words("place")) if word == place]
        found = float(groups.numbers("share_of_place_pct")[rows].sum())
        if abs(found - 100) > 0.2:
            yield f"groups.csv: shares of '{place}' add to {found:g} percent; they must add to 100."
    for service in tables["services"].rows:
        if service not in total:
            yield f"routing.csv: no row says who decides '{service}'."
    yield from _nobody_takes(tables)


def _never_open(tables: Tables) -> Iterator[str]:
    """Providers that do not open before they close."""
    providers = tables["providers"]
    hours = zip(providers.numbers("opens_hour"), providers.numbers("closes_hour"), strict=True)
    for line, (opens, closes) in enumerate(hours, start=2):
        if opens >= closes:
            yield (
                f"providers.csv line {line}: `opens_hour` is {opens:g} and `closes_hour` "
                f"{closes:g}; it must open before it closes."
            )


def _nobody_takes(tables: Tables) -> Iterator[str]:
    """Services that are handed in at the body that decides, where no body does."""
    services, routing = tables["services"], tables["routing"]
    levels = zip(routing.words("service"), routing.words("level"), strict=True)
    by_body = {service for service, level in levels if level != "system"}
    in_person = services.numbers("in_person_at_provider_pct")
    for service, sector, share in zip(
        services.rows, services.words("provider_sector"), in_person, strict=True
    ):
        if share > 0 and not sector and service not in by_body:
            yield (
                f"services.csv: {share:g} percent of '{service}' are handed in at a body, but "
                "routing.csv names none that decides it."
            )
