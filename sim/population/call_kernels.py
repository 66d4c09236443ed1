"""Calls of people outside the region, who share the pool of agents."""

import numpy as np

from sim.chance.kernels import exponential, lognormal, philox, uniform
from sim.chance.streams import Stream, stream_key
from sim.compiled import loop
from sim.population.day_kernels import second_of_day
from sim.population.intake_kernels import set_visit, whole_seconds
from sim.service.cases import FOREVER, NEVER
from sim.units import DAY

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
    """
    if expected <= 0.0:
        return 0
    share, n = 0.0, 0
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
        cases.first[n], cases.first[n + 1] = n, n + 1
        set_visit(cases, n, station, work, patience, FOREVER)
        particulars.citizen[n] = NEVER
        n += 1
    return -1
