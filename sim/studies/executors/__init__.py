"""Ways to run the tasks of a study: here, in several processes, on a cluster; same results."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from typing import Protocol

from sim.studies.execution import Execution
from sim.studies.executors.cluster import Cluster
from sim.studies.executors.processes import Processes
from sim.studies.executors.serial import serially
from sim.studies.task import Lived, Outcome, Task


class Executor(Protocol):
    """Runs tasks in any order; a generator of outcomes that cleans up when it is closed."""

    def __call__(self, tasks: Sequence[Task], lived: Lived) -> Generator[Outcome]:
        """See the class."""


def executor_of(
    execution: Execution, workers: int, runs: int, say: Callable[[str], None]
) -> Executor:
    """The executor that was asked for, no larger than the work."""
    workers = min(workers, runs)
    if execution.executor == "dask":
        return Cluster(workers, execution.address, execution.scheduler_file, say)
    if execution.executor == "serial" or workers <= 1:
        return serially
    workers = min(workers, 4 * (os.cpu_count() or 1))
    return Processes(workers, 60 * execution.silent_minutes, execution.memory_mb)
