"""What was published year by year, under the readings of its remainder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.history.files import rows_of
from sim.service.catalogue import READINGS

VOLUMES, TARGETS = "annual_volumes.csv", "history_targets.csv"
Role = Literal["fitted", "held out", "check"]


@dataclass(frozen=True)
class Target:
    """A published figure that a history is held against.

    Attributes
    ----------
    output, year : str, int
        ``total`` (services a year) or ``in_person`` (share of them).
    role : str
        Whether numbers are fitted to it.
    value : float
        As published, under the reading.
    discrepancy : float
        Standard error of the model itself: of totals relative, of shares in shares.
    """

    output: str
    year: int
    role: Role
    value: float
    discrepancy: float

    @property
    def name(self) -> str:
        """Such as ``total_2019``."""
        return f"{self.output}_{self.year}"


def targets_of(folders: Sequence[Path], reading: str) -> list[Target]:
    """All published figures of a region under a reading of the remainder."""
    volumes = {row["year"]: row for row in rows_of(folders, VOLUMES)}
    return list(_targets(rows_of(folders, TARGETS), volumes, READINGS[reading]))


def _targets(
    rows: Sequence[Mapping[str, str]], volumes: Mapping[str, Mapping[str, str]], share: float
) -> Iterator[Target]:
    for row in rows:
        year = volumes[row["year"]]
        total = float(year["total"])
        in_person = float(year["paper"]) + share * float(year["remainder"])
        yield Target(
            output=row["output"],
            year=int(row["year"]),
            role=row["role"],  # type: ignore[arg-type]
            value=total if row["output"] == "total" else in_person / total,
            discrepancy=float(row["discrepancy"]),
        )
