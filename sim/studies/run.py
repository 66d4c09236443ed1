"""One run: from a checked configuration to its tables."""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from sim.calendars.civil import Calendar
from sim.compose import Composed, region_folders
from sim.config import Config
from sim.engine import ENGINES
from sim.errors import InputError
from sim.model import ServiceModel
from sim.population.world import World
from sim.region.own import folder_of, own_data
from sim.region.region import Region
from sim.region.table import Table
from sim.results.bill import Holdings, bill_of
from sim.results.content import RESULTS_VERSION, canonical, digest_of, table_hash
from sim.results.keeper import Keeper
from sim.results.recorder import Columns, Recorder
from sim.scenarios.changes import Timeline
from sim.scenarios.lever import changes_of
from sim.scenarios.levers import __all__ as _declared  # noqa: F401 -- declares the levers
from sim.service.layout import lay_out
from sim.service.loads import Load, expected_loads

DAYS_OF_A_YEAR, WORKED_DAYS = 366, 249
MOVES_NOTHING = (
    "engine", "scenario", "region", "tables", "data", "run.replications", "run.workers", "run.keep",
    "place.words", "place.title", "place.first_page", "place.history", "place.folders",
    "place.demo", "place.currency",
)  # fmt: skip
Progress = Callable[[int, int], None]  # days lived, days in all
Observer = Callable[[ServiceModel], None]


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
    kept: Mapping[str, tuple[int, str]] = field(default_factory=dict)  # rows, hash

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each table's content."""
        found = {name: table_hash(columns) for name, columns in self.tables.items()}
        return {**found, **{name: sha256 for name, (_, sha256) in self.kept.items()}}

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table."""
        found = {name: len(next(iter(table.values()))) for name, table in self.tables.items()}
        return {**found, **{name: rows for name, (rows, _) in self.kept.items()}}

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


def region_of(config: Config) -> Region:
    """The region of a configuration, with single cells of its tables set by the user."""
    folders, own = region_folders(config), folder_of(config.data.dir)
    stamp = _stamp((*folders, own) if own else folders)
    region = _region(config.region, folders, config.place.starts, own, stamp)
    return region.with_cells(config.tables) if config.tables else region


@lru_cache(maxsize=4)
def _region(
    name: str, folders: tuple[Path, ...], starts: str, own: Path | None, _: tuple[int, ...]
) -> Region:
    try:
        first = date.fromisoformat(starts)
    except ValueError:
        problem = f"`place.starts` is '{starts}', which is not a date; write YYYY-MM-DD."
        raise InputError([problem]) from None
    return Region.load(name, folders, first, own_data(own) if own else None)


def _stamp(folders: Iterable[Path]) -> tuple[int, ...]:
    """Changes when a table on disk does."""
    files = sorted(path for folder in folders for path in folder.glob("*.*"))
    said = ((path.stat(), path.name) for path in files if path.is_file())
    return tuple(n for stat, name in said for n in (stat.st_mtime_ns, stat.st_size, len(name)))


def timeline_of(config: Config) -> tuple[Region, Timeline]:
    """The region and what its levers do to it, day by day."""
    region = region_of(config)
    return region, Timeline(region.tables, config, changes_of(region.tables, config))


def check_of(config: Config) -> list[Load]:
    """Expected loads of a region before any lever: the static sheet of a year."""
    region = region_of(config)
    network = lay_out(region.tables, config, config.mobile.units)
    calendar = Calendar.of(region.first_day(0), DAYS_OF_A_YEAR, {})
    world = World(region.tables, config, network, calendar)
    return list(
        expected_loads(region.tables, config, world.catalogue, world.routing, network, WORKED_DAYS)
    )


def model_of(config: Config) -> ServiceModel:
    """A model ready to step."""
    region, timeline = timeline_of(config)
    return ServiceModel(region, timeline, ENGINES[config.engine])


def execute(
    composed: Composed,
    progress: Progress | None = None,
    folder: Path | None = None,
    label: str = "",
    observers: Iterable[Observer] = (),
) -> Run:
    """Run a configuration from the first day of the run-in to the last measured day.

    Single visits and cases are kept in a folder, if ``run.keep`` asks for them, in files named by
    the label, or else by the scenario. Further observers read each day after it was lived.
    """
    config = composed.config
    model = model_of(config)
    recorder, holdings = Recorder(), Holdings()
    model.observers += [recorder, holdings, *observers]
    kept = config.run.keep if folder is not None else []
    label = f"{label or config.scenario}-{config.run.replication:03d}"
    with _undisturbed(), Keeper(kept, (folder or Path()) / "tables", label) as keeper:
        model.observers.append(keeper)
        begin = time.perf_counter()
        _live(model, model.run_in, progress)
        measured = time.perf_counter()
        _live(model, model.horizon, progress)
        end = time.perf_counter()
        whole = keeper.close()
    tables = dict(recorder.tables())
    tables["bill"] = bill_of(model, holdings, tables)
    run = Run(
        key_of(config),
        config,
        tables,
        seconds=end - measured,
        run_in_seconds=measured - begin,
        peak_mb=_peak_mb(),
        checks=model.checks,
        kept=whole,
    )
    model.__dict__.clear()  # it and its agents hold each other: a search for them takes long
    return run


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No search for circular garbage while days are lived: it costs a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _live(model: ServiceModel, until: int, progress: Progress | None) -> None:
    """Step to a day."""
    while model.day < until:
        model.step()
        if progress:
            progress(model.day, model.horizon)


def key_of(config: Config) -> str:
    """The name of a run: everything that can move its tables, and nothing else."""
    region = region_of(config)
    settings = config.model_dump()
    for path in MOVES_NOTHING:
        section, _, name = path.rpartition(".")
        del (settings[section] if section else settings)[name]
    settings["levers"] = sorted(settings["levers"], key=canonical)  # their order moves nothing
    contents = contents_of(region)
    tables = {name: contents[name] for name in region.tables}
    mix = [contents[f"{name}, as read"] for name in ("rates", "months")]  # candidates come from it
    return digest_of({"config": settings, "tables": tables, "mix": mix, "results": RESULTS_VERSION})


def contents_of(region: Region) -> dict[str, str]:
    """The content hash of each table of a region."""
    if id(region) not in _contents:
        if len(_contents) > 8:
            _contents.clear()
        found = {name: _digest(table) for name, table in region.tables.items()}
        read = {f"{name}, as read": _digest(region.files[name]) for name in ("rates", "months")}
        _contents[id(region)] = (region, {**found, **read})
    return _contents[id(region)][1]


_contents: dict[int, tuple[Region, dict[str, str]]] = {}  # sweeps name thousands of runs


def _digest(table: Table) -> str:
    remarks = ("source", "confidence", "note", "name")
    columns = {n: np.asarray(v) for n, v in table.columns.items() if n not in remarks}
    return table_hash({"row": np.asarray(table.rows), **columns})


def _peak_mb() -> float:
    """The most memory this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0**2 if sys.platform == "darwin" else 1024.0)
