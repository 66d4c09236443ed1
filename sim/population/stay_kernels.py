"""A stay behind one door: the first visit of a case and those that are inside with it."""

import numpy as np

from sim.compiled import inline
from sim.service.cases import Flag

ERRED = int(Flag.ERRED)


@inline
def first_inside(cases, visit):
    """The visit with which the stay of a visit begins: the same one but for steps."""
    while cases.inside[visit] != 0:
        visit -= 1
    return visit


@inline
def last_inside(cases, visit, last):
    """The visit with which the stay of a visit ends, up to the ``last`` of the case."""
    while visit < last and cases.inside[visit + 1] != 0:
        visit += 1
    return visit


@inline
def waited(cases, log, first, last):
    """Seconds in line of one who was called; before an appointment nobody is kept waiting."""
    wait = np.int64(0)
    for visit in range(first, last + 1):
        wait += log.started[visit] - max(log.joined[visit], cases.slot[visit])
    return wait


@inline
def erred(log, first, last):
    """Whether a mistake was made at any of some visits."""
    found = False
    for visit in range(first, last + 1):
        found = found or log.flags[visit] & ERRED != 0
    return found
