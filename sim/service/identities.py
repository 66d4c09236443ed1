"""What must hold on every day of every run; a breach stops the run and names itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import ModelError
from sim.service.book import Book
from sim.service.cases import NEVER, Flag
from sim.service.identity_kernels import SENTENCES, first_breach
from sim.service.network import Network
from sim.service.requests import Kind, Requests
from sim.service.stations import Closing
from sim.service.tallies import ServiceTally
from sim.units import DAY, HALF_HOUR


def check_day(network: Network, book: Book, day: int) -> int:
    """Check a day's log visit by visit; returns the number of single checks made.

    Parameters
    ----------
    book : Book
        All cases of the day, as an engine left them at midnight.
    """
    broken = np.zeros(len(SENTENCES), dtype=np.int64)
    first_breach(
        book.cases, book.log, network.closing, network.opens, network.closes, network.roster, day,
        broken,
    )  # fmt: skip
    for said, visits in zip(SENTENCES, broken, strict=True):
        if visits:
            raise ModelError(f"Identity broken on day {day}: {said} ({visits} visits do not).")
    return len(SENTENCES) * len(book.log.outcome)


def check_thoroughly(network: Network, book: Book, day: int) -> int:
    """Checks that sort the day's log: dearer, so made on one day of the month."""
    return check_servers(network, book) + check_order(book, day) + check_idle(network, book, day)


def check_flow(before: int, opened: int, closed: int, after: int) -> int:
    """Cases that were open or came are closed or open: none is lost, none is made."""
    if before + opened != closed + after:
        raise ModelError(
            f"Identity broken: {before} open and {opened} new cases became {closed} closed and "
            f"{after} open ones."
        )
    return 1


def check_final_states(counted: NDArray[np.int64], agenda: Requests, book: Book) -> int:
    """Every need so far was issued, refused or given up once, or is still under way.

    Parameters
    ----------
    counted : (n_services, n_service_tallies) int64
        Since the run began.
    agenda, book
        Requests of later days and open cases.
    """
    total = counted.sum(axis=0)
    final = total[ServiceTally.ISSUED] + total[ServiceTally.REFUSED] + total[ServiceTally.GAVE_UP]
    columns = ("citizen", "root", "kind", "number")
    rows = [np.concatenate([agenda[c], book.particulars[c]]).astype(np.int64) for c in columns]
    citizen, root, kind, number = rows
    is_status_call = (kind == Kind.INQUIRY) & (number == 0)
    pending = (citizen != NEVER) & (kind != Kind.PICK_UP) & ~is_status_call
    needs = np.sort(citizen[pending] << ROOT_BITS | root[pending])
    under_way = len(needs) - int((needs[1:] == needs[:-1]).sum())
    if total[ServiceTally.NEEDS] != final + under_way:
        raise ModelError(
            f"Identity broken: {total[ServiceTally.NEEDS]} needs became {final} final states and "
            f"{under_way} under way."
        )
    return 1


def check_citizens(people: Iterable[NDArray[np.floating[Any]]], agenda: Requests, day: int) -> int:
    """Trust and skill lie between 0 and 1, and nobody asks for anything on a day that is over.

    Parameters
    ----------
    people
        Columns of citizens.
    agenda
        Requests still to come at the end of ``day``; one for an earlier day would wait for ever.
    """
    for column in people:
        if not (column.min() >= 0 and column.max() <= 1):
            raise ModelError("Identity broken: trust and skill lie between 0 and 1.")
    late = int((agenda["day"] <= day).sum())
    if late:
        raise ModelError(f"Identity broken: {late} requests are for days that are over by {day}.")
    return 1


ROOT_BITS = 16
SKILL_BITS, DUE_BITS = 6, 24
RANK_BITS = 8 + SKILL_BITS + DUE_BITS  # of a class, a skill and a due day


def _hold(said: str, holds: NDArray[np.bool_]) -> None:
    if not holds.all():
        raise ModelError(f"Identity broken: {said} ({int((~holds).sum())} visits do not).")


def check_servers(network: Network, book: Book) -> int:
    """No server is with two cases at once."""
    cases, log = book.cases, book.log
    called = log.started != NEVER
    server = network.server_first[cases.station[called]] + log.server[called]
    started = log.started[called]
    ended = np.where(log.ended[called] == NEVER, np.iinfo(np.int64).max, log.ended[called])
    order = np.lexsort((started, server))
    same = server[order][1:] == server[order][:-1]
    overlaps = same & (started[order][1:] < ended[order][:-1])
    _hold("a server is with one case at a time", ~overlaps)
    return len(order)


def check_order(book: Book, day: int) -> int:
    """Within a station, priority class and due day, who joined earlier is called no later.

    Only of visits that were called today, by the skill they need; exact order at one second is the
    engines' matter, and so are appointments and who stands in line for a second time.
    """
    cases, log = book.cases, book.log
    n_visits = np.diff(cases.first)
    priority = np.repeat(cases.priority, n_visits)
    today = (log.started != NEVER) & (log.started >= day * DAY)
    today &= (cases.slot == 0) & (log.flags & Flag.REJOINED == 0)
    rank = (priority << SKILL_BITS | cases.skill) << DUE_BITS | cases.due
    line = (cases.station << RANK_BITS | rank)[today]
    joined, started = log.joined[today], log.started[today]
    order = np.lexsort((started, joined, line))
    line, started = line[order], started[order]
    same = line[1:] == line[:-1]
    _hold("first come, first called within a class", ~same | (started[1:] >= started[:-1]))
    return len(order)


def check_idle(network: Network, book: Book, day: int) -> int:
    """No server on duty is idle while somebody waits: at each instant of a front station's day.

    Counts servers with a case against the roster whenever anybody is in line inside the window.
    Left out are stations where idling is right: with slots to come, limited calls, skills of their
    own, or a system that was out of order.
    """
    cases, log = book.cases, book.log
    midnight = day * DAY
    n = 0
    front = np.flatnonzero((network.closing != Closing.NONE) & (network.opens >= 0))
    by_station = np.argsort(cases.station, kind="stable")
    cuts = np.searchsorted(cases.station[by_station], np.arange(len(network.names) + 1))
    for s in front:
        rows = by_station[cuts[s] : cuts[s + 1]]
        here = (log.ended[rows] == NEVER) | (log.ended[rows] >= midnight)
        rows = rows[here & (log.joined[rows] != NEVER)]
        if not len(rows) or cases.slot[rows].any() or network.may_idle(int(s)):
            continue
        joined, started, ended = log.joined[rows], log.started[rows], log.ended[rows]
        left = np.where(started != NEVER, started, ended)
        opens, closes = midnight + network.opens[s], midnight + network.closes[s]
        instants = np.unique(np.concatenate([joined, left[left != NEVER], ended[ended != NEVER]]))
        instants = instants[(instants >= opens) & (instants < closes)]
        waiting = np.searchsorted(np.sort(joined), instants, "right")
        waiting -= np.searchsorted(np.sort(left[left != NEVER]), instants, "right")
        begun = np.sort(started[started != NEVER])
        over = np.sort(ended[(started != NEVER) & (ended != NEVER)])
        busy = np.searchsorted(begun, instants, "right") - np.searchsorted(over, instants, "right")
        duty = network.roster[s, (instants - midnight) // HALF_HOUR]
        _hold(
            f"nobody idle at {network.names[s]} while people wait", (waiting == 0) | (busy >= duty)
        )
        n += len(instants)
    return n
