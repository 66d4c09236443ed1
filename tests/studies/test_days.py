"""What single days say: quantiles by sections, and what a mean wait settles to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.analysis.steady_state import mser5
from sim.studies.days import days_of
from tests.conftest import Said
from tests.faces.documents import told

Kezek = Callable[[str], Said]
MANY = "sweep study=many design=grid vary.office.patience_minutes=[30] reps=10 region=teaching"


@pytest.fixture(scope="module")
def town_run() -> sim.api.RunResult:
    """The teaching town for a month."""
    return sim.run(region="teaching", days=30)


def test_the_days_of_a_run_are_all_its_waits(town_run: sim.api.RunResult) -> None:
    """Summed over days, every minute has as many visits as summed over offices."""
    by_day = town_run.frames["waits_by_day"].groupby("minutes")["served"].sum()
    by_office = town_run.frames["waits"].groupby("minutes")["served"].sum()
    assert by_day.to_dict() == by_office[by_office > 0].to_dict()


def test_days_beyond_the_measured_are_not_counted(town_run: sim.api.RunResult) -> None:
    dates = set(town_run.frames["counters"]["date"])
    assert set(town_run.frames["waits_by_day"]["date"]) <= dates


def test_quantiles_of_one_long_run(kezek: Kezek) -> None:
    """The point is the metric of the run; too short for sections and alone: both are said."""
    kezek("run region=teaching run.days=40 --study=long --json")
    (arm,) = told(kezek("days long --json"))["arms"]
    p95 = arm["quantiles"]["p95"]
    assert p95["low"] < p95["point"] < p95["high"]
    metrics = Path("outputs/long/metrics.csv").read_text(encoding="utf-8").splitlines()
    (row,) = [line for line in metrics if ",wait_p95," in line]
    assert float(row.split(",")[3]) == pytest.approx(p95["point"])
    assert arm["settled"] is None
    assert "10 replications or more; there is 1" in " ".join(arm["refused"])


def test_a_study_settles_where_its_beginning_is_cut_off(kezek: Kezek) -> None:
    """The cut is that of MSER-5 on the daily means, and the mean is that of the days behind it."""
    told(kezek(f"{MANY} run.days=160 run.run_in_days=0 --json"))
    (arm,) = days_of(Path("outputs/many"))
    frame = sim.study("outputs/many").frame("counters")
    offices = (
        frame[frame["role"] == "office"].groupby(["replication", "date"]).sum(numeric_only=True)
    )
    daily = (offices["wait_seconds"] / offices["served"] / 60).unstack().dropna(axis=1).to_numpy()
    assert arm.settled is not None
    assert arm.settled.cut == mser5(daily)
    assert arm.settled.mean == pytest.approx(daily[:, arm.settled.cut :].mean())
    assert arm.settled.low < arm.settled.mean < arm.settled.high


def test_an_office_brought_too_much_work_settles_to_nothing(kezek: Kezek) -> None:
    """At six times the demand people leave unserved: the load, which counts them, is beyond one."""
    line = f"{MANY} run.days=160 demand.factor=6 back_office.allow_overload=true --json"
    told(kezek(line))
    (arm,) = days_of(Path("outputs/many"))
    assert arm.load > 1
    assert arm.settled is None
    assert any("no steady state" in why for why in arm.refused)


def test_a_folder_without_runs_is_refused(kezek: Kezek) -> None:
    said = kezek("days nothing")
    assert said.code == 2
    assert "no results called 'nothing'" in said.err
