"""Running a study: what is not there yet, kept as it comes; a run that fails stops no other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.errors import DiskError, InputError, SimError, WorkerError
from sim.results.packed import unpack
from sim.results.store import Store
from sim.results.write import refusal
from sim.studies.execution import FEWEST, Execution
from sim.studies.executors import Executor, executor_of
from sim.studies.plan import Plan
from sim.studies.precision import Reached, reached
from sim.studies.task import Done, Outcome, Task

MOVED = "tables of the region have changed since the study began; undo that, then --retry."
Head = Mapping[str, Any]
Say = Callable[[str], None]


@dataclass
class Watched:
    """How far a study has come; runs that were there before are not counted."""

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


Watch = Callable[[Watched], None]


@dataclass(frozen=True)
class Conducted:
    """What is there when a study comes to an end: finished runs, failed ones, missing ones."""

    runs: tuple[Done, ...]
    failed: Mapping[str, str]  # run: why
    errors: tuple[SimError, ...]  # of the runs that failed now
    missing: int
    replications: int  # of each arm
    lived: int  # runs that were not there before
    seconds: float
    precision: Reached | None = None


class Conductor:
    """Runs the tasks of a plan, round by round."""

    def __init__(
        self, plan: Plan, folder: Path | None, execution: Execution, watch: Watch | None, say: Say
    ) -> None:
        self._plan, self._folder, self._execution = plan, folder, execution
        self._watch, self._say = watch, say
        self._heads: dict[str, Head] = {}
        self._failed: dict[str, str] = {}
        self._errors: list[SimError] = []
        self._tasks: list[list[Task]] = []  # by replication
        self._lived, self._begun = 0, time.monotonic()
        self._store = Store(folder) if folder is not None else None

    def __call__(self) -> Conducted:
        """Run what is missing; more replications until they are precise enough, if asked."""
        self._look()
        precise, last = None, 0
        for first, last in self._rounds():
            self._run([task for tasks in self._upto(last)[first:] for task in tasks])
        if self._execution.precision is not None:
            precise = self._reached(last)
        runs, failed, missing = self._sorted(last)
        if self._store and not self._execution.is_part:
            with suppress(DiskError):  # both are conveniences: every run is there already
                self._store.compact()
                self._store.remember()
        return Conducted(
            tuple(runs), failed, tuple(self._errors), missing, last, self._lived,
            time.monotonic() - self._begun, precise,
        )  # fmt: skip

    def _look(self) -> None:
        """Find what is there already, and put aside what is damaged."""
        if self._store is None:
            return
        found = self._store.look()
        if not self._execution.is_part:
            for name in self._store.tidy():
                self._say(f"{name} is damaged ({found.damaged[name]}): put aside, run again.")
        failed = self._store.failed()
        if self._execution.retry:
            self._store.forgive(failed)
            failed = {}
        self._failed = {key: str(said.get("reason", "unknown")) for key, said in failed.items()}
        self._heads = {key: run.packed.head for key, run in found.runs.items()}

    def _upto(self, replications: int) -> list[list[Task]]:
        """Tasks by replication; made once, for each has a key to be worked out."""
        for one in range(len(self._tasks), replications):
            self._tasks.append(list(self._plan.tasks(self._folder, one, one + 1)))
        return self._tasks[:replications]

    def _rounds(self) -> Iterator[tuple[int, int]]:
        """Replications to run, from and up to; one round unless precision decides."""
        if self._execution.precision is None:
            yield 0, self._plan.replications
            return
        first, last = 0, max(self._plan.replications, FEWEST)
        while first < last:
            yield first, last
            first, last = last, self._next(last)

    def _next(self, n: int) -> int:
        """How many replications to have after the next round; the same as now to stop."""
        wished = min(self._reached(n).needed, self._execution.most)
        if n >= wished:
            return n
        return min(wished, 2 * n, n + self._room(n))  # a first guess may be far too high

    def _room(self, n: int) -> int:
        """How many replications the time that is left allows, at the pace so far."""
        if self._execution.within_minutes is None:
            return n
        spent = time.monotonic() - self._begun
        left = 60 * self._execution.within_minutes - spent
        return max(0, int(left / spent * max(1, self._lived // len(self._plan.arms))))

    def _reached(self, n: int) -> Reached:
        assert self._execution.precision is not None
        runs, _, _ = self._sorted(n)
        return reached(runs, self._plan.arms, self._execution.outputs, self._execution.precision, n)

    def _run(self, tasks: Sequence[Task]) -> None:
        todo = self._todo(tasks)
        if not todo:
            return
        seen = Watched(0, sum(task.days for task in todo), 0, len(todo))
        executor = self._executor(len(todo))

        def lived(days: int) -> None:
            seen.days += days
            if self._watch:
                self._watch(seen)

        try:
            with closing(executor(todo, lived)) as outcomes:
                for outcome in outcomes:
                    self._keep(outcome)
                    seen.done += 1
                    lived(0)
        except WorkerError as error:
            raise WorkerError(f"{error} {seen.done} of {len(todo)} runs were finished.") from None

    def _executor(self, runs: int) -> Executor:
        workers = self._plan.arms[0].composed.config.run.workers
        return executor_of(self._execution, workers, runs, self._say)

    def _todo(self, tasks: Sequence[Task]) -> list[Task]:
        """Tasks of this shard that neither are finished nor have failed, each key once."""
        part, parts = self._execution.shard
        mine = {task.key: task for task in reversed(tasks)}  # the first of each key stays
        first = [task for task in tasks if mine[task.key] is task]
        return [
            task
            for i, task in enumerate(first)
            if i % parts == part - 1 and task.key not in self._failed and not self._has(task)
        ]

    def _has(self, task: Task) -> bool:
        """Whether a run is finished, with the visits or cases that are to be kept of it."""
        head = self._heads.get(task.key)
        return head is not None and set(task.kept) <= set(head["hashes"])

    def _keep(self, outcome: Outcome) -> None:
        key = outcome.task.key
        head = unpack(outcome.piece).head if outcome.error is None else {}
        if outcome.error is None and head["key"] != key:
            outcome = replace(outcome, error=InputError([MOVED], where="the input"))
        if outcome.error is not None:
            self._failed[key] = str(outcome.error)
            self._errors.append(outcome.error)
            if self._store:
                self._store.fail(key, outcome.failure())
            return
        if self._store:
            self._store.put(key, outcome.piece)
        self._heads[key] = head
        self._lived += 1

    def _sorted(self, replications: int) -> tuple[list[Done], dict[str, str], int]:
        """Finished runs arm by arm, failed ones with their reasons, and how many are missing."""
        done, failed, missing = [], {}, 0
        tasks = [task for tasks in self._upto(replications) for task in tasks]
        order = {arm.label: i for i, arm in enumerate(self._plan.arms)}
        for task in sorted(tasks, key=lambda one: (order[one.label], one.replication)):
            if task.key in self._heads:
                done.append(Done.of(task.label, task.replication, self._heads[task.key]))
            elif task.key in self._failed:
                failed[task.name] = f"{task.name}: {self._failed[task.key]}"
            else:
                missing += 1
        return done, failed, missing


def conduct(
    plan: Plan,
    folder: Path | None = None,
    execution: Execution | None = None,
    watch: Watch | None = None,
    say: Say = lambda _: None,
) -> Conducted:
    """Run what a plan asks for and is not in its folder yet; without a folder keep no tables."""
    try:
        return Conductor(plan, folder, execution or Execution(), watch, say)()
    except OSError as error:
        raise refusal(error, f"Cannot use {folder or 'what it takes to run'}") from None


def extended(plan: Plan, found: Conducted, folder: Path) -> Plan:
    """The plan with as many replications as there are now, written down if they became more."""
    if not plan.paired or found.replications <= plan.replications:
        return plan
    longer = replace(plan, replications=found.replications)
    longer.write(folder)
    return longer
