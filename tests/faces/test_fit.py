"""``fit`` on the command line: from tickets to own data that a run lives on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.compose import composed
from sim.region.own import OBSERVED
from sim.studies.run import region_of
from sim.tickets.fitted import HOURS, PATIENCE, SHAPE, WEEKDAYS
from tests.conftest import Said
from tests.faces.documents import told
from tests.unit.tickets.lines import Row, tickets, write

Kezek = Callable[[str], Said]
TOWN = "region=teaching"
CODES = {"quick": "eds", "long": "tsaa"}  # the second is nearly one of the region's


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [(*row[:3], CODES[row[3]]) for row in tickets(7, days=20)]  # type: ignore[misc]


@pytest.fixture
def file(tmp_path: Path, rows: list[Row]) -> Path:
    return write(tmp_path / "t.csv", rows)


def test_a_fit_becomes_own_data_with_passports(kezek: Kezek, file: Path, rows: list[Row]) -> None:
    """Value, interval and source of every figure are those that the run and its report tell."""
    found = told(kezek(f"fit t.csv {TOWN} --out mine --json"))
    assert set(found["parameters"]) == {HOURS, WEEKDAYS, PATIENCE, SHAPE}
    assert found["files"] == ["mine/fit.json", "mine/parameters.yaml", "mine/services.csv"]
    kept = json.loads(Path("mine/fit.json").read_text(encoding="utf-8"))
    assert kept["patience"] == found["patience"]
    one = composed([TOWN, "data.dir=mine"])
    for path, node in found["parameters"].items():
        passport = one.passports[path]
        assert (passport.value, passport.source) == (node["value"], node["source"])
        assert (
            passport.source == f"own tickets, t.csv, {len(rows):,} rows, 2024-09-02 to 2024-09-27"
        )
        assert passport.confidence == OBSERVED
    patience = one.passports[PATIENCE]
    assert one.config.office.patience_minutes == patience.value
    assert patience.low is not None
    assert patience.high is not None
    assert patience.low < patience.value < patience.high
    services = region_of(one.config).tables["services"]
    (fit,) = (fit for fit in found["services"] if fit["service"] == "eds")
    at = services.index["eds"]
    assert services.numbers("counter_minutes")[at] == pytest.approx(fit["minutes"], rel=1e-3)
    assert services.words("confidence")[at] == OBSERVED
    before = region_of(composed([TOWN]).config).tables["services"].words("source")[at]
    assert "own tickets, t.csv" in services.words("source")[at]
    assert services.words("source")[at].endswith(f"all else: {before} (assumption)")


def test_what_was_fitted_is_fine_and_can_be_run(kezek: Kezek, file: Path) -> None:
    """Its patience is outside the range that the region thought plausible, which is said."""
    assert kezek(f"fit t.csv {TOWN} --out mine").code == 0
    checked = told(kezek(f"check {TOWN} data.dir=mine --json"))
    assert [one["changed"] for one in checked["tables"] if one["replaced"]] == [["eds"]]
    (doubt,) = checked["doubts"]
    assert "`office.patience_minutes`" in doubt
    assert kezek(f"run {TOWN} data.dir=mine run.days=2 run.run_in_days=1").code == 0


def test_a_fit_says_what_it_found_and_what_it_left(kezek: Kezek, file: Path) -> None:
    said = " ".join(kezek(f"fit t.csv {TOWN}").out.split())
    assert "Patience: " in said
    assert "were called first" in said
    assert "service 'tsaa' is not among the region's. Did you mean 'tsa'?" in said
    assert "Nothing was written; with --out DIR it becomes own data." in said
    assert not Path("mine").exists()


def test_a_fit_overwrites_nothing(kezek: Kezek, file: Path) -> None:
    Path("mine").mkdir()
    Path("mine/services.csv").write_text("mine", encoding="utf-8")
    found = kezek(f"fit t.csv {TOWN} --out mine")
    assert found.code == 5
    assert "mine holds services.csv already" in found.err
    assert len(list(Path("mine").iterdir())) == 1


def test_few_tickets_leave_the_region_as_it_is(kezek: Kezek, tmp_path: Path) -> None:
    """And everything that was not fitted is named, with what is missing."""
    write(tmp_path / "few.csv", tickets(1, days=1)[:20])
    found = told(kezek(f"fit few.csv {TOWN} --out mine --json"))
    assert found["parameters"] == {}
    assert found["files"] == ["mine/fit.json"]
    said = " ".join(found["left"])
    for what in ("hours of the day", "days of the week", "patience: ", "service 'quick': "):
        assert what in said


def test_a_name_of_a_file_does_no_harm(kezek: Kezek, tmp_path: Path, rows: list[Row]) -> None:
    write(tmp_path / "${x}&a: {b}.csv", rows).rename(tmp_path / "&a:${x}.csv")
    assert kezek(f"fit &a:${{x}}.csv {TOWN} --out mine").code == 0
    assert composed([TOWN, "data.dir=mine"]).passports[SHAPE].source.startswith("own tickets, _a_")


REFUSED = [
    ("fit", "name one thing, such as: kezek fit tickets.csv"),
    ("fit nothing.csv", "there is no file nothing.csv"),
    ("fit .", "there is no file ."),
    ("fit bad.csv", "missing column `opened`. Found 'opening'?"),
    ("fit empty.csv", "empty.csv is empty"),
    ("fit late.csv", "6 of 6 tickets were called before they were opened: late.csv line 2;"),
    ("fit russian.csv", "is not UTF-8"),
    ("fit t.csv data.dir=nowhere", "there is no folder"),
]


@pytest.mark.parametrize(("line", "said"), REFUSED)
def test_bad_tickets_are_refused_in_a_sentence(
    kezek: Kezek, file: Path, tmp_path: Path, line: str, said: str
) -> None:
    late = "2024-03-05 09:10:00,2024-03-05 09:00:00,,a\n"
    texts = {"bad": "opening,called,ended,service\nx,,,a", "empty": "",
             "late": f"opened,called,ended,service\n{late * 6}"}  # fmt: skip
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "russian.csv").write_bytes("открыт,вызван".encode("cp1251"))
    found = kezek(f"{line} {TOWN} --out mine")
    assert found.code == 2, found.err
    assert said in found.err
    assert "Traceback" not in found.err
    assert found.out == ""
    assert not Path("mine").exists()
