"""Books of cases, the agenda of requests, ledgers and the rules of the line."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ModelError
from sim.service.book import Book
from sim.service.cases import FOREVER, LUCK, NEVER, Cases, Flag, Log, Outcome
from sim.service.ledger import Ledger
from sim.service.network import SHUT, Network, Role
from sim.service.requests import (
    CITIZEN_SHIFT,
    OCCASIONS,
    REQUEST,
    ROOT_SHIFT,
    Agenda,
    Channel,
    Kind,
    Mark,
    Requests,
    in_order,
    root_of,
)
from sim.service.rules import (
    balks,
    effective_work,
    errs,
    may_be_called,
    place_in_line,
    rank,
    reneges,
    tie,
    turn,
)
from sim.service.stations import AVERAGE, Closing
from sim.units import DAY, HALF_HOUR, SLOTS


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A few cases of one to three visits each, all columns told apart by their values."""
    n_visits = draw(st.lists(st.integers(1, 3), max_size=6))
    begin = draw(st.integers(0, 10**6))
    first = np.concatenate([[0], np.cumsum(n_visits, dtype=np.int64)]).astype(np.int64)
    n, v = len(n_visits), int(first[-1])
    n_columns = len(Cases._fields) - 4
    case, visit = begin + np.arange(3 * n), begin + np.arange(n_columns * v)
    kinds = [column.dtype for column in Book.blank(0, 0).cases[4:]]
    told = [
        (column % 101).astype(kind) if kind != np.int64 else column
        for kind, column in zip(kinds, visit.reshape(n_columns, v), strict=True)
    ]
    cases = Cases._make([*case.reshape(3, n), first, *told])
    particulars = Book.blank(n, v).particulars
    particulars["citizen"] = begin + np.arange(n)
    instants = (begin + np.arange(5 * v)).reshape(5, v)
    log = Log._make([*instants, *(np.arange(2 * v, dtype=np.int8) % 5).reshape(2, v)])
    return Book(cases, particulars, log)


def _same(one: Book, other: Book) -> bool:
    ours: list[Any] = [*one.cases, *one.log]
    theirs: list[Any] = [*other.cases, *other.log]
    same = all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))
    return same and one.particulars["citizen"].tolist() == other.particulars["citizen"].tolist()


def _visits(book: Book) -> list[list[int]]:
    """Stations of the visits of each case."""
    first = book.cases.first
    return [book.cases.station[a:b].tolist() for a, b in pairwise(first)]


@given(one=books(), other=books())
def test_books_put_together_come_apart_again(one: Book, other: Book) -> None:
    """All cases of the first, then all of the second, each with its own visits and log."""
    both = one.extended(other)
    assert len(both) == len(one) + len(other)
    assert _visits(both) == _visits(one) + _visits(other)
    ours = np.arange(len(both)) < len(one)
    assert _same(both.only(ours), one)
    assert _same(both.only(~ours), other)
    assert _same(one.extended(), one)


@given(book=books(), data=st.data())
def test_some_cases_keep_their_visits_and_their_order(book: Book, data: st.DataObject) -> None:
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(book), max_size=len(book))))
    found = book.only(keep.astype(bool))
    assert found.cases.id.tolist() == book.cases.id[keep.astype(bool)].tolist()
    assert _visits(found) == [one for one, kept in zip(_visits(book), keep, strict=True) if kept]
    assert found.cases.first[-1] == len(found.cases.station) == len(found.log.outcome)


@given(book=books(), cases=st.integers(0, 5), visits=st.integers(0, 9))
def test_room_for_more_leaves_what_is_there(book: Book, cases: int, visits: int) -> None:
    """The new rows are blank until they are written, and can be left out again."""
    wide = book.with_room(cases, visits)
    assert len(wide) == len(book) + cases
    assert len(wide.cases.station) == len(book.cases.station) + visits
    assert _same(wide.first_rows(len(book), len(book.cases.station)), book)
    assert (wide.log.outcome[len(book.log.outcome) :] == Outcome.OPEN).all()
    assert (wide.log.joined[len(book.log.joined) :] == NEVER).all()


def test_in_an_empty_log_nothing_has_happened() -> None:
    log = Log.empty(4)
    assert all((column == NEVER).all() for column in log[:5])
    assert (log.outcome == Outcome.OPEN).all()
    assert not log.flags.any()


# ---------------------------------------------------------------------------------- agenda


@st.composite
def requests(draw: st.DrawFn) -> Requests:
    """Requests of some days, each told apart by its citizen."""
    days = draw(st.lists(st.integers(0, 400), max_size=30))
    rows = np.zeros(len(days), dtype=REQUEST)
    rows["day"], rows["citizen"] = days, draw(st.permutations(range(len(days))))
    rows["root"] = np.arange(len(days)) % 7
    rows["kind"] = np.arange(len(days)) % len(Kind)
    return rows


@given(parts=st.lists(requests(), max_size=4))
def test_each_request_falls_due_once_on_its_day(parts: list[Requests]) -> None:
    """However they were added; what is taken is gone."""
    agenda = Agenda()
    for part in parts:
        agenda.add(part)
    added = sorted(row.item() for part in parts for row in part)
    assert len(agenda) == len(added)
    assert sorted(row.item() for row in agenda.rows()) == added
    taken = []
    for day in range(401):
        due = agenda.due(day)
        assert (due["day"] == day).all()
        taken += [row.item() for row in due]
    assert sorted(taken) == added
    assert len(agenda) == len(agenda.rows()) == 0


@given(rows=requests())
def test_requests_stand_in_the_order_of_their_ids(rows: Requests) -> None:
    """By citizen, need, kind and number; none is lost or doubled."""
    found = in_order(rows)
    key = [(r["citizen"], r["root"], r["kind"], r["number"]) for r in found]
    assert key == sorted(key)
    assert sorted(r.item() for r in found) == sorted(r.item() for r in rows)


def test_names_of_needs_fit_into_their_bits() -> None:
    """Forty-two years of months from 2000 on, sixty-four needs each: all different, in 15 bits."""
    candidates = np.arange(OCCASIONS, dtype=np.int8)
    found = np.concatenate([root_of(24_000 + month, candidates) for month in range(512)])
    assert len(np.unique(found)) == len(found)
    assert found.min() == 0
    assert found.max() < 1 << (CITIZEN_SHIFT - ROOT_SHIFT)


def test_words_of_requests_fit_into_their_columns() -> None:
    """Marks are single bits; kinds and channels are numbered without gaps."""
    assert REQUEST.itemsize % 8 == 0
    marks = [int(mark) for mark in Mark]
    assert all(mark & (mark - 1) == 0 for mark in marks)
    assert sum(marks) <= np.iinfo(np.uint8).max
    assert [int(kind) for kind in Kind] == list(range(len(Kind)))
    assert [int(channel) for channel in Channel] == list(range(len(Channel)))


# --------------------------------------------------------------------------- ledger, lines


def test_a_ledger_turns_the_page_each_day_and_keeps_the_months() -> None:
    """Stations keep yesterday until they are written anew; groups, hours and waits add up."""
    ledger = Ledger(n_services=2, n_groups=3, n_stations=4, n_offices=1, n_units=2, n_places=2)
    months = {"groups", "hours", "waits", "lessons", "oversight"}
    pages = ("services", "calls", "vans", "stations", *months)
    for name in pages:
        page = getattr(ledger, name)
        assert page.dtype == np.int64
        assert not page.any()
        page += 1
    ledger.begin_day()
    kept = {name for name in pages if getattr(ledger, name).any()}
    assert kept == {"stations"} | months
    ledger.clear()
    assert {name for name in pages if getattr(ledger, name).any()} == {"stations"}  # agents read it


@given(a=st.integers(0, 2**62), b=st.integers(0, 2**62))
def test_a_tie_is_decided_once_and_for_all(a: int, b: int) -> None:
    """Different cases never tie, the same case always does."""
    assert (tie(np.int64(a)) == tie(np.int64(b))) == (a == b)


def test_a_tie_favours_nobody() -> None:
    """Of two neighbours the lower id comes first about as often as the higher."""
    ties = np.array([tie(np.int64(i)) for i in range(4_000)])
    assert 0.46 < (np.diff(ties) > 0).mean() < 0.54


@given(
    ranks=st.tuples(st.integers(0, 255), st.integers(0, 255)),
    dues=st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)),
    times=st.tuples(st.integers(0, 4_800 * DAY), st.integers(0, 4_800 * DAY)),
)
def test_priority_comes_before_the_due_day_that_before_time_and_time_before_the_tie(
    ranks: tuple[int, int], dues: tuple[int, int], times: tuple[int, int]
) -> None:
    one, other = zip(ranks, dues, times, strict=True)
    first, second = (
        turn(rank(np.int64(priority), np.int64(due)), np.int64(time), 0, 0, 0)
        for priority, due, time in (one, other)
    )
    assert (first < second) == (one < other)


seconds = st.integers(1, 4_800 * DAY)


@given(joined=seconds, slot=seconds, now=seconds, grace=st.integers(0, DAY), other=seconds)
def test_a_kept_appointment_goes_before_any_walk_in_once_its_second_has_come(
    joined: int, slot: int, now: int, grace: int, other: int
) -> None:
    """Who comes later than the grace is a walk-in; who comes earlier waits uncalled."""
    first, last = rank(0, 0), rank(255, 5_000)
    lowest, highest = turn(first, other, 0, 0, now), turn(last, other, 0, 0, now)
    its_turn = turn(last, joined, slot, grace, now)
    keeps = joined <= slot + grace
    assert may_be_called(its_turn) == (not keeps or now >= slot)
    assert (its_turn < lowest) == (keeps and now >= slot)
    assert (its_turn > highest) == ((keeps and now < slot) or (not keeps and joined > other))


@given(
    pace=st.integers(1, 5_000), work=st.integers(1, 10**6), hurried=st.integers(0, 5_000),
    tired=st.integers(0, 5_000), luck=st.integers(0, LUCK - 1), errors=st.integers(0, 1_000),
)  # fmt: skip
def test_strain_changes_time_and_mistakes_in_their_directions(
    pace: int, work: int, hurried: int, tired: int, luck: int, errors: int
) -> None:
    """Hurry saves time, fatigue takes it, both bring mistakes; an average server has neither."""
    seconds = effective_work(work, pace, hurried, tired)
    assert 1 <= seconds <= effective_work(work, pace, hurried, tired + 1)
    assert seconds >= effective_work(work, pace, hurried + 1, tired)
    assert effective_work(work, AVERAGE, 0, 0) == work
    assert not errs(luck, 0, hurried, tired)
    calm = errs(luck, errors, 0, 0)
    assert calm == (luck * 1_000 < errors * LUCK)
    assert errs(luck, errors, hurried, tired) >= calm


@given(waiting=st.integers(0, 100), free=st.integers(0, 100), tolerance=st.integers(0, 100))
def test_a_place_in_line_is_how_many_are_before_one(
    waiting: int, free: int, tolerance: int
) -> None:
    """Called at once while somebody is free; whoever tolerates a line tolerates a shorter one."""
    place = place_in_line(waiting, free, FOREVER)
    assert (place == 0) == (free > waiting)
    assert place <= waiting + 1
    assert place_in_line(waiting + 1, free, FOREVER) >= place
    assert place_in_line(waiting, FOREVER, free) == place
    assert balks(place, tolerance) == (place > tolerance)


@given(joined=st.integers(0, 10**6), patience=st.integers(1, 10**5), now=st.integers(0, 10**6))
def test_patience_ends_at_an_instant(joined: int, patience: int, now: int) -> None:
    assert reneges(joined, patience, 0, now) == (now >= joined + patience)
    assert not reneges(joined, patience, int(Flag.REJOINED), now)


rosters = st.lists(st.integers(0, 3), min_size=SLOTS, max_size=SLOTS).map(np.array)
windows = st.tuples(st.integers(0, SLOTS), st.integers(0, SLOTS)).map(sorted)


def _network() -> Network:
    network = Network()
    network.add("front", Role.OFFICE, 3, Closing.FINISH)
    network.add("line", Role.CALL_CENTRE, 3, Closing.NONE)
    network.add("back", Role.DESK, 3, Closing.NONE, clock=0)
    network.seal(n_clocks=1)
    return network


@given(roster=rosters, window=windows, clock=windows)
def test_time_on_duty_is_the_roster_inside_door_and_clock(
    roster: np.ndarray, window: list[int], clock: list[int]
) -> None:
    """A front station by its window, a desk by its clock, the call centre by the roster alone."""
    network = _network()
    for station in range(3):
        network.staff(station, roster)
    (opens, closes), (begins, ends) = window, clock
    if opens < closes:
        network.window(0, opens * HALF_HOUR, closes * HALF_HOUR)
    spans = ((begins * HALF_HOUR, ends * HALF_HOUR),) if begins < ends else ()
    network.work(0, 0, spans)
    front, line, back = network.duty_seconds().tolist()
    assert front == roster[opens:closes].sum() * HALF_HOUR
    assert line == roster.sum() * HALF_HOUR
    assert back == roster[begins:ends].sum() * HALF_HOUR


@given(roster=rosters, day=st.integers(0, 400))
def test_an_engine_reads_the_roster_that_was_set(roster: np.ndarray, day: int) -> None:
    """Changes of the roster by the second, from which every half-hour can be told."""
    network = _network()
    network.staff(1, roster)
    stations = network.stations(day)
    low, high = stations.roster_first[1:3]
    at, count = stations.roster_at[low:high], stations.roster_count[low:high]
    assert (np.diff(at) > 0).all()
    for slot in range(SLOTS):
        i = np.searchsorted(at, day * DAY + slot * HALF_HOUR, "right") - 1
        assert count[i] == roster[slot]


def test_a_door_that_stays_shut_has_no_window() -> None:
    network = _network()
    assert len(network.stations(3).window_open) == 0
    network.window(0, 9 * 3600, 18 * 3600)
    stations = network.stations(3)
    assert stations.window_open.tolist() == [3 * DAY + 9 * 3600]
    assert stations.window_close.tolist() == [3 * DAY + 18 * 3600]
    network.window(0, SHUT, SHUT)
    assert len(network.stations(4).window_open) == 0


def test_more_servers_than_there_is_room_for_are_refused_by_name() -> None:
    with pytest.raises(ModelError, match="front was to have 4 servers on duty, more than the 3"):
        _network().staff(0, np.full(SLOTS, 4))
