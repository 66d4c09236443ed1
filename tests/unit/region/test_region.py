"""A region: every table loads, later folders stand in, what hangs in the air is refused."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sim.compose import CONF
from sim.errors import InputError
from sim.region.region import Region
from sim.region.schema import SCHEMAS
from sim.region.table import Text

REAL, TOWN = CONF / "region/west_kazakhstan", CONF / "region/teaching"
STARTS = date(2024, 1, 1)


@pytest.mark.parametrize("name", ["region", "town_region"])
def test_every_table_of_the_schema_is_there_with_all_its_columns(
    name: str, request: pytest.FixtureRequest
) -> None:
    region: Region = request.getfixturevalue(name)
    for table, schema in SCHEMAS.items():
        assert set(schema.columns) <= set(region.tables[table].columns), table
        assert {len(column) for column in region.tables[table].columns.values()} == {
            len(region.tables[table])
        }


def test_a_later_folder_stands_in_table_by_table() -> None:
    """Of a town's folder its own tables count, the others are those of the folder before."""
    real, town = Region.load("r", [REAL], STARTS), Region.load("t", [REAL, TOWN], STARTS)
    own = {path.stem for path in TOWN.glob("*.csv")} & set(SCHEMAS)
    same = {name for name in SCHEMAS if real.tables[name].rows == town.tables[name].rows}
    assert same == set(SCHEMAS) - own


def test_special_days_are_those_of_the_table(region: Region) -> None:
    with (REAL / "holidays.csv").open(encoding="utf-8") as file:
        rows = [(row["date"], row["kind"]) for row in csv.DictReader(file)]
    assert {on.isoformat(): kind for on, kind in region.special_days.items()} == dict(rows)


def test_a_run_begins_some_days_before_it_is_measured(region: Region) -> None:
    """60 days before New Year of 2024 is 2 November 2023."""
    assert region.first_day(60) == date(2023, 11, 2)
    assert region.first_day(0) == STARTS


def test_employers_are_those_the_bodies_name(region: Region) -> None:
    """Each once; nobody has gained or moved posts yet."""
    bodies, employers = region.tables["bodies"], region.tables["employers"]
    assert sorted(employers.rows) == sorted(set(bodies.words("employer")))
    assert not bodies.numbers("gained_posts").any()
    assert not employers.numbers("posts_by_utilisation").any()


def test_setting_cells_leaves_the_region_as_it_was(town_region: Region) -> None:
    before = town_region.tables["offices"].numbers("counters").tolist()
    changed = town_region.with_cells({"offices": {"OFFICE": {"counters": 7}}})
    assert changed.tables["offices"].numbers("counters").tolist() == [7.0]
    assert town_region.tables["offices"].numbers("counters").tolist() == before
    same = set(town_region.tables) - {"offices"}
    assert all(changed.tables[name] is town_region.tables[name] for name in same)


def test_new_residents_are_settled_anew(town_region: Region) -> None:
    """A cell of the district moves people into its villages, not into its centre."""
    larger = town_region.with_cells({"districts": {"TWN": {"residents": 6_000}}})
    residents = larger.tables["settlements"].wholes("residents")
    assert (int(residents[0]), int(residents.sum())) == (3_900, 6_000)


def test_cells_that_leave_nobody_a_village_are_refused(town_region: Region) -> None:
    with pytest.raises(InputError, match="its villages need"):
        town_region.with_cells({"districts": {"TWN": {"residents": 3_950}}})


def test_all_bad_cells_are_said_at_once(town_region: Region) -> None:
    cells = {
        "offices": {"OFFICE": {"counters": -1, "rooms": 2}, "SHOP": {"counters": 1}},
        "shops": {"A": {"b": 1}},
    }
    with pytest.raises(InputError) as refused:
        town_region.with_cells(cells)
    assert len(refused.value.problems) == 4


REFERENCES = [
    (name, column)
    for name, schema in SCHEMAS.items()
    for column, kind in schema.columns.items()
    if isinstance(kind, Text) and kind.refers_to
] + [("routing", "body"), ("months", "service")]


def spoiled(folder: Path, table: str, column: str, word: str) -> list[Path]:
    """The folders of the town, and one more with the table's first row renamed in a column."""
    source = next(at / f"{table}.csv" for at in (TOWN, REAL) if (at / f"{table}.csv").is_file())
    with source.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[0][column] = word
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return [REAL, TOWN, folder]


@pytest.mark.parametrize(("table", "column"), REFERENCES)
def test_a_row_that_names_what_is_not_there_is_refused(
    tmp_path: Path, table: str, column: str
) -> None:
    """With file and line, for every column that refers to another table."""
    folders = spoiled(tmp_path, table, column, "nowhere")
    with pytest.raises(InputError) as refused:
        Region.load("t", folders, STARTS)
    assert any(
        problem.startswith(f"{table}.csv line 2:") and "'nowhere'" in problem
        for problem in refused.value.problems
    )


def test_a_service_that_nobody_decides_is_refused(tmp_path: Path) -> None:
    folders = spoiled(tmp_path, "routing", "service", "kindergarten")
    with pytest.raises(InputError, match="no row says who decides 'social_benefits'"):
        Region.load("t", folders, STARTS)


def test_shares_of_people_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    folders = spoiled(tmp_path, "groups", "share_of_place_pct", "43")
    with pytest.raises(InputError, match="shares of 'urban' add to 110 percent"):
        Region.load("t", folders, STARTS)


def test_a_holiday_without_a_date_is_refused(tmp_path: Path) -> None:
    folders = spoiled(tmp_path, "holidays", "date", "1 May 2024")
    with pytest.raises(InputError, match="'1 May 2024' is not a date"):
        Region.load("t", folders, STARTS)


def test_a_cell_of_rates_moves_only_its_row(region: Region) -> None:
    """Among hundreds of rows, the one that is named."""
    row = "eds/rural/25-44"
    rates = region.tables["rates"]
    changed = region.with_cells({"rates": {row: {"needs_per_1000": 5}}}).tables["rates"]
    differs = changed.numbers("needs_per_1000") != rates.numbers("needs_per_1000")
    assert np.flatnonzero(differs).tolist() == [rates.index[row]]
