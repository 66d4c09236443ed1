"""Comparisons: scenarios times replications, on several processes, into one folder."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.analysis.compare import Effect, effects
from sim.compose import Composed, composed
from sim.errors import DiskError, SimError, SomeRunsFailedError, WorkerError
from sim.metrics import measured
from sim.results.write import write_parquet
from sim.studies.interrupts import deaf
from sim.studies.run import Run, execute, timeline_of

BASE = "base"
Watch = Callable[["Watched"], None]


@dataclass(frozen=True)
class Task:
    """One run of a comparison."""

    label: str
    composed: Composed
    folder: Path | None = None

    @property
    def replication(self) -> int:
        """Which of the paired repetitions."""
        return self.composed.config.run.replication

    @property
    def days(self) -> int:
        """Civil days to live, the run-in included."""
        run = self.composed.config.run
        return run.days + run.run_in_days


@dataclass(frozen=True)
class Done:
    """What a comparison keeps of a run; its tables are in the folder."""

    label: str
    replication: int
    key: str
    metrics: dict[str, float]
    counts: dict[str, dict[str, int]]
    hashes: dict[str, str]
    rows: dict[str, int]
    seconds: float
    run_in_seconds: float
    peak_mb: float
    checks: int


@dataclass
class Watched:
    """How far a comparison has come."""

    days: int
    days_in_all: int
    done: int
    runs: int
    begun: float = field(default_factory=time.monotonic)

    @property
    def rate(self) -> float:
        """Simulated days a second."""
        elapsed = time.monotonic() - self.begun
        return self.days / elapsed if elapsed > 0 else 0.0

    @property
    def seconds_left(self) -> float:
        """Expected, at the rate so far."""
        return (self.days_in_all - self.days) / self.rate if self.rate else float("inf")


@dataclass(frozen=True)
class Comparison:
    """Runs of several scenarios that share their luck, and the effects against base."""

    labels: tuple[str, ...]
    composed: Mapping[str, Composed]
    runs: tuple[Done, ...]
    seconds: float
    failed: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None

    @property
    def base(self) -> str:
        """What the others are held against: base, or else the first."""
        return BASE if BASE in self.labels else self.labels[0]

    @property
    def effects(self) -> list[Effect]:
        """Paired differences of all metrics."""
        by_run = {(run.label, run.replication): run.metrics for run in self.runs}
        return effects(by_run, self.base, self.labels)


def plan(
    scenarios: Sequence[str], overrides: Sequence[str], folder: Path | None
) -> tuple[dict[str, Composed], list[Task]]:
    """Compose each scenario once and lay out its replications; all problems are found here."""
    found = {name: composed([*overrides, f"scenario={name}"]) for name in scenarios}
    tasks = []
    for label, one in found.items():
        timeline_of(one.config)
        for replication in range(one.config.run.replications):
            run = one.config.run.model_copy(update={"replication": replication})
            config = one.config.model_copy(update={"run": run})
            changed = Composed(config, one.passports, one.title, one.says, one.changed)
            tasks.append(Task(label, changed, folder))
    tasks.sort(key=lambda task: task.replication)  # all arms of a pair before the next pair
    return found, tasks


def compare(
    scenarios: Sequence[str],
    overrides: Sequence[str] = (),
    folder: Path | None = None,
    watch: Watch | None = None,
) -> Comparison:
    """Run scenarios with paired replications and keep their tables in a folder."""
    begun = time.perf_counter()
    found, tasks = plan(scenarios, overrides, folder)
    workers = min(next(iter(found.values())).config.run.workers, len(tasks), os.cpu_count() or 1)
    runs, failed = run_all(tasks, workers, watch)
    order = {name: i for i, name in enumerate(found)}
    runs.sort(key=lambda run: (order[run.label], run.replication))
    took = time.perf_counter() - begun
    told = sentences(failed)
    if not runs:
        alike = {type(error) for error in failed.values()}
        kind = DiskError if alike == {DiskError} else SomeRunsFailedError
        raise kind("No run succeeded:\n" + "\n".join(told.values()))
    return Comparison(tuple(found), found, tuple(runs), took, told, folder)


def sentences(failed: Mapping[str, SimError]) -> dict[str, str]:
    """What went wrong, run by run."""
    return {name: f"{name}: {error}" for name, error in failed.items()}


def run_all(
    tasks: Sequence[Task], workers: int, watch: Watch | None = None
) -> tuple[list[Done], dict[str, SimError]]:
    """Execute tasks; a run that fails is named and does not stop the others."""
    seen = Watched(0, sum(task.days for task in tasks), 0, len(tasks))
    if workers <= 1:
        return _serially(tasks, seen, watch)
    context = multiprocessing.get_context("spawn")
    days, stop = context.Value("q", 0), context.Event()
    done: list[Done] = []
    failed: dict[str, SimError] = {}
    with ProcessPoolExecutor(workers, context, _remember, (days, stop)) as pool:
        with deaf():  # the first submissions start the workers
            pending = {pool.submit(_in_worker, task): task for task in tasks}
        try:
            for future in _as_they_come(pending, days, seen, watch):
                task = pending.pop(future)
                _collect(task, future, done, failed)
                seen.done += 1
        except BrokenProcessPool:
            raise WorkerError(
                f"A worker process was lost; {len(done)} of {len(tasks)} runs were finished. "
                "Run again, with fewer run.workers if memory is short. In a script, call this "
                'under `if __name__ == "__main__":`, for workers read the script anew.'
            ) from None
        except KeyboardInterrupt:
            stop.set()  # for what a worker has already taken
            with deaf():  # a second one would leave workers behind; they stop within a day
                pool.shutdown(cancel_futures=True)
            raise
    return done, failed


def _serially(
    tasks: Sequence[Task], seen: Watched, watch: Watch | None
) -> tuple[list[Done], dict[str, SimError]]:
    done: list[Done] = []
    failed: dict[str, SimError] = {}

    def lived(day: int, _: int) -> None:
        if watch and day % 5 == 0:
            seen.days = before + day
            watch(seen)

    for task in tasks:
        before = seen.days
        try:
            done.append(_execute(task, lived))
        except SimError as error:
            failed[_name(task)] = error
        seen.days, seen.done = before + task.days, seen.done + 1
        if watch:
            watch(seen)
    return done, failed


def _as_they_come(
    pending: Mapping[Future[Done], Task], days: Any, seen: Watched, watch: Watch | None
) -> Iterator[Future[Done]]:
    """Finished futures; between them the watcher hears how many days have been lived."""
    while pending:
        finished, _ = wait(list(pending), timeout=0.5, return_when=FIRST_COMPLETED)
        seen.days = int(days.value)
        if watch:
            watch(seen)
        yield from finished


def _collect(
    task: Task, future: Future[Done], done: list[Done], failed: dict[str, SimError]
) -> None:
    try:
        done.append(future.result())
    except SimError as error:
        failed[_name(task)] = error


def _name(task: Task) -> str:
    return f"{task.label}, replication {task.replication}"


_days_lived: Any = None
_stop: Any = None


def _remember(days: Any, stop: Any) -> None:
    """In a new worker: where to count the days it lives, and where to hear that it is to stop."""
    global _days_lived, _stop
    _days_lived, _stop = days, stop


def _in_worker(task: Task) -> Done:
    def lived(_: int, __: int) -> None:
        _heed()
        with _days_lived.get_lock():
            _days_lived.value += 1

    _heed()
    return _execute(task, lived)


def _heed() -> None:
    if _stop.is_set():
        raise KeyboardInterrupt


def _execute(task: Task, lived: Callable[[int, int], None]) -> Done:
    gc.collect()  # the model of the run before: agents and model hold each other
    run = execute(task.composed, lived, task.folder, task.label)
    if task.folder is not None:
        keep(run, task.folder, task.label)
    return done_of(run, task.label)


def done_of(run: Run, label: str) -> Done:
    """What a comparison keeps of a run."""
    return Done(
        label=label,
        replication=run.config.run.replication,
        key=run.key,
        metrics=measured(run.tables),
        counts=run.counts,
        hashes=run.hashes,
        rows=run.rows,
        seconds=run.seconds,
        run_in_seconds=run.run_in_seconds,
        peak_mb=run.peak_mb,
        checks=run.checks,
    )


def keep(run: Run, folder: Path, label: str) -> None:
    """Write a run's tables, one Parquet file each, with scenario and replication as columns."""
    replication = run.config.run.replication
    for name, columns in run.tables.items():
        path = folder / "tables" / name / f"{label}-{replication:03d}.parquet"
        write_parquet(path, columns, scenario=label, replication=replication)
