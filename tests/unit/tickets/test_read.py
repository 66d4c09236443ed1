"""Tickets as queue systems export them: read alike, counted when left out, refused when many."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.tickets.read import NEVER, read_tickets
from sim.tickets.times import moment
from tests.unit.tickets.lines import columns, tickets, write

ROWS = tickets(1, days=2)
MOMENT = datetime(2024, 3, 5, 9, 12)
WRITTEN = ["2024-03-05T09:12:00", "2024-03-05 09:12", "2024-03-05 9:12:00", "05.03.2024 09:12",
           "5.3.2024 9:12:00", "2024-03-05 09:11:59.999995", "05.03.2024, 09:12"]  # fmt: skip
NO_TIMES = ["", "2024-03-05", "03/05/2024 09:12", "05-03-2024 09:12", "9:12", "2024-02-30 09:12",
            "45356.38", "yesterday"]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_a_time_is_read_however_it_is_written(text: str) -> None:
    assert moment(text) == MOMENT


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_or_may_be_two_is_not_read(text: str) -> None:
    assert moment(text) is None


def test_a_file_is_read_to_the_second(tmp_path: Path) -> None:
    read, made = read_tickets(write(tmp_path / "t.csv", ROWS)), columns(ROWS)
    for name in ("opened", "called", "ended", "service"):
        np.testing.assert_array_equal(getattr(read, name), getattr(made, name))
    assert (read.grain, read.left_out, read.doubts) == (1, (), ())
    assert read.source == f"own tickets, t.csv, {len(ROWS)} rows, 2024-09-02 to 2024-09-03"


def test_zones_of_one_place_change_no_clock(tmp_path: Path) -> None:
    """Times that name their zone are read by the clock on the wall."""
    plain = write(tmp_path / "t.csv", ROWS).read_text(encoding="utf-8")
    zoned = "\n".join(
        ",".join(f"{cell}+05:00" if ":" in cell else cell for cell in line.split(","))
        for line in plain.splitlines()
    )
    (tmp_path / "z.csv").write_text(zoned, encoding="utf-8")
    read = read_tickets(tmp_path / "z.csv")
    np.testing.assert_array_equal(read.opened, columns(ROWS).opened)


HEAD = "opened,called,ended,service\n"
GOOD = [f"2024-03-05 09:{m:02d}:01,2024-03-05 09:{m:02d}:30,2024-03-05 10:{m:02d}:00,a"
        for m in range(60)]  # fmt: skip
FAULTS = [
    ("2024-03-05 09:10:00,2024-03-05 09:00:00,2024-03-05 09:20:00,a", "called before they were"),
    ("2024-03-05 09:10:00,2024-03-05 09:12:00,2024-03-05 09:11:00,a", "ended before they were"),
    ("2024-03-05 09:10:00,,2024-03-05 09:09:00,a", "ended before they were called or opened"),
    ("2024-03-05 09:10:00,2024-03-05 09:12:00,2024-03-05 23:11:00,a", "more than ten hours"),
    ("2024-03-05 09:10:00,2024-03-06 09:12:00,2024-03-06 09:20:00,a", "lie on two days"),
    ("2024-03-05 09:10:00,,,", "name no service"),
    (",,,a", "were never opened"),
    ("03/05/2024 09:10,,,a", "have a `opened` that is no time, or may be two"),
    (GOOD[3], "stand twice"),
]


@pytest.mark.parametrize(("row", "said"), FAULTS)
def test_few_bad_tickets_are_left_out_and_said(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEAD + "\n".join([*GOOD, row]), encoding="utf-8")
    read = read_tickets(path)
    assert len(read) == 60
    (one,) = read.left_out
    assert one.startswith("1 of 61 tickets ")
    assert said in one
    assert one.endswith("t.csv line 62.")


@pytest.mark.parametrize(("row", "said"), FAULTS)
def test_many_bad_tickets_are_refused(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEAD + "\n".join([*GOOD, *[row] * 6]), encoding="utf-8")
    with pytest.raises(InputError, match="At most 5% of the rows") as refused:
        read_tickets(path)
    assert any(said in one and "..." in one for one in refused.value.problems)


REFUSED = [
    ("", "is empty"),
    (HEAD, "no tickets"),
    ("opening,called,ended,service\n1,2,3,a", "missing column `opened`. Found 'opening'?"),
    ("a;b\n1;2", "missing column `service`"),
    (HEAD + "2024-03-05T09:12:00+05:00,2024-03-05T09:13:00,,a", "some times name a zone and some"),
    (HEAD + "2024-03-05T09:12:00+05:00,2024-03-05T09:13:00+02:00,,a", "times of 2 zones"),
    ("opened,called,ended,service,outcome\n2024-03-05 09:12,,,a,lft", "Did you mean 'left'?"),
    ("opened,called,ended,service\n2024-03-05 09:12,,,a\n2024-03-05 09:12,,,a,b", "more cells"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_file_that_is_no_list_of_tickets_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_tickets(tmp_path / "t.csv")
    assert said in str(refused.value)


def test_columns_that_are_not_read_and_utc_are_said(tmp_path: Path) -> None:
    text = "opened;called;ended;service;ofice\n2024-03-05T09:12:01Z;;;a;x\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    read = read_tickets(tmp_path / "t.csv")
    assert any("all times are UTC" in one for one in read.doubts)
    assert any("`ofice` is not read. Did you mean 'office'?" in one for one in read.doubts)
    assert read.called.tolist() == [NEVER]


def test_people_alike_to_the_minute_are_not_one(tmp_path: Path) -> None:
    """Two who took a ticket in the same minute and left; with numbers, the same ticket twice."""
    row = "2024-03-05 09:12,,,a"
    (tmp_path / "t.csv").write_text(HEAD + f"{row}\n{row}\n", encoding="utf-8")
    assert len(read_tickets(tmp_path / "t.csv")) == 2
    numbered = "\n".join(["opened,called,ended,service,ticket", *[f"{row},7"] * 2])
    (tmp_path / "n.csv").write_text(numbered, encoding="utf-8")
    with pytest.raises(InputError, match="stand twice"):
        read_tickets(tmp_path / "n.csv")
