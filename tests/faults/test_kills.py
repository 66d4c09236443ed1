"""Kill -9 at random instants: of the process that runs a study, of its workers, of a cluster."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from sim.errors import WorkerError
from sim.studies.conduct import Watched, conduct
from sim.studies.execution import Execution
from sim.studies.plan import Plan
from tests.faults.ledger import note
from tests.faults.quick import SERIAL, begin, finished, go_on, plan_for, tables

ROOT = Path(__file__).resolve().parents[2]
SHORT = ("run.days=12", "run.workers=2")


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Real runs of the town, short ones."""
    return plan_for(10, *SHORT)


@pytest.fixture(scope="module")
def expected(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The tables of a study that nobody disturbed."""
    folder = begin(plan, tmp_path_factory.mktemp("whole"))
    go_on(plan, folder)
    return tables(folder)


def _killed_driver(plan: Plan, folder: Path, after: float) -> bool:
    """Run a study in a child and kill it after some seconds; whether it was still alive."""
    child = os.fork()
    if child == 0:  # no cleaning up, no coverage, no output
        try:
            go_on(plan, folder)
        finally:
            os._exit(0)
    time.sleep(after)
    done, _ = os.waitpid(child, os.WNOHANG)
    if not done:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return not done


@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.slow)])
def test_a_driver_killed_at_any_instant_loses_nothing_that_was_finished(
    plan: Plan, expected: dict[str, Any], tmp_path: Path, kills: int
) -> None:
    """Killed and resumed until it is through, again and again."""
    chance, killed, study = random.Random(kills), 0, 0
    go_on(plan, begin(plan, tmp_path / "warm"))
    while killed < kills:
        folder, before = begin(plan, tmp_path / str(study)), set[str]()
        study += 1
        while len(finished(folder)) < 20:
            killed += _killed_driver(plan, folder, chance.uniform(0.0, 0.6))
            now = finished(folder)
            assert before <= now
            before = now
        found = go_on(plan, folder)
        assert found.lived == 0
        assert tables(folder) == expected
    note("kill -9 of the driver", killed)


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_workers_killed_at_any_instant_cost_only_time(
    tmp_path: Path, expected: dict[str, Any], plan: Plan, kills: int
) -> None:
    """Each of some runs is lived again by another worker; the tables are the same."""
    chance, killed, study = random.Random(kills), 0, 0
    while killed < kills:
        folder, instants = begin(plan, tmp_path / str(study)), [chance.uniform(0, 200)]
        study += 1

        def kill_one(seen: Watched, instants: list[float] = instants) -> None:
            nonlocal killed
            if not instants or seen.days < instants[0]:
                return
            instants[:] = [seen.days + chance.uniform(20, 120)]
            for worker in chance.sample(multiprocessing.active_children(), 1):
                with suppress(ProcessLookupError):
                    os.kill(worker.pid or 0, signal.SIGKILL)
                    killed += 1

        found = conduct(plan, folder, Execution(), kill_one)
        if found.failed:  # one run was hit twice: it is put aside until somebody asks for it
            assert all("killed by signal 9" in why for why in found.failed.values())
            found = go_on(plan, folder, Execution(executor="serial", retry=True))
        assert not found.failed
        assert tables(folder) == expected
        assert not multiprocessing.active_children()
    note("kill -9 of a worker", killed)


def test_workers_end_when_the_driver_is_killed(tmp_path: Path) -> None:
    """Nobody goes on computing for nobody."""
    script = tmp_path / "study.py"
    script.write_text(
        "import sim\nif __name__ == '__main__':\n"
        "    sim.compare('base', 'rural_access', region='teaching', days=2000, workers=2,"
        " replications=2)\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    driver = subprocess.Popen([sys.executable, str(script)], env=environment, cwd=tmp_path)
    try:
        workers = _wait_for(lambda: [w for w in _children(driver.pid) if _seconds(w) > 4])
    finally:
        driver.kill()
        driver.wait()
    note("kill -9 of the driver, its workers looked after")
    assert _wait_for(lambda: not [one for one in workers if _is_alive(one)])


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    if not path.exists():
        pytest.skip("children are looked up in /proc")
    return [int(word) for word in path.read_text().split()]


def _seconds(pid: int) -> float:
    """Processor time of a process."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _wait_for(look: Any, seconds: float = 60) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("nothing came of waiting")


@contextmanager
def _cluster(folder: Path) -> Iterator[tuple[Path, subprocess.Popen[bytes], list[Any]]]:
    """A scheduler and two workers, each a process of its own, as on a cluster."""
    pytest.importorskip("distributed")
    file = folder / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0",
         "--scheduler-file", str(file), "--no-dashboard"], **quiet,
    )  # fmt: skip
    workers: list[Any] = []
    try:
        _wait_for(file.exists)
        workers += [
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", "1",
                 "--scheduler-file", str(file), "--no-dashboard", "--no-nanny",
                 "--local-directory", str(folder)], **quiet,
            )
            for _ in range(3)
        ]  # fmt: skip
        yield file, scheduler, workers
    finally:
        for process in (scheduler, *workers):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_cluster_that_loses_workers_gives_the_same_tables(
    plan: Plan, expected: dict[str, Any], tmp_path: Path
) -> None:
    """Two of three workers are killed while runs are under way."""
    folder, left = begin(plan, tmp_path / "study"), [3, 9]
    with _cluster(tmp_path) as (file, _, workers):

        def kill_one(seen: Watched) -> None:
            if left and seen.done >= left[0]:
                left.pop(0)
                workers[len(left)].kill()

        execution = Execution(executor="dask", scheduler_file=str(file))
        found = conduct(plan, folder, execution, kill_one)
    note("kill -9 of a worker of a cluster", 2)
    assert not left
    assert not found.failed
    assert tables(folder) == expected


@pytest.mark.slow
def test_a_cluster_that_loses_its_scheduler_ends_clearly_and_can_be_resumed(
    plan: Plan, expected: dict[str, Any], tmp_path: Path
) -> None:
    folder = begin(plan, tmp_path / "study")
    with _cluster(tmp_path) as (file, scheduler, _):

        def kill_it(seen: Watched) -> None:
            if seen.done >= 4:
                scheduler.kill()

        execution = Execution(executor="dask", scheduler_file=str(file))
        with pytest.raises(WorkerError, match="The cluster was lost"):
            conduct(plan, folder, execution, kill_it)
    note("kill -9 of a scheduler")
    kept = finished(folder)
    assert 4 <= len(kept) < 20
    found = go_on(plan, folder)
    assert found.lived == 20 - len(kept)
    assert tables(folder) == expected


EXECUTIONS = {
    "one worker": (SERIAL, 1),
    "two workers": (Execution(), 2),
    "seven workers": (Execution(), 7),
    "dask, two workers": (Execution(executor="dask"), 2),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", EXECUTIONS)
def test_every_executor_and_any_number_of_workers_give_the_same_tables(
    how: str, expected: dict[str, Any], tmp_path: Path
) -> None:
    execution, workers = EXECUTIONS[how]
    plan = plan_for(10, "run.days=12", f"run.workers={workers}")
    folder = begin(plan, tmp_path / "study")
    assert not conduct(plan, folder, execution).failed
    note("another executor or number of workers")
    assert tables(folder) == expected


def test_shards_and_any_order_give_the_same_tables(
    plan: Plan, expected: dict[str, Any], tmp_path: Path
) -> None:
    """Three shards, the last one first."""
    folder = begin(plan, tmp_path / "study")
    for part in (3, 1, 2):
        conduct(plan, folder, Execution(executor="serial", shard=(part, 3)))
    found = go_on(plan, folder)
    note("shards in another order")
    assert found.lived == 0
    assert tables(folder) == expected
