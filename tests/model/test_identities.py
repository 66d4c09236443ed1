"""The identities that every run checks: they hold, and each catches the error it is for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.errors import ModelError
from sim.model import ServiceModel
from sim.service.book import Book
from sim.service.cases import NEVER, Outcome
from sim.service.identities import (
    check_citizens,
    check_day,
    check_final_states,
    check_flow,
    check_thoroughly,
)
from sim.service.stations import Closing
from sim.service.tallies import ServiceTally
from sim.units import DAY, MINUTE
from tests.model.town import model


@pytest.fixture(scope="module")
def busy() -> ServiceModel:
    """A town whose one counter has a line, at the end of a worked day."""
    one = model("tables.offices.OFFICE.counters=1", "run.run_in_days=0", "demand.factor=2.4",
                "back_office.allow_overload=true")  # fmt: skip
    while one.day < 10:
        one.step()
    assert one.calendar.works[one.day - 1]
    return one


def _copy(book: Book) -> Book:
    return Book(book.cases, book.particulars, book.log._make(c.copy() for c in book.log))


def _served_today(one: ServiceModel) -> np.ndarray:
    """Visits to the counter that were called and served on the last day, in order of their call."""
    cases, log = one.served.cases, one.served.log
    here = cases.station == one.network.index["OFFICE"]
    today = log.started >= (one.day - 1) * DAY
    rows = np.flatnonzero(here & today & (log.outcome == Outcome.SERVED))
    return rows[np.argsort(log.started[rows])]


def _check(one: ServiceModel, book: Book) -> None:
    check_day(one.network, book, one.day - 1)
    check_thoroughly(one.network, book, one.day - 1)


def test_a_day_as_it_was_passes_every_check(busy: ServiceModel) -> None:
    assert len(_served_today(busy)) > 20
    _check(busy, _copy(busy.served))


Spoil = Callable[[ServiceModel, Book, int], None]


def _call_before_joining(_: ServiceModel, book: Book, visit: int) -> None:
    book.log.joined[visit] = book.log.started[visit] + 1


def _end_before_the_call(_: ServiceModel, book: Book, visit: int) -> None:
    book.log.ended[visit] = book.log.started[visit]


def _serve_without_a_call(_: ServiceModel, book: Book, visit: int) -> None:
    book.log.started[visit] = NEVER


def _leave_though_called(_: ServiceModel, book: Book, visit: int) -> None:
    book.log.outcome[visit] = Outcome.RENEGED


def _end_tomorrow(one: ServiceModel, book: Book, visit: int) -> None:
    book.log.ended[visit] = one.day * DAY


def _be_open_though_ended(_: ServiceModel, book: Book, visit: int) -> None:
    book.log.outcome[visit] = Outcome.OPEN


def _be_called_by_a_server_off_duty(_: ServiceModel, book: Book, visit: int) -> None:
    book.log.server[visit] = 1


def _be_called_at_night(one: ServiceModel, book: Book, visit: int) -> None:
    at = (one.day - 1) * DAY + 60
    book.log.joined[visit], book.log.started[visit], book.log.ended[visit] = at, at, at + 9


def _share_a_server(one: ServiceModel, book: Book, visit: int) -> None:
    """Keep the server a minute longer, into the next case."""
    after = _served_today(one)
    follower = after[np.searchsorted(book.log.started[after], book.log.started[visit], "right")]
    book.log.ended[visit] = book.log.started[follower] + MINUTE


def _jump_the_line(one: ServiceModel, book: Book, visit: int) -> None:
    """Who was called in the middle of the day is said to have come before everybody."""
    book.log.joined[visit] = (one.day - 1) * DAY


def _let_people_wait_at_an_idle_counter(one: ServiceModel, book: Book, _: int) -> None:
    """A visit becomes one of a second though the next one waits: the counter stands idle."""
    log, rows = book.log, _served_today(one)
    pairs = [(a, b) for a in rows for b in rows if log.ended[a] == log.started[b]]
    visit = next(a for a, b in pairs if log.joined[b] < log.ended[a] - MINUTE)
    log.ended[visit] = log.started[visit] + 1


ERRORS: list[tuple[Spoil, str]] = [
    (_call_before_joining, "a visit that is called has joined before"),
    (_end_before_the_call, "a visit ends after it is called"),
    (_serve_without_a_call, "served visits were called and have ended"),
    (_leave_though_called, "visits that ended unserved were not called"),
    (_end_tomorrow, "nothing ends after the day"),
    (_be_open_though_ended, "open visits have not ended"),
    (_be_called_by_a_server_off_duty, "a server on duty"),
    (_be_called_at_night, "a server on duty"),
    (_share_a_server, "one case at a time"),
    (_jump_the_line, "first come, first called"),
    (_let_people_wait_at_an_idle_counter, "nobody idle at OFFICE while people wait"),
]


@pytest.mark.parametrize(("spoil", "said"), ERRORS, ids=[spoil.__name__ for spoil, _ in ERRORS])
def test_each_identity_catches_the_error_it_is_for(
    busy: ServiceModel, spoil: Spoil, said: str
) -> None:
    """One visit in a crowded day is made wrong; the breach is named."""
    book = _copy(busy.served)
    served = _served_today(busy)
    waited = served[(book.log.started - book.log.joined)[served] > MINUTE]
    spoil(busy, book, int(waited[len(waited) // 2]))
    with pytest.raises(ModelError, match=said):
        _check(busy, book)


def test_a_call_before_opening_is_caught(busy: ServiceModel) -> None:
    """Even if somebody were on duty at night."""
    book, visit = _copy(busy.served), int(_served_today(busy)[-1])
    _be_called_at_night(busy, book, visit)
    night = busy.network.roster[busy.network.index["OFFICE"]][:1]
    try:
        night += 1
        with pytest.raises(ModelError, match="nobody is called before opening"):
            check_day(busy.network, book, busy.day - 1)
    finally:
        night -= 1


def test_a_call_after_close_is_caught_where_people_are_sent_home(busy: ServiceModel) -> None:
    book, visit = _copy(busy.served), int(_served_today(busy)[-1])
    station = busy.network.index["OFFICE"]
    kept = busy.network.closing[station]
    late = (busy.day - 1) * DAY + int(busy.network.closes[station]) + 1
    book.log.started[visit], book.log.ended[visit] = late, late + 9
    try:
        busy.network.closing[station] = Closing.SEND_HOME
        with pytest.raises(ModelError, match="after close"):
            check_day(busy.network, book, busy.day - 1)
    finally:
        busy.network.closing[station] = kept


def test_a_lost_case_is_caught() -> None:
    assert check_flow(before=3, opened=4, closed=5, after=2) == 1
    with pytest.raises(ModelError, match="3 open and 4 new cases became 5 closed and 1 open"):
        check_flow(before=3, opened=4, closed=5, after=1)


@pytest.mark.parametrize("final", [ServiceTally.ISSUED, ServiceTally.REFUSED, ServiceTally.GAVE_UP])
def test_a_need_that_ends_twice_or_never_is_caught(busy: ServiceModel, final: int) -> None:
    """Needs are issued, refused, given up or under way: one more or less breaks the sum."""
    agenda = busy.agenda.rows()
    assert check_final_states(busy.counted, agenda, busy.book) == 1
    for wrong in (-1, 1):
        counted = busy.counted.copy()
        counted[0, final] += wrong
        with pytest.raises(ModelError, match="final states"):
            check_final_states(counted, agenda, busy.book)


@pytest.mark.parametrize("trust", [-1e-6, 1.001, 76.0, float("nan")])
def test_trust_beyond_its_bounds_is_caught(busy: ServiceModel, trust: float) -> None:
    agenda, known = busy.agenda.rows(), busy.citizens.people.trust_centre.copy()
    assert check_citizens([known], agenda, busy.day - 1) == 1
    known[7] = trust
    with pytest.raises(ModelError, match="trust and skill lie between 0 and 1"):
        check_citizens([known], agenda, busy.day - 1)


def test_a_request_for_a_day_that_is_over_is_caught(busy: ServiceModel) -> None:
    """Nobody would ever take it off the agenda."""
    agenda = busy.agenda.rows().copy()
    agenda["day"][0] = busy.day - 1
    with pytest.raises(ModelError, match="1 requests are for days that are over"):
        check_citizens([], agenda, busy.day - 1)


def test_a_breach_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong engine does not get past its first day with visits."""
    one = model()
    right = one.engine

    def wrong(*arguments: object) -> None:
        right(*arguments)  # type: ignore[arg-type]
        log = arguments[2]
        log.ended[log.outcome == Outcome.SERVED] += DAY  # type: ignore[attr-defined]

    one.engine = wrong
    with pytest.raises(ModelError, match="Identity broken"):
        one.run()
