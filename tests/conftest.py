"""What many tests share: a copy of ``conf/`` that may be spoiled, and the command line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, settings

import sim.compose
from sim.cli import _main
from sim.results.tables import path_of, row_groups

settings.register_profile("ci", max_examples=500, deadline=None)
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("mutants", max_examples=50, deadline=None, phases=[Phase.generate])
settings.load_profile(os.environ.get("KEZEK_HYPOTHESIS", "dev"))


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code and both streams."""

    code: int
    out: str
    err: str


def runs_in(folder: Path, table: str = "services") -> set[str]:
    """Scenario and replication of each run that a table of a study holds."""
    with pq.ParquetFile(path_of(folder, table)) as file:
        return {f"{label}-{replication:03d}" for (label, replication), _ in row_groups(file)}


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the configuration that a test may change."""
    copy = tmp_path / "conf"
    shutil.copytree(sim.compose.CONF, copy)
    monkeypatch.setattr(sim.compose, "CONF", copy)
    return copy


@pytest.fixture
def kezek(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], Said]:
    """The command line in an empty folder, words separated by blanks."""
    monkeypatch.chdir(tmp_path)

    def say(line: str) -> Said:
        capsys.readouterr()
        try:
            code = _main(line.split(" "))
        except SystemExit as left:  # argparse leaves by itself
            code = int(str(left.code))
        return Said(code, *capsys.readouterr())

    return say
