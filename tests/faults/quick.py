"""Studies whose runs take a thousandth of a second, and what is to be true of them at any time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.metrics import METRICS
from sim.results.packed import pack
from sim.results.store import Store
from sim.studies.comparison import plan_of
from sim.studies.conduct import Conducted, conduct
from sim.studies.execution import Execution
from sim.studies.kept import Kept
from sim.studies.plan import Plan
from sim.studies.task import Lived, Task

TOWN = ("region=teaching", "run.days=3", "run.run_in_days=1")
SERIAL = Execution(executor="serial")


def packed_quickly(task: Task, lived: Lived) -> bytes:
    """A run that is a function of its key and nothing else, as a real one is."""
    rng = np.random.default_rng(int(task.key[:12], 16))
    lived(task.days)
    columns = {"date": np.array(["2024-01-01"] * 9), "n": rng.integers(0, 1000, 9)}
    head = {
        "key": task.key, "seed": task.config.run.seed, "replication": task.replication,
        "metrics": {name: float(rng.normal(10, 2)) for name in METRICS},
        "counts": {"requests": {"all": 1}},
        "hashes": {"days": task.key}, "rows": {"days": 9}, "seconds": 0.1, "run_in_seconds": 0.0,
        "peak_mb": 1.0, "checks": 1, "program": "x",
    }  # fmt: skip
    return pack(head, {"days": columns})


def plan_for(replications: int, *overrides: str) -> Plan:
    """Two scenarios, so many replications each."""
    settings = dict(one.split("=") for one in (*TOWN, *overrides))
    told = [f"{key}={value}" for key, value in settings.items()]
    return plan_of(["base", "rural_access"], [*told, f"run.replications={replications}"])


def begin(plan: Plan, folder: Path) -> Path:
    """A folder with the plan of a study in it."""
    folder.mkdir(parents=True, exist_ok=True)
    plan.write(folder)
    return folder


def go_on(plan: Plan, folder: Path, execution: Execution = SERIAL) -> Conducted:
    """Run what is missing."""
    return conduct(plan, folder, execution)


def tables(folder: Path) -> dict[str, dict[str, object]]:
    """Rows and content hash of each table of all finished runs."""
    return Kept.of(folder).contents()


def finished(folder: Path) -> set[str]:
    """Keys of the runs that are there, whole."""
    return set(Store(folder).look().runs)
