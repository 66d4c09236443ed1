"""Files are written whole or not at all, and no text in them can run as a formula."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from sim.errors import DiskError, FolderError
from sim.report.workbook import Sheet, write_data, write_workbook
from sim.results.write import atomically, harmless, write_csv, write_json, write_parquet

OLD = "the old file\n"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file that was written earlier, alone in its folder."""
    path = tmp_path / "results" / "metrics.csv"
    path.parent.mkdir()
    path.write_text(OLD, encoding="utf-8")
    return path


def _is_alone(path: Path) -> bool:
    return list(path.parent.iterdir()) == [path]


def _failing_with(error: BaseException) -> Callable[[Path], None]:
    """A writer that fails when half of the new file is written."""

    def write(at: Path) -> None:
        at.write_text("half of the new f", encoding="utf-8")
        raise error

    return write


def test_a_file_is_replaced_by_a_whole_one(old: Path) -> None:
    assert atomically(old, lambda at: at.write_text("new\n", encoding="utf-8")) == old
    assert old.read_text(encoding="utf-8") == "new\n"
    assert _is_alone(old)


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a" / "b" / "c.json", {"n": np.int64(3)})
    assert json.loads(path.read_text(encoding="utf-8")) == {"n": 3}


def test_a_writer_that_meets_an_error_of_the_system_leaves_the_old_file(old: Path) -> None:
    with pytest.raises(DiskError, match=r"Could not write metrics\.csv: .*Nothing was replaced"):
        atomically(old, _failing_with(OSError(5, "Input/output error")))
    assert old.read_text(encoding="utf-8") == OLD
    assert _is_alone(old)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a cell that cannot be written"),
        KeyboardInterrupt(),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_writer_that_fails_otherwise_leaves_the_old_file_and_no_litter(
    old: Path, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        atomically(old, _failing_with(error))
    assert old.read_text(encoding="utf-8") == OLD
    assert _is_alone(old)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(FolderError, match=r"Cannot write into .*results"):
        write_json(tmp_path / "results" / "a.json", {})


def test_a_folder_in_the_place_of_a_file_is_left_alone(tmp_path: Path) -> None:
    there = tmp_path / "a.json"
    (there / "inside").mkdir(parents=True)
    with pytest.raises(DiskError, match=r"Could not write a\.json"):
        write_json(there, {})
    assert (there / "inside").is_dir()
    assert _is_alone(there)


def test_a_file_may_be_read_by_whom_any_new_file_may_be_read(tmp_path: Path) -> None:
    usual, ours = tmp_path / "usual.txt", tmp_path / "ours.json"
    usual.write_text("", encoding="utf-8")
    write_json(ours, {})
    assert oct(ours.stat().st_mode) == oct(usual.stat().st_mode)


# A child that writes two files in turn for ever, all of whose lines say which of them it is.
WRITER = """
import sys
from pathlib import Path
from sim.results.write import atomically

def write(at, letter):
    with at.open("w", buffering=1) as file:
        for _ in range(3000):
            file.write(letter * 60 + "\\n")

path = Path(sys.argv[1])
print("ready", flush=True)
while True:
    for letter in "ab":
        atomically(path, lambda at: write(at, letter))
"""


def test_a_writer_that_is_killed_leaves_the_old_file_or_the_new_one(old: Path) -> None:
    """SIGKILL at five moments of a loop of writing: never a torn file."""
    whole = {letter: (letter * 60 + "\n") * 3000 for letter in "ab"}
    old.write_text(whole["a"], encoding="utf-8")
    caught = 0
    for moment in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(old)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(0.02 + 0.0037 * moment)
        finally:
            child.kill()
            child.communicate()
        assert child.returncode == -signal.SIGKILL
        caught += len(list(old.parent.iterdir())) > 1
        assert old.read_text(encoding="utf-8") in whole.values()
    assert caught, "no kill met a write: the test has seen nothing"


WRITERS: dict[str, Callable[[Path], Path]] = {
    "json": lambda at: write_json(at, {"a": [1, 2]}),
    "csv": lambda at: write_csv(at, ["a"], [[1], [2]]),
    "parquet": lambda at: write_parquet(at, {"a": np.array([1, 2])}, scenario="base"),
    "xlsx": lambda at: write_workbook(at, [Sheet("one", ("a",), [[1], [2]])]),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_content_gives_one_file_of_that_name_and_nothing_else(
    tmp_path: Path, kind: str
) -> None:
    path = WRITERS[kind](tmp_path / "folder" / f"one.{kind}")
    assert path.stat().st_size > 0
    assert _is_alone(path)


def test_parquet_holds_every_cell_and_what_is_the_same_for_all_rows(tmp_path: Path) -> None:
    columns = {"day": np.array([1, 2]), "name": np.array(["north", "süd"])}
    path = write_parquet(tmp_path / "one.parquet", columns, scenario="base", replication=3)
    with pq.ParquetFile(path) as file:
        assert file.read().to_pydict() == {
            "scenario": ["base", "base"],
            "replication": [3, 3],
            "day": [1, 2],
            "name": ["north", "süd"],
        }


FORMULAS = [
    '=HYPERLINK("http://example.org")', "=1+1", "+1+1", "-1+1", "@SUM(A1:A2)",
    "\t=1+1", "\r=1+1", "-", "=",
]  # fmt: skip
PLAIN = ["wait", "", "5 - 3", "a=b", "it's", -3.5, -2, 0, True, None]


@pytest.mark.parametrize("cell", FORMULAS)
def test_text_that_begins_like_a_formula_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(np.str_(cell)) == f"'{cell}"


@pytest.mark.parametrize("cell", PLAIN)
def test_all_else_stays_as_it_is(cell: Any) -> None:
    assert harmless(cell) == cell
    assert type(harmless(cell)) is type(cell)


@given(st.text(max_size=6))
def test_no_text_whatever_begins_like_a_formula_afterwards(text: str) -> None:
    made = harmless(text)
    assert made[:1] not in tuple("=+-@\t\r")
    assert made in {text, f"'{text}"}


def test_numpy_scalars_become_plain_numbers() -> None:
    assert [type(harmless(x)) for x in (np.int64(-3), np.float64(-0.5))] == [int, float]


def _cells_of(path: Path) -> list[str]:
    """All cells of a CSV file, row by row, as any program would read them."""
    with path.open(encoding="utf-8", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


def test_cells_of_a_csv_file_come_back_harmless(tmp_path: Path) -> None:
    said = [cell for cell in FORMULAS if "\r" not in cell]  # which has a test of its own
    path = write_csv(tmp_path / "one.csv", ["cell", "n"], [[cell, -1] for cell in said])
    expected = ["cell", "n"]
    for cell in said:
        expected += [f"'{cell}", "-1"]
    assert _cells_of(path) == expected


@pytest.mark.parametrize("between", ["\n", '"', ",", " ", "\r\n"])
def test_a_formula_behind_other_text_stays_in_its_cell(tmp_path: Path, between: str) -> None:
    path = write_csv(tmp_path / "one.csv", ["cell"], [[f"text{between}=1+1"]])
    assert _cells_of(path) == ["cell", f"text{between}=1+1"]


@pytest.mark.parametrize("text", ["text\r=1+1", "\r=1+1"])
def test_a_formula_behind_a_carriage_return_stays_in_its_cell(tmp_path: Path, text: str) -> None:
    cells = _cells_of(write_csv(tmp_path / "one.csv", ["cell"], [[text]]))
    assert not [cell for cell in cells if cell.startswith("=")]


def test_heads_of_a_csv_file_are_harmless_too(tmp_path: Path) -> None:
    write_data(tmp_path, [Sheet("one", ("=1+1", "-x"), [[1, 2]])])
    assert _cells_of(tmp_path / "one.csv")[:2] == ["'=1+1", "'-x"]


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    said = [cell for cell in FORMULAS if "\r" not in cell]  # which a workbook writes as a newline
    path = write_workbook(
        tmp_path / "one.xlsx", [Sheet("one", ("=1+1", "n"), [[c, -1] for c in said])]
    )
    page = load_workbook(path)["one"]
    kinds = {cell.data_type for row in page.iter_rows() for cell in row}
    assert kinds == {"s", "n"}  # text and numbers, no "f"
    assert [row[0].value for row in page.iter_rows()] == [f"'{c}" for c in ("=1+1", *said)]


def test_what_is_not_a_number_is_an_empty_cell_of_a_workbook(tmp_path: Path) -> None:
    rows = [[float("nan")], [float("inf")], [1.5]]
    page = load_workbook(write_workbook(tmp_path / "one.xlsx", [Sheet("one", ("a",), rows)]))["one"]
    assert [row[0].value for row in page.iter_rows(min_row=2)] == [None, None, 1.5]
