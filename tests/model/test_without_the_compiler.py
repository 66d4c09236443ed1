"""With Numba off every loop is plain Python, and gives the same tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.model.town import hashes_of, tables_of, town

LIVE = """
import json, sys
from tests.model.town import hashes_of, tables_of, town
print(json.dumps(hashes_of(tables_of(town(*sys.argv[2:], scenario=sys.argv[1])))))
"""
SHORT = ("run.days=8", "run.run_in_days=1")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("scenario", ["base", "every_mechanism"])
def test_the_compiler_changes_no_table(scenario: str) -> None:
    said = subprocess.run(
        [sys.executable, "-W", "ignore:overflow encountered", "-c", LIVE, scenario, *SHORT],
        cwd=ROOT, env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)},
        text=True, stdout=subprocess.PIPE, check=True,
    ).stdout  # fmt: skip
    assert json.loads(said) == hashes_of(tables_of(town(*SHORT, scenario=scenario)))
