"""Calendars have no formula: cases worked out by hand, in both engines, to the second.

The desk works 09:00-13:00 and 14:00-18:00 on the worked days of 2024, which has a leap day, five
holidays in a row around a weekend, a moved Saturday and a New Year with a worked Sunday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from sim.calendars.civil import Calendar
from sim.calendars.clocks import Clocks
from sim.engine import ENGINES
from sim.service.cases import FOREVER, NEVER, Cases, Log, Outcome, State
from sim.service.stations import ALWAYS, Closing, Stations
from sim.units import DAY, HOUR, MINUTE
from tests.engine.worlds import column
from tests.unit.calendars.test_civil import special_days

FIRST = date(2023, 12, 25)
CALENDAR = Calendar.of(FIRST, 400, special_days())
N_DAYS = 400
MORNING, AFTERNOON = (9 * HOUR, 13 * HOUR), (14 * HOUR, 18 * HOUR)

DESK = [  # filed, minutes of work, done
    ("2024-02-01 10:00", 30, "2024-02-01 10:30"),
    ("2024-02-01 12:50", 20, "2024-02-01 14:10"),  # lunch in between
    ("2024-02-01 13:30", 10, "2024-02-01 14:10"),  # filed at lunch
    ("2024-02-01 12:00", 60, "2024-02-01 13:00"),  # done as lunch begins
    ("2024-02-01 12:00", 61, "2024-02-01 14:01"),
    ("2024-02-01 13:00", 1, "2024-02-01 14:01"),  # filed as lunch begins
    ("2024-02-01 14:00", 1, "2024-02-01 14:01"),
    ("2024-02-01 08:00", 15, "2024-02-01 09:15"),
    ("2024-02-01 09:00", 240, "2024-02-01 13:00"),
    ("2024-02-01 09:00", 480, "2024-02-01 18:00"),
    ("2024-02-01 18:00", 1, "2024-02-02 09:01"),  # filed as the desk closes
    ("2024-02-01 18:30", 15, "2024-02-02 09:15"),
    ("2024-02-01 23:59", 15, "2024-02-02 09:15"),
    ("2024-02-02 00:00", 15, "2024-02-02 09:15"),
    ("2024-02-02 17:40", 20, "2024-02-02 18:00"),
    ("2024-02-02 17:50", 20, "2024-02-05 09:10"),  # Friday to Monday
    ("2024-02-03 11:00", 5, "2024-02-05 09:05"),  # filed on a Saturday
    ("2024-02-05 09:00", 2400, "2024-02-09 18:00"),  # a week
    ("2024-02-05 09:00", 2401, "2024-02-12 09:01"),
    ("2024-02-28 17:30", 60, "2024-02-29 09:30"),  # the leap day
    ("2024-02-29 17:30", 60, "2024-03-01 09:30"),
    ("2024-02-29 09:00", 2400, "2024-03-06 18:00"),
    ("2024-03-07 17:50", 20, "2024-03-11 09:10"),  # a holiday on Friday
    ("2024-03-07 09:00", 2400, "2024-03-14 18:00"),
    ("2024-03-20 09:00", 481, "2024-03-26 09:01"),  # five days off in a row
    ("2024-03-20 17:00", 120, "2024-03-26 10:00"),
    ("2024-03-18 09:00", 2400, "2024-03-27 18:00"),
    ("2024-03-23 12:00", 1, "2024-03-26 09:01"),  # filed on a holiday
    ("2024-04-30 17:30", 60, "2024-05-02 09:30"),
    ("2024-05-03 17:30", 60, "2024-05-04 09:30"),  # a worked Saturday
    ("2024-05-03 09:00", 960, "2024-05-04 18:00"),
    ("2024-05-04 17:30", 60, "2024-05-06 09:30"),
    ("2024-05-06 17:30", 60, "2024-05-10 09:30"),  # with the day it was moved from
    ("2024-07-05 17:50", 20, "2024-07-09 09:10"),  # a holiday on Saturday moves to Monday
    ("2024-08-29 17:00", 120, "2024-09-02 10:00"),
    ("2024-10-24 17:00", 90, "2024-10-28 09:30"),
    ("2024-12-13 17:00", 90, "2024-12-17 09:30"),  # a holiday on Monday
    ("2023-12-29 17:30", 60, "2024-01-03 09:30"),  # New Year
    ("2024-12-31 17:50", 20, "2025-01-05 09:10"),  # until a worked Sunday
    ("2025-01-05 17:30", 60, "2025-01-06 09:30"),
    ("2025-01-06 17:30", 60, "2025-01-08 09:30"),
]

LIMITS = [  # filed, working days, last day on time
    ("2024-02-05", 0, "2024-02-06"),  # nothing is due on the day of filing
    ("2024-02-05", 1, "2024-02-06"),
    ("2024-02-05", 5, "2024-02-12"),
    ("2024-02-05", 15, "2024-02-26"),
    ("2024-02-02", 1, "2024-02-05"),
    ("2024-02-03", 1, "2024-02-05"),  # filed on a Saturday
    ("2024-02-28", 1, "2024-02-29"),
    ("2024-02-28", 2, "2024-03-01"),
    ("2024-03-07", 1, "2024-03-11"),
    ("2024-03-20", 3, "2024-03-28"),
    ("2024-05-03", 1, "2024-05-04"),  # a worked Saturday
    ("2024-05-03", 2, "2024-05-06"),
    ("2024-05-06", 1, "2024-05-10"),
    ("2024-07-05", 1, "2024-07-09"),
    ("2024-08-29", 1, "2024-09-02"),
    ("2024-12-13", 1, "2024-12-17"),
    ("2023-12-29", 5, "2024-01-09"),
    ("2024-12-31", 1, "2025-01-05"),
    ("2024-12-31", 5, "2025-01-10"),
]


def second(text: str) -> int:
    """Seconds since the first midnight."""
    since = datetime.fromisoformat(text) - datetime.combine(FIRST, datetime.min.time())
    return int(since.total_seconds())


def moment(at: int) -> str:
    """The same, read."""
    return f"{datetime.combine(FIRST, datetime.min.time()) + timedelta(seconds=at):%Y-%m-%d %H:%M}"


def stations(closing: Closing, roster: list[tuple[int, int]], windows: list[tuple[int, int]],
             servers: int, clock: bool) -> Stations:  # fmt: skip
    """One station: a desk with a clock, or an office with windows."""
    clocks = Clocks(1)
    for day in np.flatnonzero(CALENDAR.works[:N_DAYS]):
        clocks.work(0, int(day) * DAY, [MORNING, AFTERNOON])
    first, opens, closes, done = clocks.columns()
    return Stations.plain(
        closing=column([closing]), clock=column([0 if clock else ALWAYS]),
        server_first=column([0, servers]), roster_first=column([0, len(roster)]),
        roster_at=column([t for t, _ in roster]), roster_count=column([k for _, k in roster]),
        window_first=column([0, len(windows)]), window_open=column([a for a, _ in windows]),
        window_close=column([b for _, b in windows]),
        clock_first=first, clock_open=opens, clock_close=closes, clock_done=done,
    )  # fmt: skip


def lived(engine: str, place: Stations, people: list[tuple[int, int, int]]) -> Log:
    """Whoever arrives at a second, wants so many of service and waits so many at most."""
    n = len(people)
    arrivals, works, patience = zip(*people, strict=True)
    cases = Cases.plain(
        id=np.arange(n), arrival=column(list(arrivals)), priority=np.zeros(n, np.int64),
        first=np.arange(n + 1), station=np.zeros(n, np.int64), work=column(list(works)),
        patience=column(list(patience)), tolerance=np.full(n, FOREVER),
    )  # fmt: skip
    log, state = Log.empty(n), State.empty(place.server_first)
    for day in range(N_DAYS):  # as the model lives them
        if day * DAY <= max(arrivals) + 20 * DAY:
            ENGINES[engine](place, cases, log, state, day * DAY, (day + 1) * DAY)
    return log


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("filed", "minutes", "done"), DESK)
def test_a_desk_is_done_when_the_calendar_says(
    engine: str, filed: str, minutes: int, done: str
) -> None:
    place = stations(Closing.NONE, [(0, 1)], [], 1, clock=True)
    log = lived(engine, place, [(second(filed), minutes * MINUTE, FOREVER)])
    assert moment(int(log.ended[0])) == done


@pytest.mark.parametrize(("filed", "days", "last"), LIMITS)
def test_a_limit_falls_due_when_the_calendar_says(filed: str, days: int, last: str) -> None:
    due = CALENDAR.due(CALENDAR.day(date.fromisoformat(filed)), days)
    assert CALENDAR.civil(due).isoformat() == last


T = second("2024-02-01 00:00")  # an ordinary Thursday
OPEN = [(T + 9 * HOUR, T + 18 * HOUR)]
AWAY, HOME = Closing.FINISH, Closing.SEND_HOME
SERVED, GONE, TIRED = Outcome.SERVED, Outcome.TURNED_AWAY, Outcome.RENEGED


@dataclass(frozen=True)
class Day:
    """A day at an office: who comes (hour, minute, minutes of service, minutes of patience) ..."""

    says: str
    closing: Closing
    people: tuple[tuple[int, float, float, float], ...]
    ends: tuple[tuple[Outcome, str], ...]  # ... how it ends, and when
    roster: tuple[tuple[float, int], ...] = ((0, 1),)  # from an hour on
    windows: tuple[tuple[float, float], ...] = ((9, 18),)


NO_END = float("inf")
DAYS = [
    Day("who comes before the door opens is called when it does", AWAY,
        ((8, 0, 10, NO_END),), ((SERVED, "09:10"),)),
    Day("overtime for who is being served at the close", AWAY,
        ((17, 50, 20, NO_END),), ((SERVED, "18:10"),)),
    Day("service goes on at the close when others are sent home", HOME,
        ((17, 50, 20, NO_END),), ((SERVED, "18:10"),)),
    Day("the line is served in overtime", AWAY,
        ((17, 50, 20, NO_END), (17, 55, 20, NO_END)), ((SERVED, "18:10"), (SERVED, "18:30"))),
    Day("the line is sent home at the close", HOME,
        ((17, 50, 20, NO_END), (17, 55, 20, NO_END)), ((SERVED, "18:10"), (GONE, "18:00"))),
    Day("who comes as the door closes is turned away", AWAY,
        ((18, 0, 5, NO_END),), ((GONE, "18:00"),)),
    Day("who comes a minute earlier is not", AWAY,
        ((17, 59, 5, NO_END),), ((SERVED, "18:04"),)),
    Day("without a window nobody is let in", AWAY,
        ((10, 0, 5, NO_END),), ((GONE, "10:00"),), windows=()),
    Day("overtime ends at midnight for who still waits", AWAY,
        ((17, 0, 420, NO_END), (17, 30, 5, NO_END)), ((SERVED, "00:00"), (GONE, "00:00"))),
    Day("a shift of nobody serves nobody; at the close nobody stays", AWAY,
        ((10, 0, 5, NO_END),), ((GONE, "18:00"),), roster=((0, 0),)),
    Day("a counter that goes off duty finishes whom it serves", AWAY,
        ((12, 50, 30, NO_END), (12, 51, 30, NO_END), (12, 52, 10, NO_END)),
        ((SERVED, "13:20"), (SERVED, "13:21"), (SERVED, "13:30")), roster=((0, 2), (13, 1))),
    Day("a counter that comes on duty calls at once", AWAY,
        ((10, 0, 60, NO_END), (10, 5, 10, NO_END)), ((SERVED, "11:00"), (SERVED, "10:40")),
        roster=((0, 1), (10.5, 2))),
    Day("the last shift before the close stays for overtime", AWAY,
        ((17, 0, 90, NO_END), (17, 10, 10, NO_END)), ((SERVED, "18:30"), (SERVED, "18:40")),
        roster=((0, 2), (17, 1))),
    Day("a van that arrives at two serves who waited since noon", HOME,
        ((12, 0, 15, NO_END),), ((SERVED, "14:15"),), windows=((14, 17),)),
    Day("a van that has left turns nobody back in", HOME,
        ((17, 0, 15, NO_END),), ((GONE, "17:00"),), windows=((14, 17),)),
    Day("patience that ends at the call ends before it", AWAY,
        ((10, 0, 30, NO_END), (10, 10, 5, 20)), ((SERVED, "10:30"), (TIRED, "10:30"))),
    Day("patience of a minute more is enough", AWAY,
        ((10, 0, 30, NO_END), (10, 10, 5, 21)), ((SERVED, "10:30"), (SERVED, "10:35"))),
    Day("patience ends before the door opens", AWAY,
        ((8, 0, 5, 30),), ((TIRED, "08:30"),)),
    Day("who is served at midnight is served to the end", AWAY,
        ((17, 30, 480, NO_END),), ((SERVED, "01:30"),)),
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.says)
def test_a_day_at_an_office(engine: str, day: Day) -> None:
    """Worked out by hand: how each visit ends, and at which minute."""
    roster = [(0 if at == 0 else T + int(at * HOUR), count) for at, count in day.roster]
    windows = [(T + int(a * HOUR), T + int(b * HOUR)) for a, b in day.windows]
    place = stations(day.closing, roster, windows, max(1, *(k for _, k in roster)), clock=False)
    people = [
        (
            T + hour * HOUR + int(minute * MINUTE),
            int(work * MINUTE),
            FOREVER if patience == NO_END else int(patience * MINUTE),
        )
        for hour, minute, work, patience in day.people
    ]
    log = lived(engine, place, people)
    found = [(Outcome(o), moment(int(t))[-5:]) for o, t in zip(log.outcome, log.ended, strict=True)]
    assert found == list(day.ends)
    assert NEVER not in log.ended
