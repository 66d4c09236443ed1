"""Tables: what is written is read, what is wrong is said, and one cell is one cell."""

from __future__ import annotations

import csv
from math import inf, nextafter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.region.region import Region
from sim.region.schema import SCHEMAS
from sim.region.table import Number, Schema, Table, Text, read_table, with_cell

SMALL = Schema(
    key=("place", "band"),
    columns={
        "place": Text(choices=("urban", "rural")),
        "band": Text(),
        "people": Number(0, 1_000, whole=True),
        "share": Number(-1, 1),
        "extra": Number(0, 5, optional=True),
    },
)
GOOD = ["place,band,people,share,extra", "urban,young,10,0.5,1", "rural,old,20,-0.25,"]


def write(folder: Path, lines: list[str]) -> Path:
    path = folder / "small.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def problems(folder: Path, lines: list[str]) -> list[str]:
    with pytest.raises(InputError) as refused:
        read_table(write(folder, lines), SMALL)
    return refused.value.problems


def test_a_table_is_read_by_column_and_by_row(tmp_path: Path) -> None:
    """Rows are named by their key; what is optional and empty counts as zero."""
    table = read_table(write(tmp_path, GOOD), SMALL)
    assert table.rows == ("urban/young", "rural/old")
    assert table.index["rural/old"] == 1
    assert table.words("place") == ("urban", "rural")
    assert table.wholes("people").tolist() == [10, 20]
    assert table.numbers("share").tolist() == [0.5, -0.25]
    assert table.numbers("extra").tolist() == [1.0, 0.0]


@given(numbers=st.lists(st.floats(-1, 1), min_size=1, max_size=20))
def test_numbers_are_read_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[float]
) -> None:
    path = tmp_path_factory.mktemp("table") / "small.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(SMALL.columns)
        writer.writerows(["urban", k, 1, repr(x), ""] for k, x in enumerate(numbers))
    assert read_table(path, SMALL).numbers("share").tolist() == numbers


SAME = [
    [*GOOD, "", ""],  # blank lines at the end
    [line + "," for line in GOOD],  # trailing commas
    [line + ",remark" for line in GOOD],  # a column nobody asked for
    [f" {line.replace(',', ' , ')} " for line in GOOD],  # blanks around cells
    [",".join(line.split(",")[::-1]) for line in GOOD],  # columns in another order
]


@pytest.mark.parametrize("lines", SAME)
def test_what_does_not_matter_does_not_matter(tmp_path: Path, lines: list[str]) -> None:
    clean, same = (read_table(write(tmp_path, text), SMALL) for text in (GOOD, lines))
    assert same.rows == clean.rows
    for column in SMALL.columns:
        assert list(same.columns[column]) == list(clean.columns[column])


def test_all_that_is_wrong_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        [GOOD[0], "urban,,10,0.5,1", "village,old,1.5,2,9", "urban,x,nan,abc,", "urban,x,,0,"],
    )
    said = "\n".join(found)
    assert "small.csv line 2: `band` is empty." in said
    assert "small.csv line 3: `place` is 'village'" in said
    assert "small.csv line 3: `people` must be a whole number, got 1.5" in said
    assert "small.csv line 3: `share` must be between -1 and 1, got 2" in said
    assert "small.csv line 3: `extra` must be between 0 and 5, got 9" in said
    assert "small.csv line 4: `people` is not a finite number" in said
    assert "small.csv line 4: `share` is 'abc', not a number" in said
    assert "small.csv line 5: `people` is empty." in said
    assert "row 'urban/x' stands twice" in said
    assert len(found) == 9


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD[:1]) == ["small.csv: no rows. Give at least one."]


NUMBERS = [
    (name, column, kind)
    for name, schema in SCHEMAS.items()
    for column, kind in schema.columns.items()
    if isinstance(kind, Number)
]


@pytest.mark.parametrize(("name", "column", "kind"), NUMBERS, ids=lambda x: str(x)[:20])
def test_bounds_are_inclusive_and_hard(
    region: Region, name: str, column: str, kind: Number
) -> None:
    """Both ends of a column's bounds are accepted, the next number beyond is refused."""
    table, schema = region.tables[name], SCHEMAS[name]
    row = table.rows[0]
    for end, beyond in ((kind.low, -inf), (kind.high, inf)):
        changed = with_cell(table, schema, row, column, end)
        assert float(changed.numbers(column)[0]) == end
        step = end + (1 if beyond > 0 else -1) if kind.whole else nextafter(end, beyond)
        with pytest.raises(InputError, match="must be between"):
            with_cell(table, schema, row, column, repr(step))


@given(data=st.data())
def test_setting_a_cell_changes_that_cell_and_no_other(region: Region, data: st.DataObject) -> None:
    """Of the new table; and nothing of the old one."""
    name, column, kind = data.draw(st.sampled_from(NUMBERS))
    table = region.tables[name]
    row = data.draw(st.sampled_from(table.rows))
    if kind.whole:
        value: float = data.draw(st.integers(int(kind.low), int(kind.high)))
    else:
        value = data.draw(st.floats(kind.low, kind.high))
    before = {key: list(cells) for key, cells in table.columns.items()}
    changed = with_cell(table, SCHEMAS[name], row, column, value)
    expected = {key: list(cells) for key, cells in before.items()}
    expected[column][table.index[row]] = value
    assert {key: list(cells) for key, cells in changed.columns.items()} == expected
    assert {key: list(cells) for key, cells in table.columns.items()} == before


def test_a_word_is_set_only_to_one_of_its_choices(region: Region) -> None:
    offices, schema = region.tables["offices"], SCHEMAS["offices"]
    changed = with_cell(offices, schema, "SC_AKZ_1", "kind", "duty")
    assert changed.words("kind")[offices.index["SC_AKZ_1"]] == "duty"
    with pytest.raises(InputError, match="must be one of ordinary"):
        with_cell(offices, schema, "SC_AKZ_1", "kind", "large")


def test_a_new_row_comes_last_and_leaves_the_others() -> None:
    """What is not given of it is zero or empty."""
    table = Table.of("t", ["a", "b"], {"n": np.array([1.0, 2.0]), "word": ("x", "y")})
    longer = table.with_row("c", {"n": 3})
    assert longer.rows == ("a", "b", "c")
    assert longer.numbers("n").tolist() == [1.0, 2.0, 3.0]
    assert longer.words("word") == ("x", "y", "")
    assert longer.index["c"] == 2
    assert (len(table), len(longer)) == (2, 3)
