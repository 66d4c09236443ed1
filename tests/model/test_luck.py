"""Chance has addresses: what a reform does not touch keeps its luck, to the last cell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.engine import ENGINES
from sim.model import ServiceModel
from sim.population.demand import Demand
from sim.population.people import Can
from sim.region.region import Region
from sim.scenarios.changes import Timeline
from sim.studies.run import region_of
from tests.model.town import hashes_of, lived, model, tables_of, town

NOTHING = """\
levers:
  - {name: mobile.units, value: 1}
  - {name: mobile.itinerary, value: fixed}
  - {name: documents.exchange, value: 0}
  - {name: portal.ease, value: 0}
  - {name: portal.app, value: one_click}
  - {name: offices.hours, value: nine}
  - {name: services.online, value: {services: [eds], ease: 0.0, closure_pct: 0.0}}
  - {name: villages.connect, value: 0}
"""


def test_a_scenario_that_changes_nothing_differs_by_exactly_zero(conf: Path) -> None:
    """Levers set to what is in force anyway: every column of every table is the base's."""
    base = town()
    app = base.config.portal.app_services
    text = NOTHING.replace("one_click", app)
    (conf / "scenario/nothing.yaml").write_text("# @package _global_\n" + text, encoding="utf-8")
    nothing = town(scenario="nothing")
    assert len(nothing.config.levers) == 8
    assert hashes_of(tables_of(nothing)) == hashes_of(tables_of(base))


def test_a_reform_changes_nothing_before_its_first_day(conf: Path) -> None:
    """Until a lever starts, all days of a scenario are those of the base."""
    text = "# @package _global_\nlevers: [{name: mobile.units, value: 3, start: 25}]\n"
    (conf / "scenario/later.yaml").write_text(text, encoding="utf-8")
    base, later = tables_of(town()), tables_of(town(scenario="later"))
    for name in ("services", "counters", "desks", "calls", "vans"):
        before = base[name]["date"] < "2024-01-26"
        still = later[name]["date"] < "2024-01-26"
        for column in base[name]:
            ours, theirs = base[name][column][before], later[name][column][still]
            if name in ("counters", "vans"):  # a vehicle that is to come has empty rows
                key = "station" if name == "counters" else "unit"
                known = np.isin(later[name][key][still], base[name][key])
                theirs = theirs[known]
            np.testing.assert_array_equal(ours, theirs, err_msg=f"{name}.{column}")
    assert hashes_of(base) != hashes_of(later)


def _with_one_more(region: Region, settlement: int) -> Region:
    table = region.tables["settlements"]
    residents = table.numbers("residents").copy()
    residents[settlement] += 1
    return replace(
        region, tables={**region.tables, "settlements": table.replaced("residents", residents)}
    )


def _model_of(region: Region) -> ServiceModel:
    config = town().config
    return ServiceModel(region, Timeline(region.tables, config, ()), ENGINES["compiled"])


def test_one_more_citizen_is_nobody_elses_business() -> None:
    """Everybody else keeps attributes and needs, whichever settlement the newcomer joins."""
    region = region_of(town().config)
    before = _model_of(region)
    n_before = len(before.citizens.people.can)
    for settlement in (0, 2, len(region.tables["settlements"]) - 1):
        after = _model_of(_with_one_more(region, settlement))
        newcomer = int(after.world.places.first[settlement + 1]) - 1
        others = np.delete(np.arange(n_before + 1), newcomer)
        for ours, theirs in zip(before.citizens.people, after.citizens.people, strict=True):
            np.testing.assert_array_equal(ours, theirs[others])
        assert _needs(before, {}) == _needs(after, {newcomer})


def _needs(one: ServiceModel, without: set[int]) -> list[tuple[int, ...]]:
    """Needs of January, citizens numbered without the newcomers."""
    demand = Demand(one.region)
    config = one.config
    month = 2024 * 12
    ratio = np.stack([demand.ratio(one.tables, month, config.demand.factor)] * 31)
    needs = demand.month(one.citizens.people, one.world.places.first, 7, 0, month, ratio)
    rows = []
    columns = (needs.rows[name] for name in ("citizen", "service", "candidate", "when"))
    for who, *rest in zip(*(column.tolist() for column in columns), strict=True):
        if who not in without:
            rows.append((who - sum(newcomer < who for newcomer in without), *rest))
    return sorted(rows)


def test_a_child_who_asks_for_nothing_changes_no_table() -> None:
    """A newcomer without needs leaves every day of everybody else as it was."""
    region = region_of(town().config)
    base = lived(_model_of(region))
    for settlement in range(len(region.tables["settlements"])):
        one = _model_of(_with_one_more(region, settlement))
        newcomer = int(one.world.places.first[settlement + 1]) - 1
        if not one.citizens.people.can[newcomer] & Can.APPLY:
            break
    else:
        pytest.fail("every newcomer is old enough to apply; try more settlements")
    after = lived(one)
    for name in ("services", "counters", "desks", "calls", "vans", "waits", "hours"):
        if name in base:
            assert hashes_of({name: base[name]}) == hashes_of({name: after[name]}), name


def test_more_demand_adds_needs_and_renumbers_none() -> None:
    """Every need of the base is a need of a world with more demand, with the same luck."""
    one = model()
    demand, month = Demand(one.region), 2024 * 12
    drawn = []
    for factor in (0.5, 1.0, 2.0):
        ratio = np.stack([demand.ratio(one.tables, month, factor)] * 31)
        needs = demand.month(one.citizens.people, one.world.places.first, 7, 0, month, ratio)
        columns = (needs.rows[name] for name in ("citizen", "candidate", "service", "when"))
        drawn.append(set(zip(*(column.tolist() for column in columns), strict=True)))
    half, base, double = drawn
    assert half < base < double
    assert abs(len(double) / len(base) - 2) < 0.1


def test_replications_and_seeds_differ() -> None:
    """A pair shares its luck; another replication or another seed has its own."""
    found = [
        hashes_of(tables_of(town(*told)))["services"]
        for told in ((), ("run.replication=1",), ("run.seed=5",))
    ]
    assert len(set(found)) == 3


def test_the_same_run_twice_is_the_same() -> None:
    """Nothing but the configuration moves a table."""
    assert hashes_of(tables_of(town())) == hashes_of(tables_of(town()))
