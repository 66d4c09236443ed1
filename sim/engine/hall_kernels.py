"""Who is where during an interval, and what every station has to do with them.

A hall is made anew from the log of the open cases; nothing in it outlives the interval.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import inline, inner, making
from sim.engine.event_kernels import (
    DUE_ARRIVE,
    DUE_CHANGE,
    DUE_END,
    DUE_LEAVE,
    DUE_SLOT,
    key_of,
    push_controls,
)
from sim.engine.line_kernels import enqueue, join, precedes, push
from sim.service.cases import FOREVER, NEVER, Flag
from sim.service.rules import (
    calls_left,
    comes_at,
    current_visit,
    door_shuts,
    ends_at,
    has_skill,
    is_average,
    may_be_called,
    on_duty,
    place_in_line,
    rank,
    reneges,
    stops_at,
    tie,
    turn,
)

AT_HOME = int(Flag.AT_HOME)
# A free server is one number: when it became free, and its own.
NUMBER_SHIFT = 20
NUMBER = 2**NUMBER_SHIFT - 1

RANK, TIE, LAST = 0, 1, 2  # columns of the order


class Hall(NamedTuple):
    """Who is where during an interval. Rows of station ``s`` begin at ``first[s]``."""

    order: NDArray[np.int64]  # (n_visits, 3) rank and tie, and the row behind those of the case
    first: NDArray[np.int64]  # (n + 1,) offsets by visits a station can still see
    arrivals: NDArray[np.int64]  # (.,) events known before the station is run
    n_arrivals: NDArray[np.int64]  # (n,)
    line: NDArray[np.int64]  # (., 3) turn, tie, visit: a heap per station
    run: NDArray[np.int64]  # (., 3) likewise, in their order: of plain stations
    n_line: NDArray[np.int64]  # (n,)
    serving: NDArray[np.int64]  # (n_servers,) the visit a server is with, or NEVER
    free: NDArray[np.int64]  # (n_servers,) packed: a sorted ring of free servers per station
    first_free: NDArray[np.int64]  # (n,) where the ring begins
    n_free: NDArray[np.int64]  # (n,)
    aside: NDArray[np.int64]  # (n_servers,) free servers found off duty: a stack per station
    n_aside: NDArray[np.int64]  # (n,)
    duty: NDArray[np.int64]  # (n,) servers numbered below may call now
    door: NDArray[np.int64]  # (n,) second from which arrivals are turned away
    stops: NDArray[np.int64]  # (n,) second at which the running clock stops next
    home: NDArray[np.int64]  # (.,) visits sent home that come back: a list per station
    n_home: NDArray[np.int64]  # (n,)
    is_average: NDArray[np.bool_]  # (n,) nothing depends on the line, the hour or the case
    is_plain: NDArray[np.bool_]  # (n,) no visit minds more than its turn and its patience
    hands_over: NDArray[np.bool_]  # (n,) some visit is followed by another
    touched: NDArray[np.int64]  # (n,) stations where something happened at this instant
    is_touched: NDArray[np.bool_]  # (n,)


@making
def gather(stations, cases, log, since, until):
    """Where the log left everyone, and which hand-overs (origin, destination) may still come."""
    n, n_visits = len(stations.closing), len(cases.station)
    n_servers = stations.server_first[n]
    current = np.full(len(cases.id), NEVER, np.int64)  # the visit a case is at, NEVER once closed
    first = np.zeros(n + 1, np.int64)
    n_later = 0
    for case in range(len(cases.id)):
        high = cases.first[case + 1]
        if cases.arrival[case] < until:
            visit = current_visit(cases, log, case)
            if visit != NEVER:
                current[case] = visit
                n_later += high - 1 - visit
                for later in range(visit, high):
                    first[cases.station[later] + 1] += 1
    for s in range(n):
        first[s + 1] += first[s]
    hall = Hall(
        np.empty((n_visits, 3), np.int64),
        first,
        np.empty(first[n], np.int64),
        np.zeros(n, np.int64),
        np.empty((first[n], 3), np.int64),
        np.empty((first[n], 3), np.int64),
        np.zeros(n, np.int64),
        np.full(n_servers, NEVER, np.int64),
        np.empty(n_servers, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.empty(n_servers, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.empty(first[n], np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.bool_),
        np.ones(n, np.bool_),
        np.zeros(n, np.bool_),
        np.empty(n, np.int64),
        np.zeros(n, np.bool_),
    )
    origin = np.empty(n_later, np.int64)
    destination = np.empty(n_later, np.int64)
    k = 0
    for case in range(len(cases.id)):
        visit = current[case]
        if visit == NEVER:
            continue
        last, its_tie = cases.first[case + 1], tie(cases.id[case])
        for later in range(visit, last):
            s = cases.station[later]
            hall.order[later, RANK] = rank(cases.priority[case], cases.due[later])
            hall.order[later, TIE], hall.order[later, LAST] = its_tie, last
            if not is_plain_visit(cases, later, last):
                hall.is_plain[s] = False
            if later + 1 < last:  # a skipped retrial does no harm
                origin[k], destination[k] = s, cases.station[later + 1]
                hall.hands_over[s] = True
                k += 1
        s = cases.station[visit]
        if log.joined[visit] == NEVER:
            at = comes_at(cases, log, case, visit)
            if at < until:
                announce(hall, s, visit, max(since, at), since)
        elif log.flags[visit] & AT_HOME != 0:
            hall.home[first[s] + hall.n_home[s]] = visit
            hall.n_home[s] += 1
        elif log.started[visit] == NEVER:
            stand(stations, cases, log, hall, s, visit, since)
        else:
            hall.serving[stations.server_first[s] + log.server[visit]] = visit
    return hall, origin, destination


@inline
def announce(hall, s, visit, at, since):
    """Let a station know of an arrival before it is run."""
    hall.arrivals[hall.first[s] + hall.n_arrivals[s]] = key_of(at - since, DUE_ARRIVE, visit)
    hall.n_arrivals[s] += 1


@inline
def is_plain_visit(cases, visit, last):
    """Whether a visit minds no more than its turn and its patience.

    ``last`` is the row behind those of its case.
    """
    simple = cases.slot[visit] == 0 and cases.tolerance[visit] >= FOREVER
    simple = simple and cases.back_until[visit] == 0
    if visit + 1 == last:
        return simple
    is_missed = cases.retrial[visit + 1] != 0 and cases.patience[visit] < FOREVER
    return simple and not is_missed and cases.station[visit + 1] != cases.station[visit]


@inner
def prepare(stations, cases, log, state, hall, s, since, until, events, n_events):
    """Seat a station's servers and put what is known to come into the heap; its new size."""
    n_events = push(events, n_events, key_of(0, DUE_CHANGE, s))
    n_events = push_controls(stations, s, since, until, events, n_events)
    hall.is_average[s] = is_average(stations, s)
    base = stations.server_first[s]
    for row in range(hall.first[s], hall.first[s] + hall.n_arrivals[s]):
        n_events = push(events, n_events, hall.arrivals[row])
    for server in range(base, stations.server_first[s + 1]):
        visit = hall.serving[server]
        if visit == NEVER:
            set_free(stations, hall, s, base, server - base, state.free_since[server])
        else:
            end = ends_at(stations, s, log.started[visit], log.work[visit], since)
            if end < until:
                n_events = push(events, n_events, key_of(end - since, DUE_END, visit))
    for row in range(hall.first[s], hall.first[s] + hall.n_line[s]):
        n_events = watch(cases, log, hall, hall.line[row, 2], since, since, until, events, n_events)
    for row in range(hall.first[s], hall.first[s] + hall.n_home[s]):
        n_events = watch(cases, log, hall, hall.home[row], since, since, until, events, n_events)
    return n_events


@inline
def watch(cases, log, hall, visit, now, since, until, events, n_events):
    """Put what may happen to someone in line into the heap: a slot, and the end of patience.

    Patience is noticed late unless a retrial follows it.
    """
    slot = cases.slot[visit]
    if now < slot < until:
        n_events = push(events, n_events, key_of(slot - since, DUE_SLOT, visit))
    last = hall.order[visit, LAST]
    if visit + 1 < last and cases.retrial[visit + 1] != 0 and cases.patience[visit] < FOREVER:
        leaves = log.joined[visit] + cases.patience[visit]
        if now <= leaves < until and log.flags[visit] == 0:
            n_events = push(events, n_events, key_of(leaves - since, DUE_LEAVE, visit))
    return n_events


@inline
def stand(stations, cases, log, hall, s, visit, now):
    """Put a visit into the line in its turn."""
    slot, grace = cases.slot[visit], stations.grace[s]
    its_turn = turn(hall.order[visit, RANK], log.joined[visit], slot, grace, now)
    its_tie = hall.order[visit, TIE]
    hall.n_line[s] = join(hall.line, hall.first[s], hall.n_line[s], its_turn, its_tie, visit)


@inner
def look_round(stations, state, hall, s, now):
    """At a change: who may call, until when the door is open and the clock runs."""
    hall.duty[s] = on_duty(stations, s, now)
    hall.door[s] = door_shuts(stations, s, now)
    hall.stops[s] = stops_at(stations, s, now)
    take_back(stations, state, hall, s)


@inline
def take_back(stations, state, hall, s):
    """Put the free servers that stood aside among the free again."""
    base = stations.server_first[s]
    while hall.n_aside[s] > 0:
        hall.n_aside[s] -= 1
        number = hall.aside[base + hall.n_aside[s]]
        set_free(stations, hall, s, base, number, state.free_since[base + number])


@inline
def set_free(stations, hall, s, base, number, since):
    """Put a server among the free, in the order in which they became free."""
    size = stations.server_first[s + 1] - base
    key = (since + 1) << NUMBER_SHIFT | number
    hall.n_free[s] = enqueue(hall.free, base, size, hall.first_free[s], hall.n_free[s], key)


@inline
def free_server(stations, hall, base, s):
    """Take the server on duty that has been free longest, or NEVER; those off duty step aside."""
    size = stations.server_first[s + 1] - base
    while hall.n_free[s] > 0 and hall.duty[s] > 0:
        number = hall.free[base + hall.first_free[s]] & NUMBER
        hall.first_free[s] = hall.first_free[s] + 1 if hall.first_free[s] + 1 < size else 0
        hall.n_free[s] -= 1
        if number < hall.duty[s]:
            return number
        step_aside(hall, base, s, number)
    return NEVER


@inline
def step_aside(hall, base, s, number):
    """A free server that calls nobody for now."""
    hall.aside[base + hall.n_aside[s]] = number
    hall.n_aside[s] += 1


@inner
def waiting(cases, log, hall, s, now):
    """How many stand in line, callable or not."""
    n = 0
    for row in range(hall.first[s], hall.first[s] + hall.n_line[s]):
        n += waits(cases, log, hall.line[row, 2], now)
    return n


@inline
def waits(cases, log, visit, now):
    """Whether a visit of the heap is still in line: some left, or leave now, unnoticed."""
    return log.ended[visit] == NEVER and not reneges(
        log.joined[visit], cases.patience[visit], log.flags[visit], now
    )


@inner
def place(stations, cases, log, state, hall, s, now):
    """Place in line that an arrival sees: those still waiting against those free on duty."""
    base, free = stations.server_first[s], 0
    for server in range(base, base + hall.duty[s]):
        free += hall.serving[server] == NEVER
    may_call = calls_left(stations, state, s, now)
    return place_in_line(waiting(cases, log, hall, s, now), free, may_call)


@inner
def next_for(cases, log, hall, s, skills, now):
    """Row of the line, counted from its head, that a server with some skills calls; or NEVER."""
    head, found = hall.first[s], NEVER
    for i in range(hall.n_line[s]):
        visit = hall.line[head + i, 2]
        if (
            may_be_called(hall.line[head + i, 0])
            and has_skill(skills, cases.skill[visit])
            and waits(cases, log, visit, now)
            and (
                found == NEVER
                or precedes(
                    hall.line, head + i, hall.line[head + found, 0], hall.line[head + found, 1]
                )
            )
        ):
            found = i
    return found
