"""What own data change: tables and parameters held against those of the region itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.compose import Composed
from sim.config import Config, Data
from sim.region.own import folder_of, own_data
from sim.region.region import Region
from sim.region.schema import SCHEMAS
from sim.region.table import Table
from sim.studies.run import region_of

FEW = 5  # rows named in a sentence


@dataclass(frozen=True)
class Standing:
    """A table of a run: where it comes from, and how its rows differ from the region's own."""

    table: str
    file: str
    replaced: bool
    rows: int
    changed: tuple[str, ...]
    new: tuple[str, ...]
    missing: tuple[str, ...]


def region_without(config: Config) -> Region:
    """The region as it is without own data and without cells set by the user."""
    return region_of(config.model_copy(update={"data": Data(), "tables": {}}))


def standings(config: Config) -> list[Standing]:
    """Every table of the region with what own data change in it."""
    folder = folder_of(config.data.dir)
    own = own_data(folder).sheets if folder else {}
    ours, theirs = region_of(config).files, region_without(config).files
    return [_standing(name, name in own, ours[name], theirs[name]) for name in SCHEMAS]


def _standing(name: str, replaced: bool, ours: Table, theirs: Table) -> Standing:
    changed = tuple(row for row in ours.rows if row in theirs.index and _differs(row, ours, theirs))
    return Standing(
        name,
        ours.file,
        replaced,
        len(ours),
        changed,
        tuple(row for row in ours.rows if row not in theirs.index),
        tuple(row for row in theirs.rows if row not in ours.index),
    )


def _differs(row: str, ours: Table, theirs: Table) -> bool:
    i, j = ours.index[row], theirs.index[row]
    return any(ours.columns[c][i] != theirs.columns[c][j] for c in SCHEMAS[ours.name].columns)


def own_doubts(one: Composed) -> Iterator[str]:
    """What is allowed in own data but doubtful: values out of range, sources that stayed."""
    if not one.config.data.dir:
        return
    for path, before in one.replaced.items():
        value = one.passports[path].value
        low, high = before.low, before.high
        if _number(value) and low is not None and high is not None and not low <= value <= high:
            yield (
                f"`{path}` = {value:g} {before.unit} in own data lies outside the range {low:g} to "
                f"{high:g} of the region ({before.source})."
            )
    ours, theirs = region_of(one.config).files, region_without(one.config).files
    for found in standings(one.config):
        yield from _kept_sources(found, ours[found.table], theirs[found.table])
    yield from _far_off(ours, theirs)


def _kept_sources(found: Standing, ours: Table, theirs: Table) -> Iterator[str]:
    """Rows that were changed, and still name the source of what they were."""
    if "source" not in theirs.columns or not found.replaced:
        return
    kept = [row for row in found.changed if _source(ours, row) == _source(theirs, row)]
    if kept:
        rows = "1 row differs" if len(kept) == 1 else f"{len(kept)} rows differ"
        yield (
            f"{found.file}: {rows} from the region's but keep its source: {named(kept)}; "
            "say where they come from, or leave source and confidence empty."
        )


def _source(table: Table, row: str) -> tuple[str, str]:
    i = table.index[row]
    return table.words("source")[i], table.words("confidence")[i]


def _far_off(ours: Mapping[str, Table], theirs: Mapping[str, Table]) -> Iterator[str]:
    """Columns of own data that add to ten times what the region's do, or a tenth: another unit."""
    for name, schema in SCHEMAS.items():
        both = [row for row in ours[name].rows if row in theirs[name].index]
        if ours[name] is theirs[name] or len(both) < 1:
            continue
        for column in schema.columns:
            if not isinstance(ours[name].columns[column], np.ndarray):
                continue
            sums = [
                float(np.abs(table.numbers(column)[[table.index[row] for row in both]]).sum())
                for table in (ours[name], theirs[name])
            ]
            if min(sums) > 0 and max(sums) >= 10 * min(sums):
                yield (
                    f"{ours[name].file}: `{column}` is {sums[0] / sums[1]:.3g} times the region's "
                    "over the same rows; check the unit."
                )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def named(rows: list[str] | tuple[str, ...]) -> str:
    """The first few rows by name.

    >>> named(["a", "b"]), named(list("abcdefg"))
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    more = f" and {len(rows) - FEW} more" if len(rows) > FEW else ""
    return ", ".join(rows[:FEW]) + more
