"""A plain station: all servers are alike, and visits mind only their turn and their patience.

When a service ends is known at the call, so ends are no events: whoever arrives is held against
the seconds at which servers become free (Kiefer and Wolfowitz, 1955).
"""

import numpy as np

from sim.calendars.kernels import last_at_or_before
from sim.compiled import inline, loop
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
from sim.engine.hall_kernels import NUMBER, NUMBER_SHIFT, stand
from sim.engine.leaving_kernels import clear_line, leave, send_on
from sim.engine.line_kernels import LARGEST, drop_first, pop, push, replace
from sim.service.cases import NEVER, Outcome
from sim.service.rules import (
    door_shuts,
    ends_at,
    is_average,
    is_turned_away,
    on_duty,
    reneges,
    stops_at,
)

SERVED, RENEGED = int(Outcome.SERVED), int(Outcome.RENEGED)
TURNED_AWAY = int(Outcome.TURNED_AWAY)


@loop
def is_plain(stations, hall, s, since, until):
    """Whether all that matters at a station is who comes when and how long each takes."""
    low, high = stations.loss_first[s], stations.loss_first[s + 1]
    last_loss = last_at_or_before(stations.loss_at, low, high, until - 1)
    is_spared = last_loss < low or stations.loss_at[last_loss] < since
    return hall.is_plain[s] and is_spared and is_average(stations, s)


@loop
def flow(
    stations, cases, log, state, hall, component, c, s, since, until, events, free
):  # fmt: skip
    """Run one plain station by itself, over its sorted arrivals.

    Parameters
    ----------
    events : int64[.] -- room for the changes of the station that are known beforehand
    free : int64[.] -- room for a heap of the servers on duty, by when they become free
    """
    base, n_events, n_free, duty = stations.server_first[s], np.int64(0), np.int64(0), np.int64(0)
    seat(stations, cases, log, state, hall, component, c, base, s, since, until, events)
    n_events = push(events, n_events, key_of(0, DUE_CHANGE, s))
    n_events = push_controls(stations, s, since, until, events, n_events)
    row, last = hall.first[s], hall.first[s] + hall.n_arrivals[s]
    now, alone = since, NEVER
    while True:
        change = since + (events[0] >> SECOND_SHIFT) if n_events > 0 else until
        arrival = since + (hall.arrivals[row] >> SECOND_SHIFT) if row < last else until
        then = min(change, arrival)
        # whoever becomes free before the next instant calls whoever is next
        while n_free > 0 and (alone != NEVER or hall.n_line[s] > 0):
            at = max(now, (free[0] >> NUMBER_SHIFT) - 1)
            if at >= then:
                break
            visit = alone
            if alone == NEVER:
                visit = hall.line[hall.first[s], 2]
                hall.n_line[s] = drop_first(hall.line, hall.first[s], hall.n_line[s])
                if reneges(log.joined[visit], cases.patience[visit], log.flags[visit], at):
                    leave(cases, log, visit, at, RENEGED)
                    continue
            alone = NEVER
            key = begin(
                stations, cases, log, hall, component, c, base, s, visit, free[0] & NUMBER, at,
                since, until, events,
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
                    clear_line(
                        stations, cases, log, hall, component, c, s, now, since, until, events,
                        n_events,
                    )  # fmt: skip
            hall.door[s] = door_shuts(stations, s, now)
            hall.stops[s] = stops_at(stations, s, now)
            duty = on_duty(stations, s, now)
            n_free = 0
            for number in range(duty):
                n_free = push(free, n_free, hall.free[base + number])
            free[n_free] = LARGEST
        later, busy = (now - since + 1) << SECOND_SHIFT, (now + 2) << NUMBER_SHIFT
        while row < last and hall.arrivals[row] < later:
            visit = hall.arrivals[row] & SUBJECT
            row += 1
            if now >= hall.door[s] and is_turned_away(stations, s, cases.inside[visit], now):
                log.ended[visit], log.outcome[visit] = now, TURNED_AWAY
                send_on(cases, log, hall, component, c, visit, since, until, events, n_events)
            else:
                log.joined[visit] = now
                nobody_else = hall.n_line[s] == 0 and (row == last or hall.arrivals[row] >= later)
                if nobody_else and n_free > 0 and free[0] < busy:
                    alone = visit  # is called at once, and needs no place in line
                else:
                    stand(stations, cases, log, hall, s, visit, now)
    for number in range(stations.server_first[s + 1] - base):
        if hall.free[base + number] < LARGEST:
            state.free_since[base + number] = (hall.free[base + number] >> NUMBER_SHIFT) - 1


@loop
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
    stations, cases, log, hall, component, c, base, s, visit, number, now, since, until, events
):
    """Call a visit to a server; return the server's key when it is free again."""
    work = cases.work[visit]
    log.started[visit], log.server[visit], log.work[visit] = now, number, work
    end = now + work
    if end > hall.stops[s]:
        end = ends_at(stations, s, now, work, now)
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
