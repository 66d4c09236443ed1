"""Machines, people and other programs that get in the way of a study."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import sim.compose
import sim.studies.plan
import sim.studies.task
from sim.errors import DiskError, FolderError, SimError
from sim.metrics import METRICS
from sim.results.packed import pack, unpack
from sim.results.store import Store
from sim.studies.comparison import Comparison
from sim.studies.conduct import Watched, conduct
from sim.studies.execution import Execution
from sim.studies.executors.processes import Processes
from sim.studies.lock import locked
from sim.studies.plan import read_plan
from sim.studies.task import Lived, Task
from tests.conftest import Said
from tests.faults.ledger import note
from tests.faults.quick import (
    SERIAL,
    begin,
    finished,
    go_on,
    packed_quickly,
    plan_for,
    tables,
)
from tests.results.disks import small_disk

Kezek = Callable[[str], Said]
READ_ONLY = "remount,ro"  # codespell:ignore ro
ROOT = Path(__file__).resolve().parents[2]
SWEEP = "sweep region=teaching run.days=3 run.run_in_days=1 vary.mobile.units=[1,2] reps=2"


def _in_a_child(work: Callable[[], int]) -> int:
    """The exit code of some work in another process."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def test_of_two_that_begin_at_once_exactly_one_runs(tmp_path: Path) -> None:
    """A hundred times."""
    for round_ in range(100):
        folder, gate = tmp_path / str(round_), os.pipe()

        def take(folder: Path = folder, gate: tuple[int, int] = gate) -> int:
            os.close(gate[1])
            os.read(gate[0], 1)  # until the gate opens for both
            try:
                with locked(folder):
                    time.sleep(0.05)
                    return 0
            except FolderError as error:
                return error.code

        children = []
        for _ in range(2):
            child = os.fork()
            if child == 0:
                os._exit(take())
            children.append(child)
        for end in gate:
            os.close(end)
        codes = sorted(os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in children)
        assert codes == [0, 5]
    note("two studies begin in one folder at once", 100)


@pytest.mark.usefixtures("quick")
def test_a_second_command_on_a_study_under_way_is_refused_by_name(
    kezek: Kezek, tmp_path: Path
) -> None:
    with locked(tmp_path / "outputs/one"):
        found = kezek(f"{SWEEP} study=one")
    note("a second command on a study under way")
    assert found.code == 5
    assert f"is in use by process {os.getpid()} on" in found.err
    assert kezek(f"{SWEEP} study=one executor=serial").code == 0


@pytest.mark.usefixtures("quick")
def test_a_lock_of_the_dead_is_taken_and_one_of_another_machine_explained(
    kezek: Kezek, tmp_path: Path
) -> None:
    folder = tmp_path / "outputs/one"

    def die() -> int:
        with locked(folder):
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    assert _in_a_child(die) == -signal.SIGKILL
    assert kezek(f"{SWEEP} study=one executor=serial").code == 0
    (folder / ".lock").write_text('{"host": "elsewhere", "pid": 7, "since": "2024"}')
    found = kezek("resume one executor=serial")
    note("lock left behind, here and elsewhere", 2)
    assert found.code == 5
    assert "taken by process 7 on elsewhere, since 2024, which never gave it back" in found.err
    assert kezek("resume one executor=serial --unlock").code == 0


@pytest.mark.usefixtures("quick")
def test_a_disk_that_turns_read_only_is_said_and_finished_runs_are_kept(tmp_path: Path) -> None:
    plan = plan_for(4)
    with small_disk(tmp_path / "disk", kilobytes=4000) as disk:
        folder = begin(plan, disk / "study")

        def turn(seen: Watched) -> None:
            if seen.done == 3:
                subprocess.run(["mount", "-o", READ_ONLY, str(disk)], check=True)

        with pytest.raises(SimError, match="Read-only file system"):
            conduct(plan, folder, SERIAL, turn)
        kept = finished(folder)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        found = go_on(plan, folder)
        note("disk turns read-only", 1, lost=int(len(kept) < 3))
        assert len(kept) == 3
        assert found.lived == 5


@pytest.mark.usefixtures("quick")
def test_a_disk_that_fills_up_is_said_with_code_6_and_finished_runs_are_kept(
    tmp_path: Path,
) -> None:
    """A real one, of some kilobytes."""
    plan = plan_for(40)
    with small_disk(tmp_path / "disk", kilobytes=250) as disk:
        folder = begin(plan, disk / "study")
        with pytest.raises(DiskError, match="No space left on device"):
            go_on(plan, folder)
        kept = len(finished(folder))
    note("a real disk fills up", 1, lost=int(not kept))
    assert 10 < kept < 80


@pytest.mark.usefixtures("quick")
def test_too_many_open_files_are_said_in_a_sentence(tmp_path: Path) -> None:
    plan = plan_for(2)
    folder = begin(plan, tmp_path / "study")

    def run_out() -> int:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)  # the lowest number that a file could have
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            go_on(plan, folder)
        except SimError as error:
            return error.code if os.strerror(errno.EMFILE) in str(error) else 98
        return 97

    note("no more files can be opened")
    assert _in_a_child(run_out) in {5, 6}
    go_on(plan, folder)
    assert len(finished(folder)) == 4


@dataclass(frozen=True)
class Hanging(Task):
    """A run whose worker hangs before it begins, though not where it was made."""

    made_in: int = 0

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if os.getpid() != self.made_in:
            time.sleep(1_000)


def test_a_run_that_hangs_is_stopped_and_the_others_go_on() -> None:
    """Twice, on two workers; then it is put aside with the reason."""
    tasks = list(plan_for(2, "run.workers=2").tasks(None))
    hanging = Hanging(tasks[0].label, tasks[0].config, tasks[0].key, made_in=os.getpid())
    pool = Processes(2, silent_seconds=12.0)
    outcomes = list(pool([hanging, *tasks[1:]], lambda _: None))
    note("a run hangs", 2)
    bad = [one for one in outcomes if one.error is not None]
    assert len(outcomes) == 4
    assert [one.task for one in bad] == [hanging]
    assert "no sign of life for 0.2 minutes" in str(bad[0].error)
    assert bad[0].attempts == 2
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_a_run_out_of_memory_is_put_aside_and_can_be_tried_again(
    kezek: Kezek,
) -> None:
    few = "region=teaching run.days=10 run.run_in_days=0 run.replications=1 --study small"
    found = kezek(f"compare base rural_access {few} memory_mb=300")
    note("out of memory", 4)
    assert found.code == 8
    assert "if memory is short" in found.err
    assert kezek("resume small --retry memory_mb=4000").code == 0


def _with(folder: Path, **surroundings: str) -> str:
    """Content hashes of a study that is run in other surroundings."""
    line = (
        "from pathlib import Path; import json; from tests.faults.quick import *; "
        f"p = plan_for(2, 'run.days=6'); f = begin(p, Path({str(folder)!r})); go_on(p, f); "
        "print(json.dumps(tables(f)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **surroundings}
    told = subprocess.run(  # noqa: PLW1510 -- what it said is part of the complaint
        [sys.executable, "-X", "faulthandler", "-c", line],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()[-1]


ZONES = ("UTC", "Asia/Almaty", "America/St_Johns", "Pacific/Kiritimati", "Europe/London")
LOCALES = ("C", "kk_KZ.UTF-8", "ru_RU.UTF-8", "tr_TR.UTF-8")


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_time_zones_locales_seeds_of_hashes_and_threads_move_nothing(
    tmp_path: Path, times: int
) -> None:
    expected = _with(tmp_path / "plain", PYTHONHASHSEED="0")
    for i in range(times):
        found = _with(
            tmp_path / str(i),
            PYTHONHASHSEED=str(i + 1),
            TZ=ZONES[i % len(ZONES)],
            LC_ALL=LOCALES[i % len(LOCALES)],
            OMP_NUM_THREADS=str(1 + i % 8),
            NUMBA_NUM_THREADS="1",
        )
        assert found == expected
    note("another time zone, locale, hash seed, threads", times)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0 * 366])
def test_a_clock_that_jumps_moves_nothing(
    tmp_path: Path, jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_for(3)
    expected = begin(plan, tmp_path / "plain")
    go_on(plan, expected)
    real, calls = time.time, [0]

    def odd() -> float:
        calls[0] += 1
        return real() + jump * (calls[0] % 2)

    monkeypatch.setattr(time, "time", odd)
    folder = begin(plan, tmp_path / "jumpy")
    go_on(plan, folder)
    note("the clock jumps back and forth")
    assert tables(folder) == tables(expected)


@pytest.mark.usefixtures("quick")
def test_a_study_whose_settings_have_changed_is_not_resumed(kezek: Kezek, conf: Path) -> None:
    """The setting is named with both values; the runs are still there."""
    assert kezek(f"{SWEEP} study=one executor=serial").code == 0
    file = conf / "region/teaching.yaml"
    text = file.read_text(encoding="utf-8")
    before = kezek("status one --json").out
    file.write_text(text.replace("starts: ", "starts: 2023-01-01 #"), encoding="utf-8")
    found = kezek("resume one executor=serial")
    note("configuration changed before resuming")
    assert found.code == 5
    assert "place.starts: was" in found.err
    assert kezek("status one --json").out == before
    file.write_text(text, encoding="utf-8")
    assert kezek("resume one executor=serial").code == 0


@pytest.mark.usefixtures("quick")
def test_a_study_whose_tables_have_changed_is_not_resumed(kezek: Kezek, conf: Path) -> None:
    assert kezek(f"{SWEEP} study=one executor=serial").code == 0
    _change_a_table(conf)
    found = kezek("resume one executor=serial")
    note("a table changed before resuming")
    assert found.code == 5
    assert "table offices of region teaching: its content has changed" in found.err


def _change_a_table(conf: Path) -> None:
    file = conf / "region/teaching/offices.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("counters")
    cells = lines[1].split(",")
    cells[column] = str(int(cells[column]) + 1)
    file.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")


def test_a_table_that_changes_while_a_study_runs_is_noticed(conf: Path, tmp_path: Path) -> None:
    """No result of changed tables is kept under the name of the old ones."""
    plan = plan_for(3)
    folder = begin(plan, tmp_path / "study")

    def change(seen: Watched) -> None:
        if seen.done == 2 and not changed:
            changed.append(1)
            _change_a_table(conf)

    changed: list[int] = []
    found = conduct(plan, folder, SERIAL, change)
    note("a table changes while a study runs", 1, silent=int(not found.failed))
    assert len(found.runs) == 2
    assert len(found.failed) == 4
    assert all("tables of the region have changed" in why for why in found.failed.values())
    assert len(finished(folder)) == 2


@pytest.mark.usefixtures("quick")
def test_another_version_of_the_program_does_not_mix_its_runs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_for(2)
    folder = begin(plan, tmp_path / "study")
    go_on(plan, folder)
    monkeypatch.setattr(sim.studies.plan, "program", lambda: "another")
    note("another version of the program")
    with pytest.raises(FolderError, match=r"the program: was .* is .* with another"):
        read_plan(folder)


@pytest.mark.usefixtures("quick")
def test_whoever_reads_while_a_study_runs_sees_only_whole_runs_and_ever_more(
    tmp_path: Path,
) -> None:
    """Also while runs become parts."""
    plan = plan_for(130)
    folder = begin(plan, tmp_path / "study")

    def run() -> int:
        for pairs in (30, 60, 130):  # three parts
            conduct(plan_for(pairs), folder, SERIAL)
        return 0

    child = os.fork()
    if child == 0:
        os._exit(run())
    looks, seen = 0, 0
    while not os.waitpid(child, os.WNOHANG)[0]:
        found = Store(folder).look()
        assert not found.damaged
        assert len(found.runs) >= seen
        looks, seen = looks + 1, len(found.runs)
    note("somebody reads while a study runs")
    assert looks > 20
    assert len(finished(folder)) == 260


@pytest.fixture
def one_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second replication of base has no mean wait."""

    def packed(task: Task, lived: Lived) -> bytes:
        piece = packed_quickly(task, lived)
        head = dict(unpack(piece).head)
        if (task.label, task.replication) == ("base", 1):
            head["metrics"] = {**head["metrics"], "wait_mean": float("nan")}
        return pack(head, {})

    monkeypatch.setattr(sim.studies.task, "packed", packed)


@pytest.mark.usefixtures("one_hole")
def test_one_missing_figure_silences_the_effect_and_names_the_run(tmp_path: Path) -> None:
    plan = plan_for(9)
    folder = begin(plan, tmp_path / "study")
    found = Comparison.of(plan, go_on(plan, folder), folder)
    words = {effect.metric: effect.words for effect in found.effects}
    note("one figure of one run is missing")
    assert words["wait_mean"] == "not measured"
    assert "not measured" not in {words[name] for name in METRICS if name != "wait_mean"}
    assert found.holes == ["wait_mean: nothing was there to measure in base, replication 1."]


@pytest.mark.usefixtures("quick")
def test_a_failed_run_blocks_every_verdict_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its key, its seed and the reason; the next resume does not try it unless asked."""

    def packed(task: Task, lived: Lived) -> bytes:
        if (task.label, task.replication) == ("rural_access", 3):
            raise SimError("stuck.")
        return packed_quickly(task, lived)

    monkeypatch.setattr(sim.studies.task, "packed", packed)
    plan = plan_for(9)
    folder = begin(plan, tmp_path / "study")
    found = Comparison.of(plan, go_on(plan, folder), folder)
    note("a run fails for good")
    assert {effect.words for effect in found.effects} == {"incomplete"}
    ((key, said),) = Store(folder).failed().items()
    assert (said["key"], said["seed"], said["reason"]) == (key, 2024, "stuck.")
    assert go_on(plan, folder).lived == 0
    monkeypatch.setattr(sim.studies.task, "packed", packed_quickly)
    again = go_on(plan, folder, Execution(executor="serial", retry=True))
    assert (again.lived, dict(again.failed)) == (1, {})


def test_status_of_a_study_is_one_document(kezek: Kezek) -> None:
    assert kezek(f"{SWEEP} study=one executor=serial").code == 0
    said = json.loads(kezek("status one --json").out)
    assert (said["planned"], said["done"], said["failed"], said["damaged"]) == (4, 4, [], {})
    assert set(said["tables"]["services"]) == {"rows", "sha256"}
