"""Comparisons: what they keep does not depend on how they were run."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError, SimError, SomeRunsFailedError, WarningError
from sim.metrics import METRICS
from sim.results.content import table_hash
from sim.results.packed import columns_of
from sim.results.store import Store
from sim.studies.comparison import Comparison, compare
from sim.studies.task import Done
from tests.conftest import Said, runs_in

Kezek = Callable[[str], Said]
FEW = ("region=teaching", "run.days=6", "run.run_in_days=2", "run.replications=2")
SCENARIOS = ("base", "rural_access")
ALL = {(scenario, replication) for scenario in SCENARIOS for replication in (0, 1)}


def _by_run(found: Comparison) -> dict[tuple[str, int], Done]:
    return {(run.label, run.replication): run for run in found.runs}


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Two scenarios, two replications, one process."""
    return compare(SCENARIOS, [*FEW, "run.workers=1"], tmp_path_factory.mktemp("serial"))


def test_two_processes_give_what_one_gives(serial: Comparison, tmp_path: Path) -> None:
    """The same keys, tables, metrics and effects, in the same order."""
    parallel = compare(SCENARIOS, [*FEW, "run.workers=2"], tmp_path)
    assert [(run.label, run.replication) for run in parallel.runs] == sorted(ALL)
    for one, other in zip(serial.runs, parallel.runs, strict=True):
        assert (one.label, one.replication, one.key) == (other.label, other.replication, other.key)
        assert (one.hashes, one.rows, one.counts) == (other.hashes, other.rows, other.counts)
        np.testing.assert_array_equal(list(one.metrics.values()), list(other.metrics.values()))
        assert one.checks == other.checks
    np.testing.assert_equal(
        [vars(effect) for effect in parallel.effects], [vars(effect) for effect in serial.effects]
    )


def test_the_tables_in_the_folder_are_those_of_the_runs(serial: Comparison) -> None:
    """Read back from the files, they have the hashes that the runs say."""
    assert serial.folder is not None
    store = Store(serial.folder)
    assert set(store.look().runs) == {run.key for run in serial.runs}
    for run in serial.runs:
        for name, said in run.hashes.items():
            table = store.table(run.key, name)
            assert table_hash(columns_of(table)) == said, (run.label, name)


def test_replications_differ_and_scenarios_share_their_luck(serial: Comparison) -> None:
    """Needs arise before anybody chooses: they are the same in both scenarios of a pair."""
    runs = _by_run(serial)
    needs = {one: run.counts["requests"] for one, run in runs.items()}
    assert needs["base", 0] == needs["rural_access", 0]
    assert needs["base", 0] != needs["base", 1]
    assert len({run.key for run in runs.values()}) == 4
    assert len({run.hashes["services"] for run in runs.values()}) == 4


def test_every_effect_is_the_mean_difference_of_its_pairs(serial: Comparison) -> None:
    runs = _by_run(serial)
    assert [e.metric for e in serial.effects] == list(METRICS)
    for effect in serial.effects:
        gaps = [
            runs["rural_access", r].metrics[effect.metric] - runs["base", r].metrics[effect.metric]
            for r in (0, 1)
        ]
        assert effect.mean == pytest.approx(np.mean(gaps), nan_ok=True)


def test_base_under_another_name_has_no_effect_at_all(conf: Path) -> None:
    """Not nearly zero: zero, in every metric that was measured."""
    shutil.copy(conf / "scenario/base.yaml", conf / "scenario/same.yaml")
    found = compare(["base", "same"], [*FEW, "run.workers=1"])
    runs = _by_run(found)
    for r in (0, 1):
        assert runs["base", r].hashes == runs["same", r].hashes
        assert runs["base", r].key == runs["same", r].key
    measured = [e for e in found.effects if not np.isnan(e.base)]
    assert len(measured) > 40
    assert {(e.mean, e.low, e.high) for e in measured} == {(0.0, 0.0, 0.0)}
    assert {e.words for e in measured} == {"no difference that matters"}


def test_base_is_what_is_called_base_or_else_the_first(serial: Comparison) -> None:
    turned = Comparison(("rural_access", "base"), serial.composed, serial.runs, 0.0)
    assert turned.base == "base"
    assert {e.scenario for e in turned.effects} == {"rural_access"}
    without = Comparison(("rural_access", "other"), {}, (), 0.0)
    assert without.base == "rural_access"


def test_a_run_that_fails_is_named_and_the_others_are_kept(
    failing: set[tuple[str, int]], tmp_path: Path
) -> None:
    failing.add(("rural_access", 0))
    found = compare(SCENARIOS, [*FEW, "run.workers=1"], tmp_path)
    name = "rural_access, replication 0"
    assert dict(found.failed) == {name: f"{name}: no way on from here."}
    assert set(_by_run(found)) == ALL - {("rural_access", 0)}
    assert set(Store(tmp_path).look().runs) == {run.key for run in found.runs}
    (said,) = Store(tmp_path).failed().values()
    assert (said["label"], said["replication"], said["seed"]) == ("rural_access", 0, 2024)
    assert said["reason"] == "no way on from here."
    assert {effect.n for effect in found.effects} == {1}


@pytest.mark.parametrize("kind", [*SimError.__subclasses__(), WarningError])
def test_an_error_crosses_to_another_process_whole(kind: type[SimError]) -> None:
    error = kind(["one", "two"]) if issubclass(kind, InputError) else kind("one sentence.")
    same = pickle.loads(pickle.dumps(error))
    assert type(same) is kind
    assert (str(same), same.code) == (str(error), error.code)


@pytest.mark.slow
def test_a_run_that_fails_in_another_process_is_named_too(tmp_path: Path) -> None:
    """A folder stands where one of its files should be put: an error that crosses processes."""
    (tmp_path / "tables/visits/base-001.parquet/in_the_way").mkdir(parents=True)
    found = compare(SCENARIOS, [*FEW, "run.workers=2", "run.keep=[visits]"], tmp_path)
    assert list(found.failed) == ["base, replication 1"]
    assert "Could not write base-001.parquet: Is a directory" in found.failed["base, replication 1"]
    assert set(_by_run(found)) == ALL - {("base", 1)}


def test_when_no_run_succeeds_all_reasons_are_said(failing: set[tuple[str, int]]) -> None:
    failing |= ALL
    with pytest.raises(SomeRunsFailedError) as found:
        compare(SCENARIOS, [*FEW, "run.workers=1"])
    assert str(found.value).count("no way on from here.") == 4


COMPARE = f"compare {' '.join(SCENARIOS)} {' '.join(FEW)} run.workers=1 --study some"


def _manifest() -> Mapping[str, object]:
    found: dict[str, object] = json.loads(Path("outputs/some/manifest.json").read_text())
    return found


@pytest.mark.usefixtures("no_report")
def test_the_command_line_says_that_some_runs_failed_with_code_8(
    kezek: Kezek, failing: set[tuple[str, int]]
) -> None:
    failing.add(("base", 1))
    found = kezek(COMPARE)
    assert found.code == 8
    assert "kezek: base, replication 1: no way on from here." in found.err
    assert "Traceback" not in found.err
    assert runs_in(Path("outputs/some")) == {"base-000", "rural_access-000", "rural_access-001"}
    assert len(_manifest()["runs"]) == 3  # type: ignore[arg-type]


@pytest.mark.usefixtures("no_report")
def test_a_comparison_of_which_nothing_was_finished_does_not_call_itself_finished(
    kezek: Kezek, failing: set[tuple[str, int]]
) -> None:
    failing |= ALL
    found = kezek(COMPARE)
    assert found.code == 8
    assert "No run succeeded" in found.err
    assert _manifest()["status"] == "unfinished"


@pytest.mark.usefixtures("no_report")
def test_a_scenario_that_lost_all_of_its_runs_does_not_spoil_the_others(
    kezek: Kezek, failing: set[tuple[str, int]]
) -> None:
    """Nor prints a warning of a library."""
    failing |= {("rural_access", 0), ("rural_access", 1)}
    found = kezek(COMPARE)
    assert found.code == 8
    assert runs_in(Path("outputs/some")) == {"base-000", "base-001"}
