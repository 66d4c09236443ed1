"""One run after the other, in this process."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from sim.studies.task import Lived, Outcome, Task, attempted


def serially(tasks: Sequence[Task], lived: Lived) -> Generator[Outcome]:
    """Outcomes of tasks in their order."""
    for task in tasks:
        yield attempted(task, lived)
