"""What the single days of a study say: quantiles of waits, and what the mean wait settles to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.analysis.interval import Floats
from sim.analysis.sections import Quantile, quantile_of_counts
from sim.analysis.steady_state import SteadyState, steady_state
from sim.errors import InputError
from sim.metrics.metric import Columns, ratio, total
from sim.results.packed import columns_of
from sim.results.tables import read_parts
from sim.service.ledger import WAIT_MINUTES
from sim.studies.kept import Kept

TABLES = ("counters", "waits_by_day")
SHARES = (0.5, 0.95)
WORK = ("arrived", "served", "busy_seconds", "duty_seconds")


class Days(NamedTuple):
    """What the days of one arm say; where they cannot, the reason.

    Attributes
    ----------
    label : str
        The arm.
    replications, days : int
        Runs, and the days with visits of all of them.
    load : float
        Work brought to the busiest office, over the time its counters were on duty.
    quantiles : share to Quantile
        Waits at offices in minutes, all runs and days pooled.
    settled : SteadyState or None
        Mean wait in minutes after the beginning.
    refused : tuple of str
        What could not be said, and why.
    """

    label: str
    replications: int
    days: int
    load: float
    quantiles: Mapping[float, Quantile]
    settled: SteadyState | None
    refused: tuple[str, ...]


def days_of(folder: Path) -> list[Days]:
    """What the days of each arm say, in the order of the study's plan."""
    arms = groupby(_runs(folder), key=itemgetter(0))  # of large studies one arm at a time
    found = [_said(label, [tables for _, tables in runs]) for label, runs in arms]
    if not found:
        raise InputError([f"no run in {folder} is finished."], where="the study")
    return found


def _said(label: str, runs: list[dict[str, Columns]]) -> Days:
    counts = np.concatenate([_counts(run["waits_by_day"]) for run in runs])
    load = max(_loads(runs), default=0.0)
    quantiles, settled, refused = {}, None, []
    try:
        quantiles = {share: quantile_of_counts(counts, share) for share in SHARES}
    except InputError as error:
        refused += error.problems
    try:
        settled = steady_state(_means(runs), load)
    except InputError as error:
        refused += error.problems
    return Days(label, len(runs), len(counts), load, quantiles, settled, tuple(refused))


def _counts(waits: Columns) -> Floats:
    """Visits by day and whole minute waited, (n_days, n_minutes); days without visits left out."""
    _, day = np.unique(waits["date"], return_inverse=True)
    counts = np.zeros((int(day.max(initial=-1)) + 1, WAIT_MINUTES))
    np.add.at(counts, (day, waits["minutes"]), waits["served"])
    return counts


def _means(runs: list[dict[str, Columns]]) -> Floats:
    """Mean wait in minutes on each day, (n_runs, n_days), of days with visits in every run."""
    waits, served = (
        np.stack([_by_day(run["counters"], name) for run in runs])
        for name in ("wait_seconds", "served")
    )
    here = (served > 0).all(axis=0)
    means: Floats = waits[:, here] / served[:, here] / 60
    return means


def _by_day(counters: Columns, name: str) -> Floats:
    offices = counters["role"] == "office"
    _, day = np.unique(counters["date"], return_inverse=True)
    whole = np.bincount(day[offices], counters[name][offices], minlength=int(day.max()) + 1)
    return whole.astype(float)


def _loads(runs: list[dict[str, Columns]]) -> Iterator[float]:
    """Work brought over time on duty of each office; whoever left brought as much as the served."""
    whole = {
        name: np.concatenate([run["counters"][name] for run in runs])
        for name in ("station", "role", *WORK)
    }
    for office in np.unique(whole["station"][whole["role"] == "office"]):
        here = whole["station"] == office
        arrived, served, busy, duty = (total(whole, name, here) for name in WORK)
        if served:
            yield ratio(busy, duty) * arrived / served


def _runs(folder: Path) -> Iterator[tuple[str, dict[str, Columns]]]:
    """Label and tables of each finished run, of a study or of a single run's folder."""
    if (folder / "study.json").exists():
        kept = Kept.of(folder)
        for run in kept.runs:
            yield (
                run.label,
                {name: columns_of(kept.store.table(run.key, name)) for name in TABLES},
            )
        return
    parts = [read_parts(folder, name) for name in TABLES]
    for (label, _, counters), (_, _, waits) in zip(*parts, strict=True):
        yield label, dict(zip(TABLES, (columns_of(counters), columns_of(waits)), strict=True))
