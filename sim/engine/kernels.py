"""The compiled event loop: arrays in, arrays out; no objects, no chance, no country.

Stations that hand cases over in a circle share one event heap; all others run one after the
other along the hand-overs, each over its own arrivals. What is due at an instant takes effect
before anyone is called, in the order of the ``DUE`` codes; arrivals come in case order.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.calendars.kernels import last_at_or_before
from sim.compiled import inline, loop, making
from sim.engine.graph_kernels import components
from sim.engine.line_kernels import drop_first, enqueue, join, pop, push, sort_arrivals
from sim.service.cases import FOREVER, NEVER, Outcome
from sim.service.rules import (
    balks,
    door_shuts,
    empties_line,
    ends_at,
    on_duty,
    place_in_line,
    reneges,
    stops_at,
    tie,
    turn,
)
from sim.service.stations import ALWAYS, Closing
from sim.units import DAY

SERVED, BALKED = int(Outcome.SERVED), int(Outcome.BALKED)
RENEGED, TURNED_AWAY = int(Outcome.RENEGED), int(Outcome.TURNED_AWAY)
CLOSING_NONE = int(Closing.NONE)

# An event is one number: seconds since the interval began, what is due, whom it concerns.
DUE_CHANGE, DUE_END, DUE_CLOSE, DUE_ARRIVE = 0, 1, 2, 3  # the order within an instant
SECOND_SHIFT, WHAT_SHIFT = 32, 30
WHAT, SUBJECT = 3, 2**WHAT_SHIFT - 1
LONGEST_INTERVAL = 2**31  # seconds
NO_EVENT = 2**63 - 1
# A free server is one number: when it became free, and its own.
NUMBER_SHIFT = 20
NUMBER = 2**NUMBER_SHIFT - 1


class Hall(NamedTuple):
    """Who is where during an interval. Rows of station ``s`` begin at ``first[s]``."""

    case_of: NDArray[np.int64]  # (n_visits,)
    first: NDArray[np.int64]  # (n + 1,) offsets by visits a station can still see
    arrivals: NDArray[np.int64]  # (., 2) second, visit: those known before the station is run
    n_arrivals: NDArray[np.int64]  # (n,)
    line: NDArray[np.int64]  # (., 3) turn, tie, visit: a heap per station
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
    touched: NDArray[np.int64]  # (n,) stations where something happened at this instant
    is_touched: NDArray[np.bool_]  # (n,)


@making
def advance(stations, cases, log, state, since, until):
    """Carry every open case through ``[since, until)``, filling ``log`` and ``state`` in place.

    Parameters
    ----------
    stations : Stations -- servers, rosters, windows and clocks
    cases : Cases -- open cases only; row order is case order
    log : Log -- one row per visit
    state : State -- instants since which servers are free
    since, until : int64 -- seconds, less than LONGEST_INTERVAL apart
    """
    hall, origin, destination = gather(stations, cases, log, since, until)
    component, members, first = components(len(stations.closing), origin, destination)
    n_controls = most_controls(stations, since, until)
    events = np.empty(hall.first[-1] + len(hall.serving) + n_controls, np.int64)
    spare, runs = np.empty_like(hall.arrivals), np.empty(128, np.int64)
    for c in range(len(first) - 1):
        busy = False
        for m in range(first[c], first[c + 1]):
            s = members[m]
            if hall.first[s] < hall.first[s + 1]:
                busy = True
        if busy:
            alone = first[c + 1] - first[c] == 1
            n_events = 0
            for m in range(first[c], first[c + 1]):
                s = members[m]
                n_events = prepare(
                    stations, cases, log, state, hall, s, since, until, events, n_events
                )
                low, high = hall.first[s], hall.first[s] + hall.n_arrivals[s]
                if alone:
                    sort_arrivals(hall.arrivals, low, high, spare, runs)
                else:
                    for row in range(low, high):
                        at = hall.arrivals[row, 0] - since
                        key = at << SECOND_SHIFT | DUE_ARRIVE << WHAT_SHIFT | hall.arrivals[row, 1]
                        n_events = push(events, 0, n_events, key)
            bucket, bucket_end = 0, 0
            if alone:
                bucket = hall.first[members[first[c]]]
                bucket_end = bucket + hall.n_arrivals[members[first[c]]]
            serve(
                stations, cases, log, state, hall, component, c,
                bucket, bucket_end, events, n_events, since, until,
            )  # fmt: skip
            for m in range(first[c], first[c + 1]):
                s = members[m]
                for row in range(hall.first[s], hall.first[s] + hall.n_line[s]):
                    visit = hall.line[row, 2]
                    if reneges(log.joined[visit], cases.patience[visit], until - 1):
                        leave(cases, log, visit, until, RENEGED)


@loop
def serve(
    stations, cases, log, state, hall, component, c, bucket, bucket_end, events, n_events, since,
    until,
):  # fmt: skip
    """Run one component: its events, and the sorted arrivals ``[bucket, bucket_end)`` if alone."""
    touched, is_touched = hall.touched, hall.is_touched
    n_touched = 0
    first, station_of = hall.first, cases.station
    horizon = (until - since) << SECOND_SHIFT
    arrival = NO_EVENT
    if bucket < bucket_end:
        at = hall.arrivals[bucket, 0] - since
        arrival = at << SECOND_SHIFT | DUE_ARRIVE << WHAT_SHIFT | hall.arrivals[bucket, 1]
    while True:
        # everything due at an instant takes effect, one event at a time ...
        key = events[0] if n_events > 0 else NO_EVENT
        if arrival < key:
            key = arrival
            bucket += 1
            arrival = NO_EVENT
            if bucket < bucket_end:
                at = hall.arrivals[bucket, 0] - since
                arrival = at << SECOND_SHIFT | DUE_ARRIVE << WHAT_SHIFT | hall.arrivals[bucket, 1]
        elif key < horizon:
            n_events = pop(events, 0, n_events)
        if key >= horizon:
            break
        second = key >> SECOND_SHIFT
        now = since + second
        what, subject = key >> WHAT_SHIFT & WHAT, key & SUBJECT
        is_control = what in (DUE_CHANGE, DUE_CLOSE)
        s = subject if is_control else station_of[subject]
        base = stations.server_first[s]
        if what == DUE_ARRIVE:
            case = hall.case_of[subject]
            if now >= hall.door[s]:
                log.ended[subject], log.outcome[subject] = now, TURNED_AWAY
            elif cases.tolerance[subject] < FOREVER and balks(
                place(cases, log, hall, base, s, now), cases.tolerance[subject]
            ):
                log.ended[subject], log.outcome[subject] = now, BALKED
            else:
                log.joined[subject] = now
                if (
                    hall.n_line[s] == 0
                    and n_touched == 0
                    and now < next_instant(events, n_events, arrival, since)
                ):  # nobody else matters: no need to stand in line
                    number = free_server(stations, hall, base, s)
                    if number != NEVER:
                        n_events = begin(
                            stations, cases, log, hall, base, s, subject, number, now, since,
                            until, events, n_events,
                        )  # fmt: skip
                        continue
                its_turn, its_tie = (
                    turn(cases.priority[case], cases.due[subject], now),
                    tie(cases.id[case]),
                )
                hall.n_line[s] = join(
                    hall.line, first[s], hall.n_line[s], its_turn, its_tie, subject
                )
        elif what == DUE_END:
            number = log.server[subject]
            log.ended[subject], log.outcome[subject] = now, SERVED
            hall.serving[base + number] = NEVER
            state.free_since[base + number] = now
            set_free(stations, hall, s, base, number, now)
            if subject + 1 < cases.first[hall.case_of[subject] + 1]:
                heir = station_of[subject + 1]
                if component[heir] == c:
                    key = second << SECOND_SHIFT | DUE_ARRIVE << WHAT_SHIFT | (subject + 1)
                    n_events = push(events, 0, n_events, key)
                else:
                    row = first[heir] + hall.n_arrivals[heir]
                    hall.arrivals[row, 0], hall.arrivals[row, 1] = now, subject + 1
                    hall.n_arrivals[heir] += 1
        else:
            if what == DUE_CLOSE and empties_line(stations, s, now):
                for row in range(first[s], first[s] + hall.n_line[s]):
                    leave(cases, log, hall.line[row, 2], now, TURNED_AWAY)
                hall.n_line[s] = 0
            look_round(stations, state, hall, s, now)
        if not is_touched[s]:
            is_touched[s] = True
            touched[n_touched] = s
            n_touched += 1
        # ... until nothing more is due then
        if next_instant(events, n_events, arrival, since) == now:
            continue
        # then, free servers on duty call
        for i in range(n_touched):
            s = touched[i]
            is_touched[s] = False
            base, head = stations.server_first[s], first[s]
            while hall.n_line[s] > 0:
                visit = hall.line[head, 2]
                if reneges(log.joined[visit], cases.patience[visit], now):
                    hall.n_line[s] = drop_first(hall.line, head, hall.n_line[s])
                    leave(cases, log, visit, now, RENEGED)
                    continue
                number = free_server(stations, hall, base, s)
                if number == NEVER:
                    break
                hall.n_line[s] = drop_first(hall.line, head, hall.n_line[s])
                n_events = begin(
                    stations, cases, log, hall, base, s, visit, number, now, since, until, events,
                    n_events,
                )  # fmt: skip
        n_touched = 0


@inline
def next_instant(events, n_events, arrival, since):
    """Second at which something is due next."""
    key = min(events[0], arrival) if n_events > 0 else arrival
    return since + (key >> SECOND_SHIFT)


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
        hall.aside[base + hall.n_aside[s]] = number
        hall.n_aside[s] += 1
    return NEVER


@inline
def begin(stations, cases, log, hall, base, s, visit, number, now, since, until, events, n_events):
    """Call a visit to a server; its end is put into the heap if it comes in time."""
    hall.serving[base + number] = visit
    log.started[visit], log.server[visit] = now, number
    end = now + cases.work[visit]
    if end > hall.stops[s]:
        end = ends_at(stations, s, now, cases.work[visit], now)
    if end < until:
        key = (end - since) << SECOND_SHIFT | DUE_END << WHAT_SHIFT | visit
        n_events = push(events, 0, n_events, key)
    return n_events


@making
def gather(stations, cases, log, since, until):
    """Where the log left everyone, and which hand-overs (origin, destination) remain."""
    n, n_visits = len(stations.closing), len(cases.station)
    n_servers = stations.server_first[n]
    case_of = np.empty(n_visits, np.int64)
    current = np.full(len(cases.id), NEVER, np.int64)  # the visit a case is at, NEVER once closed
    first = np.zeros(n + 1, np.int64)
    n_hand_overs = 0
    for case in range(len(cases.id)):
        low, high = cases.first[case], cases.first[case + 1]
        for visit in range(low, high):
            case_of[visit] = case
        visit = low
        while visit < high and log.outcome[visit] == SERVED:
            visit += 1
        if visit < high and log.ended[visit] == NEVER and cases.arrival[case] < until:
            current[case] = visit
            n_hand_overs += high - 1 - visit
            for later in range(visit, high):
                first[cases.station[later] + 1] += 1
    for s in range(n):
        first[s + 1] += first[s]
    hall = Hall(
        case_of,
        first,
        np.empty((first[n], 2), np.int64),
        np.zeros(n, np.int64),
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
        np.empty(n, np.int64),
        np.zeros(n, np.bool_),
    )
    origin = np.empty(n_hand_overs, np.int64)
    destination = np.empty(n_hand_overs, np.int64)
    k = 0
    for case in range(len(cases.id)):
        visit = current[case]
        if visit == NEVER:
            continue
        for later in range(visit, cases.first[case + 1] - 1):
            origin[k], destination[k] = cases.station[later], cases.station[later + 1]
            k += 1
        s = cases.station[visit]
        if log.joined[visit] == NEVER:
            row = first[s] + hall.n_arrivals[s]
            hall.arrivals[row, 0], hall.arrivals[row, 1] = max(since, cases.arrival[case]), visit
            hall.n_arrivals[s] += 1
        elif log.started[visit] == NEVER:
            its_turn = turn(cases.priority[case], cases.due[visit], log.joined[visit])
            its_tie = tie(cases.id[case])
            hall.n_line[s] = join(hall.line, first[s], hall.n_line[s], its_turn, its_tie, visit)
        else:
            hall.serving[stations.server_first[s] + log.server[visit]] = visit
    return hall, origin, destination


@loop
def prepare(stations, cases, log, state, hall, s, since, until, events, n_events):
    """Seat a station's servers and put what is known to come into the heap; its new size."""
    n_events = push(events, 0, n_events, DUE_CHANGE << WHAT_SHIFT | s)
    n_events = push_controls(stations, s, since, until, events, n_events)
    base = stations.server_first[s]
    for server in range(base, stations.server_first[s + 1]):
        visit = hall.serving[server]
        if visit == NEVER:
            set_free(stations, hall, s, base, server - base, state.free_since[server])
        else:
            end = ends_at(stations, s, log.started[visit], cases.work[visit], since)
            if end < until:
                key = (end - since) << SECOND_SHIFT | DUE_END << WHAT_SHIFT | visit
                n_events = push(events, 0, n_events, key)
    return n_events


@loop
def look_round(stations, state, hall, s, now):
    """At a change: who may call, until when the door is open and the clock runs."""
    hall.duty[s] = on_duty(stations, s, now)
    hall.door[s] = door_shuts(stations, s, now)
    hall.stops[s] = stops_at(stations, s, now)
    base = stations.server_first[s]
    while hall.n_aside[s] > 0:
        hall.n_aside[s] -= 1
        number = hall.aside[base + hall.n_aside[s]]
        set_free(stations, hall, s, base, number, state.free_since[base + number])


@loop
def place(cases, log, hall, base, s, now):
    """Place in line that an arrival sees: those still waiting against those free on duty."""
    waiting, free = 0, 0
    for row in range(hall.first[s], hall.first[s] + hall.n_line[s]):
        other = hall.line[row, 2]
        if not reneges(log.joined[other], cases.patience[other], now):
            waiting += 1
    for server in range(base, base + hall.duty[s]):
        if hall.serving[server] == NEVER:
            free += 1
    return place_in_line(waiting, free)


@loop
def leave(cases, log, visit, now, outcome):
    """Leave the line at ``now``, or earlier if patience ended before."""
    patience_ends = log.joined[visit] + cases.patience[visit]
    if patience_ends <= now:
        log.ended[visit], log.outcome[visit] = patience_ends, RENEGED
    else:
        log.ended[visit], log.outcome[visit] = now, outcome


@loop
def clock_rows(stations, clock, since, until):
    """Working intervals of a clock that touch ``[since, until)``, as a half-open range of rows."""
    low, high = stations.clock_first[clock], stations.clock_first[clock + 1]
    begin = max(low, last_at_or_before(stations.clock_open, low, high, since))
    return begin, last_at_or_before(stations.clock_open, low, high, until - 1) + 1


@loop
def most_controls(stations, since, until):
    """An upper bound on the control events of all stations in an interval."""
    n = len(stations.closing)
    bound = len(stations.roster_at) + 2 * len(stations.window_open)
    bound += n * ((until - 1) // DAY - since // DAY + 2)
    for s in range(n):
        if stations.clock[s] != ALWAYS:
            low, high = clock_rows(stations, stations.clock[s], since, until)
            bound += 2 * (high - low)
    return bound


@loop
def push_controls(stations, s, since, until, events, n_events):
    """Put roster changes, openings, closings, midnights and turns of the clock into the heap."""
    change, close = DUE_CHANGE << WHAT_SHIFT | s, DUE_CLOSE << WHAT_SHIFT | s
    for i in range(stations.roster_first[s], stations.roster_first[s + 1]):
        at = stations.roster_at[i]
        if since <= at < until:
            n_events = push(events, 0, n_events, (at - since) << SECOND_SHIFT | change)
    clock = stations.clock[s]
    if clock != ALWAYS:
        low, high = clock_rows(stations, clock, since, until)
        for i in range(low, high):
            for at in (stations.clock_open[i], stations.clock_close[i]):
                if since <= at < until:
                    n_events = push(events, 0, n_events, (at - since) << SECOND_SHIFT | change)
    if stations.closing[s] == CLOSING_NONE:
        return n_events
    for i in range(stations.window_first[s], stations.window_first[s + 1]):
        at = stations.window_open[i]
        if since <= at < until:
            n_events = push(events, 0, n_events, (at - since) << SECOND_SHIFT | change)
        at = stations.window_close[i]
        if since <= at < until:
            n_events = push(events, 0, n_events, (at - since) << SECOND_SHIFT | close)
    at = (since + DAY - 1) // DAY * DAY
    while at < until:
        n_events = push(events, 0, n_events, (at - since) << SECOND_SHIFT | close)
        at += DAY
    return n_events
