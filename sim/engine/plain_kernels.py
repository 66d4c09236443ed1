"""A plain station: all servers are alike, and visits mind only their turn and their patience.

When a service ends is known at the call, so ends are no events: whoever arrives is held against
the seconds at which servers become free (Kiefer and Wolfowitz, 1955).
"""

import numpy as np

from sim.calendars.kernels import last_at_or_before
from sim.compiled import inline, inner
from sim.engine.event_kernels import (
    DUE_CHANGE,
    DUE_CLOSE,
    SECOND_SHIFT,
    SUBJECT,
    WHAT,
    WHAT_SHIFT,
    key_of,
    push_controls,
)
from sim.engine.hall_kernels import NUMBER, NUMBER_SHIFT, RANK, TIE
from sim.engine.leaving_kernels import clear_line, leave, send_on
from sim.engine.line_kernels import LARGEST, at, drop_first, join, pop, precedes, push, put, replace
from sim.service.cases import NEVER, Outcome
from sim.service.rules import (
    door_shuts,
    ends_at,
    is_average,
    is_turned_away,
    on_duty,
    reneges,
    stops_at,
    turn_of_walk_in,
)

SERVED, RENEGED = int(Outcome.SERVED), int(Outcome.RENEGED)
TURNED_AWAY = int(Outcome.TURNED_AWAY)


@inner
def is_plain(stations, hall, s, since, until):
    """Whether all that matters at a station is who comes when and how long each takes."""
    low, high = stations.loss_first[s], stations.loss_first[s + 1]
    last_loss = last_at_or_before(stations.loss_at, low, high, until - 1)
    is_spared = last_loss < low or stations.loss_at[last_loss] < since
    return hall.is_plain[s] and is_spared and is_average(stations, s)


@inner
def flow(
    stations, cases, log, state, hall, component, c, s, since, until, events, free
):  # fmt: skip
    """Run one plain station by itself, over its sorted arrivals.

    Parameters
    ----------
    events : int64[.] -- room for the changes of the station that are known beforehand
    free : int64[.] -- room for a heap of the servers on duty, by when they become free
    """
    base, head, n_events, n_free = stations.server_first[s], hall.first[s], np.int64(0), np.int64(0)
    seat(stations, cases, log, state, hall, component, c, base, s, since, until, events)
    n_events = push(events, n_events, key_of(0, DUE_CHANGE, s))
    n_events = push_controls(stations, s, since, until, events, n_events)
    coming, last = head, head + hall.n_arrivals[s]
    n_line, low, high = hall.n_line[s], head, head  # the line: a heap, and rows in their order
    now, alone, door = since, NEVER, until
    while True:
        change = since + (events[0] >> SECOND_SHIFT) if n_events > 0 else until
        arrival = since + (hall.arrivals[at(coming)] >> SECOND_SHIFT) if coming < last else until
        then = min(change, arrival)
        # whoever becomes free before the next instant calls whoever is next
        while n_free > 0 and (alone != NEVER or low < high or n_line > 0):
            called = max(now, (free[0] >> NUMBER_SHIFT) - 1)
            if called >= then:
                break
            visit, alone = alone, NEVER
            if visit == NEVER:
                if low < high and (
                    n_line == 0
                    or not precedes(hall.line, head, hall.run[at(low), 0], hall.run[at(low), 1])
                ):
                    visit = hall.run[at(low), 2]
                    low += 1
                else:
                    visit = hall.line[head, 2]
                    n_line = drop_first(hall.line, head, n_line)
                if reneges(log.joined[visit], cases.patience[visit], log.flags[visit], called):
                    leave(cases, log, visit, called, RENEGED)
                    continue
            key = begin(
                stations, cases, log, state, hall, component, c, base, s, visit, free[0] & NUMBER,
                called, since, until, events,
            )  # fmt: skip
            replace(free, n_free, key)
        if then == until:
            break
        now = then
        if change == now:
            while n_events > 0 and since + (events[0] >> SECOND_SHIFT) == now:
                what = events[0] >> WHAT_SHIFT & WHAT
                n_events = pop(events, n_events)
                if what == DUE_CLOSE:
                    hall.n_line[s] = pour(hall, head, n_line, low, high)
                    clear_line(
                        stations, cases, log, hall, component, c, s, now, since, until, events,
                        n_events,
                    )  # fmt: skip
                    n_line, low, high = hall.n_line[s], head, head
            door, hall.stops[s] = door_shuts(stations, s, now), stops_at(stations, s, now)
            n_free = np.int64(0)
            for number in range(on_duty(stations, s, now)):
                n_free = push(free, n_free, hall.free[base + number])
            free[n_free] = LARGEST
        later, busy = (now - since + 1) << SECOND_SHIFT, (now + 2) << NUMBER_SHIFT
        while coming < last and hall.arrivals[at(coming)] < later:
            visit = hall.arrivals[at(coming)] & SUBJECT
            coming += 1
            if now >= door and is_turned_away(stations, s, cases.inside[visit], now):
                log.ended[visit], log.outcome[visit] = now, TURNED_AWAY
                send_on(cases, log, hall, component, c, visit, since, until, events, n_events)
                continue
            log.joined[visit] = now
            nobody_else = low == high and n_line == 0
            nobody_else = nobody_else and (coming == last or hall.arrivals[at(coming)] >= later)
            if nobody_else and n_free > 0 and free[0] < busy:
                alone = visit  # is called at once, and needs no place in line
                break
            its_turn = turn_of_walk_in(hall.order[visit, RANK], now)
            its_tie = hall.order[visit, TIE]
            if low == high or precedes(hall.run, high - 1, its_turn, its_tie):
                put(hall.run, high, its_turn, its_tie, visit)
                high += 1
            else:
                n_line = join(hall.line, head, n_line, its_turn, its_tie, visit)
    hall.n_line[s] = pour(hall, head, n_line, low, high)
    for number in range(stations.server_first[s + 1] - base):
        if hall.free[base + number] < LARGEST:
            state.free_since[base + number] = (hall.free[base + number] >> NUMBER_SHIFT) - 1


@inner
def pour(hall, base, n_line, low, high):
    """Move who stands in the rows in order into the heap; return how many it holds then."""
    for i in range(low, high):
        n_line = join(hall.line, base, n_line, hall.run[i, 0], hall.run[i, 1], hall.run[i, 2])
    return n_line


@inner
def seat(stations, cases, log, state, hall, component, c, base, s, since, until, events):
    """Write down when every server becomes free, and the ends of services that go on."""
    for server in range(base, stations.server_first[s + 1]):
        visit = hall.serving[server]
        if visit == NEVER:
            hall.free[server] = free_key(state.free_since[server], server - base, until)
        else:
            end = ends_at(stations, s, log.started[visit], log.work[visit], since)
            hall.free[server] = free_key(end, server - base, until)
            finish(cases, log, hall, component, c, s, visit, end, since, until, events)


@inline
def free_key(at, number, until):
    """When a server becomes free and its own number; those still busy at ``until`` come last."""
    return (at + 1) << NUMBER_SHIFT | number if at < until else LARGEST


@inline
def begin(
    stations, cases, log, state, hall, component, c, base, s, visit, number, now, since, until,
    events,
):  # fmt: skip
    """Call a visit to a server; return the server's key when it is free again."""
    work = cases.work[visit]
    log.started[visit], log.server[visit], log.work[visit] = now, number, work
    end = now + work
    if end > hall.stops[s]:
        end = ends_at(stations, s, now, work, now)
    state.free_since[base + number] = (hall.free[base + number] >> NUMBER_SHIFT) - 1
    hall.free[base + number] = key = free_key(end, number, until)
    finish(cases, log, hall, component, c, s, visit, end, since, until, events)
    return key


@inline
def finish(cases, log, hall, component, c, s, visit, end, since, until, events):
    """Write down the end of a service and send the case on, if it comes in time."""
    if end < until:
        log.ended[visit], log.outcome[visit] = end, SERVED
        if hall.hands_over[s]:
            send_on(cases, log, hall, component, c, visit, since, until, events, np.int64(0))
