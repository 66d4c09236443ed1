"""Plant faults one by one and see whether the tests notice: ``make mutants``.

Each fault is planted into a copy of the tree of its own. The copy keeps the compiled loops that the
fault cannot reach; those it can reach are compiled anew, or not at all: tests of single rules run
without the compiler. A fault is killed by the first test that fails.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.mutants.battery import asked, dependants, test_files
from tests.mutants.planted import KINDS, LIST, ROOT, Mutant, listed, problems

ENOUGH = 0.95  # of the faults are to be killed
LIMIT = 900  # seconds that one round of tests may take
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "outputs", ".*_cache", ".hypothesis", "golden", "benchmarks"
)
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow")
NEEDS_COMPILER = "tests/unit/service/test_books.py::test_each_request_falls_due_once_on_its_day"
INTERPRETED_ONLY = ("-W", "ignore:overflow encountered", "--deselect", NEEDS_COMPILER)


@dataclass(frozen=True)
class Verdict:
    """What became of a fault."""

    id: str
    kind: str
    verdict: str  # killed, killed by a crash, undecided at the time limit, survived
    seconds: float
    by: str  # the test that failed

    @property
    def is_killed(self) -> bool:
        """Whether the tests noticed."""
        return self.verdict.startswith("killed")


def tried(mutant: Mutant, template: Path, near: Sequence[str], far: Sequence[str]) -> Verdict:
    """Plant one fault and ask the tests that can see it, until one of them fails."""
    begun, file = time.monotonic(), ROOT / mutant.file
    with tempfile.TemporaryDirectory(prefix="mutant-", dir=template.parent) as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(template, copy, copy_function=os.link)
        planted = copy / mutant.file
        text = mutant.planted_in(planted.read_text(encoding="utf-8"))
        planted.unlink()  # a link to the file of the template
        planted.write_text(text, encoding="utf-8")
        compiled = [path.relative_to(ROOT) for path in dependants(file) if _forget(path, copy)]
        worlds = any(test.startswith("tests/engine") for test in near)  # thousands of them
        verdict, by = _asked(copy, near, interpreted=bool(compiled) and not worlds)
        if verdict == "survived":
            verdict, by = _asked(copy, far, interpreted=False)
    return Verdict(mutant.id, mutant.kind, verdict, round(time.monotonic() - begun, 1), by)


def _forget(file: Path, copy: Path) -> bool:
    """Delete the compiled loops of a file in a copy; whether there were any."""
    cache = (copy / file.relative_to(ROOT)).parent / "__pycache__"
    found = list(cache.glob(f"{file.stem}.*.nb[ic]"))
    for one in found:
        one.unlink()
    return bool(found)


def _asked(tree: Path, tests: Sequence[str], interpreted: bool) -> tuple[str, str]:
    """What tests say of a tree, and which of them failed first."""
    if not tests:
        return "survived", ""
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree),
        "KEZEK_HYPOTHESIS": "mutants",
        "NUMBA_DISABLE_JIT": str(int(interpreted)),
    }
    command = [sys.executable, *PYTEST, *(INTERPRETED_ONLY if interpreted else ()), *tests]
    process = subprocess.Popen(
        command, cwd=tree, env=environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its own group: workers of a test too
        process.communicate()
        return "undecided at the time limit", ""  # for ever, or merely slow: nobody can tell
    if process.returncode == 0:
        return "survived", ""
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", said, re.MULTILINE)
    if process.returncode == 1 and failed is not None:
        return "killed", failed[1]
    return "killed by a crash", said.strip().splitlines()[-1] if said.strip() else ""


def proven(template: Path) -> str:
    """The test that fails without any fault, or nothing; warms the compiled loops on the way."""
    tests = [path.relative_to(ROOT).as_posix() for path in test_files()]
    verdict, by = _asked(template, tests, interpreted=False)
    return "" if verdict == "survived" else by or verdict


def table(verdicts: Sequence[Verdict]) -> str:
    """How many of each kind were killed."""
    lines = [f"{'kind':12} {'planted':>8} {'killed':>8} {'share':>7}"]
    for kind in (*KINDS, "all"):
        mine = [one for one in verdicts if kind in (one.kind, "all")]
        killed = sum(one.is_killed for one in mine)
        if mine:
            lines.append(f"{kind:12} {len(mine):8} {killed:8} {100 * killed / len(mine):6.1f}%")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 if enough faults were killed, 1 if not, 2 if they could not be planted."""
    told = _parser().parse_args(arguments)
    all_listed = listed(told.list_from)
    mutants = [
        one
        for one in all_listed
        if (not told.only or one.id in told.only) and (not told.kind or one.kind in told.kind)
    ]
    wrong = list(problems(all_listed))
    known = {one.id for one in all_listed}
    wrong += [f"no fault '{name}'." for name in told.only if name not in known]
    if wrong or not mutants:
        print("\n".join(wrong or ["no fault to plant."]), file=sys.stderr)
        return 2
    if told.list:
        print("\n".join(f"{one.kind:11} {one.id:45} {one.says}" for one in mutants))
        return 0
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        template = Path(folder) / "template"
        shutil.copytree(ROOT, template, ignore=LEFT_OUT)
        if not told.unproven:
            failing = proven(template)
            if failing:
                print(f"without any fault {failing} fails.", file=sys.stderr)
                return 2
        with ThreadPoolExecutor(told.workers) as pool:
            begun = [pool.submit(tried, one, template, *asked(ROOT / one.file)) for one in mutants]
            for done in as_completed(begun):
                one = done.result()
                verdicts.append(one)
                said = f"{one.verdict:9} {one.kind}/{one.id} {one.seconds} s {one.by}"
                print(said, flush=True)
    order = {mutant.id: i for i, mutant in enumerate(mutants)}
    verdicts.sort(key=lambda one: order[one.id])
    used = os.times()
    print(table(verdicts))
    print(f"{(used.children_user + used.children_system) / 60:.0f} minutes of processor time")
    if told.json:
        rows = [asdict(replace(one)) for one in verdicts]
        told.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return int(sum(one.is_killed for one in verdicts) < ENOUGH * len(verdicts))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--list", action="store_true", help="say what would be planted")
    parser.add_argument("--list-from", type=Path, default=LIST, help="another list of faults")
    parser.add_argument("--only", nargs="+", default=[], metavar="ID", help="these faults")
    parser.add_argument(
        "--kind", nargs="+", default=[], choices=KINDS, help="faults of these kinds"
    )
    parser.add_argument("--workers", type=int, default=2, help="faults at a time")
    parser.add_argument(
        "--unproven", action="store_true", help="do not try the tests without fault"
    )
    parser.add_argument("--json", type=Path, help="write the verdicts to a file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
