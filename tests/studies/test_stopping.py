"""Processes that are killed, and users who change their minds: what was finished is kept."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

import sim.verbs.screen
from sim.results.store import Store
from sim.studies.conduct import Watched
from tests.conftest import Said

Kezek = Callable[[str], Said]
ROOT = Path(__file__).resolve().parents[2]
LONG = ("region=teaching", "run.days=800", "run.run_in_days=0", "run.replications=2")
COMPARE = f"compare base rural_access {' '.join(LONG)} run.workers=2"


@pytest.mark.usefixtures("no_report")
def test_a_worker_that_is_killed_costs_nothing_but_time(
    kezek: Kezek, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL, as an exhausted memory would send it: the run is lived again, to the same end."""
    killed: list[int] = []

    def kill_one(_: object, seen: Watched) -> None:
        for worker in multiprocessing.active_children()[:1]:
            if seen.days > 100 and not killed:
                killed.append(worker.pid or 0)
                with suppress(ProcessLookupError):
                    os.kill(worker.pid or 0, signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(sim.verbs.screen.Meter, "__call__", kill_one)
        found = kezek(f"{COMPARE} --study killed --json")
    assert killed
    assert found.code == 0, found.err
    alone = kezek(f"{COMPARE.replace('workers=2', 'workers=1')} --study alone --json")
    assert _tables(found) == _tables(alone)
    assert not multiprocessing.active_children()


def _tables(said: Said) -> list[object]:
    return [(run["key"], run["tables"]) for run in json.loads(said.out)["runs"]]


@pytest.mark.usefixtures("no_report")
def test_a_run_that_kills_every_worker_is_put_aside_with_its_seed(
    kezek: Kezek, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried twice; the others are finished, and ``resume --retry`` tries it again."""

    def kill_all(_: object, __: Watched) -> None:
        for worker in multiprocessing.active_children():
            with suppress(ProcessLookupError):
                os.kill(worker.pid or 0, signal.SIGKILL)

    few = "region=teaching run.days=60 run.run_in_days=0 run.replications=1 run.workers=2"
    with monkeypatch.context() as patch:
        patch.setattr(sim.verbs.screen.Meter, "__call__", kill_all)
        found = kezek(f"compare base rural_access {few} --study killed")
    assert found.code in {7, 8}, found.err
    assert "kezek: " in found.err
    assert "Traceback" not in found.err
    again = kezek("resume killed --retry")
    assert again.code == 0, again.err
    assert json.loads(kezek("status killed --json").out)["done"] == 2


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
    return len(Store(study).look().runs)


def _stop(folder: Path, to_all: bool, with_signal: int = signal.SIGINT) -> Stopped:
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
        (os.killpg if to_all else os.kill)(child.pid, with_signal)
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
    assert stopped.err.splitlines()[-2:] == [
        "What is finished is kept. To go on: kezek resume stopped",
        "kezek: stopped.",
    ]
    assert "Traceback" not in stopped.err
    assert stopped.out == ""


def test_ctrl_c_stops_a_comparison_with_code_130_and_says_how_to_go_on(ctrl_c: Stopped) -> None:
    _is_polite(ctrl_c)


def test_what_was_stopped_does_not_call_itself_finished(
    ctrl_c: Stopped, kezek: Kezek, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half-written is there, and no report is made of it."""
    status = json.loads((ctrl_c.study / "manifest.json").read_text())["status"]
    assert status == "unfinished"
    hidden = {path.name for path in ctrl_c.study.rglob(".*") if path.is_file()}
    assert hidden <= {".lock", ".lock-begin", ".catalogue"}
    monkeypatch.chdir(ctrl_c.study.parents[1])
    found = kezek("report stopped")
    assert found.code == 5
    assert "was not finished; go on with: kezek resume stopped" in found.err


def test_no_run_is_finished_after_ctrl_c(ctrl_c: Stopped) -> None:
    """Whoever stops a comparison of years does not want to wait for another year."""
    assert ctrl_c.finished_after == ctrl_c.finished_before


@pytest.mark.usefixtures("no_report")
def test_a_stopped_comparison_is_resumed_to_what_it_would_have_been(
    ctrl_c: Stopped, kezek: Kezek, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same tables as of one that nobody stopped."""
    monkeypatch.chdir(ctrl_c.study.parents[1])
    resumed = kezek("resume stopped --json")
    assert resumed.code == 0, resumed.err
    alone = kezek(f"{COMPARE} --study alone --json")
    assert _tables(resumed) == _tables(alone)


@pytest.mark.slow
@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_of_the_first_process_alone_is_as_polite(
    tmp_path: Path, with_signal: int
) -> None:
    """As ``kill`` sends it: its workers end with it."""
    _is_polite(_stop(tmp_path, to_all=False, with_signal=with_signal))
