"""Rules of the line, a few lines each, written once and used by both engines."""

import numpy as np

from sim.calendars.kernels import BEYOND, add, between, last_at_or_before, runs
from sim.compiled import formula, inline, inner
from sim.service.cases import FOREVER, NEVER, Flag, Outcome
from sim.service.stations import ALL_SKILLS, ALWAYS, AVERAGE, Closing
from sim.units import DAY, HOUR

CLOSING_NONE, CLOSING_FINISH = int(Closing.NONE), int(Closing.FINISH)
CLOSING_SEND_HOME = int(Closing.SEND_HOME)
CLASS_SHIFT = 48  # a priority class stands above any due day of any run
DUE_SHIFT = 31  # a due day stands above the seconds of 68 years
WALK_IN = 1 << 57  # above any class: who keeps an appointment goes first
NOT_YET = 1 << 58  # above everybody who may be called
OPEN, SERVED = int(Outcome.OPEN), int(Outcome.SERVED)
RESTLESS = int(Flag.REJOINED | Flag.AT_HOME)
ONE = np.int64(1)
MIX_SHIFT_0, MIX_SHIFT_1, MIX_SHIFT_2 = np.uint64(30), np.uint64(27), np.uint64(31)
MIX_0, MIX_1 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@formula
def tie(case_id):
    """Order cases that are otherwise equal by a fixed one-to-one mix of the id: total and fair."""
    mixed = np.uint64(case_id)
    mixed = (mixed ^ (mixed >> MIX_SHIFT_0)) * MIX_0
    mixed = (mixed ^ (mixed >> MIX_SHIFT_1)) * MIX_1
    return np.int64(mixed ^ (mixed >> MIX_SHIFT_2))


@formula
def rank(priority, due):
    """Call by class, then by due day, then by joining; the rest is a tie."""
    return (priority << CLASS_SHIFT) + (due << DUE_SHIFT)


@formula
def turn_of_walk_in(ranked, joined):
    """Who has no appointment is called by rank and joining, after those who keep one."""
    return ranked + joined + WALK_IN


@formula
def turn(ranked, joined, slot, grace, now):
    """Call kept appointments first, by rank and joining.

    Who joins no later than ``slot + grace`` keeps the appointment, and is called from the slot on.
    """
    if slot == 0 or joined > slot + grace:
        return turn_of_walk_in(ranked, joined)
    return ranked + joined + (NOT_YET if now < slot else 0)


@formula
def may_be_called(its_turn):
    """Who waits for the second of an appointment stands in line, but is not called yet."""
    return its_turn < NOT_YET


@formula
def has_skill(skills, skill):
    """A server calls only whom it can serve."""
    return (skills >> skill) & ONE != 0


@inner
def is_average(stations, station):
    """Whether nothing about a station or its servers depends on the line, the hour or the case."""
    first, last = stations.server_first[station], stations.server_first[station + 1]
    average = stations.hurry[station] == 0 and stations.fatigue[station] == 0
    average = average and stations.capacity[station] == FOREVER
    for server in range(first, last):
        average = average and stations.pace[server] == AVERAGE
        average = average and stations.errors[server] == 0
        average = average and stations.skills[server] == ALL_SKILLS
    return average


@inline
def strain(stations, station, waiting, now):
    """Per mille by which the length of the line hurries servers, and by which the hour tires them.

    ``waiting`` counts those left in line after the call.
    """
    hurried = min(stations.hurry[station] * waiting, stations.most_hurry[station])
    hours = max(0, now % DAY - stations.fresh_until[station]) // HOUR
    return hurried, stations.fatigue[station] * hours


@formula
def effective_work(work, pace, hurried, tired):
    """Seconds that a server takes: by its own pace, the line it sees and the hour of the day."""
    return max(1, work * max(1, pace + tired - hurried) // AVERAGE)


@formula
def errs(luck, errors, hurried, tired):
    """Mistakes are more frequent the more a server hurries and the more tired it is."""
    return luck < errors * (AVERAGE + hurried + tired)


@formula
def comes_back(back_until, now):
    """Who is sent home from the line comes back when the window opens next, up to an instant."""
    return now < back_until


@inner
def next_visit(cases, visit, last, was_served):
    """The visit made after one that ended, or ``NEVER``: a retrial if it ended unserved.

    ``last`` is the row behind the case's own.
    """
    following = visit + 1
    if not was_served:
        return following if following < last and cases.retrial[following] != 0 else NEVER
    while following < last and cases.retrial[following] != 0:
        following += 1
    return following if following < last else NEVER


@inner
def current_visit(cases, log, case):
    """The visit that a case is at or on the way to, or ``NEVER`` once it is closed."""
    visit, last = cases.first[case], cases.first[case + 1]
    while visit != NEVER and log.outcome[visit] != OPEN:
        visit = next_visit(cases, visit, last, log.outcome[visit] == SERVED)
    return visit


@inner
def comes_at(cases, log, case, visit):
    """Second at which a case comes to the door: its arrival, or its way after the visit before."""
    before = visit - 1
    while before >= cases.first[case] and log.outcome[before] == OPEN:
        before -= 1
    if before < cases.first[case]:
        return cases.arrival[case]
    return log.ended[before] + cases.delay[visit]


@formula
def place_in_line(waiting, free, calls):
    """Place an arrival would take if everybody free called now; 0 means called at once."""
    return max(0, waiting + 1 - min(free, calls))


@formula
def balks(place, tolerance):
    """An arrival that sees a longer line than it tolerates does not join."""
    return place > tolerance


@formula
def reneges(joined, patience, flags, now):
    """Who has not been called before patience ends leaves at that instant; who rejoined stays."""
    return joined + patience <= now and flags & RESTLESS == 0


@inner
def count_at(stations, station, t):
    """Servers that the roster puts on duty at second ``t``: those numbered below the count."""
    low, high = stations.roster_first[station], stations.roster_first[station + 1]
    i = last_at_or_before(stations.roster_at, low, high, t)
    return stations.roster_count[i] if i >= low else 0


@inner
def window_of_day(stations, station, t):
    """Index of the window on the civil day of ``t``, or ``NEVER`` if the door stays shut."""
    low, high = stations.window_first[station], stations.window_first[station + 1]
    midnight = (t // DAY + 1) * DAY
    i = last_at_or_before(stations.window_open, low, high, midnight - 1)
    return i if i >= low and stations.window_open[i] >= midnight - DAY else NEVER


@inner
def opening(stations, station, t):
    """Second at which the window of the civil day of ``t`` opens, or ``NEVER``."""
    window = window_of_day(stations, station, t)
    return stations.window_open[window] if window != NEVER else NEVER


@inner
def calls_left(stations, state, station, t):
    """Calls that a station may still make in the window of the day."""
    if stations.capacity[station] == FOREVER:
        return FOREVER
    is_counted = state.window[station] == opening(stations, station, t)
    return max(0, stations.capacity[station] - (state.calls[station] if is_counted else 0))


@inner
def count_call(stations, state, station, t):
    """Count a call where calls are limited, anew in each window."""
    if stations.capacity[station] < FOREVER:
        opens = opening(stations, station, t)
        if state.window[station] != opens:
            state.window[station], state.calls[station] = opens, 0
        state.calls[station] += 1


@inner
def door_shuts(stations, station, t):
    """Second of the day of ``t`` from which arrivals are turned away: close, or all day long."""
    if stations.closing[station] == CLOSING_NONE:
        return BEYOND
    window = window_of_day(stations, station, t)
    return stations.window_close[window] if window != NEVER else t // DAY * DAY


@inner
def clock_runs(stations, station, t):
    """Whether the station's clock runs; nobody is called and no work advances while it stops."""
    clock = stations.clock[station]
    return clock == ALWAYS or runs(
        stations.clock_first, stations.clock_open, stations.clock_close, clock, t
    )


@inner
def stops_at(stations, station, t):
    """Second at which the clock, running at ``t``, stops next; ``t`` itself if it stands still."""
    clock = stations.clock[station]
    if clock == ALWAYS:
        return BEYOND
    low, high = stations.clock_first[clock], stations.clock_first[clock + 1]
    i = last_at_or_before(stations.clock_open, low, high, t)
    return max(t, stations.clock_close[i]) if i >= low else t


@inner
def on_duty(stations, station, t):
    """Servers that may call at second ``t``: the roster inside the window, overtime after it.

    Under FINISH those on duty in the last second before close stay; under SEND_HOME nobody does.
    """
    if not clock_runs(stations, station, t):
        return 0
    closing = stations.closing[station]
    if closing == CLOSING_NONE:
        return count_at(stations, station, t)
    window = window_of_day(stations, station, t)
    if window == NEVER or t < stations.window_open[window]:
        return 0
    close = stations.window_close[window]
    if t < close:
        return count_at(stations, station, t)
    return count_at(stations, station, close - 1) if closing == CLOSING_FINISH else 0


@inner
def empties_line(stations, station, t):
    """Whether the line is turned away at ``t``: at midnight, and at a close nobody works beyond.

    Asked at the instants a window closes and at midnights, of stations that have windows.
    """
    if t % DAY == 0 or stations.closing[station] == CLOSING_SEND_HOME:
        return True
    return count_at(stations, station, t - 1) == 0


@inner
def nobody_stays(stations, station, t):
    """Whether the door is shut at ``t`` for the day, and no overtime is worked behind it."""
    if t < door_shuts(stations, station, t):
        return False
    window = window_of_day(stations, station, t)
    return window == NEVER or empties_line(stations, station, stations.window_close[window])


@inner
def is_turned_away(stations, station, inside, t):
    """Who comes to a shut door does not get in; who is inside already goes on in overtime."""
    if t < door_shuts(stations, station, t):
        return False
    return inside == 0 or nobody_stays(stations, station, t)


@inner
def ends_at(stations, station, started, work, now):
    """Second at which ``work`` begun at ``started`` is complete, seen from ``now``; BEYOND later.

    What counts is the work left at ``now``: the clock's future may since have changed.
    """
    clock = stations.clock[station]
    if clock == ALWAYS:
        return started + work
    columns = (
        stations.clock_first,
        stations.clock_open,
        stations.clock_close,
        stations.clock_done,
    )
    left = work - between(*columns, clock, started, now)
    return add(*columns, clock, now, left)
