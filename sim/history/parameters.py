"""Numbers of a history that nobody has measured: their ranges, and where in a run they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sim.compose import composed, region_folders
from sim.config import History
from sim.errors import InputError
from sim.history.files import rows_of
from sim.studies.plan import Arm
from sim.studies.points import Range, spread
from sim.written import written

FILE = "history.csv"
LEVERS = "levers"


@dataclass(frozen=True)
class Parameter:
    """A drawn number: whether history may inform it, its range, and the settings it goes to."""

    name: str
    role: Literal["fitted", "drawn"]
    range: Range
    targets: tuple[str, ...]
    unit: str
    source: str
    confidence: str
    note: str


def parameters_of(folders: Sequence[Path]) -> list[Parameter]:
    """The drawn numbers of a region's history, from the last folder that has them."""
    return [_parameter(row) for row in rows_of(folders, FILE)]


def _parameter(row: Mapping[str, str]) -> Parameter:
    return Parameter(
        name=row["parameter"],
        role="fitted" if row["role"] == "fitted" else "drawn",
        range=Range(float(row["low"]), float(row["high"]), row["whole"] == "1"),
        targets=tuple(row["targets"].split("|")),
        unit=row["unit"],
        source=row["source"],
        confidence=row["confidence"],
        note=row["note"],
    )


def history_of(settings: Sequence[str] = ()) -> History:
    """Which history a region has; of the region that is chosen, or of the usual one."""
    chosen = [text for text in settings if text.startswith("region=")]
    place = composed(chosen).config.place
    if place.history is None:
        raise InputError([f"no history is told of {place.title}."], where="`place.history`")
    return place.history


def arms_of(points: int, settings: Sequence[str]) -> tuple[Arm, ...]:
    """So many histories whose numbers fill their ranges evenly; more begin with the same ones."""
    history, given = history_of(settings), {text.partition("=")[0] for text in settings}
    told = {"region": history.region, "scenario": history.scenario, "run.days": history.days}
    rest = [*(f"{key}={value}" for key, value in told.items() if key not in given), *settings]
    config = composed(rest).config
    parameters = parameters_of(region_folders(config))
    levers = [one.model_dump() for one in config.levers]
    ranges = {one.name: one.range for one in parameters}
    return tuple(
        Arm.of(f"h{i:04d}", [*rest, *_settings(parameters, levers, point)], point=point)
        for i, point in enumerate(spread(ranges, points, "sobol", config.run.seed))
    )


def _settings(
    parameters: Sequence[Parameter], levers: Sequence[Mapping[str, Any]], point: Mapping[str, Any]
) -> list[str]:
    """A point as settings of the command line; levers are given as one whole list."""
    changed, found = deepcopy(list(levers)), []
    for one in parameters:
        for target in one.targets:
            if target.startswith(f"{LEVERS}."):
                _put(changed, target.split(".")[1:], point[one.name])
            else:
                found.append(f"{target}={point[one.name]}")
    return [*found, f"{LEVERS}={written(changed)}"]


def _put(tree: Any, path: Sequence[str], value: Any) -> None:
    """Set the leaf of a tree of lists and mappings."""
    for step in path[:-1]:
        tree = tree[int(step) if isinstance(tree, list) else step]
    tree[path[-1]] = value
