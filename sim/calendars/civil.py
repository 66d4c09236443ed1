"""Civil days: which are worked, which follow a holiday, and when a legal limit falls due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

OFF = frozenset({"holiday", "day_off_in_lieu", "moved_day_off", "religious_day_off"})
ON = frozenset({"moved_working_day"})
KINDS = OFF | ON
DAYS_BEYOND = 400  # calendar kept after the horizon, for limits that fall due later


@dataclass(frozen=True)
class Calendar:
    """The civil days from ``first`` on, numbered from 0; columns have one entry a day.

    A day is worked if it is a moved working day, or a weekday that is no day off.
    """

    first: date
    works: NDArray[np.bool_]  # worked by law
    weekday: NDArray[np.int64]  # 0 is Monday
    after_holiday: NDArray[np.bool_]  # first worked day after a day off that fell on a weekday
    month: NDArray[np.int64]  # months since year 0
    rank: NDArray[np.int64]  # worked days up to and including this one
    worked: NDArray[np.int64]  # the days that are worked, in order

    @classmethod
    def of(cls, first: date, n_days: int, special: Mapping[date, str]) -> Calendar:
        """A calendar of ``n_days`` and some beyond; ``special`` gives the kind of unusual days."""
        days = [first + timedelta(days=i) for i in range(n_days + DAYS_BEYOND)]
        works = np.array([_works(day, special) for day in days])
        weekday = np.array([day.weekday() for day in days])
        missed = ~works & (weekday < 5)
        return cls(
            first=first,
            works=works,
            weekday=weekday,
            after_holiday=np.array(list(_follows(works, missed))),
            month=np.array([day.year * 12 + day.month - 1 for day in days]),
            rank=np.cumsum(works),
            worked=np.flatnonzero(works),
        )

    def civil(self, day: int) -> date:
        """The civil date of a day number."""
        return self.first + timedelta(days=int(day))

    def day(self, on: date) -> int:
        """The day number of a civil date."""
        return (on - self.first).days

    def due(self, filed: int, limit_working_days: int) -> int:
        """Last day on which a case filed on day ``filed`` is on time.

        The limit is counted in worked days from the day after filing.
        """
        return int(self.worked[self.rank[filed] + max(1, limit_working_days) - 1])


def _works(day: date, special: Mapping[date, str]) -> bool:
    kind = special.get(day)
    if kind in ON:
        return True
    return day.weekday() < 5 and kind not in OFF


def _follows(works: Iterable[bool], missed: Iterable[bool]) -> Iterable[bool]:
    was_missed = False
    for on, miss in zip(works, missed, strict=True):
        yield bool(on and was_missed)
        was_missed = bool(miss) or (was_missed and not on)
