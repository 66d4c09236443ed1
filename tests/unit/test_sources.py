"""A function is compiled anew when a file changes from which it takes lines or constants."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import sim

ASK = """
from sim.service.rules import effective_work
print(effective_work(60, 1000, 0, 0), sum(effective_work.stats.cache_hits.values()))
"""


def _asked(tree: Path) -> list[int]:
    """Seconds of work by an average server, and how often it was found compiled."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "NUMBA_DISABLE_JIT": "0"}
    said = subprocess.run(
        [sys.executable, "-c", ASK], cwd=tree, env=environment, check=True, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    return [int(word) for word in said.stdout.split()]


def test_a_change_elsewhere_is_noticed(tmp_path: Path) -> None:
    """The number of an average server stands in another file than the rule that divides by it."""
    shutil.copytree(
        Path(sim.__file__).parent, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__")
    )
    assert _asked(tmp_path) == [60, 0]
    assert _asked(tmp_path) == [60, 1]  # nothing has changed
    stations = tmp_path / "sim" / "service" / "stations.py"
    text = stations.read_text(encoding="utf-8")
    stations.write_text(text.replace("AVERAGE = 1000", "AVERAGE = 500"), encoding="utf-8")
    assert _asked(tmp_path) == [120, 0]
    stations.write_text(text, encoding="utf-8")
    assert _asked(tmp_path)[0] == 60
