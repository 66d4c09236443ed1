"""What the README shows works: its commands, its Python and its scenario, on the invented town."""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Said

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SMALL = {
    "region": "teaching", "run.days": "3", "run.run_in_days": "2", "run.replications": "2",
    "run.workers": "1",
}  # fmt: skip
COMMANDS = [
    line.split("#")[0].strip().removeprefix("kezek ")
    for line in README.splitlines()
    if line.startswith("kezek ")
]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_readme_shows_every_verb() -> None:
    assert {line.split(" ")[0] for line in COMMANDS} == {
        "run", "compare", "demo", "sweep", "status", "resume", "export", "lesson", "list",
        "explain", "report", "new", "check", "days", "claims",
    }  # fmt: skip


LATER = ("report", "status", "resume", "export", "new", "check", "days")


def _is_later(line: str) -> bool:
    """Whether it needs what another command has made."""
    return line.split(maxsplit=1)[0] in LATER or "data.dir" in line


@pytest.mark.parametrize("line", [line for line in COMMANDS if not _is_later(line)])
def test_a_command_of_the_readme_works(kezek: Callable[[str], Said], line: str) -> None:
    """Long runs are made short: the same words, in the invented town."""
    _works(kezek, line)


def test_commands_about_own_data_work_one_after_the_other(kezek: Callable[[str], Said]) -> None:
    for line in [line for line in COMMANDS if "my_data" in line]:
        _works(kezek, line)


def test_commands_about_a_study_work_one_after_the_other(kezek: Callable[[str], Said]) -> None:
    for line in [line for line in COMMANDS if " vans" in line or "=vans" in line]:
        _works(kezek, line)


def _works(kezek: Callable[[str], Said], line: str) -> None:
    words = line.split()
    if words[0] in ("run", "compare", "demo", "lesson", "sweep", "new", "check", "claims"):
        small = dict(SMALL)
        if line == "demo" or "staff_reallocation" in words:  # of bodies that only one region has
            del small["region"]
        if words[0] == "sweep":
            del small["run.replications"]
        if words[0] == "claims":
            small = {"region": "teaching", "draws": "2", "days": "5", "run.workers": "1"}
        if words[0] in ("new", "check"):
            small = {"region": "teaching"}
        words = [word for word in words if word.partition("=")[0] not in small]
        words += [f"{key}={value}" for key, value in small.items()]
    said = kezek(" ".join(words))
    assert said.code == 0, said.err
    assert said.out


def test_the_python_of_the_readme_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = _blocks("python")
    script = tmp_path / "example.py"
    script.write_text(block.replace("days=60", "days=3, workers=1"), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(script)])
    runpy.run_path(str(script), run_name="__main__")
    assert "in_words" in capsys.readouterr().out


def test_the_scenario_of_the_readme_works(conf: Path, kezek: Callable[[str], Said]) -> None:
    (block,) = _blocks("yaml")
    (conf / "scenario" / "two_more_vans.yaml").write_text(block, encoding="utf-8")
    said = kezek("explain two_more_vans --json")
    assert said.code == 0, said.err
    assert "uncovered_first" in said.out


def test_the_folders_of_the_readme_exist() -> None:
    root = Path(__file__).parents[1]
    named = re.findall(r"^\| `([^`]+)` \|", README, flags=re.MULTILINE)
    assert len(named) > 5
    assert [name for name in named if not (root / name).exists()] == []
