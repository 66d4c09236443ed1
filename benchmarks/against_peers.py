"""How fast are our engines against a C program and a SimPy script that do the same work?

    python benchmarks/against_peers.py [rounds=3] [n=4000000] [simpy_n=76631] [references=20]

All on workload W2 of ``peers/``, one process after the other, in turn. Ratios are taken within a
round, of seconds a customer, start and compilation left out: CPU time first, wall time beside it.
How far statistics lie apart is told in standard errors, from ``references`` runs of the C program.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from math import sqrt
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

PEERS = Path(__file__).resolve().parent / "peers"
STATISTICS = ("mean_wait", "p_abandon", "p_dept", "mean_journey")
C, SCRIPT = "C, day windows", "SimPy script"
COMPILED, ADDRESSED, SIMPY = "Kezek compiled", "Kezek addressed", "Kezek SimPy engine"
SAME_DAYS = "Kezek compiled, short"
FILES = {
    C: ("bench_c.py", "batch", "n"),
    COMPILED: ("bench_kezek.py", "compiled", "n"),
    ADDRESSED: ("bench_kezek.py", "addressed", "n"),
    SCRIPT: ("bench_simpy.py", "idiomatic", "simpy_n"),
    SIMPY: ("bench_kezek.py", "simpy", "simpy_n"),
    SAME_DAYS: ("bench_kezek.py", "compiled", "simpy_n"),
}
Line = dict[str, Any]  # what a program says of its run


def whole(line: Line, clock: str) -> float:
    """Seconds a customer, with everything."""
    return line[clock] / line["customers"]


def lived(line: Line, clock: str) -> float:
    """Seconds a customer, from drawn columns on."""
    return (line[clock] - line[f"draw_{clock}"]) / line["customers"]


def engine(line: Line, clock: str) -> float:
    """Seconds a customer, inside the engine."""
    return line[f"engine_{clock}"] / line["customers"]


RATIOS: list[tuple[str, str, Callable[[Line, str], float], str, str]] = [
    # what, slower, its seconds, faster (all its seconds count), aim
    ("SimPy script / compiled, from drawn columns", COMPILED, lived, SCRIPT, "at least 250"),
    ("SimPy script / compiled, with drawing", COMPILED, whole, SCRIPT, ""),
    ("compiled, from drawn columns / C", COMPILED, lived, C, "at most 1.5"),
    ("compiled, engine only / C", COMPILED, engine, C, ""),
    ("compiled, with drawing by NumPy / C", COMPILED, whole, C, ""),
    ("compiled, addressed draws / C", ADDRESSED, whole, C, "at most 2"),
    ("our SimPy engine / SimPy script", SIMPY, whole, SCRIPT, "at most 1.5"),
]


def main() -> None:
    told = dict(one.split("=", 1) for one in sys.argv[1:])
    rounds, references = int(told.get("rounds", 3)), int(told.get("references", 20))
    sizes = {"n": told.get("n", "4000000"), "simpy_n": told.get("simpy_n", "76631")}
    missing = [name for name, what in ((C, "gcc"),) if shutil.which(what) is None]
    for name in missing:
        print(f"{name}: left out, there is no gcc here.")
    for tool in ("ciw", "salabim", "cimba", "starsim"):
        if importlib.util.find_spec(tool) is None:
            print(f"{tool} is not installed: peers/run_all.py would leave its row out.")
    starts()
    programs = [name for name in FILES if name not in missing]
    seen: dict[str, list[Line]] = {name: [] for name in programs}
    for turn in range(rounds):
        for name in programs:
            file, variant, size = FILES[name]
            seen[name].append(run(file, variant, sizes[size], seed=100 + turn))
            print(f"round {turn + 1}: {name}: {seen[name][-1]['cpu_seconds']:.2f} s", flush=True)
    say_ratios(seen)
    say_statistics(
        seen, {} if C in missing else {of: spread(sizes[of], references) for of in sizes}
    )
    same = all(
        a[of] == b[of]
        for a, b in zip(seen[SIMPY], seen[SAME_DAYS], strict=True)
        for of in STATISTICS
    )
    print(f"Statistics of both our engines are {'identical' if same else 'DIFFERENT'}.")
    sys.exit(not same)


def run(file: str, variant: str, n: str, seed: int = 1, cache: str | None = None) -> Line:
    """The line of one run, in a process of its own, with the seconds of the whole process."""
    command = [sys.executable, file, "--workload", "W2", "--n", n, "--seed", str(seed)]
    extra = {"NUMBA_CACHE_DIR": cache} if cache else {}
    begun, cpu_begun = time.perf_counter(), cpu_of_children()
    told = subprocess.run(
        [*command, "--variant", variant],
        cwd=PEERS, env={**os.environ, **extra}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    line: Line = json.loads(told.stdout.splitlines()[-1])
    return line | {
        "process_seconds": time.perf_counter() - begun,
        "process_cpu_seconds": cpu_of_children() - cpu_begun,
    }


def cpu_of_children() -> float:
    """CPU seconds of all processes started and ended so far."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def starts() -> None:
    """A process that lives one day of W2: with nothing compiled, and with everything."""
    with tempfile.TemporaryDirectory() as cache:
        cold, *warm = [run("bench_kezek.py", "compiled", "1", cache=cache) for _ in range(4)]
    print(f"\n{'One day of W2, whole process':46}{'CPU s':>8}{'wall s':>8}  aim, wall")
    for what, lines, aim in (("nothing compiled", [cold], 15), ("compiled before", warm, 1)):
        cpu, wall = (
            median(line[f"process_{clock}"] for line in lines)
            for clock in ("cpu_seconds", "seconds")
        )
        print(f"{what:46}{cpu:8.2f}{wall:8.2f}  at most {aim}")
    print()


def say_ratios(seen: dict[str, list[Line]]) -> None:
    print(f"\n{'':46}{'CPU':>22}{'wall':>24}  aim")
    for what, ours, part, theirs, aim in RATIOS:
        if theirs not in seen:
            continue
        told = ""
        for clock in ("cpu_seconds", "seconds"):
            ratios = [
                part(own, clock) / whole(other, clock)
                for own, other in zip(seen[ours], seen[theirs], strict=True)
            ]
            if what.startswith(SCRIPT):
                ratios = [1 / ratio for ratio in ratios]
            told += f"  {median(ratios):8.2f} ({min(ratios):.2f}..{max(ratios):.2f})".ljust(24)
        print(f"{what:44}{told}  {aim}")


def spread(n: str, references: int) -> dict[str, list[float]]:
    """The statistics of some runs of the C program."""
    lines = [run("bench_c.py", "batch", n, seed=1_000 + i) for i in range(references)]
    return {of: [line[of] for line in lines] for of in STATISTICS}


def say_statistics(seen: dict[str, list[Line]], spreads: dict[str, dict[str, list[float]]]) -> None:
    """Means over rounds, and how many standard errors they lie from the C program's."""
    print(f"\n{'':24}" + "".join(f"{of:>22}" for of in STATISTICS))
    for size, columns in spreads.items():
        told = "".join(f"{mean(columns[of]):14.4f}        " for of in STATISTICS)
        print(f"{'C, ' + str(len(columns[STATISTICS[0]])) + ' runs, ' + size:24}{told}")
    for name, lines in seen.items():
        told, columns = "", spreads.get(FILES[name][2])
        for of in STATISTICS:
            found = mean(line[of] for line in lines)
            told += f"{found:14.4f}"
            if columns:
                error = stdev(columns[of]) * sqrt(1 / len(lines) + 1 / len(columns[of]))
                told += f" {(found - mean(columns[of])) / error:+5.1f}  "
        print(f"{name:24}{told}")
    print("Beside each figure: standard errors from the C program's runs of the same length.\n")


if __name__ == "__main__":
    main()
