"""Events: what is due at a second, packed into one number, and those known beforehand."""

from sim.calendars.kernels import last_at_or_before
from sim.compiled import inline, inner
from sim.engine.line_kernels import push
from sim.service.stations import ALWAYS, Closing
from sim.units import DAY

CLOSING_NONE = int(Closing.NONE)

# An event is one number: seconds since the interval began, what is due, whom it concerns.
# What takes effect first within an instant has the smaller code.
DUE_CHANGE = 0  # of roster, window or clock
DUE_END = 1  # of a service
DUE_LOSS = 2  # an outage takes its cases
DUE_LEAVE = 3  # patience is over, and somebody must notice at once
DUE_SLOT = 4  # of an appointment
DUE_CLOSE = 5  # the closing rule
DUE_REJOIN = 6  # who was sent home is back
DUE_ARRIVE = 7
OF_STATIONS = 1 << DUE_CHANGE | 1 << DUE_LOSS | 1 << DUE_CLOSE | 1 << DUE_REJOIN
SECOND_SHIFT, WHAT_SHIFT = 32, 29
WHAT, SUBJECT = 7, 2**WHAT_SHIFT - 1
WHAT_AND_SUBJECT = 2**SECOND_SHIFT - 1
LONGEST_INTERVAL = 2**31  # seconds


@inline
def key_of(second, what, subject):
    """An event ``second`` seconds into the interval: of a visit, or of a station."""
    return second << SECOND_SHIFT | what << WHAT_SHIFT | subject


@inner
def clock_rows(stations, clock, since, until):
    """Working intervals of a clock that touch ``[since, until)``, as a half-open range of rows."""
    low, high = stations.clock_first[clock], stations.clock_first[clock + 1]
    begin = max(low, last_at_or_before(stations.clock_open, low, high, since))
    return begin, last_at_or_before(stations.clock_open, low, high, until - 1) + 1


@inner
def most_controls(stations, since, until):
    """An upper bound on the events of all stations that are known before an interval."""
    n = len(stations.closing)
    bound = len(stations.roster_at) + 3 * len(stations.window_open) + len(stations.loss_at)
    bound += n * ((until - 1) // DAY - since // DAY + 2)
    for s in range(n):
        if stations.clock[s] != ALWAYS:
            low, high = clock_rows(stations, stations.clock[s], since, until)
            bound += 2 * (high - low)
    return bound


@inner
def push_controls(stations, s, since, until, events, n_events):
    """Put changes of roster, window and clock, losses, closings and midnights into the heap."""
    for i in range(stations.roster_first[s], stations.roster_first[s + 1]):
        n_events = put(events, n_events, stations.roster_at[i], DUE_CHANGE, s, since, until)
    for i in range(stations.loss_first[s], stations.loss_first[s + 1]):
        n_events = put(events, n_events, stations.loss_at[i], DUE_LOSS, s, since, until)
    clock = stations.clock[s]
    if clock != ALWAYS:
        low, high = clock_rows(stations, clock, since, until)
        for i in range(low, high):
            n_events = put(events, n_events, stations.clock_open[i], DUE_CHANGE, s, since, until)
            n_events = put(events, n_events, stations.clock_close[i], DUE_CHANGE, s, since, until)
    if stations.closing[s] == CLOSING_NONE:
        return n_events
    for i in range(stations.window_first[s], stations.window_first[s + 1]):
        opens, closes = stations.window_open[i], stations.window_close[i]
        n_events = put(events, n_events, opens, DUE_CHANGE, s, since, until)
        n_events = put(events, n_events, opens, DUE_REJOIN, s, since, until)
        n_events = put(events, n_events, closes, DUE_CLOSE, s, since, until)
    midnight = (since + DAY - 1) // DAY * DAY
    while midnight < until:
        n_events = put(events, n_events, midnight, DUE_CLOSE, s, since, until)
        midnight += DAY
    return n_events


@inline
def put(events, n_events, at, what, subject, since, until):
    """Put what falls into the interval into the heap; return its new size."""
    if since <= at < until:
        n_events = push(events, n_events, key_of(at - since, what, subject))
    return n_events
