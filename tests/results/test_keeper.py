"""Single visits and cases that are kept agree with the daily tables, row for row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

import sim.results.keeper
from sim.results.content import table_hash
from sim.results.keeper import NEVER_SINCE
from sim.studies.run import Run, execute
from sim.units import DAY
from tests.model.town import hashes_of, town

CROWDED = (
    "run.days=40", "run.run_in_days=20", "demand.factor=2", "back_office.allow_overload=true",
    "tables.offices.OFFICE.counters=1", "office.longest_line_per_counter=3",
    "office.patience_minutes=10", "call_centre.agents=1", "call_centre.pool_residents=400000",
)  # fmt: skip
FRONT = ("office", "van", "provider")


@dataclass(frozen=True)
class Kept:
    """A crowded town with everything kept, so that every outcome occurs."""

    run: Run
    folder: Path
    visits: pd.DataFrame
    cases: pd.DataFrame

    def table(self, name: str) -> pd.DataFrame:
        """A daily table, its days counted from the first measured one."""
        frame = pd.DataFrame(self.run.tables[name])
        return frame.assign(
            day=(pd.to_datetime(frame["date"]) - pd.Timestamp("2024-01-01")).dt.days
        )

    def visits_at(self, *roles: str) -> pd.DataFrame:
        """Kept visits at stations of some roles."""
        stations = pd.concat([self.table("counters"), self.table("desks")])
        names = stations.loc[stations["role"].isin(roles), "station"].unique()
        return self.visits[self.visits["station"].isin(names)]


def _read(folder: Path, name: str) -> pd.DataFrame:
    with pq.ParquetFile(folder / "tables" / name / "base-000.parquet") as file:
        frame: pd.DataFrame = file.read().to_pandas()
    texts = frame.select_dtypes("category").columns
    frame = frame.astype(dict.fromkeys(texts, object))
    day = frame["ended" if name == "visits" else "closed_second"] // DAY
    return frame.assign(day=day)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    run = execute(town("run.keep=[visits,cases]", *CROWDED), folder=folder)
    return Kept(run, folder, _read(folder, "visits"), _read(folder, "cases"))


def _agree(table: pd.DataFrame, column: str, rows: pd.DataFrame, keys: list[str]) -> None:
    """A column of a table counts these rows, cell by cell."""
    counted = rows.groupby(keys).size()
    wanted = table.set_index(keys)[column]
    found = counted.reindex(wanted.index, fill_value=0)
    pd.testing.assert_series_equal(found, wanted, check_names=False, check_dtype=False)
    assert counted.sum() == wanted.sum()


OUTCOMES = ("served", "balked", "reneged", "turned_away")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_visits_of_every_outcome_are_as_many_as_the_counters_counted(
    kept: Kept, outcome: str
) -> None:
    """By day and station; each outcome occurs."""
    visits = kept.visits_at(*FRONT)
    visits = visits[visits["outcome"] == outcome]
    assert len(visits)
    _agree(kept.table("counters"), outcome, visits, ["day", "station"])


def test_all_visits_are_as_many_as_arrived(kept: Kept) -> None:
    _agree(kept.table("counters"), "arrived", kept.visits_at(*FRONT), ["day", "station"])


def _summed(rows: pd.DataFrame, seconds: pd.Series, like: pd.DataFrame) -> np.ndarray:
    by = rows.assign(seconds=seconds).groupby(["day", "station"])["seconds"].sum()
    index = like.set_index(["day", "station"]).index
    return by.reindex(index, fill_value=0).to_numpy()


def test_seconds_of_waiting_and_of_service_are_those_the_counters_counted(kept: Kept) -> None:
    counters, visits = kept.table("counters"), kept.visits_at(*FRONT)
    served = visits[visits["outcome"] == "served"]
    waited = _summed(served, served["started"] - served["joined"], counters)
    busy = _summed(served, served["ended"] - served["started"], counters)
    np.testing.assert_array_equal(waited, counters["wait_seconds"])
    np.testing.assert_array_equal(busy, counters["busy_seconds"])


def test_works_at_desks_are_as_many_as_the_desks_ended(kept: Kept) -> None:
    desks, works = kept.table("desks"), kept.visits_at("desk", "provider_desk")
    _agree(desks, "ended", works, ["day", "station"])
    waited = _summed(works, works["started"] - works["joined"], desks)
    np.testing.assert_array_equal(waited, desks["wait_seconds"])


def test_calls_kept_are_those_of_the_region(kept: Kept) -> None:
    """Those from elsewhere are served by the same agents and left out."""
    calls = kept.visits[kept.visits["channel"] == "call"]
    answered = calls[calls["outcome"] == "served"]
    table = kept.table("calls")
    assert 0 < len(answered) < len(calls)
    _agree(table, "offered", calls, ["day"])
    _agree(table, "answered", answered, ["day"])
    assert (answered["started"] - answered["joined"]).sum() == table["wait_seconds"].sum()
    assert (kept.visits["citizen"] >= 0).all()


KINDS = [
    ("office_visits", "office", None), ("van_visits", "van", None), ("body_visits", "body", None),
    ("assisted_visits", "office", "assisted"), ("pick_ups", "office", "pick_up"),
    ("return_visits", "office", "return"),
]  # fmt: skip
BY_NEED = ("body_visits", "pick_ups", "return_visits")


@pytest.mark.parametrize(("column", "channel", "kind"), KINDS)
def test_visits_in_person_are_as_many_as_their_services_counted(
    kept: Kept, column: str, channel: str, kind: str | None
) -> None:
    """Who is helped with the portal counts as a visit for help, and is kept by their need."""
    visits = kept.visits_at(*FRONT)
    visits = visits[visits["channel"] == channel]
    if kind:
        visits = visits[visits["kind"] == kind]
    assert len(visits)
    keys = ["day", "service"] if column in BY_NEED else ["day"]
    table = kept.table("services").groupby(keys, as_index=False)[column].sum()
    _agree(table, column, visits, keys)


def test_cases_of_desks_are_as_many_as_were_decided_on_time_or_late(kept: Kept) -> None:
    works = kept.visits_at("desk", "provider_desk")
    decided = kept.cases[kept.cases["case_id"].isin(works["case_id"])]
    services = kept.table("services")
    _agree(services, "desk", decided, ["day", "service"])
    late = decided["day"] > decided["due_day"]
    assert late.any()
    _agree(services, "overdue", decided[late], ["day", "service"])
    _agree(services, "on_time", decided[~late], ["day", "service"])


def test_a_case_has_as_many_visits_as_it_says(kept: Kept) -> None:
    """Of cases that were filed and served in the measured days: others began before."""
    cases = kept.cases[(kept.cases["filed_day"] >= 0) & (kept.cases["outcome"] == "served")]
    found = kept.visits.groupby("case_id").size()
    assert cases["visits"].max() == 2
    np.testing.assert_array_equal(found.reindex(cases["case_id"]), cases["visits"])


def test_a_case_closes_when_its_last_visit_ends(kept: Kept) -> None:
    assert kept.cases["case_id"].is_unique
    last = kept.visits.groupby("case_id")["ended"].max()
    np.testing.assert_array_equal(last.reindex(kept.cases["case_id"]), kept.cases["closed_second"])


def test_times_of_a_visit_are_in_order(kept: Kept) -> None:
    """Who was not served was never called, nor who did not join."""
    visits = kept.visits
    called = visits["outcome"] == "served"
    assert (visits.loc[called, "joined"] <= visits.loc[called, "started"]).all()
    assert (visits.loc[called, "started"] < visits.loc[called, "ended"]).all()
    assert visits.loc[~called, "started"].isna().all()
    assert (visits.loc[~called, "server"] == -1).all()
    assert visits["day"].between(0, 39).all()


def _whole(values: pd.Series) -> NDArray[Any]:
    """Values as they were hashed: an empty cell of a time is a number, too."""
    return (values.fillna(NEVER_SINCE).astype(int) if values.hasnans else values).to_numpy()


def test_rows_and_hashes_of_what_is_kept_are_those_of_the_run(kept: Kept) -> None:
    for name, frame in (("visits", kept.visits), ("cases", kept.cases)):
        columns = {c: _whole(frame[c]) for c in frame.columns if c != "day"}
        assert kept.run.kept[name] == (len(frame), table_hash(columns))
        assert kept.run.hashes[name] == table_hash(columns)
        assert kept.run.rows[name] == len(frame)


def test_keeping_changes_nothing_and_parts_of_any_size_hold_the_same(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many small parts, and only visits: the tables and what is kept stay the same."""
    monkeypatch.setattr(sim.results.keeper, "ROWS_A_PART", 100)
    other = execute(town("run.keep=[visits]", *CROWDED), folder=tmp_path)
    assert hashes_of(other.tables) == hashes_of(kept.run.tables)
    assert other.kept == {"visits": kept.run.kept["visits"]}
    pd.testing.assert_frame_equal(_read(tmp_path, "visits"), kept.visits)
    assert not (tmp_path / "tables" / "cases").exists()


def test_nothing_is_kept_unless_it_is_asked_for(tmp_path: Path) -> None:
    run = execute(town("run.days=3", "run.run_in_days=1"), folder=tmp_path)
    assert run.kept == {}
    assert not list(tmp_path.iterdir())
