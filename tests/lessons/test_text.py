"""What the lesson says works and is true: its commands, their output, its code, its figures."""

from __future__ import annotations

import csv
import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Said
from tests.lessons.conftest import SMALL, Lesson

FOLDER = Path(__file__).resolve().parents[2] / "docs/lessons/01"
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(TEXT.split())


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


def _lines(text: str) -> list[str]:
    """Lines without blanks at their ends, and without empty ones."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


SHOWN = dict(block.split("\n", 1) for block in _blocks("console"))
COMMANDS = [line for block in _blocks("sh") for line in block.splitlines()]
QUICK = [line for line in COMMANDS if " laws " not in line]
LONG = [line.removeprefix("$ ") for line in SHOWN if " -m " in line]


def test_the_text_has_commands_with_their_output_and_without() -> None:
    assert set(SHOWN) == {
        "$ kezek lesson",
        "$ kezek run -m region=teaching tables.offices.OFFICE.counters=1,2",
    }
    assert len(QUICK) == len(COMMANDS) - 1 == 3


def test_the_lesson_prints_what_the_text_shows(lesson: Lesson) -> None:
    """Letter by letter, but for blanks at ends of lines."""
    shown, printed = _lines(SHOWN["$ kezek lesson"]), _lines(lesson.said.out)
    assert printed[: len(shown)] == shown


@pytest.mark.slow
def test_the_year_with_one_counter_and_with_two_is_what_the_text_shows(
    kezek: Callable[[str], Said],
) -> None:
    (command,) = LONG
    said = kezek(f"{command.removeprefix('kezek ')} run.workers=1")
    assert said.code == 0, said.err
    shown = _lines(SHOWN[f"$ {command}"])
    assert _lines(said.out)[: len(shown)] == shown
    with Path("outputs/multirun/metrics.csv").open(encoding="utf-8", newline="") as file:
        found = {(r["scenario"], r["metric"]): float(r["value"]) for r in csv.DictReader(file)}
    assert found["counters=2", "counter_utilisation"] == pytest.approx(20, abs=1), "a fifth"
    assert found["counters=1", "counter_utilisation"] == pytest.approx(40, abs=1), "two fifths"
    assert found["counters=1", "wait_mean"] == pytest.approx(5.5, abs=0.1), "five and a half"
    assert 27 < found["counters=1", "wait_p95"] < 28, "longer than 27 minutes"


@pytest.mark.parametrize("line", [*QUICK, *LONG])
def test_a_command_of_the_text_works(kezek: Callable[[str], Said], line: str) -> None:
    """Long runs are made short: the same words, fewer days."""
    words = line.removeprefix("kezek ")
    said = kezek(words if words.startswith("explain") else f"{words} {SMALL} run.workers=1")
    assert said.code == 0, said.err
    assert said.out


def test_the_code_of_the_text_prints_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,), (printed,) = _blocks("python"), _blocks("text")
    script = tmp_path / "erlang.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    assert capsys.readouterr().out == printed


def test_the_table_of_loads_is_the_formula() -> None:
    rows = re.findall(r"^\| (0\.\d+) \| (\d+) \|$", TEXT, flags=re.MULTILINE)
    assert len(rows) == 4
    for load, wait in rows:
        assert float(wait) == pytest.approx(10 * float(load) / (1 - float(load)))


def test_figures_told_in_the_text_are_those_of_the_run(lesson: Lesson) -> None:
    """The day of the hall, in the words of the lesson."""
    figures = [
        [td.text for td in row.all("td")]
        for row in lesson.tree.the("div", **{"aria-labelledby": "hours"}).the("tbody").all("tr")
    ]
    noon, after = figures[3], figures[4]  # from 12:00, from 13:00
    assert noon[:2] == ["9", "1.95"]
    assert (after[0], after[4]) == ("3", "5")
    assert "nine visitors bring work that would keep 1.95 counters busy" in PROSE
    assert "In the next hour only three come, and up to five people still stand in line" in PROSE
    waits = re.search(r"^Mean wait of those served, min +(\S+) +(\S+)$", TEXT, flags=re.MULTILINE)
    assert waits is not None
    assert round(float(waits[2]) / float(waits[1])) == 13
    assert "It is thirteen times as long" in PROSE
    assert "37 visitors with the same 9.1 hours of work" in " ".join(lesson.said.out.split())
    assert "37 visitors brought 9.1 hours of work" in PROSE


def test_number_fourteen_is_one_person(lesson: Lesson) -> None:
    """The same second of coming in both halls."""
    came = [hall["came"][13] for hall in lesson.log["halls"]]
    assert came[0] == came[1]
    assert "number 14 comes at the same second to both halls" in PROSE


@pytest.mark.slow
def test_the_laws_of_the_lesson_hold(
    kezek: Callable[[str], Said],
) -> None:
    (line,) = set(COMMANDS) - set(QUICK)
    name = line.rsplit(" ", 1)[-1]
    assert FOLDER.parents[2] / name == FOLDER / "laws.csv"
    said = kezek(f"laws {FOLDER / 'laws.csv'}")
    assert said.code == 0, said.err
    assert "10 pass, 0 fail" in said.out
