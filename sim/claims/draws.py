"""Draws of an ensemble: what nobody has measured, and how the model may be built, drawn at once.

A draw fixes every uncertain number, every structural variant and the replication. Draw ``i`` is
the same in an ensemble of any size. A draw under which the base would have more work than time is
passed over: it cannot be the region.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from typing import Any

import numpy as np

from sim.claims.volumes import corner_of, shares_of_time, still_overloaded, weights_of
from sim.compose import Composed, Passport, composed, region_folders
from sim.errors import InputError
from sim.history.files import rows_of
from sim.region.schema import SCHEMAS
from sim.region.table import Number, Table
from sim.studies.points import Range
from sim.studies.run import check_of, region_of
from sim.written import overrides

FILE = "draws.csv"
VOLUMES = ("volumes.types", "volumes.staff", "volumes.load")
MOST_PASSED = 50  # draws on end that cannot be the region
UNIT = Range(0.0, 1.0)
Value = float | int | str
Cells = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True)
class Factor:
    """Something drawn: a range, or choices of which each is as likely.

    A ``column`` is a factor on a whole column of a table, within the column's bounds.
    """

    name: str
    kind: str  # number, choice, column or volumes
    is_structure: bool
    range: Range
    choices: tuple[str, ...]
    unit: str
    source: str
    says: str = ""  # what people call it

    def at(self, u: float) -> Value:
        """The value at a share of the way.

        >>> Factor("a", "choice", True, UNIT, ("x", "y"), "", "").at(0.6)
        'y'
        """
        if self.kind == "choice":
            return self.choices[int(u * len(self.choices))]
        return self.range.at(u)


@dataclass(frozen=True)
class Draw:
    """One member of the ensemble: settings, the values drawn, and the level of each structure."""

    number: int
    settings: Mapping[str, Any]
    point: Mapping[str, Value]
    structures: Mapping[str, str] = field(default_factory=dict)


def factors_of(settings: Sequence[str] = ()) -> list[Factor]:
    """What is drawn for a region; a range that the table leaves open is that of its passport."""
    base = composed([*settings, "scenario=base"])
    problems: list[str] = []
    found = []
    for row in rows_of(region_folders(base.config), FILE):
        try:
            found.append(_factor(row, base))
        except ValueError as error:
            problems.append(f"{FILE}: factor '{row['factor']}': {error}.")
    if problems:
        raise InputError(problems, where="the draws")
    return found


def _factor(row: Mapping[str, str], base: Composed) -> Factor:
    name, kind = row["factor"], row["kind"]
    passport = base.passports.get(name)
    table, _, column = name.partition(".")
    known = {
        "number": passport is not None,
        "choice": passport is not None,
        "column": table in SCHEMAS and column in SCHEMAS[table].columns,
        "volumes": name in VOLUMES,
    }
    if kind not in known:
        raise ValueError(f"kind '{kind}' is not one of {', '.join(known)}")
    if not known[kind]:
        raise ValueError(f"no such {'column' if kind == 'column' else 'parameter'}")
    choices = tuple(filter(None, row["choices"].split("|")))
    if kind == "choice" and len(choices) < 2:
        raise ValueError("a choice needs two values at least, as a|b")
    return Factor(
        name, kind, row["structure"] == "1",
        UNIT if kind == "choice" else _range(row, passport),
        choices,
        row["unit"] or (passport.unit if passport else ""),
        row["source"],
        row.get("says", ""),
    )  # fmt: skip


def _range(row: Mapping[str, str], passport: Passport | None) -> Range:
    """The range of a row, or that of the passport where the row leaves it open."""
    low, high = (row[end] or getattr(passport, end, None) for end in ("low", "high"))
    if low is None or high is None:
        raise ValueError("no range is known for it; give low and high")
    found = Range(float(low), float(high), type(passport and passport.value) is int)
    if not found.low < found.high:
        raise ValueError(f"its range {low} to {high} is empty")
    return found


def draws_of(factors: Sequence[Factor], settings: Sequence[str] = ()) -> Iterator[Draw]:
    """Draws that can be the region, one after the other; others are passed over.

    A setting that the user gives is not drawn.
    """
    given = {text.partition("=")[0] for text in settings}
    factors = [one for one in factors if one.name not in given]
    base = composed([*settings, "scenario=base"]).config
    passed = 0
    for i in count():
        values = {one.name: one.at(share(base.run.seed, i, one.name)) for one in factors}
        draw = _draw(i, factors, values, region_of(base).tables, settings)
        passed = passed + 1 if draw is None else 0
        if passed > MOST_PASSED:
            said = f"{passed} draws on end cannot be served: their base has more work than time."
            raise InputError([said], where="the draws")
        if draw is not None:
            yield draw


def share(seed: int, draw: int, factor: str) -> float:
    """A share of the way in [0, 1), by address: no other factor and no other draw moves it.

    >>> share(1, 0, "a") == share(1, 0, "a"), share(1, 0, "a") == share(1, 0, "b")
    (True, False)
    """
    address = f"{seed}/{draw}/{factor}".encode()
    return int.from_bytes(blake2b(address, digest_size=7).digest()) / 2**56


def _draw(
    number: int, factors: Sequence[Factor], values: Mapping[str, Value],
    tables: Mapping[str, Table], given: Sequence[str],
) -> Draw | None:  # fmt: skip
    """A draw, or nothing if the base could not be served under it."""
    plain = {f.name: values[f.name] for f in factors if f.kind in ("number", "choice")}
    cells: Cells = {}
    for one in factors:
        if one.kind == "column":
            _scale(cells, tables, one.name, float(values[one.name]))
    settings = {**plain, "run.replication": number, "tables": cells}
    config = composed([*overrides(settings), *given, "scenario=base"]).config
    loads, bodies = check_of(config), tables["bodies"]
    structures = {f.name: str(values[f.name]) for f in factors if f.is_structure}
    if set(VOLUMES) <= values.keys():
        types, staff = weights_of(*(float(values[name]) for name in VOLUMES[:2]))
        load = float(values[VOLUMES[2]])
        cells["bodies"] = shares_of_time(bodies, loads, types, staff, load)
        values = {**values, VOLUMES[0]: types, VOLUMES[1]: staff}
        structures = {name: level for name, level in structures.items() if name not in VOLUMES}
        structures["volumes"] = corner_of(types, staff)
    if still_overloaded(bodies, loads, cells.get("bodies", {})):
        return None
    return Draw(number, settings, values, structures)


def _scale(cells: Cells, tables: Mapping[str, Table], name: str, factor: float) -> None:
    """Cells of a column times a factor, within the bounds of the column."""
    table, _, column = name.partition(".")
    bounds = SCHEMAS[table].columns[column]
    values = tables[table].numbers(column) * factor
    if isinstance(bounds, Number):
        values = np.clip(values, bounds.low, bounds.high)
    for row, value in zip(tables[table].rows, values, strict=True):
        cells.setdefault(table, {}).setdefault(row, {})[column] = round(float(value), 4)
