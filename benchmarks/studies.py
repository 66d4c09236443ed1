"""What a study costs beside its runs: ``python benchmarks/studies.py``.

Finding 10,000 runs again, the time a run takes beyond the model, and what a second core brings.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from sim.compose import Composed
from sim.metrics import METRICS
from sim.results.packed import pack
from sim.results.store import Store
from sim.studies.comparison import plan_of
from sim.studies.conduct import Watched, conduct
from sim.studies.execution import Execution
from sim.studies.run import execute

RUNS = 10_000
TOWN = ("region=teaching", "run.run_in_days=0")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        scan(Path(folder), rounds)
        overhead(Path(folder), rounds)
        efficiency(rounds)


def seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def scan(folder: Path, rounds: int) -> None:
    """Look through a folder of many runs, with the catalogue and bit by bit."""
    store, rng = Store(folder / "many"), np.random.default_rng(1)
    for i in range(RUNS):
        store.put(f"{i:032x}", small_run(f"{i:032x}", rng))
        if i % 500 == 499:
            store.compact()
    store.remember()
    size = sum(path.stat().st_size for path in (folder / "many/runs").iterdir()) / 1e6
    known = median(seconds(lambda: Store(folder / "many").look()) for _ in range(rounds))
    (folder / "many/.catalogue").unlink()
    checked = median(seconds(lambda: Store(folder / "many").look()) for _ in range(rounds))
    print(f"finding {RUNS:,} runs, {size:.0f} MB")
    print(f"  as the catalogue knows them      {known:8.2f} s   at most 1")
    print(f"  without it, every bit checked    {checked:8.2f} s")


def small_run(key: str, rng: np.random.Generator) -> bytes:
    """A run with every metric and some tables of a town's size."""
    metrics = dict.fromkeys(METRICS, 0.0) | {"wait_mean": float(rng.normal())}
    hashes = {f"t{i}": "0" * 64 for i in range(11)}
    head = {
        "key": key, "seed": 1, "replication": 0, "metrics": metrics, "counts": {}, "hashes": hashes,
        "rows": dict.fromkeys(hashes, 300), "seconds": 0.1, "run_in_seconds": 0.0, "peak_mb": 1.0,
        "checks": 1, "program": "x",
    }  # fmt: skip
    return pack(head, {"t0": {"n": rng.integers(0, 1000, 2_000)}})


def overhead(folder: Path, rounds: int) -> None:
    """Time of a study in one process beyond that of its runs by themselves."""
    plan = plan_of(["base", "rural_access"], [*TOWN, "run.days=60", "run.replications=5"])
    configs = [task.config for task in plan.tasks(None)]
    execute(Composed(configs[0], {}))
    found = []
    for i in range(rounds):
        bare = seconds(lambda: [execute(Composed(config, {})) for config in configs])
        at = folder / f"study{i}"
        at.mkdir()
        plan.write(at)
        whole = seconds(lambda at=at: conduct(plan, at, Execution(executor="serial")))  # type: ignore[misc]
        found.append(1000 * (whole - bare) / len(configs))
        shutil.rmtree(at)
    print(f"a run beyond the model             {median(found):8.0f} ms  at most 50")


def efficiency(rounds: int) -> None:
    """Runs of more than a second on one core and on two, from the first day lived to the last."""
    found, whole = [], []
    for _ in range(rounds):
        alone, _ = lived("serial", 1)
        both, with_start = lived("processes", 2)
        found.append(alone / both / 2)
        whole.append(alone / with_start / 2)
    print(f"two workers over one, halved       {100 * median(found):8.1f} %   at least 95")
    print(f"  with the start of both workers   {100 * median(whole):8.1f} %")


def lived(executor: str, workers: int) -> tuple[float, float]:
    """Seconds from the first sign of life to the end, and from the beginning."""
    settings = [*TOWN, "run.days=900", "run.replications=6", f"run.workers={workers}"]
    plan, first = plan_of(["base", "rural_access"], settings), []

    def watch(seen: Watched) -> None:
        if seen.days and not first:
            first.append(time.perf_counter())

    begun = time.perf_counter()
    conduct(plan, None, Execution(executor=executor), watch)  # type: ignore[arg-type]
    end = time.perf_counter()
    return end - first[0], end - begun


if __name__ == "__main__":
    main()
