"""What tests of studies share: a place for reports that nobody reads, and runs that fail."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sim.studies.task
from sim.compose import Composed
from sim.errors import ModelError
from sim.studies.run import Run, execute
from tests.faults.quick import packed_quickly


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the report out: it has tests of its own, and takes longer than the runs."""
    page = ModuleType("sim.report.page")
    page.write_report = lambda found, folder: Path(folder) / "report.html"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sim.report.page", page)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs take no time: what is tried is what becomes of them, not the model."""
    monkeypatch.setattr(sim.studies.task, "packed", packed_quickly)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, int]]:
    """Scenarios and replications that a test adds here fail like a model that is stuck."""
    stuck: set[tuple[str, int]] = set()

    def execute_or_fail(one: Composed, *rest: Any) -> Run:
        if (one.config.scenario, one.config.run.replication) in stuck:
            raise ModelError("no way on from here.")
        return execute(one, *rest)

    monkeypatch.setattr(sim.studies.task, "execute", execute_or_fail)
    return stuck
