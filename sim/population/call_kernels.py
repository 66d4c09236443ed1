"""Calls of people outside the region, who share the pool of agents."""

import numpy as np

from sim.chance.kernels import exponential, lognormal, philox, uniform
from sim.chance.streams import Stream, stream_key
from sim.compiled import loop
from sim.population.day_kernels import second_of_day
from sim.population.intake_kernels import call_again, set_visit, whole_seconds
from sim.service.cases import FOREVER, NEVER
from sim.units import DAY, HALF_HOUR

ELSEWHERE = stream_key(Stream.ELSEWHERE)
ID_STEP = 1 << 24  # calls a day


@loop
def calls_from_elsewhere(
    expected, intake, call_hours, seed, replication, date, day, station, cases, particulars
):
    """Draw a day's calls from elsewhere: Poisson, by the hour profile; returns how many.

    Parameters
    ----------
    expected : float -- calls on the day
    date : int -- ordinal of the civil date, the address of the day
    cases, particulars : filled; room for expected + 8 standard deviations

    Returns
    -------
    int -- number of calls, or -1 if there is no room for them
    """
    if expected <= 0.0:
        return 0
    share, n, visit = 0.0, 0, 0
    while n < len(cases.id):
        words = philox(seed, ELSEWHERE, np.uint64(n), np.uint64(date), np.uint64(0), replication)
        share += exponential(uniform(words[0])) / expected
        if share >= 1.0:
            return n
        work = whole_seconds(lognormal(uniform(words[1]), intake.call_seconds, intake.call_sigma))
        patience = whole_seconds(intake.call_patience * exponential(uniform(words[2])))
        cases.id[n] = -(np.int64(date) * ID_STEP + n) - 1
        cases.arrival[n] = day * DAY + second_of_day(share, call_hours)
        cases.priority[n] = 1
        set_visit(cases, visit, station, work, patience, FOREVER, 0)
        visit += 1
        if intake.again > 0.0:
            visit = call_again(
                cases, visit, station, work, intake, seed, replication, n, date, np.uint64(0)
            )
        cases.first[n + 1] = visit
        particulars["citizen"][n] = NEVER
        n += 1
    return -1


@loop
def occupy(book, station, midnight, change):
    """Add the calls of a book to the changes of occupancy by second, as if nobody ever waited.

    Parameters
    ----------
    book : Book -- calls under way and calls of today
    change : int64[DAY + 1] -- of the number of busy agents at each second; added to
    """
    cases, _, log = book
    for case in range(len(cases.id)):
        visit = cases.first[case]
        if cases.station[visit] == station and log.ended[visit] == NEVER:
            begins = cases.arrival[case]
            if log.started[visit] != NEVER:
                begins = log.started[visit]
            change[min(max(begins - midnight, 0), DAY)] += 1
            change[min(max(begins + cases.work[visit] - midnight, 0), DAY)] -= 1


@loop
def fits(change, roster):
    """Whether no more agents would ever be busy than are on duty: then nobody waits.

    Parameters
    ----------
    change : int64[DAY + 1] -- of the number of busy agents at each second
    roster : int64[48] -- agents on duty by half-hour
    """
    busy = 0
    for second in range(DAY):
        busy += change[second]
        if busy > roster[second // HALF_HOUR]:
            return False
    return True
