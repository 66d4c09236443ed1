"""The triangle of volumes: loads follow what it says, and the unit's load stays what was drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.claims.volumes import corner_of, shares_of_time, still_overloaded, weights_of
from sim.region.table import Table
from sim.service.loads import Load

SHARE = st.floats(0, 1)


def bodies() -> Table:
    """Three departments of one employer and a body whose types nobody counts."""
    columns = {
        "employer": ("city", "city", "city", "state"),
        "service_types": np.array([10.0, 2.0, 4.0, 0.0]),
        "staff": np.array([40.0, 20.0, 80.0, 30.0]),
        "share_of_time": np.array([0.2, 0.2, 0.2, 0.3]),
    }
    return Table.of("bodies", ("A", "B", "C", "S"), columns)


def loads() -> list[Load]:
    """Duty of each is its staff, its share of time and a thousand hours."""
    work = {"A": 3000.0, "B": 1500.0, "C": 6000.0, "S": 4000.0}
    duty = {"A": 8000.0, "B": 4000.0, "C": 16000.0, "S": 9000.0}
    return [*(Load(name, work[name], duty[name]) for name in work), Load("office", 1.0, 2.0)]


def solved(types: float, staff: float, load: float) -> dict[str, float]:
    """Load of each body with the share of time that was solved."""
    cells, table = shares_of_time(bodies(), loads(), types, staff, load), bodies()
    share = dict(zip(table.rows, table.numbers("share_of_time"), strict=True))
    return {
        one.station: one.load * share[one.station] / cells[one.station]["share_of_time"]
        for one in loads()
        if one.station in cells
    }


def test_where_volumes_follow_staff_all_desks_are_as_busy() -> None:
    found = solved(0.0, 1.0, 0.5)
    assert [found[name] for name in "ABC"] == pytest.approx([0.5] * 3, rel=1e-3)


def test_where_volumes_follow_types_loads_follow_the_coefficient() -> None:
    found = solved(1.0, 0.0, 0.2)
    coefficient = {"A": 10 / 40, "B": 2 / 20, "C": 4 / 80}
    assert found["A"] / found["B"] == pytest.approx(coefficient["A"] / coefficient["B"], rel=2e-3)
    assert sorted("ABC", key=found.get) == sorted("ABC", key=coefficient.get)


def test_where_volumes_follow_residents_the_smallest_department_is_busiest() -> None:
    found = solved(0.0, 0.0, 0.3)
    assert max("ABC", key=found.get) == "B"
    assert found["B"] / found["A"] == pytest.approx(2.0, rel=2e-3)


def test_the_load_of_the_unit_is_the_one_that_was_drawn() -> None:
    found = solved(0.3, 0.4, 0.4)
    work = {one.station: one.work_hours for one in loads()}
    duty = sum(work[name] / found[name] for name in "ABC")
    assert sum(work[name] for name in "ABC") / duty == pytest.approx(0.4, rel=2e-3)


def test_a_body_whose_types_nobody_counts_has_the_load_of_its_unit() -> None:
    assert solved(1.0, 0.0, 0.6)["S"] == pytest.approx(0.6, rel=1e-3)


@given(SHARE, SHARE, st.floats(0.35, 0.85))
def test_shares_of_time_stay_within_what_people_can_give(u: float, v: float, load: float) -> None:
    types, staff = weights_of(u, v)
    assert types >= 0
    assert staff >= 0
    assert types + staff <= 1 + 1e-12
    cells = shares_of_time(bodies(), loads(), types, staff, load)
    assert all(0.02 <= one["share_of_time"] <= 0.8 for one in cells.values())


@given(SHARE, SHARE)
def test_the_corner_is_what_weighs_most(u: float, v: float) -> None:
    types, staff = weights_of(u, v)
    weights = {"types": types, "staff": staff, "residents": 1 - types - staff}
    assert weights[corner_of(types, staff)] == max(weights.values())


def test_an_office_with_more_work_than_time_is_overloaded_whatever_desks_do() -> None:
    cells = shares_of_time(bodies(), loads(), 0.3, 0.3, 0.5)
    assert not still_overloaded(bodies(), loads(), cells)
    assert still_overloaded(bodies(), [*loads(), Load("full", 2.0, 2.0)], cells)
