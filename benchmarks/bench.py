"""How fast are the two engines, held against each other in one run?

    python benchmarks/bench.py [rounds=3] [days=366] [simpy_days=7]

Whole processes, engines in turn, medians over rounds; the first run only compiles. A figure of one
machine says little: the ratio between the engines, taken in the same minutes, travels better.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parents[1]
RUN_IN = "run.run_in_days=7"


def main() -> None:
    told = dict(one.split("=", 1) for one in sys.argv[1:])
    rounds, days = int(told.get("rounds", 3)), told.get("days", "366")
    short = told.get("simpy_days", "7")
    arms = {
        "teaching, compiled": ["region=teaching", f"run.days={days}", RUN_IN],
        "compiled, short": [f"run.days={short}", RUN_IN],
        "simpy, short": [f"run.days={short}", RUN_IN, "engine=simpy"],
        "compiled, long": [f"run.days={days}"],
    }
    _run(arms["compiled, short"])
    seen: dict[str, list[dict[str, Any]]] = {name: [] for name in arms}
    loops: list[float] = []
    for turn in range(rounds):
        for name, overrides in arms.items():
            seen[name].append(_run(overrides))
            print(f"round {turn + 1}: {name}: {seen[name][-1]['seconds']:.2f} s", flush=True)
        loops.append(_loop_seconds())
    print()
    for name, runs in seen.items():
        _say(name, runs)
    long = median(run["seconds"] for run in seen["compiled, long"])
    print(
        f"Ten million additions in a loop of Python: {median(loops):.2f} s; the long compiled run "
        f"takes {long / median(loops):.1f} times as long."
    )
    pairs = zip(seen["simpy, short"], seen["compiled, short"], strict=True)
    ratios = [slow["seconds"] / fast["seconds"] for slow, fast in pairs]
    print(f"\nSimPy over compiled, the same {short} days: {median(ratios):.1f} times as long")
    same = all(
        slow["tables"] == fast["tables"]
        for slow, fast in zip(seen["simpy, short"], seen["compiled, short"], strict=True)
    )
    print(f"Tables of both engines are {'identical' if same else 'DIFFERENT'}.")
    sys.exit(not same)


def _loop_seconds() -> float:
    """A yardstick of this machine, as busy as it is now."""
    begun, total = time.perf_counter(), 0
    for i in range(10_000_000):
        total += i
    return time.perf_counter() - begun


def _run(overrides: list[str]) -> dict[str, Any]:
    """The JSON document of one run, in a process and a folder of its own."""
    command = [sys.executable, "-m", "sim", "run", "--json", *overrides]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(HERE)}
        told = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _say(name: str, runs: list[dict[str, Any]]) -> None:
    seconds = median(run["seconds"] for run in runs)
    requests = sum(runs[0]["counts"]["requests"].values())
    memory = max(run["peak_mb"] for run in runs)
    print(
        f"{name:20} {seconds:8.2f} s  {requests:12,} requests  "
        f"{1e9 * seconds / requests:9,.0f} ns a request  {memory:6,.0f} MB"
    )


if __name__ == "__main__":
    main()
