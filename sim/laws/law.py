"""Laws in a file: what theory says of a system, one metric a row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from sim.errors import InputError

NEEDED = ("name", "parameters", "metric", "exact", "family", "kind")


@dataclass(frozen=True)
class Law:
    """One row: in this system, this metric is exactly that."""

    name: str
    parameters: Mapping[str, Any]
    metric: str
    exact: float
    family: str
    kind: str
    row: Mapping[str, str]  # as it stands in the file

    @property
    def case(self) -> tuple[str, str]:
        """Laws of one case are about one system, and are tried on the same runs."""
        return self.family, self.row["parameters"]


def laws_of(path: Path) -> list[Law]:
    """All laws of a CSV file, or everything that is wrong with it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, header = list(reader), reader.fieldnames or []
    except OSError as error:
        raise InputError([f"{path}: {error.strerror}."], where="the laws") from None
    except UnicodeDecodeError:
        raise InputError([f"{path} is not UTF-8; save it as UTF-8."], where="the laws") from None
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise InputError([f"{path} has no column `{name}`." for name in missing], "the laws")
    problems: list[str] = []
    found = [_law(row, f"{path} line {i}", problems) for i, row in enumerate(rows, start=2)]
    if problems:
        raise InputError(problems, where="the laws")
    return [law for law in found if law is not None]


def _law(row: Mapping[str, str], where: str, problems: list[str]) -> Law | None:
    wrong = list(_wrong(row))
    problems += [f"{where}: {said}" for said in wrong]
    if wrong:
        return None
    return Law(
        row["name"], json.loads(row["parameters"]), row["metric"], float(row["exact"]),
        row["family"], row["kind"], row,
    )  # fmt: skip


def _wrong(row: Mapping[str, str]) -> Iterator[str]:
    if None in row:
        yield "more cells than the header has."
    try:
        if not isinstance(json.loads(row["parameters"] or ""), dict):
            yield '`parameters` must be a JSON object such as {"lam": 0.8, "mu": 1}.'
    except ValueError:
        yield "`parameters` is not JSON."
    try:
        if not isfinite(float(row["exact"] or "")):
            yield f"`exact` is not a finite number ({row['exact']})."
    except ValueError:
        yield f"`exact` must be a number, got '{row['exact']}'."
