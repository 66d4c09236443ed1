"""Sweeps: which settings they try, what they refuse, and what is written of them."""

from __future__ import annotations

import csv
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

import sim
import sim.studies.task
from sim.metrics import METRICS
from sim.results.packed import pack, unpack
from sim.studies.points import Range, grid, spread
from sim.studies.task import Lived, Task
from tests.conftest import Said
from tests.faults.quick import packed_quickly

Kezek = Callable[[str], Said]
TOWN = "region=teaching run.days=3 run.run_in_days=1 executor=serial"
GRID = f"sweep {TOWN} study=vans vary.mobile.units=[1,2] scenario=base,rural_access reps=3"


def _rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@given(
    a=st.lists(st.integers(), min_size=1, max_size=5, unique=True),
    b=st.lists(st.integers(), min_size=1, max_size=5, unique=True),
)
def test_a_grid_holds_every_combination_once(a: list[int], b: list[int]) -> None:
    points = {(point["a"], point["b"]) for point in grid({"a": a, "b": b})}
    assert points == {(x, y) for x in a for y in b}


def test_without_anything_to_vary_a_grid_is_one_point() -> None:
    assert grid({}) == [{}]


@given(n=st.integers(1, 60), seed=st.integers(0, 2**32))
def test_a_latin_hypercube_has_one_point_in_each_slice(n: int, seed: int) -> None:
    """Of every dimension by itself."""
    ranges = {"a": Range(0.0, 1.0), "b": Range(-3.0, 5.0)}
    points = spread(ranges, n, "lhs", seed)
    for name, one in ranges.items():
        share = (np.array([point[name] for point in points]) - one.low) / (one.high - one.low)
        assert sorted(np.floor(share * n).astype(int)) == list(range(n))


@given(n=st.integers(1, 40), seed=st.integers(0, 2**32))
def test_a_sobol_sequence_is_the_beginning_of_a_longer_one(n: int, seed: int) -> None:
    ranges = {"a": Range(0.0, 1.0), "b": Range(2, 9, whole=True)}
    assert spread(ranges, 64, "sobol", seed)[:n] == spread(ranges, n, "sobol", seed)


@given(u=st.floats(0, 1, exclude_max=True), low=st.integers(-5, 5), width=st.integers(1, 9))
def test_whole_numbers_reach_both_ends_and_nothing_beyond(u: float, low: int, width: int) -> None:
    one = Range(low, low + width, whole=True)
    assert low <= one.at(u) <= low + width
    assert (one.at(0.0), one.at(1 - 1e-12)) == (low, low + width)


@pytest.mark.usefixtures("quick")
def test_a_sweep_runs_every_setting_under_every_scenario(kezek: Kezek) -> None:
    found = kezek(f"{GRID} --json")
    assert found.code == 0, found.err
    said = json.loads(found.out)
    assert (said["settings"], said["replications"], said["runs"]) == (4, 3, 12)
    points = _rows("outputs/vans/points.csv")
    assert [(row["scenario"], row["mobile.units"]) for row in points] == [
        ("base", "1"), ("rural_access", "1"), ("base", "2"), ("rural_access", "2"),
    ]  # fmt: skip
    metrics = _rows("outputs/vans/metrics.csv")
    assert len(metrics) == 12 * len(METRICS)
    assert {row["scenario"] for row in metrics} == {row["label"] for row in points}


@pytest.mark.usefixtures("quick")
def test_the_same_command_again_runs_nothing_and_more_replications_only_the_new_ones(
    kezek: Kezek,
) -> None:
    kezek(GRID)
    assert json.loads(kezek(f"{GRID} --json").out)["lived_now"] == 0
    more = json.loads(kezek(f"{GRID.replace('reps=3', 'reps=5')} --json").out)
    assert (more["runs"], more["lived_now"]) == (20, 8)
    wider = GRID.replace("[1,2]", "[1,2,3]")
    assert json.loads(kezek(f"{wider} --json").out)["lived_now"] == 6


@pytest.mark.usefixtures("quick")
def test_another_sweep_of_the_same_name_is_refused_with_what_differs(kezek: Kezek) -> None:
    kezek(GRID)
    found = kezek(GRID.replace("run.days=3", "run.days=4"))
    assert found.code == 5
    assert "run.days: was 3, is 4" in found.err
    assert json.loads(kezek("status vans --json").out)["done"] == 12
    assert kezek(GRID.replace("run.days=3", "run.days=4") + " --anew").code == 0


WRONG = [
    ("sweep region=teaching", "give the study a name: study=NAME"),
    ("sweep study=a design=grit", "no design 'grit'; there are grid, lhs, sobol. Did you mean"),
    ("sweep study=a design=lhs vary.mobile.units=1..3", "design=lhs needs points=N"),
    ("sweep study=a design=lhs points=4", "design=lhs needs something to vary"),
    ("sweep study=a vary.mobile.units=1..3", "a grid needs values, such as [10,20]"),
    ("sweep study=a design=lhs points=4 vary.mobile.units=3..1", "the lower end comes first"),
    ("sweep study=a design=lhs points=4 vary.mobile.units=a..b", "both ends must be numbers"),
    ("sweep study=a design=lhs points=4 vary.mobile.units=7", "write LOW..HIGH"),
    ("sweep study=a region=teaching vary.mobile.unit=[1]", "Did you mean 'units'?"),
    ("sweep study=a region=teaching vary.mobile.units=[1,1]", "the same setting stands twice"),
    ("sweep study=a vary.run.replication=[1,2]", "would move nothing; reps=N runs replications"),
    ("sweep study=a vary.scenario=[base]", "would move nothing; say scenario=a,b"),
    ("sweep study=a scenario=,", "`scenario` has no values"),
    ("sweep study=a vary.mobile.units=[1] vary.mobile.units=[2]", "is given twice"),
    ("sweep study=a design=lhs points=² vary.mobile.units=1..3", "needs points=N"),
    ("sweep study=a design=lhs points=999999 vary.mobile.units=1..3", "1 to 100,000"),
    ("sweep study=a design=lhs points=2 vary.mobile.units=0..inf", "both ends must be finite"),
    ("sweep study=a design=lhs points=2 vary.mobile.units=1.2..2.5", "no two whole numbers"),
    ("sweep study=a vary.engine=[compiled,simpy]", "both engines give the same tables"),
    ("sweep study=a region=teaching vary.mobile.units=[-1,1,999999]", "2 problems"),
    ("sweep study=a region=teaching --shard 1/2 --anew", "would delete what other shards"),
    ("sweep study=a precision=5%", "precision needs outputs=[...]"),
    ("sweep study=a precision=5% outputs=[wait_men]", "Did you mean 'wait_mean'?"),
    ("sweep study=a precision=much outputs=[wait_mean]", "write a share such as 5% or 0.05"),
    ("sweep study=a within=soon", "write a time such as 20m, 2h or 90s"),
    ("sweep study=a executor=cloud", "'serial', 'processes' or 'dask'"),
    ("sweep study=a --shard 3", "write i/n, such as 3/40"),
    ("sweep study=a --shard 5/4", "write i/n with 1 <= i <= n"),
    ("sweep study=a/b", "only letters, digits, - and _"),
    ("status nothing", "no results called 'nothing'"),
    ("resume nothing", "no results called 'nothing'"),
    ("export nothing --csv", "no results called 'nothing'"),
    ("replay nothing run=ab", "no results called 'nothing'"),
]


@pytest.mark.parametrize(("line", "said"), WRONG)
def test_what_cannot_be_is_refused_in_a_sentence(kezek: Kezek, line: str, said: str) -> None:
    found = kezek(line)
    assert found.code == 2, found.err
    assert said in " ".join(found.err.split())
    assert "Traceback" not in found.err
    assert found.out == ""
    assert not Path("outputs").exists()


@pytest.mark.usefixtures("quick")
def test_shards_do_their_part_and_resume_puts_them_together(kezek: Kezek) -> None:
    first = json.loads(kezek(f"{GRID} --shard 1/2 --json").out)
    assert first == {"study": "vans", "missing": 6}
    assert json.loads(kezek(f"{GRID} --shard 2/2 --json").out)["runs"] == 12
    assert json.loads(kezek("resume vans executor=serial --json").out)["lived_now"] == 0


@pytest.mark.usefixtures("quick")
def test_precision_runs_until_it_is_reached_and_says_what_it_is(kezek: Kezek) -> None:
    """Values spread by a fifth around ten: one percent takes some 1,500 runs, five percent 61."""
    line = f"sweep {TOWN} study=sure reps=2 precision=5% outputs=[wait_mean] --json"
    said = json.loads(kezek(line).out)
    got = said["precision"]
    assert got["is_enough"]
    values = [
        float(row["value"])
        for row in _rows("outputs/sure/metrics.csv")
        if row["metric"] == "wait_mean"
    ]
    assert len(values) == said["replications"]
    half = 1.96 * np.std(values, ddof=1) / len(values) ** 0.5 / np.mean(values)
    assert got["worst"] == pytest.approx(half, rel=0.05)
    assert got["worst"] <= 0.05
    kezek("resume sure run.workers=1 executor=serial")  # it stays as long as it has become
    status = json.loads(kezek("status sure --json").out)
    assert (status["planned"], status["done"]) == (len(values), len(values))


@pytest.mark.usefixtures("quick")
def test_precision_that_is_not_reached_is_said(kezek: Kezek) -> None:
    found = kezek(f"sweep {TOWN} study=sure precision=0.1% outputs=[wait_mean] most=60")
    assert found.code == 0
    said = " ".join(found.out.split())
    assert "NOT as precise as asked: 0.1 % was wanted" in said
    assert "60 replications. It would take about" in said


@pytest.mark.usefixtures("quick")
def test_another_verb_does_not_take_over_a_study(kezek: Kezek) -> None:
    """The arms have the same names, but what is made of them differs."""
    line = f"{TOWN} run.replications=2"
    assert kezek(f"sweep {line} study=one scenario=base,rural_access").code == 0
    found = kezek(f"compare base rural_access {line} --study one")
    assert found.code == 5
    assert "verb: was sweep, is compare" in found.err


@pytest.mark.usefixtures("quick")
def test_a_lost_plan_costs_no_run(kezek: Kezek) -> None:
    """Nor does a lost manifest."""
    kezek(GRID)
    Path("outputs/vans/study.json").unlink()
    assert json.loads(kezek(f"{GRID} --json").out)["lived_now"] == 0
    Path("outputs/vans/manifest.json").unlink()
    assert json.loads(kezek(f"{GRID} --json").out)["lived_now"] == 0


def test_a_sweep_does_not_replace_a_run_of_its_name(kezek: Kezek) -> None:
    assert kezek(f"run {TOWN.rpartition(' ')[0]} --study vans").code == 0
    found = kezek(GRID)
    assert found.code == 5
    assert "holds other results; give another name, or --anew" in found.err


@pytest.mark.usefixtures("quick")
def test_shards_extend_a_study(kezek: Kezek) -> None:
    """The plan grows with the first of them."""
    kezek(GRID)
    wider = GRID.replace("[1,2]", "[1,2,3]")
    assert kezek(f"{wider} --shard 1/2").code == 0
    assert kezek("resume vans executor=serial --shard 2/2").code == 0
    said = json.loads(kezek("status vans --json").out)
    assert (said["planned"], said["done"]) == (18, 18)


@pytest.mark.usefixtures("quick")
def test_a_lever_that_no_scenario_sets_can_be_varied(kezek: Kezek) -> None:
    line = f"sweep {TOWN} study=ease vary.portal.ease=[0,0.5] reps=1 --json"
    assert json.loads(kezek(line).out)["runs"] == 2


def test_precision_of_a_figure_that_is_missing_somewhere_is_not_claimed(
    kezek: Kezek, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the order of outputs; and nothing is run in vain."""
    monkeypatch.setattr(sim.studies.task, "packed", _with_a_hole)
    for outputs in ("[wait_mean,online_share]", "[online_share,wait_mean]"):
        line = f"sweep {TOWN} study=a precision=50% outputs={outputs} most=60 --json --anew"
        said = json.loads(kezek(line).out)
        assert said["precision"]["is_enough"] is False
        assert said["replications"] == 30


def _with_a_hole(task: Task, lived: Lived) -> bytes:
    head = dict(unpack(packed_quickly(task, lived)).head)
    if task.replication == 7:
        head["metrics"] = {**head["metrics"], "wait_mean": float("nan")}
    return pack(head, {})


def test_replay_gives_the_log_of_a_run_and_the_same_tables(kezek: Kezek) -> None:
    line = f"sweep {TOWN.replace('days=3', 'days=9')} study=one reps=2 --json"
    assert json.loads(kezek(line).out)["runs"] == 2
    plan = json.loads(Path("outputs/one/study.json").read_text())
    key = plan["arms"][0]["keys"]["1"]
    said = json.loads(kezek(f"replay one run={key[:10]} --json").out)
    assert (said["key"], said["same"]) == (key, True)
    assert said["events"]["visits"] > 0
    assert list(Path(said["log"]).glob("visits/*.parquet"))
    missing = kezek("replay one run=zz")
    assert (missing.code, missing.out) == (2, "")
    assert "no run 'zz'; write more of run=KEY" in missing.err


@pytest.fixture
def exported(kezek: Kezek) -> Path:
    """A study of a few real runs in all formats."""
    line = f"sweep {TOWN} study=some vary.mobile.units=[1,2] reps=2"
    assert kezek(line).code == 0
    assert kezek("export some --csv --xlsx --ema --parquet").code == 0
    return Path("outputs/some/export")


def test_exported_rows_are_those_of_the_tables(exported: Path) -> None:
    """As many as the runs have, with the same sums in every format."""
    runs = _rows(f"{exported}/runs.csv")
    assert [(row["label"], row["replication"], row["mobile.units"]) for row in runs] == [
        ("base+units=1", "0", "1"), ("base+units=1", "1", "1"),
        ("base+units=2", "0", "2"), ("base+units=2", "1", "2"),
    ]  # fmt: skip
    services = _rows(f"{exported}/services.csv")
    book = load_workbook(exported / "some.xlsx", read_only=True)
    assert set(book.sheetnames) >= {"runs", "services", "counters", "bill"}
    header, *rows = book["services"].iter_rows(values_only=True)
    at = header.index("needs")
    assert len(rows) == len(services) > 0
    assert sum(int(row[at]) for row in rows) == sum(int(row["needs"]) for row in services) > 0


@pytest.mark.usefixtures("exported")
def test_the_library_reads_a_study_as_frames() -> None:
    """What it has so far: the same rows as the export."""
    found = sim.study("outputs/some")
    assert "4 of 4 runs" in repr(found)
    assert list(found.runs["mobile.units"]) == [1, 1, 2, 2]
    assert list(found.runs.columns[:5]) == ["label", "scenario", "replication", "seed", "key"]
    frame = found.frame("services")
    assert len(frame) == len(_rows("outputs/some/export/services.csv"))
    with pytest.raises(sim.InputError, match=r"no table 'visit'; there are services"):
        found.frame("visit")


def test_an_archive_for_other_tools_holds_experiments_and_outcomes(exported: Path) -> None:
    """As ``ema_workbench`` 2.5 reads it: a description, experiments, a file an outcome."""
    with tarfile.open(exported / "some.tar.gz") as archive:
        names = archive.getnames()
        told = json.load(archive.extractfile("metadata.json"))  # type: ignore[arg-type]
        waits = archive.extractfile("wait_mean.cls").read().decode().split()  # type: ignore[union-attr]
    assert told["experiments"]["mobile.units"] == "int64"
    assert {name for _, name, _ in told["outcomes"]} <= set(METRICS)
    assert {file for _, _, file in told["outcomes"]} | {"metadata.json", "experiments.csv"} == set(
        names
    )
    runs = [float(row["wait_mean"]) for row in _rows(f"{exported}/runs.csv")]
    np.testing.assert_array_equal([float(x) for x in waits], runs)
