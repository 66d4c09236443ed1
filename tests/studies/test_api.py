"""The library: tidy frames, and errors that are the same as on the command line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.api import types

import sim
from sim.errors import InputError
from sim.metrics import METRICS, measured
from sim.results.content import table_hash
from sim.results.schema import TABLES
from sim.studies.run import execute
from tests.model.town import town

FEW = {"region": "teaching", "days": 6, "run_in_days": 2}


@pytest.fixture(scope="module")
def one() -> sim.RunResult:
    return sim.run(**FEW)


@pytest.fixture(scope="module")
def two() -> sim.CompareResult:
    return sim.compare("base", "rural_access", replications=2, workers=1, **FEW)


def test_a_run_is_the_run_of_the_command_line(one: sim.RunResult) -> None:
    same = execute(town("run.days=6", "run.run_in_days=2"))
    assert one.key == same.key
    assert one.run.hashes == same.hashes


@pytest.mark.parametrize("name", [*TABLES, "bill"])
def test_a_table_is_a_frame_of_words_and_whole_numbers(one: sim.RunResult, name: str) -> None:
    """One row for each key, a plain index, nothing missing."""
    frame = one.frames[name]
    keys = TABLES[name].key if name in TABLES else ("item",)
    counts = TABLES[name].counts if name in TABLES else ("paid", "followed_work")
    assert list(frame.columns) == [*keys, *counts]
    assert frame.index.equals(pd.RangeIndex(len(frame)))
    assert len(frame)
    assert not frame.isna().any().any()
    assert not frame.duplicated(list(keys)).any()
    assert all(types.is_integer_dtype(frame[column]) for column in counts)
    assert all((frame[column] >= 0).all() for column in counts)
    words = [column for column in keys if column not in {"unit", "hour", "minutes"}]
    assert all(types.is_string_dtype(frame[column]) for column in words)


def test_frames_hold_all_tables(one: sim.RunResult) -> None:
    assert set(one.frames) == {*TABLES, "bill"}


def test_a_frame_holds_the_cells_of_its_table(one: sim.RunResult) -> None:
    for name, frame in one.frames.items():
        columns = {column: frame[column].to_numpy() for column in frame.columns}
        assert table_hash(columns) == one.run.hashes[name]


def test_metrics_of_a_run_are_a_frame_by_name(one: sim.RunResult) -> None:
    frame = one.metrics
    assert list(frame.columns) == ["value", "unit", "better", "theme"]
    assert list(frame.index) == list(METRICS)
    assert types.is_float_dtype(frame["value"])
    assert set(frame["better"]) == {"lower", "higher", "neither"}
    assert frame.loc["public_cost", "unit"] == "million coins a year"
    np.testing.assert_array_equal(frame["value"], list(measured(one.run.tables).values()))


def test_metrics_of_a_comparison_are_one_row_each(two: sim.CompareResult) -> None:
    frame = two.metrics
    assert list(frame.columns) == ["scenario", "replication", "metric", "value"]
    assert len(frame) == 2 * 2 * len(METRICS)
    assert not frame.duplicated(["scenario", "replication", "metric"]).any()
    assert types.is_integer_dtype(frame["replication"])
    assert types.is_float_dtype(frame["value"])


EFFECTS = [
    "scenario", "metric", "base", "mean", "low", "high", "n", "gain", "interval", "p_value",
    "sign_p_value", "low_90", "high_90", "adjusted_p_value", "missing", "in_words",
]  # fmt: skip


def test_effects_are_one_row_each(two: sim.CompareResult) -> None:
    frame = two.effects
    assert list(frame.columns) == EFFECTS
    assert list(frame["metric"]) == list(METRICS)
    assert set(frame["scenario"]) == {"rural_access"}
    assert set(frame["n"]) == {2}
    numbers = ["base", "mean", "low", "high", "gain"]
    assert all(types.is_float_dtype(frame[column]) for column in numbers)
    known = frame.dropna(subset=numbers[:4])
    assert ((known["low"] <= known["mean"]) & (known["mean"] <= known["high"])).all()


def test_effects_are_differences_of_the_metrics(two: sim.CompareResult) -> None:
    wide = two.metrics.pivot_table("value", ["metric", "replication"], "scenario", dropna=False)
    gaps = (wide["rural_access"] - wide["base"]).groupby("metric").mean()
    effects = two.effects.set_index("metric")["mean"].dropna()
    pd.testing.assert_series_equal(gaps[effects.index], effects, check_names=False)


def test_a_comparison_of_base_alone_has_no_effects_but_their_columns() -> None:
    found = sim.compare(replications=1, workers=1, **FEW)
    assert len(found.metrics) == len(METRICS)
    assert found.effects.empty
    assert list(found.effects.columns) == EFFECTS


def test_settings_reach_the_model_by_two_underscores_and_by_short_names(
    one: sim.RunResult,
) -> None:
    found = sim.run(
        seed=5, mobile__units=2, office__lunch_cover=False,
        tables__offices__OFFICE__counters=3, **FEW,
    ).run.config  # fmt: skip
    assert (found.run.seed, found.run.days, found.mobile.units) == (5, 6, 2)
    assert found.office.lunch_cover is False
    assert found.tables == {"offices": {"OFFICE": {"counters": 3}}}
    assert found.run != one.run.config.run


WRONG = [
    ("rural_acess", {}, "Did you mean 'rural_access'?"),
    ("base", {"region": "teachingg"}, "Did you mean 'teaching'?"),
    ("base", {"mobile__unit": 3}, "Did you mean 'units'?"),
    ("base", {"days": 0}, "`run.days` must be at least 1, got 0"),
    ("base", {"tables__ofices__OFFICE__counters": 3}, "Did you mean 'offices'?"),
]


@pytest.mark.parametrize(("scenario", "settings", "said"), WRONG)
@pytest.mark.parametrize("verb", ["run", "compare"])
def test_what_is_unknown_is_an_input_error_with_the_nearest_name(
    verb: str, scenario: str, settings: dict[str, object], said: str
) -> None:
    with pytest.raises(sim.InputError) as found:
        getattr(sim, verb)(scenario, **{**FEW, **settings})
    assert said in str(found.value)
    assert found.value.code == 2
    assert isinstance(found.value, sim.SimError)


@pytest.mark.parametrize("verb", ["run", "compare"])
def test_a_base_that_cannot_be_served_is_refused(verb: str) -> None:
    settings = {**FEW, "demand__factor": 3.0, "replications": 1, "workers": 1}
    with pytest.raises(InputError, match="the base, which cannot be served"):
        getattr(sim, verb)("base", **settings)


def test_only_what_is_public_can_be_asked_for() -> None:
    assert set(dir(sim)) == set(sim.__all__)
    assert all(getattr(sim, name) is not None for name in sim.__all__)
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'rnu'"):
        getattr(sim, "rnu")  # noqa: B009 -- the point is the missing name
