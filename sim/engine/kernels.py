"""The compiled event loop: arrays in, arrays out; no objects, no chance, no country.

Stations that hand cases over in a circle share one event heap; all others run one after the
other along the hand-overs, each over its own arrivals. What is due at an instant takes effect
before anyone is called, in the order of the codes of events; arrivals come in case order.
"""

import numpy as np

from sim.compiled import inline, inner, making
from sim.engine.event_kernels import (
    DUE_ARRIVE,
    DUE_CLOSE,
    DUE_END,
    DUE_LEAVE,
    DUE_LOSS,
    DUE_REJOIN,
    DUE_SLOT,
    OF_STATIONS,
    SECOND_SHIFT,
    SUBJECT,
    WHAT,
    WHAT_AND_SUBJECT,
    WHAT_SHIFT,
    key_of,
    most_controls,
)
from sim.engine.graph_kernels import components
from sim.engine.hall_kernels import (
    free_server,
    gather,
    look_round,
    next_for,
    place,
    prepare,
    set_free,
    stand,
    step_aside,
    take_back,
    waiting,
    waits,
    watch,
)
from sim.engine.leaving_kernels import clear_line, go_home, leave, send_on
from sim.engine.line_kernels import (
    discard,
    drop_first,
    drop_row,
    pop,
    promote,
    push,
    sort,
)
from sim.engine.plain_kernels import flow, is_plain
from sim.service.cases import FOREVER, NEVER, Flag, Outcome
from sim.service.rules import (
    NOT_YET,
    balks,
    calls_left,
    count_call,
    effective_work,
    ends_at,
    errs,
    is_turned_away,
    may_be_called,
    nobody_stays,
    strain,
)

SERVED, BALKED = int(Outcome.SERVED), int(Outcome.BALKED)
RENEGED, TURNED_AWAY = int(Outcome.RENEGED), int(Outcome.TURNED_AWAY)
REJOINED, ERRED = int(Flag.REJOINED), int(Flag.ERRED)


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
    events = np.empty(3 * hall.first[-1] + len(hall.serving) + n_controls, np.int64)
    spare, runs = np.empty_like(hall.arrivals), np.empty(128, np.int64)
    counts = np.empty(len(spare) + 2, np.int64)
    free = np.empty(len(hall.serving) + 1, np.int64)
    for c in range(len(first) - 1):
        n_seen = 0
        for m in range(first[c], first[c + 1]):
            n_seen += hall.first[members[m] + 1] - hall.first[members[m]]
        if n_seen == 0:
            continue
        s = members[first[c]]
        if first[c + 1] - first[c] == 1 and is_plain(stations, hall, s, since, until):
            sort(
                hall.arrivals,
                hall.first[s],
                hall.first[s] + hall.n_arrivals[s],
                spare,
                counts,
                runs,
            )
            flow(stations, cases, log, state, hall, component, c, s, since, until, events, free)
        else:
            n_events = np.int64(0)  # a literal would be a type of its own: all compiled twice
            for m in range(first[c], first[c + 1]):
                n_events = prepare(
                    stations, cases, log, state, hall, members[m], since, until, events, n_events
                )
            serve(stations, cases, log, state, hall, component, c, events, n_events, since, until)
        for m in range(first[c], first[c + 1]):
            s = members[m]
            for row in range(hall.first[s], hall.first[s] + hall.n_line[s]):
                visit = hall.line[row, 2]
                if not waits(cases, log, visit, until - 1) and log.ended[visit] == NEVER:
                    leave(cases, log, visit, until, RENEGED)


@inner
def serve(stations, cases, log, state, hall, component, c, events, n_events, since, until):
    """Run one component, event by event."""
    touched, is_touched = hall.touched, hall.is_touched
    n_touched = 0
    station_of = cases.station
    while n_events > 0:
        # everything due at an instant takes effect, one event at a time ...
        key = events[0]
        n_events = pop(events, n_events)
        now = since + (key >> SECOND_SHIFT)
        what, subject = key >> WHAT_SHIFT & WHAT, key & SUBJECT
        is_of_station = OF_STATIONS >> what & 1 != 0
        s = subject if is_of_station else station_of[subject]
        base = stations.server_first[s]
        if what == DUE_ARRIVE:
            if now >= hall.door[s] and is_turned_away(stations, s, cases.inside[subject], now):
                log.ended[subject], log.outcome[subject] = now, TURNED_AWAY
            elif cases.tolerance[subject] < FOREVER and balks(
                place(stations, cases, log, state, hall, s, now), cases.tolerance[subject]
            ):
                log.ended[subject], log.outcome[subject] = now, BALKED
            else:
                log.joined[subject] = now
                stand(stations, cases, log, hall, s, subject, now)
                n_events = watch(cases, log, hall, subject, now, since, until, events, n_events)
            if log.ended[subject] != NEVER:
                n_events = send_on(
                    cases, log, hall, component, c, subject, since, until, events, n_events
                )
        elif what == DUE_END:
            number = log.server[subject]
            log.ended[subject], log.outcome[subject] = now, SERVED
            release(stations, state, hall, base, s, number, now)
            n_events = send_on(
                cases, log, hall, component, c, subject, since, until, events, n_events
            )
        elif what == DUE_SLOT:
            promote(hall.line, hall.first[s], hall.n_line[s], subject, NOT_YET)
        elif what == DUE_LEAVE:
            is_here = log.started[subject] == NEVER and log.ended[subject] == NEVER
            if is_here and not waits(cases, log, subject, now):
                leave(cases, log, subject, now, RENEGED)
                n_events = send_on(
                    cases, log, hall, component, c, subject, since, until, events, n_events
                )
        else:
            if what == DUE_LOSS:
                n_events = lose(
                    stations, cases, log, state, hall, component, c, base, s, now, since, until,
                    events, n_events,
                )  # fmt: skip
            elif what == DUE_CLOSE:
                n_events = clear_line(
                    stations, cases, log, hall, component, c, s, now, since, until, events, n_events
                )
            elif what == DUE_REJOIN:
                for row in range(hall.first[s], hall.first[s] + hall.n_home[s]):
                    log.flags[hall.home[row]] = REJOINED
                    stand(stations, cases, log, hall, s, hall.home[row], now)
                hall.n_home[s] = 0
            look_round(stations, state, hall, s, now)
        if not is_touched[s]:
            is_touched[s] = True
            touched[n_touched] = s
            n_touched += 1
        # ... until nothing more is due then
        if n_events > 0 and since + (events[0] >> SECOND_SHIFT) == now:
            continue
        # then, free servers on duty call
        for i in range(n_touched):
            s = touched[i]
            is_touched[s] = False
            n_events = call(
                stations, cases, log, state, hall, s, now, since, until, events, n_events
            )
        n_touched = 0


@inline
def call(stations, cases, log, state, hall, s, now, since, until, events, n_events):
    """Free servers on duty call, the one free longest first, each whoever is next in line."""
    if not hall.is_average[s]:
        return call_by_skill(
            stations, cases, log, state, hall, s, now, since, until, events, n_events
        )
    base, head = stations.server_first[s], hall.first[s]
    while hall.n_line[s] > 0:
        visit = hall.line[head, 2]
        if not waits(cases, log, visit, now):
            hall.n_line[s] = drop_first(hall.line, head, hall.n_line[s])
            if log.ended[visit] == NEVER:
                leave(cases, log, visit, now, RENEGED)
            continue
        if not may_be_called(hall.line[head, 0]):
            break
        number = free_server(stations, hall, base, s)
        if number == NEVER:
            break
        hall.n_line[s] = drop_first(hall.line, head, hall.n_line[s])
        n_events = begin(
            stations, cases, log, state, hall, base, s, visit, number, now, since, until, events,
            n_events,
        )  # fmt: skip
    return n_events


@inner
def call_by_skill(stations, cases, log, state, hall, s, now, since, until, events, n_events):
    """Free servers on duty call, the one free longest first, each the next whom it can serve."""
    base, head = stations.server_first[s], hall.first[s]
    while hall.n_line[s] > 0 and calls_left(stations, state, s, now) > 0:
        number = free_server(stations, hall, base, s)
        if number == NEVER:
            break
        row = next_for(cases, log, hall, s, stations.skills[base + number], now)
        if row == NEVER:
            step_aside(hall, base, s, number)
            continue
        visit = hall.line[head + row, 2]
        hall.n_line[s] = drop_row(hall.line, head, hall.n_line[s], row)
        n_events = begin(
            stations, cases, log, state, hall, base, s, visit, number, now, since, until, events,
            n_events,
        )  # fmt: skip
    take_back(stations, state, hall, s)
    return n_events


@inline
def begin(
    stations, cases, log, state, hall, base, s, visit, number, now, since, until, events, n_events
):
    """Call a visit to a server; its end is put into the heap if it comes in time."""
    work = cases.work[visit]
    if not hall.is_average[s]:
        hurried, tired = strain(stations, s, waiting(cases, log, hall, s, now), now)
        work = effective_work(work, stations.pace[base + number], hurried, tired)
        if errs(cases.luck[visit], stations.errors[base + number], hurried, tired):
            log.flags[visit] |= ERRED
        count_call(stations, state, s, now)
    hall.serving[base + number] = visit
    log.started[visit], log.server[visit], log.work[visit] = now, number, work
    end = now + work
    if end > hall.stops[s]:
        end = ends_at(stations, s, now, work, now)
    if end < until:
        n_events = push(events, n_events, key_of(end - since, DUE_END, visit))
    return n_events


@inline
def release(stations, state, hall, base, s, number, now):
    """A server is free since now."""
    hall.serving[base + number] = NEVER
    state.free_since[base + number] = now
    set_free(stations, hall, s, base, number, now)


@inner
def lose(
    stations, cases, log, state, hall, component, c, base, s, now, since, until, events, n_events
):
    """An outage ends every service unfinished; who was served stands in line again, or goes."""
    for server in range(base, stations.server_first[s + 1]):
        visit = hall.serving[server]
        if visit == NEVER:
            continue
        n_events = discard(events, n_events, key_of(0, DUE_END, visit), WHAT_AND_SUBJECT)
        release(stations, state, hall, base, s, server - base, now)
        log.started[visit], log.server[visit], log.work[visit] = NEVER, NEVER, NEVER
        log.flags[visit] = REJOINED
        if not nobody_stays(stations, s, now):
            stand(stations, cases, log, hall, s, visit, now)
            continue
        go_home(cases, log, hall, s, visit, now)
        if log.ended[visit] != NEVER:
            n_events = send_on(
                cases, log, hall, component, c, visit, since, until, events, n_events
            )
    return n_events
