"""What a report says of the engines that made it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.engine import made_of
from sim.report import proof


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A proof of engines called `these`, in place of the one that is kept."""
    document = {
        "counts": {"PASS": 3, "FAIL": 1, "INCONCLUSIVE": 0, "NOT_EXPRESSED": 2},
        "engines": [{"journeys": 1_000, "differing": 0}, {"journeys": 500, "differing": 7}],
        "laws": ["left out"],
    }
    proof.write_proof(document, "these", tmp_path)
    monkeypatch.setattr(proof, "__file__", str(tmp_path / "proof.py"))
    proof._kept.cache_clear()
    yield tmp_path / proof.PROOF
    proof._kept.cache_clear()


@pytest.mark.parametrize("engines", ["these", "others", ""])
def test_only_the_proved_engines_are_called_proved(kept: Path, engines: str) -> None:
    said = proof.proved_of(engines)
    assert "3 of 6 exact laws hold, 1 failed" in said
    assert "7 cells differ in 1,500 journeys" in said
    assert ("the very engines" in said) == (engines == "these")
    assert "laws" not in json.loads(kept.read_text(encoding="utf-8"))


def test_without_a_proof_nothing_is_claimed(kept: Path) -> None:
    kept.unlink()
    assert "hold" not in proof.proved_of("these")


@pytest.mark.slow
def test_the_proof_that_is_kept_is_of_these_engines() -> None:
    """Fails after a change of the engines until `make proof` has tried them."""
    proof._kept.cache_clear()
    assert "the very engines" in proof.proved_of(made_of())
