"""Several processes on this machine; one that dies, hangs or is killed costs the run it was at.

Workers write nothing into the store: they send what they have packed, and live no longer than the
process that started them.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from sim.errors import WorkerError
from sim.studies.interrupts import deaf
from sim.studies.task import Lived, Outcome, Task, attempted

ATTEMPTS = 2  # of a run whose worker was lost
STILLBORN = 3  # workers lost in a row before any of them was ready
TICK = 0.2  # seconds between a worker's signs of life, and between looks at the clock
HINT = (
    "Workers die before they begin. In a script, call this under "
    '`if __name__ == "__main__":`, for workers read the script anew.'
)


@dataclass
class Worker:
    """A process, the way to it, and what it is at."""

    process: Any
    line: Connection
    heard: float  # when it last gave a sign of life
    task: Task | None = None
    ready: bool = False


class Processes:
    """A pool of workers that starts another one for each that is lost."""

    def __init__(self, workers: int, silent_seconds: float, memory_mb: int = 0) -> None:
        self._n, self._silent, self._memory = workers, silent_seconds, memory_mb
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[Worker] = []
        self._stillborn = 0

    def __call__(self, tasks: Sequence[Task], lived: Lived) -> Generator[Outcome]:
        """Outcomes of tasks as they come; nothing is left running when this ends."""
        waiting, attempts, left = deque(tasks), dict.fromkeys(range(len(tasks)), 0), len(tasks)
        number = {id(task): i for i, task in enumerate(tasks)}
        try:
            while left:
                self._fill(min(self._n, left))
                self._give(waiting)
                for outcome in self._hear(lived):
                    i = number[id(outcome.task)]
                    attempts[i] += 1
                    if isinstance(outcome.error, WorkerError) and attempts[i] < ATTEMPTS:
                        waiting.appendleft(tasks[i])
                        continue
                    left -= 1
                    yield Outcome(
                        tasks[i], outcome.piece, outcome.error, attempts[i], outcome.trace
                    )
        finally:
            with deaf():  # a second Ctrl-C would leave workers behind
                for worker in self._workers:
                    _end(worker)
                self._workers.clear()

    def _fill(self, n: int) -> None:
        """Start workers until there are as many as there is work for."""
        if self._stillborn >= STILLBORN:
            raise WorkerError(HINT)
        while len(self._workers) < n:
            ours, theirs = self._context.Pipe()
            process = self._context.Process(
                target=serve, args=(theirs, os.getpid(), self._memory), daemon=True
            )
            with deaf():  # whatever is started is known, and ended with the others
                process.start()
                self._workers.append(Worker(process, ours, time.monotonic()))
            theirs.close()

    def _give(self, waiting: deque[Task]) -> None:
        for worker in self._workers:
            if worker.task is None and worker.ready and waiting:
                worker.task, worker.heard = waiting.popleft(), time.monotonic()
                try:
                    worker.line.send(worker.task)
                except OSError:  # it has just died: that is heard elsewhere
                    continue

    def _hear(self, lived: Lived) -> list[Outcome]:
        """What workers say within a moment; those that are lost are let go."""
        found = []
        lines: dict[Any, Worker] = {worker.line: worker for worker in self._workers}
        for line in wait(list(lines), timeout=TICK):
            worker = lines[line]
            try:
                said = worker.line.recv()
            except (EOFError, OSError):
                found += self._lose(worker, _death(worker))
                continue
            worker.heard, worker.ready, self._stillborn = time.monotonic(), True, 0
            if isinstance(said, int):
                lived(said)
            elif worker.task is not None:
                piece, error, trace = said
                found.append(Outcome(worker.task, piece, error, trace=trace))
                worker.task = None
        lived(0)
        for worker in self._workers.copy():
            if time.monotonic() - worker.heard > self._silent and (worker.task or not worker.ready):
                said = f"no sign of life for {self._silent / 60:g} minutes; it was stopped."
                found += self._lose(worker, said)
        return found

    def _lose(self, worker: Worker, why: str) -> list[Outcome]:
        self._workers.remove(worker)
        self._stillborn += not worker.ready
        _end(worker)
        return [Outcome(worker.task, error=WorkerError(why))] if worker.task else []


def _death(worker: Worker) -> str:
    """How a worker ended."""
    worker.process.join(timeout=5)
    code = worker.process.exitcode
    how = f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"
    return f"its worker process was lost ({how}); if memory is short, fewer run.workers help."


def _end(worker: Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.line.close()


def serve(line: Connection, parent: int, memory_mb: int) -> None:
    """In a worker: run what comes down the line until nobody is there any more."""
    if memory_mb:
        limit = memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    days, said = 0, 0.0

    def lived(n: int) -> None:
        nonlocal days, said
        days += n
        if time.monotonic() - said > TICK:
            if os.getppid() != parent:
                os._exit(1)
            line.send(days)
            days, said = 0, time.monotonic()

    try:
        line.send(0)  # ready
        while True:
            task = line.recv()
            found = attempted(task, lived)
            line.send(days)
            days = 0
            line.send((found.piece, found.error, found.trace))
            if isinstance(found.error, WorkerError):
                return  # what memory is left may be in pieces: another worker begins afresh
    except (EOFError, OSError):
        return  # whoever asked is gone
