"""Which assumptions move the base year most between the ends of their plausible ranges?

    python experiments/unknowns/screen.py [region=west_kazakhstan] [workers=2] [days=366]

One at a time: every parameter with a range in its passport and every row of ranges.csv is set to
its low and to its high end, all else as in the base year, with the same luck. The constants of
choice are not set anew. Writes ``conf/region/NAME/unknowns.csv``, sorted by the swing of the
headline metric that moves most, in units of the smallest difference that matters.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from sim.compose import CONF, Composed, Passport, composed
from sim.config import Config
from sim.metrics import METRICS, measured
from sim.region.schema import SCHEMAS
from sim.studies.run import execute, region_of
from sim.verbs.run import HEADLINE

HERE = Path(__file__).resolve().parent
DECIDED = ("mobile.units", "office.extra_consultants")  # by the planner, not by nature
RULES = {  # where an assumption is a rule, its ends
    "scope.rest": ("portal", "at_provider"),  # the base takes half of each
    "back_office.call_order": ("joined", "due"),
}


@dataclass(frozen=True)
class Assumption:
    """Something nobody has measured, with both ends of its range as configurations."""

    name: str
    unit: str
    low: str
    high: str
    at_low: Config
    at_high: Config


def main() -> None:
    told = dict(one.split("=", 1) for one in sys.argv[1:])
    region, days = told.get("region", "west_kazakhstan"), told.get("days", "366")
    base = composed([f"region={region}", f"run.days={days}", "back_office.allow_overload=true"])
    every = [*_parameters(base), *_tables(base.config)]
    runs = [config for one in every for config in (one.at_low, one.at_high)]
    found = []
    workers = int(told.get("workers", "2"))
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for n, metrics in enumerate(pool.map(_metrics, runs), start=1):
            found.append(metrics)
            print(f"{n}/{len(runs)} runs", flush=True)
    rows = [
        _row(one, low, high) for one, low, high in zip(every, found[::2], found[1::2], strict=True)
    ]
    rows.sort(key=lambda row: -row["swing"])
    _write(CONF / "region" / base.config.place.folders[-1] / "unknowns.csv", rows)


def _parameters(base: Composed) -> Iterator[Assumption]:
    for path, passport in base.passports.items():
        section, key = path.split(".")
        if path in RULES:
            ends = RULES[path]
        elif passport.confidence == "direct" or path in DECIDED or not _has_range(passport):
            continue
        else:
            kind = type(passport.value)
            ends = (kind(passport.low), kind(passport.high))
        at_low, at_high = (_set(base.config, section, key, end) for end in ends)
        low, high = (end if isinstance(end, str) else f"{end:.10g}" for end in ends)
        yield Assumption(path, passport.unit, low, high, at_low, at_high)


def _has_range(passport: Passport) -> bool:
    return None not in (passport.low, passport.high) and passport.low != passport.high


def _set(config: Config, section: str, key: str, value: object) -> Config:
    tree = config.model_dump()
    if section == "satisfaction" and key.endswith("_weight"):  # they add to one
        others = [name for name in tree[section] if name.endswith("_weight") and name != key]
        scale = (1 - value) / sum(tree[section][name] for name in others)
        tree[section].update({name: tree[section][name] * scale for name in others})
    tree[section][key] = value
    return Config.model_validate(tree)


def _tables(config: Config) -> Iterator[Assumption]:
    with (HERE / "ranges.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            low, high = (_cells(config, row, end) for end in ("low", "high"))
            said = ("column low", "column high")
            if row["low_factor"]:
                said = (f"x {row['low_factor']}", f"x {row['high_factor']}")
            yield Assumption(row["assumption"], "ratio to the base", *said, low, high)


def _cells(config: Config, range_of: dict[str, str], end: str) -> Config:
    """The configuration with a column of a table at one end of its range."""
    name, column = range_of["table"], range_of["column"]
    table, bounds = region_of(config).tables[name], SCHEMAS[name].columns[column]
    values = table.numbers(column)
    if range_of[f"{end}_factor"]:
        values = values * float(range_of[f"{end}_factor"])
    else:
        values = _remarks(config, name, f"{column}_{end}", values)
    values = values.clip(bounds.low, bounds.high)
    cells = {row: {column: float(value)} for row, value in zip(table.rows, values, strict=True)}
    return config.model_copy(update={"tables": {**config.tables, name: cells}})


def _remarks(config: Config, name: str, column: str, otherwise):
    """A column of the file that the model itself does not read; blanks keep the base."""
    folder = next(f for f in reversed(config.place.folders) if _file(f, name).is_file())
    with _file(folder, name).open(encoding="utf-8", newline="") as file:
        cells = [row[column] for row in csv.DictReader(file)]
    found = otherwise.copy()
    for i, cell in enumerate(cells):
        if cell:
            found[i] = float(cell)
    return found


def _file(folder: str, table: str) -> Path:
    return CONF / "region" / folder / f"{table}.csv"


def _metrics(config: Config) -> dict[str, float]:
    return measured(execute(Composed(config, {})).tables)


def _row(one: Assumption, low: dict[str, float], high: dict[str, float]) -> dict[str, object]:
    """The headline metric that moves most, in units of what matters."""
    swings = {name: abs(high[name] - low[name]) / METRICS[name].matters for name in HEADLINE}
    most = max(swings, key=lambda name: swings[name])
    return {
        "assumption": one.name,
        "unit": one.unit,
        "low": one.low,
        "high": one.high,
        "metric": most,
        "at_low": round(low[most], 4),
        "at_high": round(high[most], 4),
        "swing": round(swings[most], 1),
    }


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} assumptions in {path.name}")


if __name__ == "__main__":
    main()
