"""Civil days: worked, after a holiday, and the day on which a limit falls due."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendars.civil import KINDS, OFF, ON, Calendar
from sim.compose import CONF

NEW_YEAR = date(2024, 1, 1)
N_DAYS = 366

# Written down by hand from the calendar of 2024.
WEEKDAYS_OFF = [
    (1, 1), (1, 2), (3, 8), (3, 21), (3, 22), (3, 25), (5, 1), (5, 7), (5, 8), (5, 9), (7, 8),
    (8, 30), (10, 25), (12, 16),
]  # fmt: skip
WEEKEND_DAYS_WORKED = [(5, 4)]
FIRST_AFTER_HOLIDAY = [
    (1, 3), (3, 11), (3, 26), (5, 2), (5, 10), (7, 9), (9, 2), (10, 28), (12, 17),
]  # fmt: skip
WORKED_BY_MONTH = [21, 21, 17, 22, 20, 20, 22, 21, 21, 22, 21, 21]  # 249 in all


def special_days() -> dict[date, str]:
    path = CONF / "region/west_kazakhstan/holidays.csv"
    with path.open(encoding="utf-8") as file:
        return {date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def leap_year() -> Calendar:
    return Calendar.of(NEW_YEAR, N_DAYS, special_days())


def dates(calendar: Calendar, column: np.ndarray) -> list[tuple[int, int]]:
    """Month and day of the days of 2024 for which a column holds."""
    found = [calendar.civil(int(day)) for day in np.flatnonzero(column[:N_DAYS])]
    return [(on.month, on.day) for on in found]


def test_weekdays_off_are_those_of_the_official_calendar(leap_year: Calendar) -> None:
    assert dates(leap_year, ~leap_year.works & (leap_year.weekday < 5)) == WEEKDAYS_OFF


def test_of_weekends_only_the_moved_saturday_is_worked(leap_year: Calendar) -> None:
    assert dates(leap_year, leap_year.works & (leap_year.weekday >= 5)) == WEEKEND_DAYS_WORKED


def test_the_first_worked_day_after_a_weekday_off_follows_a_holiday(leap_year: Calendar) -> None:
    """An ordinary weekend is no holiday; 3 January is, and so is the Monday after a Friday off."""
    assert dates(leap_year, leap_year.after_holiday) == FIRST_AFTER_HOLIDAY


def test_worked_days_of_each_month(leap_year: Calendar) -> None:
    months = leap_year.month[:N_DAYS] - leap_year.month[0]
    counted = np.bincount(months, weights=leap_year.works[:N_DAYS])
    assert counted.tolist() == WORKED_BY_MONTH


@pytest.mark.parametrize("year", range(2019, 2027))
def test_worked_days_of_a_year_are_weekdays_less_days_off_and_moved_ones_more(year: int) -> None:
    """Counted by NumPy's business days."""
    special = special_days()
    begin, end = date(year, 1, 1), date(year + 1, 1, 1)
    off = [on for on, kind in special.items() if kind in OFF]
    moved = [on for on, kind in special.items() if kind in ON and on.year == year]
    expected = int(np.busday_count(begin, end, holidays=off)) + len(moved)
    days = (end - begin).days
    assert int(Calendar.of(begin, days, special).works[:days].sum()) == expected


unusual = st.dictionaries(
    st.dates(NEW_YEAR, NEW_YEAR + timedelta(days=700)), st.sampled_from(sorted(KINDS)), max_size=60
)
starts = st.dates(date(2019, 1, 1), date(2028, 12, 31))


@given(first=starts, special=unusual)
def test_a_day_is_worked_if_moved_there_or_a_weekday_that_is_no_day_off(
    first: date, special: dict[date, str]
) -> None:
    """Day by day as NumPy's business days say, for any holidays."""
    calendar = Calendar.of(first, 300, special)
    off = [on for on, kind in special.items() if kind in OFF]
    days = [first + timedelta(days=i) for i in range(len(calendar.works))]
    weekdays = np.is_busday(np.array(days, dtype="datetime64[D]"), holidays=off)
    moved = np.array([special.get(on) in ON for on in days])
    np.testing.assert_array_equal(calendar.works, weekdays | moved)


@given(first=starts, special=unusual)
def test_each_break_with_a_weekday_off_is_followed_once(
    first: date, special: dict[date, str]
) -> None:
    """Between two worked days in a row lie weekdays off if and only if the second is marked."""
    calendar = Calendar.of(first, 300, special)
    missed = ~calendar.works & (calendar.weekday < 5)
    for before, day in zip(calendar.worked, calendar.worked[1:], strict=False):
        assert calendar.after_holiday[day] == missed[before:day].any()
    assert not calendar.after_holiday[~calendar.works].any()


@given(first=starts, day=st.integers(-1_000, 5_000))
def test_civil_dates_and_day_numbers_are_one_to_one(first: date, day: int) -> None:
    calendar = Calendar.of(first, 10, {})
    assert calendar.day(calendar.civil(day)) == day


def test_a_leap_day_is_a_day_like_others() -> None:
    """29 February 2024 is a worked Thursday; 2023 goes from the 28th to 1 March."""
    calendar = Calendar.of(date(2023, 1, 1), 800, {})
    leap_day = calendar.day(date(2024, 2, 29))
    assert (int(calendar.weekday[leap_day]), bool(calendar.works[leap_day])) == (3, True)
    assert calendar.civil(calendar.day(date(2023, 2, 28)) + 1) == date(2023, 3, 1)


def test_months_are_counted_through_years() -> None:
    """December and the January after it are neighbours."""
    calendar = Calendar.of(date(2023, 12, 31), 2, {})
    assert int(calendar.month[1] - calendar.month[0]) == 1


DUE = [
    ((3, 20), 1, (3, 26)),  # two holidays, a weekend and a day off in lieu come first
    ((3, 20), 3, (3, 28)),
    ((5, 3), 1, (5, 4)),  # the Saturday that is worked
    ((5, 3), 2, (5, 6)),
    ((5, 6), 1, (5, 10)),
    ((6, 7), 1, (6, 10)),  # Friday to Monday
    ((6, 8), 1, (6, 10)),  # filed on a Saturday: Monday is the first worked day after
    ((6, 8), 2, (6, 11)),
    ((12, 31), 1, (1, 5)),  # 1 and 2 January 2025 are holidays, the 3rd is moved to Sunday the 5th
    ((12, 31), 3, (1, 8)),  # the 7th is Christmas
]


@pytest.mark.parametrize(("filed", "limit", "due"), DUE)
def test_a_limit_is_counted_from_the_day_after_filing(
    leap_year: Calendar, filed: tuple[int, int], limit: int, due: tuple[int, int]
) -> None:
    """In worked days of the public calendar; on the day itself nothing is counted."""
    last = leap_year.civil(leap_year.due(leap_year.day(date(2024, *filed)), limit))
    assert (last.month, last.day) == due


@given(first=starts, special=unusual, filed=st.integers(0, 299), limit=st.integers(0, 200))
def test_a_case_is_on_time_until_as_many_worked_days_have_begun(
    first: date, special: dict[date, str], filed: int, limit: int
) -> None:
    """The due day is worked: the last of that many worked days after filing, at least one."""
    calendar = Calendar.of(first, 300, special)
    due = calendar.due(filed, limit)
    assert calendar.works[due]
    assert int(calendar.works[filed + 1 : due + 1].sum()) == max(1, limit)


@given(first=starts, special=unusual, filed=st.integers(0, 298), limit=st.integers(1, 200))
def test_who_files_later_or_has_longer_is_due_no_earlier(
    first: date, special: dict[date, str], filed: int, limit: int
) -> None:
    calendar = Calendar.of(first, 300, special)
    due = calendar.due(filed, limit)
    assert calendar.due(filed + 1, limit) >= due
    assert calendar.due(filed, limit + 1) > due
