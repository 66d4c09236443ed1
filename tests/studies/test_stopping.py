"""Processes that are killed, and users who change their minds."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import sim.verbs.screen
from sim.studies.comparison import Watched
from tests.conftest import Said

Kezek = Callable[[str], Said]
ROOT = Path(__file__).resolve().parents[2]
LONG = ("region=teaching", "run.days=800", "run.run_in_days=0", "run.replications=2")
COMPARE = f"compare base rural_access {' '.join(LONG)} run.workers=2"


def _kill_a_worker(_: object, seen: Watched) -> None:
    """SIGKILL, as an exhausted memory would send it, once runs are under way."""
    if seen.days and seen.done < seen.runs:
        for worker in multiprocessing.active_children()[:1]:  # none, once the pool knows
            with suppress(ProcessLookupError):  # it is dead already
                os.kill(worker.pid or 0, signal.SIGKILL)


@pytest.mark.usefixtures("no_report")
def test_a_worker_that_is_killed_ends_with_code_7_and_a_sentence(
    kezek: Kezek, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what was not finished does not call itself finished."""
    monkeypatch.setattr(sim.verbs.screen.Meter, "__call__", _kill_a_worker)
    found = kezek(f"{COMPARE} --study killed")
    assert found.code == 7
    assert re.search(r"kezek: A worker process was lost; [0-3] of 4 runs were finished", found.err)
    assert "Run again, with fewer run.workers if memory is short." in found.err
    assert "Traceback" not in found.err
    assert _status("outputs/killed") == "unfinished"
    assert not multiprocessing.active_children()


def _status(folder: Path | str) -> str:
    found: str = json.loads((Path(folder) / "manifest.json").read_text())["status"]
    return found


@dataclass(frozen=True)
class Stopped:
    """What a comparison left that somebody stopped: its last words, and its files."""

    code: int
    out: str
    err: str
    study: Path
    finished_before: int
    finished_after: int


def _finished(study: Path) -> int:
    """Runs whose tables are there; the bill is written last."""
    return len(list(study.glob("tables/bill/*.parquet")))


def _stop(folder: Path, to_all: bool) -> Stopped:
    """Interrupt a long comparison as soon as it lives its days."""
    study = folder / "outputs" / "stopped"
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background,
    child = subprocess.Popen(
        [sys.executable, "-m", "sim", *COMPARE.split(), "--study", "stopped"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, ours)  # which a child would inherit
    guard = threading.Timer(120, os.killpg, (child.pid, signal.SIGKILL))
    guard.start()
    try:
        assert child.stderr is not None
        for line in child.stderr:
            if "days/s" in line:
                break
        before = _finished(study)
        (os.killpg if to_all else os.kill)(child.pid, signal.SIGINT)
        out, err = child.communicate()
    finally:
        guard.cancel()
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
    return Stopped(child.returncode, out, err, study, before, _finished(study))


@pytest.fixture(scope="module")
def ctrl_c(tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    """Stopped as a terminal does it: all processes hear of it at once."""
    return _stop(tmp_path_factory.mktemp("stopped"), to_all=True)


def _is_polite(stopped: Stopped) -> None:
    assert stopped.code == 130, stopped.err
    assert stopped.err.splitlines()[-1] == "kezek: stopped."
    assert "Traceback" not in stopped.err
    assert stopped.out == ""


def test_ctrl_c_stops_a_comparison_with_code_130_and_a_word(ctrl_c: Stopped) -> None:
    _is_polite(ctrl_c)


def test_what_was_stopped_does_not_call_itself_finished(
    ctrl_c: Stopped, kezek: Kezek, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but tables is there, none of them half-written, and no report is made of them."""
    assert _status(ctrl_c.study) == "unfinished"
    assert {path.name for path in ctrl_c.study.iterdir()} <= {"manifest.json", "tables"}
    assert not [path for path in ctrl_c.study.rglob(".*") if path.is_file()]
    for path in ctrl_c.study.rglob("*.parquet"):
        with pq.ParquetFile(path) as file:
            assert file.read().num_rows
    monkeypatch.chdir(ctrl_c.study.parents[1])
    found = kezek("report stopped")
    assert found.code == 5
    assert "was not finished; run the comparison again" in found.err


def test_no_run_is_finished_after_ctrl_c(ctrl_c: Stopped) -> None:
    """Whoever stops a comparison of years does not want to wait for another year."""
    assert ctrl_c.finished_after == ctrl_c.finished_before


@pytest.mark.slow
def test_an_interrupt_of_the_first_process_alone_is_as_polite(tmp_path: Path) -> None:
    """As ``kill -INT`` sends it; the runs under way are lived to their end."""
    _is_polite(_stop(tmp_path, to_all=False))
