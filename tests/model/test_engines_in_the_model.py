"""The whole model with either engine, and the calls that need not be simulated."""

from __future__ import annotations

import pytest

import sim.population.calls
from tests.model.town import REGION, hashes_of, tables_of, town

SCENARIOS = ("base", "more_online_services", "rural_access")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_both_engines_give_the_same_tables(scenario: str) -> None:
    """The readable engine is the definition; the compiled one equals it in every cell."""
    compiled, simpy = (
        tables_of(town(f"engine={engine}", scenario=scenario)) for engine in ("compiled", "simpy")
    )
    assert hashes_of(compiled) == hashes_of(simpy)


def test_both_engines_agree_at_full_size() -> None:
    """Four days of the real region, 692,000 citizens."""
    compiled, simpy = (
        tables_of(town(f"engine={engine}", place=REGION)) for engine in ("compiled", "simpy")
    )
    assert hashes_of(compiled) == hashes_of(simpy)


def test_calls_from_elsewhere_are_left_out_only_where_they_cannot_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Leaving out quiet days of the pool gives the tables of simulating every call."""
    short = ("call_centre.agents=40", "run.days=12", "run.run_in_days=2")
    pruned = tables_of(town(*short, place=REGION))
    assert sum(pruned["calls"]["abandoned"]) > 0
    monkeypatch.setattr(sim.population.calls, "fits", lambda change, roster: False)
    assert hashes_of(tables_of(town(*short, place=REGION))) == hashes_of(pruned)
