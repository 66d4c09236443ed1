"""Every scenario file runs, and does something."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.compose import names
from tests.model.town import hashes_of, tables_of, town

DAYS = {"west_kazakhstan": 3, "teaching": 31}  # a small town needs a month to show a difference
HOME = dict.fromkeys(  # scenarios of another region, and what begins after some days
    (
        "town_staff", "town_access", "rush_plates", "rush_social_assistance", "system_outage",
        "answers_in_a_week",
    ),
    "teaching",
)  # fmt: skip
BOTH = {  # what base and scenario need to show a difference
    "answers_in_a_week": ("run.days=62",),  # a month with fewer inspections
    "bodies_cooperate": ("back_office.inquiry_pct=15",),  # none in the base
    "reallocation_by_utilisation": ("back_office.review_every_days=1", "run.run_in_days=5"),
}


@pytest.mark.parametrize("scenario", [name for name in names("scenario") if name != "base"])
def test_a_scenario_runs_and_differs_from_base(scenario: str) -> None:
    region = HOME.get(scenario, "west_kazakhstan")
    both = (f"run.days={DAYS[region]}", "run.run_in_days=0", *BOTH.get(scenario, ()))
    one = town(*both, scenario=scenario, place=(f"region={region}",))
    tables = tables_of(one)
    assert np.unique(tables["services"]["date"]).size == one.config.run.days
    assert hashes_of(tables) != _base(both, region)


@cache
def _base(both: tuple[str, ...], region: str) -> dict[str, str]:
    """Hashes of the base, lived once for all scenarios that need the same."""
    return hashes_of(tables_of(town(*both, place=(f"region={region}",))))
