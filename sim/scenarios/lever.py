"""Levers as declarations: what a decision maker may set, in which unit, within which bounds.

A lever is a pure function of tables, parameters and a setting that returns changes. The
declaration is read by validation, by ``list``, by ``explain`` and by whoever sweeps levers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from sim.config import Config
from sim.config import Lever as LeverSetting
from sim.errors import InputError, nearest
from sim.problems import problems_of, shown
from sim.region.table import Table
from sim.scenarios.changes import PARAMETERS, Change

Function = Callable[[Mapping[str, Table], Config, Any], Iterable[Change]]


class Fields(BaseModel):
    """What a lever with several fields is set to."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Lever:
    """A declared lever."""

    name: str
    says: str
    unit: str
    function: Function
    low: float | None = None
    high: float | None = None
    whole: bool = False
    choices: tuple[str, ...] = ()
    fields: type[Fields] | None = None
    cost: str = "none of its own"

    def problems(self, value: Any) -> Iterator[str]:
        """What is wrong with a value, as ends of sentences."""
        if self.fields is not None:
            yield from _field_problems(self.fields, value)
        elif self.choices:
            if value not in self.choices:
                guess = nearest(str(value), self.choices)
                yield f"must be one of {', '.join(self.choices)}, got {value!r}.{guess}"
        elif isinstance(value, bool) or not isinstance(value, int | float):
            yield f"must be a number, got {shown(value)}."
        elif not isfinite(value):
            yield f"is not a finite number ({value})."
        elif self.whole and value != int(value):
            yield f"must be a whole number, got {value}."
        elif not _within(value, self.low, self.high):
            yield f"must be between {self.low:g} and {self.high:g}, got {value}."

    def changes(
        self, tables: Mapping[str, Table], config: Config, setting: LeverSetting
    ) -> list[Change]:
        """What the lever does with a setting, dated and named."""
        value = self.fields(**setting.value) if self.fields is not None else setting.value
        found = self.function(tables, config, value)
        dated = {
            "day": setting.start, "ramp_days": setting.ramp_days,
            "lasts_days": setting.lasts_days, "lever": self.name,
        }  # fmt: skip
        return [Change(**{**vars(change), **dated}) for change in found]


LEVERS: dict[str, Lever] = {}


def lever(name: str, says: str, unit: str, **declared: Any) -> Callable[[Function], Function]:
    """Declare a lever; its function returns changes whose dates are filled in afterwards."""

    def declare(function: Function) -> Function:
        LEVERS[name] = Lever(name=name, says=says, unit=unit, function=function, **declared)
        return function

    return declare


def cell(table: str, row: str, column: str, operation: str, amount: Any) -> Change:
    """A change without a date yet."""
    return Change(0, table, row, column, operation, amount)  # type: ignore[arg-type]


def parameter(section: str, key: str, operation: str, amount: Any) -> Change:
    """A change of a parameter without a date yet."""
    return cell(PARAMETERS, section, key, operation, amount)


def wrong_with(name: str, value: Any) -> list[str]:
    """What is wrong with a lever's name or value, whatever the region; nothing if it is fine."""
    if name not in LEVERS:
        return [f"no lever called '{name}'.{nearest(name, LEVERS)}"]
    return [f"lever '{name}' {said}" for said in LEVERS[name].problems(value)]


def changes_of(tables: Mapping[str, Table], config: Config) -> list[Change]:
    """All changes of a configuration's levers, or everything that is wrong with them."""
    problems: list[str] = []
    found: list[Change] = []
    for setting in config.levers:
        wrong = wrong_with(setting.name, setting.value)
        if not wrong:
            try:
                found += LEVERS[setting.name].changes(tables, config, setting)
            except InputError as error:
                wrong = [f"lever '{setting.name}': {said}" for said in error.problems]
        problems += [said + setting.at for said in wrong]
    if problems:
        raise InputError(problems, where="the levers")
    return found


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _field_problems(fields: type[Fields], value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"needs the fields {', '.join(fields.model_fields)}, got {value!r}."
        return
    try:
        fields(**value)
    except ValidationError as error:
        yield from problems_of(error, fields)
