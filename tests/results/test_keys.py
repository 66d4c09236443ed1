"""The key of a run: everything that can move its tables, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.compose import composed
from sim.studies.run import key_of, region_of

TOWN = ("region=teaching",)


def _key(*overrides: str) -> str:
    return key_of(composed([*TOWN, *overrides]).config)


def test_the_same_configuration_has_the_same_key() -> None:
    assert _key() == _key()
    assert len(_key()) == 32


def test_writing_a_default_out_moves_nothing() -> None:
    assert _key("run.days=366", "run.seed=2024", "scenario=base") == _key()


MOVES = [
    "run.seed=1", "run.days=365", "run.run_in_days=30", "run.replication=1",
    "scenario=rural_access", "place.starts=2023-01-01", "office.patience_minutes=31",
    "demand.factor=1.1", "cost.call=1", "tables.offices.OFFICE.counters=3",
    "tables.holidays.2024-03-08.kind=moved_working_day",
]  # fmt: skip


def test_every_setting_that_can_move_results_moves_the_key() -> None:
    keys = {setting: _key(setting) for setting in MOVES}
    assert len({_key(), *keys.values()}) == len(MOVES) + 1


@pytest.mark.parametrize(
    "setting",
    [
        "run.replications=3", "run.workers=1", "run.keep=[visits]", "engine=simpy",
        "place.title=Elsewhere", "place.first_page=Hello", "place.words.office=bureau",
        "place.currency=shells", "tables.offices.OFFICE.counters=2",
    ],
)  # fmt: skip
def test_what_cannot_move_the_tables_is_not_part_of_the_key(setting: str) -> None:
    """Processes, words for people, what is kept beside, and a cell set to what it was."""
    assert _key(setting) == _key()


def _another_name(conf: Path, group: str, name: str) -> None:
    shutil.copy(conf / group / f"{name}.yaml", conf / group / "another_name.yaml")


def test_the_label_of_a_scenario_is_not_part_of_the_key(conf: Path) -> None:
    _another_name(conf, "scenario", "rural_access")
    assert _key("scenario=another_name") == _key("scenario=rural_access") != _key()


def test_the_label_of_a_region_is_not_part_of_the_key(conf: Path) -> None:
    """Its tables are, cell by cell."""
    _another_name(conf, "region", "teaching")
    assert _key("region=another_name") == _key()


def _edit(conf: Path, table: str, old: str, new: str) -> None:
    path = conf / "region/teaching" / table
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_cell_of_a_file_moves_the_key_and_a_remark_does_not(conf: Path) -> None:
    before = _key()
    _edit(conf, "offices.csv", "1 counter is enough", "a remark about counters")
    _edit(conf, "offices.csv", "The town's service centre", "Another name for people")
    assert _key() == before
    _edit(conf, "offices.csv", "ordinary,2,1,4,3.7", "ordinary,3,1,4,3.7")
    assert _key() != before


def test_a_day_of_the_calendar_set_by_the_user_is_in_the_calendar() -> None:
    """A key that moves promises that something moved."""
    day = "tables.holidays.2024-03-08.kind=moved_working_day"
    asked, plain = (region_of(composed([*TOWN, *more]).config) for more in ([day], []))
    assert asked.special_days != plain.special_days
