"""Changes of cells, day by day: shares, operations, rows, and what names nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compose import Composed
from sim.errors import InputError
from sim.region.region import Region
from sim.scenarios.changes import PARAMETERS, Change, Operation, Timeline

starts, ramps, days = st.integers(0, 400), st.integers(0, 400), st.integers(-400, 1_000)


def _change(operation: Operation, amount: object, day: int = 0, ramp: int = 0) -> Change:
    return Change(day, "services", "eds", "online_ease", operation, amount, ramp, "test")


@given(start=starts, ramp=ramps, day=days)
def test_a_change_is_in_force_from_its_day_and_in_full_after_its_ramp(
    start: int, ramp: int, day: int
) -> None:
    """Nothing before, something on the first day, all on the last of the ramp, never less later."""
    change = _change("add", 1.0, start, ramp)
    share = change.share(day)
    assert 0 <= share <= 1
    assert (share > 0) == (day >= start)
    assert (share == 1) == (day >= start + max(ramp, 1) - 1)
    assert change.share(day + 1) >= share


def _timeline(region: Region, one: Composed, *changes: Change) -> Timeline:
    return Timeline(region.tables, one.config, changes)


def _ease(timeline: Timeline, day: int) -> float:
    table = timeline.at(day)[0]["services"]
    return float(table.numbers("online_ease")[table.index["eds"]])


def test_a_cell_is_set_then_multiplied_then_added_to(region: Region, base: Composed) -> None:
    """In whatever order the changes are written."""
    changes = [_change("add", 1.0), _change("multiply", 3.0), _change("set", 2.0)]
    for order in (changes, changes[::-1]):
        assert _ease(_timeline(region, base, *order), 0) == 7.0


@given(amounts=st.lists(st.floats(-3, 3), min_size=1, max_size=4), day=st.integers(0, 30))
def test_sums_and_products_do_not_depend_on_order(amounts: list[float], day: int) -> None:
    """Changes of several kinds and ramps, forwards and backwards."""
    region, base = _world()
    changes = [
        _change("add" if i % 2 else "multiply", amount, day=3 * i, ramp=5 * i)
        for i, amount in enumerate(amounts)
    ]
    ours, theirs = (
        _ease(_timeline(region, base, *order), day) for order in (changes, changes[::-1])
    )
    assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)


_WORLD: list[tuple[Region, Composed]] = []


@pytest.fixture(autouse=True)
def _remembered(region: Region, base: Composed) -> None:
    """Tests that draw their cases read the region of the session from here."""
    if not _WORLD:
        _WORLD.append((region, base))


def _world() -> tuple[Region, Composed]:
    return _WORLD[0]


def test_a_timeline_remembers_nothing_of_the_days_it_was_asked_before(
    region: Region, base: Composed
) -> None:
    """Backwards and forwards, the same day is the same."""
    timeline = _timeline(region, base, _change("add", 2.0, day=5, ramp=10))
    forwards = [_ease(timeline, day) for day in range(-2, 20)]
    backwards = [_ease(timeline, day) for day in range(19, -3, -1)]
    assert forwards == backwards[::-1]
    assert forwards[0] == 0.0
    assert forwards[-1] == 2.0


def test_days_on_which_nothing_changes_share_their_tables(region: Region, base: Composed) -> None:
    """A run asks each morning: most days nothing is made anew."""
    timeline = _timeline(region, base, _change("add", 2.0, day=5))
    assert timeline.at(5) is timeline.at(6)
    assert [day for day in range(-3, 10) if timeline.moves(day)] == [5]
    other = timeline.at(6)[0]
    assert all(other[name] is region.tables[name] for name in other if name != "services")


def test_a_whole_parameter_stays_whole_on_a_ramp(region: Region, base: Composed) -> None:
    """Between four vehicles and nine there are no halves, and the most is nine."""
    units = Change(10, PARAMETERS, "mobile", "units", "set", 9, 20, "test")
    timeline = _timeline(region, base, units)
    found = [timeline.at(day)[1].mobile.units for day in range(9, 31)]
    assert {type(n) for n in found} == {int}
    assert (found[0], found[-1]) == (4, 9)
    assert found == sorted(found)
    assert timeline.most("mobile", "units") == 9


def test_the_most_of_a_parameter_counts_the_days_before_a_lever(
    region: Region, base: Composed
) -> None:
    fewer = Change(10, PARAMETERS, "mobile", "units", "set", 1, 0, "test")
    assert _timeline(region, base, fewer).most("mobile", "units") == 4
    assert _timeline(region, base).most("mobile", "units") == 4


def test_a_new_row_changes_nothing_by_itself(region: Region, base: Composed) -> None:
    """It makes room; a row that is there already is left as it is."""
    blank = {"service": "eds", "body": "R02", "level": "region", "share": 0.0}
    room = Change(0, "routing", "eds/R02", "share", "row", blank, 0, "test")
    timeline = _timeline(region, base, room)
    assert "eds/R02" not in region.tables["routing"].index
    routing = timeline.at(-1)[0]["routing"]
    assert routing.numbers("share")[routing.index["eds/R02"]] == 0
    assert timeline.changes == ()
    again = Change(0, "routing", "land_queue/U02", "share", "row", blank, 0, "test")
    assert _timeline(region, base, again).tables["routing"] is region.tables["routing"]


UNKNOWN = [
    (("service", "eds", "online_ease"), "no table 'service'. Did you mean 'services'?"),
    (("services", "edz", "online_ease"), "no row 'edz' in table 'services'. Did you mean 'eds'?"),
    (("services", "eds", "online_eas"), "no column 'online_eas' in table 'services'. Did you mean"),
    ((PARAMETERS, "mobile", "unit"), "no parameter 'mobile.unit'."),
    ((PARAMETERS, "mobil", "units"), "no parameter 'mobil.units'."),
]


@pytest.mark.parametrize(("cell", "said"), UNKNOWN)
def test_a_change_of_what_is_not_there_is_refused(
    region: Region, base: Composed, cell: tuple[str, str, str], said: str
) -> None:
    with pytest.raises(InputError) as refused:
        _timeline(region, base, Change(0, *cell, "set", 1.0, 0, "mine"))
    (problem,) = refused.value.problems
    assert problem.startswith("lever 'mine': ")
    assert said in problem
