"""Levers as a scenario sets them, and what they do to tables and parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.compose import Composed, composed, names
from sim.config import Config
from sim.config import Lever as Setting
from sim.scenarios.changes import Timeline
from sim.studies.run import timeline_of

REAL = "west_kazakhstan"
LATE = 4_400  # a day after every ramp
Cell = tuple[str, str, str]


def home_of(scenario: str) -> str:
    """A region with the bodies of a scenario: one that shows it, or else the real one."""
    shown = {region: composed([f"region={region}"]).config.place.demo for region in names("region")}
    return next((one for one in (REAL, *shown) if scenario in shown[one]), REAL)


def lever(name: str, value: Any, start: int = 0, ramp_days: int = 0) -> Setting:
    """A lever as a scenario file sets it."""
    return Setting(name=name, value=value, start=start, ramp_days=ramp_days)


def configured(one: Composed, *settings: Setting) -> Config:
    """A configuration in which only these levers are set."""
    return one.config.model_copy(update={"levers": list(settings)})


def laid_out(one: Composed, *settings: Setting) -> Timeline:
    """What some levers do, day by day."""
    return timeline_of(configured(one, *settings))[1]


def cells(timeline: Timeline, day: int) -> dict[Cell, Any]:
    """All that is in force on a day: parameters as a table, and the tables."""
    tables, config = timeline.at(day)
    found: dict[Cell, Any] = {
        ("parameters", section, key): value
        for section, keys in config.model_dump().items()
        if isinstance(keys, dict) and section != "tables"
        for key, value in keys.items()
    }
    for name, table in tables.items():
        for column, values in table.columns.items():
            listed: Sequence[Any] = values.tolist() if isinstance(values, np.ndarray) else values
            found |= {(name, row, column): v for row, v in zip(table.rows, listed, strict=True)}
    return found


def moved(timeline: Timeline, day: int = LATE) -> Mapping[Cell, tuple[Any, Any]]:
    """Cells that differ on a day from the days before any lever, with both values."""
    before, after = cells(timeline, -1), cells(timeline, day)
    return {cell: (before[cell], after[cell]) for cell in after if before[cell] != after[cell]}
