"""A Dask cluster: workers on this machine, at an address, or named by a scheduler's file.

Results travel back and are kept by whoever asked, so that machines need not share a disk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator, Sequence
from typing import Any

from sim.errors import InputError, SimError, WorkerError
from sim.studies.task import Lived, Outcome, Task, attempted
from sim.studies.version import program

ATTEMPTS = 2  # of a run whose worker was lost
AHEAD = 3  # runs handed to the cluster for each of its threads
LOST = "The cluster was lost: {}."


class Cluster:
    """Runs tasks on the workers of a Dask scheduler."""

    def __init__(
        self, workers: int, address: str = "", scheduler_file: str = "",
        say: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._workers, self._address, self._file = workers, address, scheduler_file
        self._say = say

    def __call__(self, tasks: Sequence[Task], lived: Lived) -> Generator[Outcome]:
        """Outcomes of tasks as they come; each result leaves the cluster as soon as it is here."""
        distributed = _library()
        with self._cluster(distributed) as cluster, self._client(distributed, cluster) as client:
            self._say(f"Dashboard: {client.dashboard_link}")
            yield from _run(distributed, client, list(tasks), lived)

    def _cluster(self, distributed: Any) -> Any:
        if self._address or self._file:
            return _Nothing()
        return distributed.LocalCluster(
            n_workers=self._workers, threads_per_worker=1, dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
        )  # fmt: skip

    def _client(self, distributed: Any, cluster: Any) -> Any:
        where = self._address or cluster
        asked = {"scheduler_file": self._file} if self._file else {"address": where}
        try:
            return distributed.Client(**asked, timeout=20, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            at = self._file or self._address
            problem = f"no scheduler answers at {at} ({error}). Start one with: dask scheduler"
            raise InputError([problem], where="the command line") from None


class _Nothing:
    """Stands for a cluster that is somebody else's."""

    def __enter__(self) -> _Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it running."""


def _library() -> Any:
    try:
        import dask
        import distributed
    except ImportError:
        problem = "executor=dask needs Dask; install it with: pip install 'kezek[cluster]'"
        raise InputError([problem], where="the command line") from None
    for name in ("distributed", "tornado", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # we say ourselves what was lost
    dask.config.set({"distributed.scheduler.allowed-failures": ATTEMPTS - 1})
    return distributed


def _run(distributed: Any, client: Any, tasks: list[Task], lived: Lived) -> Generator[Outcome]:
    coming = distributed.as_completed(loop=client.loop)
    begun: dict[str, Task] = {}

    def feed() -> None:
        room = AHEAD * max(1, sum(client.nthreads().values())) - len(begun)
        for _ in range(min(room, len(tasks))):
            task = tasks.pop(0)
            future = client.submit(
                live, task, pure=False, retries=0, key=f"run-{task.key}-{task.label}"
            )
            begun[future.key] = task
            coming.add(future)

    try:
        feed()
        while begun:
            future = next(coming)
            task = begun.pop(future.key)
            yield _outcome(distributed, future, task)
            lived(task.days)
            future.release()
            feed()
    except (OSError, asyncio.CancelledError, TimeoutError, StopIteration) as error:
        raise WorkerError(LOST.format(str(error) or type(error).__name__)) from None


def _outcome(distributed: Any, future: Any, task: Task) -> Outcome:
    if future.status == "cancelled":
        raise WorkerError(LOST.format("its scheduler is gone"))
    error = future.exception()
    if isinstance(error, distributed.KilledWorker):
        said = "each worker that took it was lost; if memory is short, fewer workers help."
        return Outcome(task, error=WorkerError(said), attempts=ATTEMPTS)
    if error is not None:
        said = f"{type(error).__name__}: {error}"
        return Outcome(task, error=SimError(said))
    piece, failure, trace, made_by = future.result()
    if made_by != program():
        said = f"its worker runs another version of the program ({made_by}, here {program()})."
        return Outcome(task, error=SimError(said))
    return Outcome(task, piece, failure, trace=trace)


def live(task: Task) -> tuple[bytes, SimError | None, str, str]:
    """On a worker: the packed run or its error, and which program made it."""
    found = attempted(task, lambda _: None)
    return found.piece, found.error, found.trace, program()
