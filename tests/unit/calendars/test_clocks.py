"""Working clocks against a count of seconds, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.calendars.clocks import Clocks
from sim.calendars.kernels import BEYOND, add, between, runs

DAY = 40  # seconds of the small days here
END = 3 * DAY
Spans = list[tuple[int, int]]
moments = st.integers(0, END + 10)


@st.composite
def spans_of_a_day(draw: st.DrawFn) -> Spans:
    """Intervals in ascending order; some touch."""
    cuts = sorted(draw(st.sets(st.integers(0, DAY), max_size=6)))
    pairs = list(pairwise(cuts))
    return [pair for pair in pairs if draw(st.booleans())]


@dataclass(frozen=True)
class Small:
    """One of several clocks, and the seconds at which it runs."""

    clocks: Clocks
    clock: int
    seconds: list[int]

    @property
    def columns(self) -> tuple[np.ndarray, ...]:
        return self.clocks.columns()

    def runs(self, t: int) -> bool:
        first, opens, closes, _ = self.columns
        return bool(runs(first, opens, closes, self.clock, t))

    def between(self, since: int, until: int) -> int:
        return int(between(*self.columns, self.clock, since, until))

    def add(self, t: int, work: int) -> int:
        return int(add(*self.columns, self.clock, t, work))


@st.composite
def small_clocks(draw: st.DrawFn) -> Small:
    """Up to three clocks side by side, one of which is looked at; it runs for a second at least."""
    n_clocks = draw(st.integers(1, 3))
    days = st.lists(spans_of_a_day(), min_size=3, max_size=3)
    all_days = [draw(days.filter(any)) for _ in range(n_clocks)]
    clocks = Clocks(n_clocks)
    for day in range(3):
        for clock in range(n_clocks):
            clocks.work(clock, day * DAY, all_days[clock][day])
    looked_at = draw(st.integers(0, n_clocks - 1))
    seconds = [
        day * DAY + t
        for day, spans in enumerate(all_days[looked_at])
        for a, b in spans
        for t in range(a, b)
    ]
    return Small(clocks, looked_at, seconds)


@given(one=small_clocks(), t=moments)
def test_a_clock_runs_in_the_seconds_of_its_intervals(one: Small, t: int) -> None:
    """Half open: at the second of opening it runs, at that of closing it does not."""
    assert one.runs(t) == (t in one.seconds)


@given(one=small_clocks(), since=moments, until=moments)
def test_work_between_two_instants_is_the_seconds_that_ran(
    one: Small, since: int, until: int
) -> None:
    """Counted one by one; backwards it is the same with the sign changed."""
    low, high = sorted((since, until))
    counted = sum(low <= second < high for second in one.seconds)
    assert one.between(since, until) == (counted if since <= until else -counted)


@given(one=small_clocks(), t=moments, work=st.integers(1, END))
def test_work_ends_at_the_first_instant_at_which_it_is_done(one: Small, t: int, work: int) -> None:
    """One second after the last second that it needs; not known if the clock does not reach it."""
    ahead = [second for second in one.seconds if second >= t]
    assert one.add(t, work) == (ahead[work - 1] + 1 if work <= len(ahead) else BEYOND)


@given(one=small_clocks(), t=moments, work=st.integers(1, END))
def test_adding_and_counting_undo_each_other(one: Small, t: int, work: int) -> None:
    ends = one.add(t, work)
    if ends == BEYOND:
        assert one.between(t, END) < work
    else:
        assert one.between(t, ends) == work


@given(one=small_clocks(), t=moments, first=st.integers(1, 30), second=st.integers(1, 30))
def test_work_in_two_parts_ends_when_the_whole_does(
    one: Small, t: int, first: int, second: int
) -> None:
    """Pausing between the parts, even over a closing, changes nothing."""
    pause = one.add(t, first)
    whole = one.add(t, first + second)
    assert whole == (one.add(pause, second) if pause < BEYOND else BEYOND)


@given(
    one=small_clocks(),
    spans=spans_of_a_day(),
    t=st.integers(0, END),
    work=st.integers(1, END),
)
def test_what_is_known_does_not_change_when_tomorrow_becomes_known(
    one: Small, spans: Spans, t: int, work: int
) -> None:
    """The past is fixed: more days ahead only turn 'not known' into an instant."""
    ends, worked = one.add(t, work), one.between(0, t)
    one.clocks.work(one.clock, END, spans)
    assert one.between(0, t) == worked
    assert ends in (one.add(t, work), BEYOND)


def test_work_at_the_ends_of_intervals() -> None:
    """A day with a lunch: 09:00 to 13:00 and 14:00 to 18:00, closed on the next, open again."""
    hour = 3_600
    clocks = Clocks(1)
    for day in (0, 2):
        clocks.work(0, day * 24 * hour, [(9 * hour, 13 * hour), (14 * hour, 18 * hour)])
    office = Small(clocks, 0, [])
    assert office.add(9 * hour, 4 * hour) == 13 * hour  # exactly at the lunch
    assert office.add(9 * hour, 4 * hour + 1) == 14 * hour + 1
    assert office.add(13 * hour, 1) == 14 * hour + 1  # begun at the second of closing
    assert office.add(0, 1) == 9 * hour + 1  # begun before the door opens
    assert office.add(9 * hour, 8 * hour) == 18 * hour
    assert office.add(17 * hour, 2 * hour) == (48 + 10) * hour  # over a day on which nobody works
    assert office.add(9 * hour, 16 * hour) == (48 + 18) * hour  # the last second that is known
    assert office.add(9 * hour, 16 * hour + 1) == BEYOND
    assert office.between(12 * hour, 15 * hour) == 2 * hour
