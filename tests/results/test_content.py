"""Content hashes: what is the same, what is not."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.results.content import ContentHash, canonical, digest_of, table_hash

Columns = dict[str, NDArray[Any]]
WORD = st.text(st.characters(exclude_characters="\x1f", exclude_categories=["Cs"]), max_size=4)
ROW = st.tuples(st.integers(-(2**40), 2**40), st.floats(allow_nan=False), WORD)
ROWS = st.lists(ROW, min_size=1, max_size=8)
EXAMPLE: Columns = {
    "day": np.array([1, 2, 2]),
    "share": np.array([0.5, 0.25, 0.5]),
    "name": np.array(["north", "south", "north"]),
}


def _table(rows: list[tuple[int, float, str]]) -> Columns:
    days, shares, names = zip(*rows, strict=True)
    return {
        "day": np.array(days, dtype=np.int64),
        "share": np.array(shares, dtype=np.float64),
        "name": np.array(names, dtype=object),  # of fixed width, NumPy would cut trailing zeros
    }


@given(ROWS, st.lists(st.integers(0, 8)))
def test_rows_may_come_in_any_parts(rows: list[tuple[int, float, str]], cuts: list[int]) -> None:
    whole = _table(rows)
    content = ContentHash(tuple(whole))
    bounds = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    for first, last in pairwise(bounds):
        content.add({name: values[first:last] for name, values in whole.items()})
    assert content.rows == len(rows)
    assert content.hexdigest() == table_hash(whole)


@given(ROWS, st.data())
def test_any_changed_cell_changes_the_hash(
    rows: list[tuple[int, float, str]], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, 2))
    other = data.draw(ROW)
    assume(other[column] != rows[at][column])
    changed = list(rows)
    changed[at] = (*rows[at][:column], other[column], *rows[at][column + 1 :])  # type: ignore[assignment]
    assert table_hash(_table(changed)) != table_hash(_table(rows))


@given(ROWS)
def test_one_row_less_changes_the_hash(rows: list[tuple[int, float, str]]) -> None:
    assume(len(rows) > 1)
    assert table_hash(_table(rows[:-1])) != table_hash(_table(rows))


def test_text_cannot_pretend_to_stand_in_another_cell() -> None:
    one, other = np.array(["a\x1fb", "c"]), np.array(["a", "b\x1fc"])
    assert table_hash({"name": one}) != table_hash({"name": other})


def _swapped_rows() -> Columns:
    return {name: values[[1, 0, 2]] for name, values in EXAMPLE.items()}


def _swapped_cells() -> Columns:
    return {**EXAMPLE, "share": EXAMPLE["share"][[1, 0, 2]]}


OTHER: dict[str, Columns] = {
    "rows swapped": _swapped_rows(),
    "cells of one column swapped": _swapped_cells(),
    "columns swapped": dict(reversed(EXAMPLE.items())),
    "contents of two columns swapped": {
        "day": EXAMPLE["share"],
        "share": EXAMPLE["day"],
        "name": EXAMPLE["name"],
    },
    "a column renamed": {"date": EXAMPLE["day"], **dict(list(EXAMPLE.items())[1:])},
    "a column left out": {"day": EXAMPLE["day"], "share": EXAMPLE["share"]},
    "whole numbers as floats": {**EXAMPLE, "day": EXAMPLE["day"].astype(float)},
    "whole numbers as text": {**EXAMPLE, "day": EXAMPLE["day"].astype(str)},
    "the smallest step of a float": {**EXAMPLE, "share": np.nextafter(EXAMPLE["share"], 1)},
}


@pytest.mark.parametrize("what", OTHER)
def test_another_table_has_another_hash(what: str) -> None:
    assert table_hash(OTHER[what]) != table_hash(EXAMPLE)


def test_all_these_tables_have_hashes_of_their_own() -> None:
    assert len({table_hash(one) for one in [EXAMPLE, *OTHER.values()]}) == len(OTHER) + 1


def test_a_table_without_rows_still_has_columns() -> None:
    """Other names or kinds of columns, another hash."""
    none = [np.array([], dtype=kind) for kind in (np.int64, np.float64, np.str_)]
    assert len({table_hash({"a": one}) for one in none} | {table_hash({"b": none[0]})}) == 4


@pytest.mark.parametrize(
    "day",
    [
        EXAMPLE["day"].astype(np.int16),
        EXAMPLE["day"].astype(">i8"),
        np.repeat(EXAMPLE["day"], 2)[::2],  # every other cell of memory
    ],
    ids=["narrower", "other byte order", "strided"],
)
def test_how_numbers_lie_in_memory_does_not_count(day: NDArray[Any]) -> None:
    """A width, an order of bytes and a stride are no content; a kind is."""
    assert table_hash({**EXAMPLE, "day": day}) == table_hash(EXAMPLE)


def test_text_is_the_same_in_any_container() -> None:
    wide = {**EXAMPLE, "name": EXAMPLE["name"].astype("U40")}
    objects = {**EXAMPLE, "name": EXAMPLE["name"].astype(object)}
    assert table_hash(wide) == table_hash(objects) == table_hash(EXAMPLE)


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": [1, 2]}) == digest_of({"b": [1, 2], "a": 1})
    assert digest_of({"a": 1, "b": [1, 2]}) != digest_of({"a": 1, "b": [2, 1]})
    assert digest_of({"a": 1}) != digest_of({"a": 1.0})
    assert canonical({"é": [1.5, None, True]}) == '{"é":[1.5,null,true]}'
