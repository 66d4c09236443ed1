"""A small real model to try things on: the teaching town, or the first days of the real region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.compose import Composed, composed
from sim.model import ServiceModel
from sim.results.content import table_hash
from sim.results.recorder import Columns, Recorder
from sim.studies.run import execute, model_of

TOWN = ("region=teaching", "run.days=40", "run.run_in_days=20")
REGION = ("region=west_kazakhstan", "run.days=4", "run.run_in_days=3")


def town(*overrides: str, scenario: str = "base", place: tuple[str, ...] = TOWN) -> Composed:
    """A configuration; later settings stand in for the town's own."""
    settings = dict(one.split("=", 1) for one in (*place, f"scenario={scenario}", *overrides))
    return composed([f"{key}={value}" for key, value in settings.items()])


def tables_of(one: Composed) -> Mapping[str, Columns]:
    """All tables of a run."""
    return execute(one).tables


def hashes_of(tables: Mapping[str, Columns]) -> dict[str, str]:
    """The content of each table in one word."""
    return {name: table_hash(columns) for name, columns in tables.items()}


def lived(model: ServiceModel) -> Mapping[str, Columns]:
    """Tables of a model that a test has put together itself."""
    recorder = Recorder()
    model.observers.append(recorder)
    model.run()
    return recorder.tables()


def model(*overrides: str, **named: Any) -> ServiceModel:
    """A model that has not lived a day yet."""
    return model_of(town(*overrides, **named).config)
