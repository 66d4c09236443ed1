"""Results do not move unnoticed: whoever moves them raises ``RESULTS_VERSION`` and says so.

After raising the version, and a line in the changelog that says what moved, by how much and why:

    python tests/golden/test_golden.py
"""

from __future__ import annotations

import json
from pathlib import Path

from sim.results.content import RESULTS_VERSION
from tests.model.town import hashes_of, tables_of, town

GOLDEN = Path(__file__).with_name("town.json")
SCENARIOS = ("base", "more_online_services", "rural_access")


def _now() -> dict[str, object]:
    found = {name: hashes_of(tables_of(town(scenario=name))) for name in SCENARIOS}
    return {"results_version": RESULTS_VERSION, "tables": found}


def test_results_move_only_with_their_version() -> None:
    golden, now = json.loads(GOLDEN.read_text(encoding="utf-8")), _now()
    assert golden["results_version"] == RESULTS_VERSION, "run: python tests/golden/test_golden.py"
    assert now["tables"] == golden["tables"], "results moved: raise RESULTS_VERSION, say why"


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(_now(), indent=1) + "\n", encoding="utf-8")
