"""Leaving a station: to the next, to one's home for a while, or for good."""

from sim.compiled import inline, inner
from sim.engine.event_kernels import DUE_ARRIVE, key_of
from sim.engine.hall_kernels import LAST, announce, waits
from sim.engine.line_kernels import join, push
from sim.service.cases import NEVER, Flag, Outcome
from sim.service.rules import comes_back, empties_line, may_be_called, next_visit, reneges

SERVED, RENEGED = int(Outcome.SERVED), int(Outcome.RENEGED)
TURNED_AWAY, AT_HOME = int(Outcome.TURNED_AWAY), int(Flag.AT_HOME)


@inner
def leave(cases, log, visit, now, outcome):
    """Leave the line at ``now``, or earlier if patience ended before."""
    if reneges(log.joined[visit], cases.patience[visit], log.flags[visit], now):
        log.ended[visit] = log.joined[visit] + cases.patience[visit]
        log.outcome[visit] = RENEGED
    else:
        log.ended[visit], log.outcome[visit] = now, outcome


@inline
def go_home(cases, log, hall, s, visit, now):
    """Be sent home from the line: to come back when the window opens next, or for good."""
    if waits(cases, log, visit, now) and comes_back(cases.back_until[visit], now):
        log.flags[visit] = AT_HOME
        hall.home[hall.first[s] + hall.n_home[s]] = visit
        hall.n_home[s] += 1
    else:
        leave(cases, log, visit, now, TURNED_AWAY)


@inline
def send_on(cases, log, hall, component, c, visit, since, until, events, n_events):
    """Let the case go to its next visit, if there is one: within the component, or to a later."""
    last = hall.order[visit, LAST]
    if visit + 1 == last:
        return n_events
    heir = next_visit(cases, visit, last, log.outcome[visit] == SERVED)
    if heir == NEVER or log.ended[visit] + cases.delay[heir] >= until:
        return n_events
    at, s = log.ended[visit] + cases.delay[heir], cases.station[heir]
    if component[s] == c:
        n_events = push(events, n_events, key_of(at - since, DUE_ARRIVE, heir))
    else:
        announce(hall, s, heir, at, since)
    return n_events


@inner
def clear_line(stations, cases, log, hall, component, c, s, now, since, until, events, n_events):
    """The closing rule: send the line home, or only those whose slot is still to come."""
    everybody, head, kept = empties_line(stations, s, now), hall.first[s], 0
    for row in range(head, head + hall.n_line[s]):
        its_turn, its_tie, visit = hall.line[row, 0], hall.line[row, 1], hall.line[row, 2]
        if log.ended[visit] != NEVER:
            continue
        if may_be_called(its_turn) and not everybody:
            kept = join(hall.line, head, kept, its_turn, its_tie, visit)
            continue
        go_home(cases, log, hall, s, visit, now)
        if log.ended[visit] != NEVER:
            n_events = send_on(
                cases, log, hall, component, c, visit, since, until, events, n_events
            )
    hall.n_line[s] = kept
    return n_events
