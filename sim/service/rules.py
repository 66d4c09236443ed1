"""Rules of the line, a few lines each, written once and used by both engines."""

import numpy as np

from sim.calendars.kernels import BEYOND, add, between, last_at_or_before, runs
from sim.compiled import inline, loop
from sim.service.cases import NEVER
from sim.service.stations import ALWAYS, Closing
from sim.units import DAY

CLOSING_NONE, CLOSING_FINISH = int(Closing.NONE), int(Closing.FINISH)
CLOSING_SEND_HOME = int(Closing.SEND_HOME)
CLASS_SHIFT = 48  # a priority class stands above any due day of any run
DUE_SHIFT = 31  # a due day stands above the seconds of 68 years
MIX_SHIFT_0, MIX_SHIFT_1, MIX_SHIFT_2 = np.uint64(30), np.uint64(27), np.uint64(31)
MIX_0, MIX_1 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@inline
def tie(case_id):
    """Order cases that are otherwise equal by a fixed one-to-one mix of the id: total and fair."""
    mixed = np.uint64(case_id)
    mixed = (mixed ^ (mixed >> MIX_SHIFT_0)) * MIX_0
    mixed = (mixed ^ (mixed >> MIX_SHIFT_1)) * MIX_1
    return np.int64(mixed ^ (mixed >> MIX_SHIFT_2))


@inline
def turn(priority, due, joined):
    """Call by priority class, then by due day, then by the second of joining; the rest is a tie."""
    return (priority << CLASS_SHIFT) + (due << DUE_SHIFT) + joined


@inline
def place_in_line(waiting, free):
    """Place an arrival would take if everybody free called now; 0 means called at once."""
    return max(0, waiting + 1 - free)


@inline
def balks(place, tolerance):
    """An arrival that sees a longer line than it tolerates does not join."""
    return place > tolerance


@inline
def reneges(joined, patience, now):
    """Who has not been called before patience ends leaves at that instant."""
    return joined + patience <= now


@loop
def count_at(stations, station, t):
    """Servers that the roster puts on duty at second ``t``: those numbered below the count."""
    low, high = stations.roster_first[station], stations.roster_first[station + 1]
    i = last_at_or_before(stations.roster_at, low, high, t)
    return stations.roster_count[i] if i >= low else 0


@loop
def window_of_day(stations, station, t):
    """Index of the window on the civil day of ``t``, or ``NEVER`` if the door stays shut."""
    low, high = stations.window_first[station], stations.window_first[station + 1]
    midnight = (t // DAY + 1) * DAY
    i = last_at_or_before(stations.window_open, low, high, midnight - 1)
    return i if i >= low and stations.window_open[i] >= midnight - DAY else NEVER


@loop
def door_shuts(stations, station, t):
    """Second of the day of ``t`` from which arrivals are turned away: close, or all day long."""
    if stations.closing[station] == CLOSING_NONE:
        return BEYOND
    window = window_of_day(stations, station, t)
    return stations.window_close[window] if window != NEVER else t // DAY * DAY


@loop
def clock_runs(stations, station, t):
    """Whether the station's clock runs; nobody is called and no work advances while it stops."""
    clock = stations.clock[station]
    return clock == ALWAYS or runs(
        stations.clock_first, stations.clock_open, stations.clock_close, clock, t
    )


@loop
def stops_at(stations, station, t):
    """Second at which the clock, running at ``t``, stops next; ``t`` itself if it stands still."""
    clock = stations.clock[station]
    if clock == ALWAYS:
        return BEYOND
    low, high = stations.clock_first[clock], stations.clock_first[clock + 1]
    i = last_at_or_before(stations.clock_open, low, high, t)
    return max(t, stations.clock_close[i]) if i >= low else t


@loop
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


@loop
def empties_line(stations, station, t):
    """Whether the line is turned away at ``t``: at midnight, and at a close nobody works beyond.

    Asked at the instants a window closes and at midnights, of stations that have windows.
    """
    if t % DAY == 0 or stations.closing[station] == CLOSING_SEND_HOME:
        return True
    return count_at(stations, station, t - 1) == 0


@loop
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
