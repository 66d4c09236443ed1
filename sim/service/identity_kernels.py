"""The daily identities of a log, visit by visit, in one pass."""

from sim.compiled import loop
from sim.service.cases import NEVER, Outcome
from sim.service.stations import Closing
from sim.units import DAY, HALF_HOUR

OPEN, SERVED = int(Outcome.OPEN), int(Outcome.SERVED)
NO_WINDOW, SEND_HOME = int(Closing.NONE), int(Closing.SEND_HOME)

SENTENCES = (
    "a visit that is called has joined before",
    "a visit ends after it is called",
    "a visit ends no earlier than it joins",
    "served visits were called and have ended",
    "visits that ended unserved were not called",
    "nothing ends after the day",
    "open visits have not ended",
    "a call comes from a server on duty, or in overtime",
    "nobody is called before opening",
    "nobody is called after close where people are sent home",
)


@loop
def first_breach(cases, log, closing, opens, closes, roster, day, broken):
    """Count, for each sentence, the visits for which it does not hold.

    Parameters
    ----------
    cases, log : Cases, Log -- as an engine left them at midnight
    closing, opens, closes : int64[n_stations] -- Closing; window of the day, seconds
    roster : int64[n_stations, 48] -- servers on duty
    broken : int64[n_sentences] -- added to
    """
    midnight = day * DAY
    for v in range(len(cases.station)):
        joined, started, ended = log.joined[v], log.started[v], log.ended[v]
        outcome, called, done = log.outcome[v], started != NEVER, ended != NEVER
        broken[0] += called and not NEVER < joined <= started
        broken[1] += called and done and ended <= started
        broken[2] += joined != NEVER and done and ended < joined
        broken[3] += outcome == SERVED and not (called and done)
        broken[4] += outcome > SERVED and called
        broken[5] += ended >= midnight + DAY
        broken[6] += (outcome == OPEN) == done
        if started < midnight:
            continue
        s, second = cases.station[v], started - midnight
        slot = second // HALF_HOUR
        if closing[s] != NO_WINDOW:
            broken[8] += opens[s] < 0 or second < opens[s]
            if second >= closes[s]:
                slot = max(closes[s] - 1, 0) // HALF_HOUR
                broken[9] += closing[s] == SEND_HOME
        broken[7] += log.server[v] >= roster[s, slot]
