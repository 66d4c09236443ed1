"""What the log of a window shows, in single passes: marks, spans, numbers present, work found.

Instants are seconds of the engine. A window is ``[begun, until)``.
"""

import math

import numpy as np

from sim.compiled import inline, loop, making
from sim.population.rules import arrives, move_trust
from sim.service.cases import NEVER, Outcome
from sim.service.rules import current_visit

SERVED, BALKED, RENEGED = int(Outcome.SERVED), int(Outcome.BALKED), int(Outcome.RENEGED)
CALLED, OVER, ABANDONED, BLOCKED = 1, 2, 4, 8  # marks of a visit
FAR = 2**62  # after all instants
CONTROLS = (0, 14, 17, 24)  # of no figure; of bounded figures, of means, of second moments


@making
def marks_of(mine, started, ended, outcome, begun, until):
    """What happened in a window to each visit that is looked at: uint8[n], marks added up."""
    marks = np.zeros(len(mine), np.uint8)
    for i in range(len(mine)):
        if not mine[i]:
            continue
        if begun <= started[i] < until:
            marks[i] = CALLED
        if begun <= ended[i] < until:
            if outcome[i] == SERVED:
                marks[i] |= OVER
            elif outcome[i] == RENEGED:
                marks[i] |= ABANDONED
            elif outcome[i] == BALKED:
                marks[i] |= BLOCKED
    return marks


@loop
def held(mine, since, to, begun, until):
    """Seconds of a window that visits spent between two instants of theirs, all together."""
    spent = 0
    for i in range(len(mine)):
        if mine[i] and since[i] != NEVER:
            end = until if to[i] == NEVER else min(to[i], until)
            spent += max(0, end - max(since[i], begun))
    return spent


@making
def open_cases(cases, log):
    """Cases with visits still to make: bool[n_cases]."""
    still_open = np.empty(len(cases.id), np.bool_)
    for case in range(len(cases.id)):
        still_open[case] = current_visit(cases, log, case) != NEVER
    return still_open


@making
def histogram(values, low, high, n_bins):
    """How many values lie below, in each of the bins, and above: float64[n_bins + 2]."""
    counts = np.zeros(n_bins + 2)
    per_unit = n_bins / (high - low)
    for x in values:
        counts[int(min(max((x - low) * per_unit + 1.0, 0.0), n_bins + 1.0))] += 1.0
    return counts


@making
def walk(came, calls, left, asks, joined, started, ended, work, begun, until):
    """Walk through a window instant by instant: how many were there, and what newcomers found.

    Parameters
    ----------
    came, left : int64[.] -- visits in the order in which they joined, and left
    calls, asks : int64[.] -- instants, ascending: of calls; at which somebody comes and looks
    joined, started, ended, work : int64[n_visits] -- of log and cases

    Returns
    -------
    time_at : int64[.] -- seconds during which nobody, one, two ... were present
    found : float64[len(asks) + 1] -- seconds of work present when each came, and at the end
    """
    time_at, found = np.zeros(len(joined) + 1, np.int64), np.empty(len(asks) + 1)
    n_came, n_calls, n_left, n_asks, number, most, now = 0, 0, 0, 0, 0, 0, begun
    present, busy, since = 0, 0, 0  # work of all, services going on, sum of their beginnings
    while True:
        leaves = ended[left[n_left]] if n_left < len(left) else FAR
        looks = asks[n_asks] if n_asks < len(asks) else FAR
        joins = joined[came[n_came]] if n_came < len(came) else FAR
        call = calls[n_calls] if n_calls < len(calls) else FAR
        at = min(leaves, looks, joins, call)
        if at >= until:
            break
        if at > now:
            time_at[number] += at - now
            now = at
        if leaves == at:
            visit = left[n_left]
            n_left += 1
            number -= 1
            present -= work[visit]
            if started[visit] != NEVER:
                busy -= 1
                since -= started[visit]
        elif looks == at:
            found[n_asks] = max(0, present - (busy * at - since))
            n_asks += 1
        elif joins == at:
            present += work[came[n_came]]
            n_came += 1
            number += 1
            most = max(most, number)
        else:
            n_calls += 1
            busy += 1
            since += at
    time_at[number] += until - now
    found[n_asks] = max(0, present - (busy * until - since))
    return time_at[: most + 1], found


@inline
def add_two(sums, k, weight, gap, work):
    """Add what the next gap and a case's work were more than expected, weighed."""
    sums[k] += weight * gap
    sums[k + 1] += weight * work


@inline
def add_squares(sums, k, weight, gap, work, both):
    """Add the same of their squares and of the product."""
    sums[k] += weight * gap
    sums[k + 1] += weight * work
    sums[k + 2] += weight * both


@making
def weighed(found, gap, work, number, expected):
    """Sums of what chance gave, less its expectation, weighed by functions of the work found.

    Chance drew a case's work, and the gap until the next case comes, after it was settled what
    work the case found; so every sum has the expectation zero, whatever the engine does with it.
    Powers of the work present at the end, less those at the beginning, have none on average in a
    system that has settled.

    Parameters
    ----------
    found : float64[n + 1] -- work found by each case, and at the end of the window
    gap, work, number : int64[n] -- until the next case; of the case; its number
    expected : Expected -- in the same unit

    Returns
    -------
    float64[CONTROLS[-1]] -- for bounded figures, then for means, then for second moments
    """
    sums = np.zeros(CONTROLS[-1])
    for i in range(len(gap)):
        v, a, s = found[i] / expected.pile, gap[i] / expected.gap, work[i] / expected.work
        a_1, a_2 = a - 1.0, a * a - expected.gap_second
        s_1, s_2, s_3 = s - 1.0, s * s - expected.work_second, s * s * s - expected.work_third
        if (number[i] + 1) % expected.batch != 0:  # the next one comes in the same batch
            a_1, a_2 = 0.0, 0.0
        near_empty = math.exp(-v)
        add_two(sums, 0, 1.0, a_1, s_1)
        add_two(sums, 2, near_empty, a_1, s_1)
        add_two(sums, 4, near_empty**4, a_1, s_1)
        add_two(sums, 6, math.exp(min(v, 1.0)), a_1, s_1)  # what a tail at one pile,
        add_two(sums, 8, math.exp(min(v, 3.0)), a_1, s_1)  # ... or at three, owes to a case
        add_squares(sums, 10, 1.0, a_2, s_2, a_1 * s_1)
        add_two(sums, 14, v, a_1, s_1)
        add_two(sums, 17, v * v, a_1, s_1)
        add_squares(sums, 19, v, a_2, s_2, a_1 * s_1)
        sums[22] += s_3
    first, last = found[0] / expected.pile, found[len(gap)] / expected.pile
    sums[13], sums[16], sums[23] = last - first, last**2 - first**2, last**3 - first**3
    return sums


@making
def first_to_arrive(u, utility):
    """The alternative that each chooser takes: int64[n], from float64[n, n_alternatives] each."""
    chosen = np.zeros(len(u), np.int64)
    for i in range(len(u)):
        soonest = math.inf
        for k in range(u.shape[1]):
            race = arrives(u[i, k], utility[i, k])
            if race < soonest:
                chosen[i], soonest = k, race
    return chosen


@making
def trust_after(trust, scores, behaviour):
    """Trust after one experience after the other: float64[n], from float64[n_experiences, n]."""
    moved = trust.copy()
    for occasion in range(len(scores)):
        for citizen in range(len(moved)):
            move_trust(moved, citizen, scores[occasion, citizen], behaviour)
    return moved
