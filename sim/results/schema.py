"""The tables of a run: their names, what names a row, and what each column counts.

Every number is a whole number, so that sums do not depend on the order of summing. Dates are
civil dates; ``role`` is what a station is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from sim.service.tallies import (
    CallTally,
    DeskTally,
    GroupTally,
    LessonTally,
    OfficeTally,
    OversightTally,
    ServiceTally,
    VanTally,
)


def _columns(tally: type[IntEnum]) -> tuple[str, ...]:
    return tuple(member.lower() for member in tally.__members__)


@dataclass(frozen=True)
class TableSchema:
    """A table: the columns that name a row, the columns that count, and what it is about."""

    key: tuple[str, ...]
    counts: tuple[str, ...]
    says: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in order."""
        return self.key + self.counts


TABLES: Mapping[str, TableSchema] = {
    "services": TableSchema(
        ("date", "service", "scope"), _columns(ServiceTally), "Requests by day and service."
    ),
    "counters": TableSchema(
        ("date", "station", "role", "district"),
        _columns(OfficeTally),
        "Lines at offices, vans and provider organisations by day.",
    ),
    "desks": TableSchema(
        ("date", "station", "role", "district"),
        _columns(DeskTally),
        "Work at desks of bodies and provider organisations by day.",
    ),
    "calls": TableSchema(("date",), _columns(CallTally), "Calls of the region by day."),
    "vans": TableSchema(("date", "unit"), _columns(VanTally), "Mobile units by day."),
    "groups": TableSchema(
        ("month", "district", "place", "age_band", "skill"),
        _columns(GroupTally),
        "Citizens by month and group.",
    ),
    "hours": TableSchema(
        ("station", "district", "day_kind", "hour"),
        ("arrived", "served", "wait_seconds", "within_standard"),
        "Lines at offices by kind of day and hour of joining, over the run.",
    ),
    "waits": TableSchema(
        ("station", "district", "minutes"), ("served",), "Waits at offices in whole minutes."
    ),
    "waits_by_day": TableSchema(
        ("date", "minutes"), ("served",), "Waits of a day at all offices, where there were any."
    ),
    "people": TableSchema(
        ("month", "district", "place"),
        ("citizens", "applicants", "online", "aware", "eds", "trust_centre_per_mille",
         "trust_portal_per_mille"),
        "Citizens at the end of each month; trust is summed over applicants.",
    ),
    "learning": TableSchema(
        ("month", "district", "place"),
        _columns(LessonTally),
        "Who got online, heard of the portal, was shown it and trained; skill at the month's end.",
    ),
    "oversight": TableSchema(
        ("month", "station", "service", "scope"),
        _columns(OversightTally),
        "What went wrong, by month, station and service, where anything was decided or went wrong.",
    ),
    "survey": TableSchema(
        ("month",),
        ("users", "recent", "asked", "answered", "score_per_mille", "score_squares", "satisfied",
         "true_score_per_mille", "true_satisfied"),
        "A survey of recent visitors at the end of each month, and what all visitors would say.",
    ),
    "posts": TableSchema(
        ("month", "body", "employer"), ("staff", "gained", "lost", "desks_per_mille"),
        "Posts and desks of bodies at the end of each month.",
    ),
    "staff": TableSchema(
        ("month", "station", "role"),
        ("posts", "vacant", "novices", "certified", "experience_months", "left", "hired", "moved",
         "taught"),
        "Posts of offices and bodies and who holds them at the end of each month, and who left, "
        "was hired, moved with a post or was trained in it; zero where staff are counts.",
    ),
}  # fmt: skip

SKILLS = ("weak", "sufficient", "high")
