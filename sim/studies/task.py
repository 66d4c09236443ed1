"""One run of a study, and what is left of it: bytes to keep, or a reason."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.compose import Composed
from sim.config import Config
from sim.errors import DiskError, SimError, WorkerError
from sim.metrics import measured
from sim.results.content import RESULTS_VERSION
from sim.results.packed import pack
from sim.studies.run import Run, execute
from sim.studies.version import own_version, program

Lived = Callable[[int], None]  # hears of each day, or of some at once


@dataclass(frozen=True)
class Task:
    """One run of a study; with a folder, its tables are kept."""

    label: str
    config: Config
    key: str  # the name of its results
    folder: Path | None = None

    @property
    def replication(self) -> int:
        """Which of the paired repetitions."""
        return self.config.run.replication

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.label}, replication {self.replication}"

    @property
    def days(self) -> int:
        """Civil days to live, the run-in included."""
        return self.config.run.days + self.config.run.run_in_days

    @property
    def kept(self) -> list[str]:
        """Which single events it keeps, in files of their own."""
        return list(self.config.run.keep) if self.folder is not None else []


@dataclass(frozen=True)
class Done:
    """What is said of a finished run; its tables lie in the store."""

    label: str
    replication: int
    key: str
    metrics: Mapping[str, float]
    counts: Mapping[str, Mapping[str, int]]
    hashes: Mapping[str, str]
    rows: Mapping[str, int]
    seconds: float
    run_in_seconds: float
    peak_mb: float
    checks: int

    @classmethod
    def of(cls, label: str, replication: int, head: Mapping[str, Any]) -> Done:
        """A run as the head of its file tells it; runs under several labels share a file."""
        said = {name: head[name] for name in SAID}
        return cls(label=label, replication=replication, **said)


SAID = ("key", "metrics", "counts", "hashes", "rows", "seconds", "run_in_seconds", "peak_mb",
        "checks")  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A task that came to an end: the packed run, or why there is none."""

    task: Task
    piece: bytes = b""
    error: SimError | None = None
    attempts: int = 1
    trace: str = field(default="", repr=False)

    def failure(self) -> dict[str, Any]:
        """What to keep of a failed run, so that somebody can find out."""
        return {
            "label": self.task.label,
            "replication": self.task.replication,
            "seed": self.task.config.run.seed,
            "reason": str(self.error),
            "kind": type(self.error).__name__,
            "attempts": self.attempts,
            "trace": self.trace,
        }


def attempted(task: Task, lived: Lived) -> Outcome:
    """Run a task; whatever goes wrong in it is an outcome, not the end of the study."""
    try:
        return Outcome(task, packed(task, lived))
    except SimError as error:
        return Outcome(task, error=error)
    except MemoryError:
        said = "out of memory; fewer run.workers, a smaller region or more memory_mb."
        return Outcome(task, error=WorkerError(said), trace=traceback.format_exc())
    except OSError as error:
        said = f"{error.filename or 'a file'}: {error.strerror or error}."
        return Outcome(task, error=DiskError(said), trace=traceback.format_exc())
    except Exception as error:
        said = f"{type(error).__name__}: {error}. This is a fault of the program."
        return Outcome(task, error=SimError(said), trace=traceback.format_exc())


def packed(task: Task, lived: Lived) -> bytes:
    """Run a task and pack what it leaves."""
    run = execute(Composed(task.config, {}), lambda _, __: lived(1), task.folder, task.label)
    return pack(head_of(run), run.tables if task.folder is not None else {})


def done_of(run: Run, label: str) -> Done:
    """What is said of a run that has just been lived."""
    return Done.of(label, run.config.run.replication, head_of(run))


def head_of(run: Run) -> dict[str, Any]:
    """What the file of a run says before its tables."""
    return {
        "key": run.key,
        "seed": run.config.run.seed,
        "replication": run.config.run.replication,
        "results_version": RESULTS_VERSION,
        "kezek": own_version(),
        "program": program(),
        "metrics": measured(run.tables),
        "counts": run.counts,
        "hashes": run.hashes,
        "rows": run.rows,
        "seconds": run.seconds,
        "run_in_seconds": run.run_in_seconds,
        "peak_mb": run.peak_mb,
        "checks": run.checks,
    }
