"""``-m`` and ``--study``: one row for each combination, and folders that can be lived again."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import sim.studies.task
from sim.compose import Composed, composed
from sim.config import Config
from sim.errors import ModelError
from sim.metrics import METRICS
from sim.studies.run import Run, execute, key_of
from tests.conftest import Said, runs_in
from tests.faces.documents import TOWN, strictly, told

Kezek = Callable[[str], Said]
SHORT = "region=teaching run.days=4 run.run_in_days=0 run.workers=1"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_study_of_many_has_one_row_for_each_combination(kezek: Kezek) -> None:
    """Two seeds times two rules: four runs; a row for each of their metrics, none twice."""
    line = f"run {SHORT} run.seed=1,2 office.lunch_cover=false,true --study four -m --json"
    runs = told(kezek(line))["runs"]
    labels = [one["scenario"] for one in runs]
    assert labels == ["seed=1+lunch_cover=false", "seed=1+lunch_cover=true",
                      "seed=2+lunch_cover=false", "seed=2+lunch_cover=true"]  # fmt: skip
    assert len({one["key"] for one in runs}) == 4
    rows = _rows(Path("outputs/four/metrics.csv"))
    counted = Counter((row["scenario"], row["replication"], row["metric"]) for row in rows)
    assert set(counted.values()) == {1}
    assert len(counted) == 4 * len(METRICS)
    assert runs_in(Path("outputs/four")) == {f"{label}-000" for label in labels}


def test_a_run_of_many_is_the_run_of_one(kezek: Kezek) -> None:
    """Each combination is the run that its settings name by themselves."""
    many = told(kezek(f"run {SHORT} scenario=base,rural_access run.seed=3,4 -m --json"))["runs"]
    one = told(kezek(f"run {SHORT} scenario=rural_access run.seed=3 --json"))
    (same,) = [run for run in many if run["key"] == one["key"]]
    assert same["scenario"] == "rural_access+seed=3"
    assert (same["tables"], same["counts"]) == (one["tables"], one["counts"])


def test_lists_in_brackets_stay_whole(kezek: Kezek) -> None:
    weights = "demand.weekday_weights=[1,1,1,1,1,0,0]"
    runs = told(kezek(f"run {SHORT} {weights} run.seed=1,2 -m --json"))["runs"]
    assert [one["scenario"] for one in runs] == ["seed=1", "seed=2"]


def test_more_than_five_hundred_runs_are_refused(kezek: Kezek) -> None:
    seeds = ",".join(str(seed) for seed in range(501))
    found = kezek(f"run {SHORT} run.seed={seeds} -m")
    assert found.code == 2
    assert "501 runs; at most 500 with -m" in found.err


@pytest.mark.parametrize(
    "setting",
    ["run.seed=1,1", "scenario=base,base", "trust.step=0.1,0.10"],
)
def test_a_value_given_twice_is_refused(kezek: Kezek, setting: str) -> None:
    """Two runs of one name would overwrite each other; equal values are the same run."""
    found = kezek(f"run {SHORT} {setting} -m")
    assert found.code == 2
    assert "twice" in found.err


def test_every_run_of_many_keeps_its_own_visits(kezek: Kezek) -> None:
    line = f"run {SHORT} run.seed=1,2 run.keep=[visits] --study kept -m --json"
    runs = told(kezek(line))["runs"]
    assert all(one["tables"]["visits"]["rows"] > 0 for one in runs)
    kept = list(Path("outputs/kept/tables/visits").glob("*.parquet"))
    assert {path.stem for path in kept} == {"seed=1-000", "seed=2-000"}


def test_nothing_is_written_outside_of_the_folder(kezek: Kezek, tmp_path: Path) -> None:
    """Whatever the values are called, results stay in ``outputs/``."""
    kezek(f"run {SHORT} place.title=a/../../../../../x,b --study inside -m")
    assert [path.name for path in tmp_path.iterdir()] == ["outputs"]


@pytest.fixture
def one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model meets a state that it cannot go on from, in one run of several."""

    def execute_or_fail(one: Composed, *rest: Any) -> Run:
        if one.config.run.seed == 13 or one.config.run.replication == 1:
            raise ModelError("Identity broken: for a test.")
        return execute(one, *rest)

    monkeypatch.setattr(sim.studies.task, "execute", execute_or_fail)


@pytest.mark.usefixtures("one_fails")
def test_a_comparison_keeps_the_runs_that_did_not_fail(kezek: Kezek) -> None:
    """Exit code 8; the failed runs are named, the others are in the document and the report.

    One pair is left: it has differences but no intervals, and they are null.
    """
    found = kezek(f"compare base rural_access {SHORT} run.replications=2 --study some --json")
    assert found.code == 8
    assert "rural_access, replication 1: Identity broken" in found.err
    document = strictly(found.out)
    assert len(document["runs"]) == 2
    assert set(document["failed"]) == {"base, replication 1", "rural_access, replication 1"}
    assert all(effect["low"] is None for effect in document["effects"])
    assert any(effect["mean"] for effect in document["effects"])
    assert "2 runs did not finish" in Path("outputs/some/report.html").read_text(encoding="utf-8")
    assert "Incomplete: runs are missing" in Path("outputs/some/report.html").read_text(
        encoding="utf-8"
    )
    assert strictly(Path("outputs/some/manifest.json").read_text(encoding="utf-8"))


@pytest.mark.usefixtures("one_fails")
def test_a_study_of_many_says_by_its_exit_code_that_some_runs_failed(kezek: Kezek) -> None:
    found = kezek(f"run {SHORT} run.seed=12,13,14 -m --json")
    assert len(strictly(found.out)["runs"]) == 2
    assert found.code == 8


def _manifest(folder: Path, study: str) -> Mapping[str, Any]:
    path = folder / "outputs" / study / "manifest.json"
    found: Mapping[str, Any] = strictly(path.read_text(encoding="utf-8"))
    return found


def _again(scenario: Mapping[str, Any], run: Mapping[str, Any]) -> Run:
    """The run that a manifest describes, from the manifest alone."""
    config = Config.model_validate(scenario["config"])
    chance = config.run.model_copy(update={"replication": run["replication"]})
    return execute(Composed(config.model_copy(update={"run": chance}), {}))


def test_a_manifest_can_run_the_same_again(kezek: Kezek) -> None:
    """From its configuration alone: same key, same hashes."""
    line = f"run {TOWN} scenario=rural_access run.seed=77 trust.step=0.15 --study mine"
    assert kezek(line).code == 0
    found = _manifest(Path(), "mine")
    assert (found["status"], found["verb"], found["seed"]) == ("finished", "run", 77)
    (run,) = found["runs"]
    again = _again(found["scenarios"]["rural_access"], run)
    assert again.key == run["key"]
    assert again.hashes == {name: one["sha256"] for name, one in run["tables"].items()}


def test_the_command_line_of_a_manifest_gives_the_same_again(kezek: Kezek) -> None:
    """The settings it says were changed are enough."""
    cell = "tables.offices.OFFICE.counters=3"
    first = told(kezek(f"run {TOWN} run.seed=7 {cell} --study first --json"))
    (one,) = _manifest(Path(), "first")["scenarios"].values()
    settings = " ".join(f"{key}={json.dumps(value)}" for key, value in one["changed"].items())
    said = f"run region={one['config']['region']} scenario={one['config']['scenario']} {settings}"
    second = told(kezek(f"{said} --study second --json"))
    assert (second["key"], second["tables"]) == (first["key"], first["tables"])


def test_a_manifest_of_a_comparison_can_run_each_of_its_runs_again(
    compared: tuple[Path, Said],
) -> None:
    found = _manifest(compared[0], "two")
    run = found["runs"][-1]
    assert (run["scenario"], run["replication"]) == ("rural_access", 1)
    again = _again(found["scenarios"]["rural_access"], run)
    assert again.key == run["key"]
    assert again.hashes == {name: one["sha256"] for name, one in run["tables"].items()}


def test_a_manifest_says_with_what_it_was_made(kezek: Kezek) -> None:
    kezek(f"run {SHORT} --study mine")
    found = _manifest(Path(), "mine")
    for name in ("kezek", "results_version", "commit", "python", "platform", "libraries"):
        assert found[name], name
    assert (found["days"], found["run_in_days"], found["engine"]) == (4, 0, "compiled")


def test_a_study_is_replaced_whole(kezek: Kezek) -> None:
    """Nothing of an earlier run of the same name is left."""
    assert kezek(f"run {SHORT} run.replication=3 --study same").code == 0
    assert kezek(f"run {SHORT} --study same").code == 0
    assert runs_in(Path("outputs/same")) == {"base-000"}


def test_a_run_does_not_replace_a_study(kezek: Kezek) -> None:
    """Many runs are not given up for one."""
    kezek(f"run {SHORT} run.seed=1,2 --study same -m")
    found = kezek(f"run {SHORT} --study same")
    assert found.code == 5
    assert "outputs/same holds the runs of a study; give another name" in found.err
    assert json.loads(kezek("status same --json").out)["done"] == 2


def test_a_folder_that_is_not_ours_is_left_alone(kezek: Kezek, tmp_path: Path) -> None:
    """Exit code 5, and what was in it is still there."""
    thesis = tmp_path / "outputs/mine/thesis.txt"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("years of work", encoding="utf-8")
    found = kezek(f"run {SHORT} --study mine")
    assert found.code == 5
    assert "was not written by this program; give another name with --study" in found.err
    assert thesis.read_text(encoding="utf-8") == "years of work"
    (tmp_path / "outputs/link").symlink_to(tmp_path)
    assert kezek(f"run {SHORT} --study link").code == 5


def test_workers_and_kept_tables_are_not_part_of_a_runs_name() -> None:
    """What cannot move a table is not in the key; what can, is."""
    base = key_of(composed(["region=teaching"]).config)
    for same in ("run.workers=1", "run.keep=[visits]", "engine=simpy", "place.title=Elsewhere"):
        assert key_of(composed(["region=teaching", same]).config) == base
    for other in ("run.seed=1", "run.replication=1", "trust.step=0.11", "run.days=9",
                  "tables.offices.OFFICE.counters=3"):  # fmt: skip
        assert key_of(composed(["region=teaching", other]).config) != base
