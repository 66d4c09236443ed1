"""Every scenario file runs, and does something."""

from __future__ import annotations

import numpy as np
import pytest

from sim.compose import names
from tests.model.town import hashes_of, tables_of, town

SHORT = ("run.days=3", "run.run_in_days=0")
HOME = {"town_staff": "teaching", "town_access": "teaching"}  # scenarios that name bodies of another region


@pytest.mark.parametrize("scenario", [name for name in names("scenario") if name != "base"])
def test_a_scenario_runs_three_days_and_differs_from_base(scenario: str) -> None:
    place = (f"region={HOME.get(scenario, 'west_kazakhstan')}", *SHORT)
    tables = tables_of(town(scenario=scenario, place=place))
    assert np.unique(tables["services"]["date"]).size == 3
    assert hashes_of(tables) != hashes_of(tables_of(town(place=place)))
