"""The acceptance check: what the base shows beside the figures it was set up to show.

It is no evidence. A row is inside or outside of its bounds, or it says why nobody computed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan, nan, sqrt
from pathlib import Path

from sim.report import sheet_bodies, sheet_lines
from sim.report.base_year import BaseYear
from sim.report.files import DISTRICTS, newest, rows_of
from sim.report.sheet_rows import ROWS, Asked
from sim.service.catalogue import READINGS

STRICT = ("hard", "calibrate")  # kinds whose tolerance is checked as well
THREE_POINTS = "three points"  # a note that says: expected, low and high are no bounds
POISSON = 1.96  # standard deviations either way
REGISTERED = (sheet_bodies, sheet_lines)


@dataclass(frozen=True)
class Checked:
    """A row of the sheet with what the base shows, and what to make of it."""

    code: str
    area: str
    label: str
    unit: str
    kind: str
    expected: float
    low: float
    high: float
    tolerance: str
    confidence: str
    value: float
    status: str
    remark: str


def checked(path: Path, base: BaseYear) -> list[Checked]:
    """All rows of a sheet against the base."""
    return [_check(row, base) for row in rows_of(path)]


def _check(row: Mapping[str, str], base: BaseYear) -> Checked:
    expected, low, high = (float(row[name]) for name in ("expected", "low", "high"))
    measure, asked = resolved(row["code"], base)
    value, remark = nan, f"no rule computes '{measure}'"
    if measure in ROWS:
        found = ROWS[measure](base, asked)
        value = nan if isinstance(found, str) else float(found)
        remark = found if isinstance(found, str) else first_line(ROWS[measure].__doc__)
        if asked.reading and asked.reading != base.config.scope.rest:
            remark = f"Reading {asked.reading}: from the tables, not from the run."
    status = judged(row, expected, low, high, value)
    return Checked(
        row["code"], row["area"], row["label"], row["unit"], row["kind"], expected, low, high,
        row["tolerance"], row["confidence"], value, status, remark,
    )  # fmt: skip


def resolved(code: str, base: BaseYear) -> tuple[str, Asked]:
    """The measure a code asks for, and the places and the reading it names."""
    rest, reading, places = f"_{code}_", "", []
    if code not in ROWS:
        for word in READINGS:
            if rest.endswith(f"_{word}_"):
                rest, reading = rest.removesuffix(f"{word}_"), word
        for word, place in sorted(_places(base), key=lambda pair: code.find(pair[0])):
            if f"_{word}_" in rest and place not in places:
                rest = rest.replace(f"_{word}_", "_")
                places.append(place)
    return rest.strip("_"), Asked(tuple(places), reading)


def _places(base: BaseYear) -> Iterator[tuple[str, str]]:
    """Words that may stand in a code, and the district or employer they mean."""
    for row in rows_of(newest(base.config, DISTRICTS)):
        for said in (row["code"], row["name"], row.get("centre") or row["code"]):
            yield said.split()[0].lower(), row["code"]
    for employer in dict.fromkeys(base.tables["bodies"].words("employer")):
        yield employer.lower(), employer


def judged(row: Mapping[str, str], expected: float, low: float, high: float, value: float) -> str:
    """Inside or outside, in words."""
    if isnan(value):
        return "not computed"
    if THREE_POINTS in row["note"]:
        return "not judged: three points, no bounds"
    if not low <= value <= high:
        return "outside"
    allowed = tolerance_of(row["tolerance"], expected)
    if row["kind"] in STRICT and abs(value - expected) > allowed:
        return "inside, beyond its tolerance"
    return "inside"


def tolerance_of(said: str, expected: float) -> float:
    """How far from the expected value a row may lie; without bound if it does not say.

    >>> tolerance_of("2 pct", 50.0), tolerance_of("3 points", 50.0), tolerance_of("-", 50.0)
    (1.0, 3.0, inf)
    """
    number = re.match(r"\d+(\.\d+)?", said)
    if said == "Poisson":
        return POISSON * sqrt(expected)
    if number is None:
        return float("inf")
    return float(number[0]) * (abs(expected) / 100 if "pct" in said else 1.0)


def first_line(doc: str | None) -> str:
    """What a measure does, as its docstring says it."""
    return (doc or "").strip().split("\n", maxsplit=1)[0]
