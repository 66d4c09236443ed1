"""What tests of faults share: quick runs, and a count of what was injected."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sim.studies.task
from tests.faults.ledger import LEDGER, table
from tests.faults.quick import packed_quickly


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs take no time: what is tried is what becomes of them, not the model."""
    monkeypatch.setattr(sim.studies.task, "packed", packed_quickly)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None] | None:
    """Show how many faults of each kind were injected, and what came of them."""
    if LEDGER:
        terminalreporter.section("faults injected")
        terminalreporter.write_line(table())
    return None
