"""One run: from a checked configuration to its tables."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.compose import CONF, Composed
from sim.config import Config
from sim.errors import InputError, nearest
from sim.region.region import Region
from sim.region.schema import SCHEMAS
from sim.region.table import Number, Table
from sim.results.bill import bill_of
from sim.results.content import RESULTS_VERSION, digest_of, table_hash
from sim.results.recorder import Columns, Recorder
from sim.scenarios.changes import Timeline
from sim.scenarios.lever import changes_of
from sim.scenarios.levers import __all__ as _declared  # noqa: F401 -- declares the levers

if TYPE_CHECKING:
    from sim.model import ServiceModel

Progress = Callable[[int, int], None]  # days lived, days in all


@dataclass(frozen=True)
class Run:
    """What a run leaves behind.

    ``seconds`` counts the measured days only; the run-in, start-up and writing stand apart.
    """

    key: str
    config: Config
    tables: Mapping[str, Columns]
    seconds: float
    run_in_seconds: float
    peak_mb: float
    checks: int

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each table's content."""
        return {name: table_hash(columns) for name, columns in self.tables.items()}

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Requests, attempts, visits, calls and desk works of each scope."""
        services = self.tables["services"]
        scopes = np.unique(services["scope"])
        return {
            name: {s: int(services[column][services["scope"] == s].sum()) for s in scopes}
            for name, column in COUNTS.items()
        }


COUNTS = {
    "requests": "needs",
    "portal_attempts": "attempts",
    "visits": "office_visits",
    "van_visits": "van_visits",
    "provider_visits": "body_visits",
    "calls": "calls",
    "desk_works": "desk",
}


@lru_cache(maxsize=4)
def _region(name: str, folders: tuple[str, ...], starts: str) -> Region:
    try:
        first = date.fromisoformat(starts)
    except ValueError:
        problem = f"`place.starts` is '{starts}', which is not a date; write YYYY-MM-DD."
        raise InputError([problem]) from None
    return Region.load(name, [CONF / "region" / folder for folder in folders], first)


def region_of(config: Config) -> Region:
    """The region of a configuration, with single cells of its tables set by the user."""
    region = _region(config.region, tuple(config.place.folders), config.place.starts)
    if not config.tables:
        return region
    tables, problems = dict(region.tables), []
    for name, rows in config.tables.items():
        if name not in SCHEMAS:
            problems.append(f"no table '{name}'.{nearest(name, SCHEMAS)}")
            continue
        for row, cells in rows.items():
            for column, value in cells.items():
                problem, changed = _set(tables[name], row, column, value)
                problems += problem
                tables[name] = changed
    if problems:
        raise InputError(problems, where="`tables`")
    return Region(region.name, tables, region.special_days, region.starts)


def _set(table: Table, row: str, column: str, value: Any) -> tuple[list[str], Table]:
    """A table with one cell set, or what is wrong with that."""
    where = f"tables.{table.name}.{row}.{column}"
    if row not in table.index:
        return [f"`{where}`: no row '{row}'.{nearest(row, table.rows)}"], table
    if column not in SCHEMAS[table.name].columns:
        return [f"`{where}`: no column '{column}'.{nearest(column, table.columns)}"], table
    kind, values = SCHEMAS[table.name].columns[column], table.columns[column]
    i = table.index[row]
    if isinstance(kind, Number):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not kind.low <= value <= kind.high:
            said = f"must be a number between {kind.low:g} and {kind.high:g}, got {value!r}."
            return [f"`{where}` {said}"], table
        if kind.whole and value != int(value):
            return [f"`{where}` must be a whole number, got {value}."], table
        numbers = table.numbers(column).copy()
        numbers[i] = value
        return [], table.replaced(column, numbers)
    if kind.choices and value not in kind.choices:
        return [f"`{where}` must be one of {', '.join(kind.choices)}, got {value!r}."], table
    words = table.words(column)
    return [], table.replaced(column, (*words[:i], str(value), *words[i + 1 :]))


def timeline_of(config: Config) -> tuple[Region, Timeline]:
    """The region and what its levers do to it, day by day."""
    region = region_of(config)
    return region, Timeline(region.tables, config, changes_of(region.tables, config))


def model_of(config: Config) -> ServiceModel:
    """A model ready to step."""
    from sim.engine import ENGINES
    from sim.model import ServiceModel

    region, timeline = timeline_of(config)
    return ServiceModel(region, timeline, ENGINES[config.engine])


def execute(composed: Composed, progress: Progress | None = None) -> Run:
    """Run a configuration from the first day of the run-in to the last measured day."""
    config = composed.config
    model = model_of(config)
    recorder = Recorder()
    model.observers.append(recorder)
    days = model.horizon
    begin = time.perf_counter()
    while model.day < model.run_in:
        model.step()
        if progress:
            progress(model.day, days)
    measured = time.perf_counter()
    while model.day < days:
        model.step()
        if progress:
            progress(model.day, days)
    end = time.perf_counter()
    tables = dict(recorder.tables())
    tables["bill"] = bill_of(model, tables)
    return Run(
        key_of(config),
        config,
        tables,
        seconds=end - measured,
        run_in_seconds=measured - begin,
        peak_mb=_peak_mb(),
        checks=model.checks,
    )


def key_of(config: Config) -> str:
    """The name of a run: everything that can move its tables, and nothing else."""
    region = region_of(config)
    settings = config.model_dump()
    for name in ("engine", "scenario"):
        del settings[name]
    for name in ("replications", "workers", "keep"):
        del settings["run"][name]
    for name in ("words", "title", "first_page", "folders"):
        del settings["place"][name]
    tables = {name: _digest(table) for name, table in region.tables.items()}
    return digest_of({"config": settings, "tables": tables, "results": RESULTS_VERSION})


def _digest(table: Table) -> str:
    remarks = ("source", "confidence", "note", "name")
    columns = {n: np.asarray(v) for n, v in table.columns.items() if n not in remarks}
    return table_hash({"row": np.asarray(table.rows), **columns})


def _peak_mb() -> float:
    """The most memory this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0**2 if sys.platform == "darwin" else 1024.0)
