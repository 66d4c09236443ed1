"""The library: the same runs as the command line, as tidy frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.compare import Effect
from sim.compose import composed
from sim.metrics import METRICS, measured
from sim.studies.comparison import Comparison
from sim.studies.comparison import compare as compare_scenarios
from sim.studies.doubts import refuse_overload
from sim.studies.kept import Kept
from sim.studies.run import Run, execute

SHORT = ("days", "run_in_days", "seed", "replication", "replications", "workers")


@dataclass(frozen=True, repr=False)
class RunResult:
    """One run: its tables as frames, its metrics as a series."""

    run: Run

    def __repr__(self) -> str:
        config, tables = self.run.config, ", ".join(self.run.tables)
        return (
            f"<{config.scenario}, {config.region}, {config.run.days} days, key {self.key[:12]}\n"
            f" metrics: {len(METRICS)}, frames: {tables}>"
        )

    @property
    def key(self) -> str:
        """The name of the run; the same on the command line."""
        return self.run.key

    @cached_property
    def frames(self) -> Mapping[str, pd.DataFrame]:
        """The tables of results by name."""
        return {name: pd.DataFrame(columns) for name, columns in self.run.tables.items()}

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """All metrics: value, unit, better, theme, by name."""
        values = measured(self.run.tables)
        currency = self.run.config.place.currency
        rows = {
            name: (values[name], metric.unit_in(currency), metric.better, metric.theme)
            for name, metric in METRICS.items()
        }
        return pd.DataFrame.from_dict(
            rows, orient="index", columns=["value", "unit", "better", "theme"]
        )


@dataclass(frozen=True, repr=False)
class CompareResult:
    """Scenarios with paired replications: metrics of every run, and effects against base."""

    comparison: Comparison

    def __repr__(self) -> str:
        found = self.comparison
        return f"<{', '.join(found.labels)}: {len(found.runs)} runs against {found.base}>"

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """One row per scenario, replication and metric."""
        rows = [
            (run.label, run.replication, name, value)
            for run in self.comparison.runs
            for name, value in run.metrics.items()
        ]
        return pd.DataFrame(rows, columns=["scenario", "replication", "metric", "value"])

    @property
    def failed(self) -> Mapping[str, str]:
        """Runs that failed, with the reason; the others are kept."""
        return self.comparison.failed

    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row per scenario and metric: difference, 95 % interval, words."""
        columns = [*(field.name for field in fields(Effect)), "in_words"]
        rows = [{**vars(e), "in_words": e.words} for e in self.comparison.effects]
        return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True, repr=False)
class StudyResult:
    """A study of any size, finished or not, read from its folder."""

    kept: Kept

    def __repr__(self) -> str:
        done, planned = len(self.kept.runs), len(self.kept.keys)
        return f"<{self.kept.folder}: {done} of {planned} runs, frames: {self.kept.tables}>"

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run: label, scenario, replication, the values that were varied, all metrics."""
        return pd.DataFrame(self.kept.wide())

    def frame(self, table: str) -> pd.DataFrame:
        """One table of all runs."""
        found: pd.DataFrame = self.kept.table(table).to_pandas()
        return found


def study(folder: str | Path) -> StudyResult:
    """Read what a study has so far; ``folder`` is such as ``outputs/vans``.

    Examples
    --------
    >>> study("outputs/vans").runs.groupby("mobile.units")["rural_travel"].mean()  # doctest: +SKIP
    """
    return StudyResult(Kept.of(Path(folder)))


def run(scenario: str = "base", **settings: Any) -> RunResult:
    """Run a scenario; settings are dotted keys with two underscores, or short names of ``run``.

    Examples
    --------
    >>> run("rural_access", region="teaching", days=30, mobile__units=2)  # doctest: +SKIP
    """
    one = composed([f"scenario={scenario}", *_overrides(settings)])
    refuse_overload(one)
    return RunResult(execute(one))


def compare(*scenarios: str, **settings: Any) -> CompareResult:
    """Compare scenarios with base; ``replications`` and other settings as in ``run``."""
    chosen = scenarios or ("base",)
    for scenario in chosen:
        refuse_overload(composed([*_overrides(settings), f"scenario={scenario}"]))
    return CompareResult(compare_scenarios(chosen, _overrides(settings)))


def _overrides(settings: Mapping[str, Any]) -> list[str]:
    """Settings as the command line would write them."""
    found = []
    for name, value in settings.items():
        key = f"run.{name}" if name in SHORT else name.replace("__", ".")
        shown = str(value).lower() if isinstance(value, bool) else value
        found.append(f"{key}={shown}")
    return found
