"""Every scenario file runs, and does something."""

from __future__ import annotations

import numpy as np
import pytest

from sim.compose import names
from tests.model.town import hashes_of, tables_of, town

DAYS = {"west_kazakhstan": 3, "teaching": 31}  # a small town needs a month to show a difference
HOME = dict.fromkeys(  # scenarios of another region, and what begins after some days
    ("town_staff", "town_access", "rush_plates", "rush_social_assistance"), "teaching"
)


@pytest.mark.parametrize("scenario", [name for name in names("scenario") if name != "base"])
def test_a_scenario_runs_and_differs_from_base(scenario: str) -> None:
    region = HOME.get(scenario, "west_kazakhstan")
    days = DAYS[region]
    place = (f"region={region}", f"run.days={days}", "run.run_in_days=0")
    tables = tables_of(town(scenario=scenario, place=place))
    assert np.unique(tables["services"]["date"]).size == days
    assert hashes_of(tables) != hashes_of(tables_of(town(place=place)))
