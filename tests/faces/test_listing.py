"""``list`` and ``explain``: all there is, and every cell that a scenario changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim.compose
from sim.compose import composed, names
from sim.metrics import METRICS
from sim.scenarios.changes import Timeline
from sim.scenarios.lever import LEVERS
from sim.studies.run import timeline_of
from tests.conftest import Said
from tests.faces.documents import told
from tests.unit.scenarios.settings import home_of

Kezek = Callable[[str], Said]
CONFIDENCE = {"direct", "derived", "analog country", "assumption", "recall"}


@pytest.mark.parametrize("kind", ["scenario", "region"])
def test_a_listing_shows_every_file_of_its_folder(kezek: Kezek, conf: Path, kind: str) -> None:
    """A new file is listed at once; nothing has to be registered."""
    text = "# @package _global_\ntitle: Mine\nsays: My own words.\n"
    if kind == "region":
        text = "# @package _global_\ndefaults: [teaching, _self_]\nplace: {title: Mine}\n"
    (conf / kind / "mine.yaml").write_text(text, encoding="utf-8")
    found = told(kezek(f"list {kind}s --json"))
    assert [one[kind] for one in found] == sorted(path.stem for path in conf.glob(f"{kind}/*.yaml"))
    assert "mine" in [one[kind] for one in found]
    assert f"{len(found)} {kind}s" in kezek(f"list {kind}s").out


def test_a_broken_scenario_is_listed_as_broken_beside_the_others(kezek: Kezek, conf: Path) -> None:
    (conf / "scenario/mine.yaml").write_text("# @package _global_\ntrust: {stp: 1}\n")
    listed = {row["scenario"]: row for row in told(kezek("list scenarios --json"))}
    assert "cannot be used: 1 problem" in listed["mine"]["says"]
    assert listed["rural_access"]["levers"]


@pytest.mark.parametrize("kind", ["levers", "metrics"])
def test_a_listing_fits_a_narrow_terminal_without_breaking_words(
    kezek: Kezek, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.verbs.screen.out.width", 80)
    said = kezek(f"list {kind}").out
    assert max(map(len, said.splitlines())) <= 80
    rows = told(kezek(f"list {kind} --json"))
    texts = [str(value) for row in rows for key, value in row.items() if key != "matters"]
    assert _words(" ".join(texts)) <= _words(said)


def _words(text: str) -> set[str]:
    return {word.strip("().,") for word in text.split()}


def test_a_listing_shows_every_lever_and_metric(kezek: Kezek) -> None:
    """With unit, bounds and cost of a lever; with unit and direction of a metric."""
    levers, metrics = told(kezek("list levers --json")), told(kezek("list metrics --json"))
    assert [one["lever"] for one in levers] == sorted(LEVERS)
    assert all(one["says"] and one["unit"] and one["values"] and one["cost"] for one in levers)
    assert [one["metric"] for one in metrics] == list(METRICS)
    assert {one["better"] for one in metrics} <= {"lower", "higher", "neither"}
    assert all(one["matters"] > 0 for one in metrics)


def test_a_scenario_is_listed_with_the_levers_of_its_file(kezek: Kezek) -> None:
    listed = {one["scenario"]: one for one in told(kezek("list scenarios --json"))}
    for name in names("scenario"):
        config = composed([f"scenario={name}"]).config
        said = listed[name]["levers"]
        assert set(said.split(", ")) == ({lever.name for lever in config.levers} or {"none"})
        assert listed[name]["says"]


def _cells(timeline: Timeline, day: int) -> Mapping[str, Any]:
    """Everything that is in force on a day, by dotted name."""
    tables, config = timeline.at(day)
    found = {
        f"{section}.{key}": value
        for section, keys in config.model_dump().items()
        if isinstance(keys, dict) and section != "tables"
        for key, value in keys.items()
    }
    for name, table in tables.items():
        for column, values in table.columns.items():
            listed = values.tolist() if isinstance(values, np.ndarray) else values
            found |= {
                f"{name}.{row}.{column}": v for row, v in zip(table.rows, listed, strict=True)
            }
    return found


def _differences(timeline: Timeline) -> Iterator[tuple[str, Any, Any]]:
    """Cells that differ on any day from those of the region; the last other value of each."""
    before = _cells(timeline, -1)
    changed: dict[str, Any] = {}
    for day in timeline.turns:
        now = _cells(timeline, day)
        changed |= {name: value for name, value in now.items() if value != before[name]}
    yield from ((name, before[name], value) for name, value in changed.items())


def _explained(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What ``explain`` says of each cell, by the dotted name of the cell."""
    found: dict[str, Mapping[str, Any]] = {}
    for one in document["changes"]:
        table, _, column = one["what"].partition(".")
        named = [f"{table}.{row}.{column}" for row in one["rows"]] or [one["what"]]
        found |= dict.fromkeys(named, one)
    return found


@pytest.mark.parametrize("scenario", names("scenario"))
def test_explain_names_every_changed_cell_with_its_source(kezek: Kezek, scenario: str) -> None:
    """What tables and parameters say on any day against those of the region, no more."""
    region = f"region={home_of(scenario)}"
    one = composed([f"scenario={scenario}", region])
    _, timeline = timeline_of(one.config)
    said = _explained(told(kezek(f"explain {scenario} {region} --json")))
    changed = {name: (before, after) for name, before, after in _differences(timeline)}
    assert set(changed) | set(one.changed) == set(said)
    assert bool(said) == (scenario != "base")
    for name in changed:
        assert said[name]["source"], name
        assert said[name]["confidence"] in CONFIDENCE, name
        assert said[name]["by"] in LEVERS, name


def test_explain_says_the_values_before_and_after(kezek: Kezek) -> None:
    _, timeline = timeline_of(composed(["scenario=rural_access"]).config)
    said = _explained(told(kezek("explain rural_access --json")))
    changed = list(_differences(timeline))
    assert len(changed) > 10
    for name, before, after in changed:
        assert (said[name]["base"], said[name]["becomes"]) == (before, after), name


def test_explain_shows_people_what_it_shows_programs(kezek: Kezek) -> None:
    """The same parameters by name, the posts that move, and how much is assumed."""
    found = kezek("explain rural_access")
    assert found.code == 0
    assert "mobile.units" in found.out
    assert "office.extra_consultants" in found.out
    assert "are assumptions or recall" in " ".join(found.out.split())
    moved = kezek("explain staff_reallocation").out
    assert "Posts moved" in moved
    assert "Nothing differs from the base year." in kezek("explain base").out


BRACKETS = """# @package _global_
title: "Plan [/b] of [2024]"
says: "Ten [popular] services [/x]."
"""
SHORT = "region=teaching run.days=3 run.run_in_days=0"


@pytest.mark.parametrize("line", ["explain mine", "list scenarios", f"run scenario=mine {SHORT}"])
def test_brackets_in_a_title_are_brackets(kezek: Kezek, conf: Path, line: str) -> None:
    """What a person wrote is shown as written, and never ends a run in a traceback."""
    for path in conf.glob("scenario/*_*.yaml"):
        path.unlink()  # a listing is read from all of them
    (conf / "scenario/mine.yaml").write_text(BRACKETS, encoding="utf-8")
    found = kezek(line)
    assert found.code == 0
    shown = " ".join(found.out.split())
    assert "[/b]" in shown or "[/x]" in shown
    assert "[popular]" in shown or "[2024]" in shown


def test_an_override_that_changes_nothing_is_not_explained(kezek: Kezek) -> None:
    assert told(kezek("explain base office.patience_minutes=60 --json"))["changes"] == []


def test_an_override_is_explained_with_its_base_and_source(kezek: Kezek) -> None:
    (one,) = told(kezek("explain base office.patience_minutes=45 --json"))["changes"]
    passport = composed().passports["office.patience_minutes"]
    assert (one["what"], one["base"], one["becomes"]) == ("office.patience_minutes", 60.0, 45.0)
    assert (one["source"], one["confidence"]) == (passport.source, passport.confidence)


def test_a_cell_set_by_the_user_is_explained_with_its_base_and_source(kezek: Kezek) -> None:
    line = "explain base tables.offices.SC_ORA_1.counters=10 --json"
    one = _explained(told(kezek(line)))["offices.SC_ORA_1.counters"]
    assert (one["base"], one["becomes"]) == (9.0, 10.0)
    assert one["source"].startswith("P19-P24")
    assert one["confidence"] == "assumption"


def _flat(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def test_an_override_changes_what_it_names_and_only_that() -> None:
    """Every third parameter with a plausible range, set to an end that it is not at."""
    base = composed(["region=teaching"])
    before = dict(_flat(base.config.model_dump()))
    moved = 0
    for path, passport in list(base.passports.items())[::3]:
        if passport.low is None or passport.high is None:
            continue
        end = passport.low if passport.value != passport.low else passport.high
        if end == passport.value or path.startswith("satisfaction."):
            continue  # weights of drivers must add to one: no one of them moves by itself
        after = dict(_flat(composed(["region=teaching", f"{path}={end}"]).config.model_dump()))
        differs = {key for key in before.keys() | after if before.get(key) != after.get(key)}
        assert differs == {path}
        assert after[path] == end
        moved += 1
    assert moved > 20


SETTINGS = [
    ("demand.weekday_weights=[1, 1, 1, 1, 1, 0, 0]", "demand.weekday_weights"),
    ("office.lunch_cover=true", "office.lunch_cover"),
    ("mobile.itinerary=demand", "mobile.itinerary"),
    ("run.keep=[visits]", "run.keep"),
    ("tables.offices.OFFICE.counters=3", "tables.offices.OFFICE.counters"),
    ("scenario=base", None),
]


@pytest.mark.parametrize(("setting", "path"), SETTINGS)
def test_a_setting_of_any_kind_changes_only_what_it_names(setting: str, path: str | None) -> None:
    before = dict(_flat(composed(["region=teaching"]).config.model_dump()))
    after = dict(_flat(composed(["region=teaching", setting]).config.model_dump()))
    differs = {key for key in before.keys() | after if before.get(key) != after.get(key)}
    assert differs == ({path} if path else set())


def test_the_order_of_settings_does_not_matter() -> None:
    settings = ["region=teaching", "scenario=rural_access", "run.days=9", "trust.step=0.2"]
    assert composed(settings).config == composed(settings[::-1]).config


def test_a_cell_of_a_table_moves_only_that_cell() -> None:
    config = composed(["region=teaching", "tables.offices.OFFICE.counters=3"]).config
    ours = _cells(timeline_of(config)[1], 0)
    base = _cells(timeline_of(composed(["region=teaching"]).config)[1], 0)
    assert {name for name in base if ours[name] != base[name]} == {"offices.OFFICE.counters"}


def test_a_lever_named_on_the_command_line_replaces_the_scenarios_value(kezek: Kezek) -> None:
    """``mobile.units`` is both a lever and a parameter: the scenario's lever is meant."""
    one = composed(["scenario=rural_access", "mobile.units=6"])
    assert next(lever.value for lever in one.config.levers if lever.name == "mobile.units") == 6
    assert timeline_of(one.config)[1].at(0)[1].mobile.units == 6
    said = told(kezek("explain rural_access mobile.units=6 --json"))["changes"]
    (units,) = (one for one in said if one["what"] == "mobile.units")
    assert (units["base"], units["becomes"]) == (4.0, 6.0)


def test_a_scenario_names_only_levers_that_there_are() -> None:
    for name in names("scenario"):
        config = composed([f"scenario={name}"]).config
        assert {lever.name for lever in config.levers} <= set(LEVERS)
    assert sim.compose.names("scenario")


@pytest.mark.parametrize("scenario", [name for name in names("scenario") if name != "base"])
def test_every_changed_number_has_a_unit(kezek: Kezek, scenario: str) -> None:
    """Cells of tables as well as parameters."""
    town = " region=teaching" if scenario.startswith("town_") else ""
    told_of = told(kezek(f"explain {scenario}{town} --json"))["changes"]
    assert told_of
    assert not [one["what"] for one in told_of if not one["unit"]]
