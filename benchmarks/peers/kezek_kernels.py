"""Around the engine on W2: rounds become open cases, closed ones outcomes; and draws by address.

A round is one passage of a customer through a centre and perhaps a department: one case. Whoever
comes back on a later day makes a new round. All times are whole seconds.
"""

import common as k
import numpy as np

from sim.chance.kernels import (
    exponential,
    half_uniforms,
    lognormal,
    philox,
    sigma_of,
    uniform,
)
from sim.compiled import inline, loop
from sim.service.cases import FOREVER, NEVER, Outcome
from sim.units import HOUR, MINUTE

SERVED, RENEGED = int(Outcome.SERVED), int(Outcome.RENEGED)
AT_COUNTER, AT_DEPARTMENT, ABANDONED = 0, 1, 2  # outcomes of a customer, as all peers write them
N_CENTRES, URGENT_SHARE, BACK_SHARE = k.W2_R, k.W2_P0, k.W2_PREWORK
PATIENCE, WORK, DESK_WORK = MINUTE * k.W2_PATIENCE, MINUTE * k.W2_CMEAN, MINUTE * k.W2_DMEAN
WORK_SIGMA, DESK_SIGMA = sigma_of(k.W2_CCV), sigma_of(k.W2_DCV)
BACK_WITHIN = 8 * HOUR  # of the opening of the next working day
COUNTER, DEPARTMENT = np.uint64(0), np.uint64(1)  # blocks of four words a round


@loop
def open_rounds(book, n, customers, draws, row, who, when, serial):
    """Write a case behind the ``n`` open ones for each of ``who``; return how many are open then.

    Parameters
    ----------
    book : Book
    n, row, serial : int -- open cases; first row of ``draws`` to use; number of the first case
    customers : Customers
    draws : Draws
    who, when : int64[n_rounds] -- customers, and the seconds at which they come
    """
    cases, first = book.cases, book.cases.first
    for i in range(len(who)):
        visit, drawn, customer = first[n], row + i, who[i]
        cases.id[n], cases.arrival[n], book.customer[n] = serial + i, when[i], customer
        cases.priority[n] = customers.priority[customer]
        cases.station[visit] = customers.centre[customer]
        cases.work[visit], cases.patience[visit] = draws.work[drawn], draws.patience[drawn]
        last = visit + 1
        if draws.department[drawn] != NEVER:
            cases.station[last] = N_CENTRES + draws.department[drawn]
            cases.work[last], cases.patience[last] = draws.desk_work[drawn], FOREVER
            book.comes_back[n] = draws.comes_back[drawn]
            last += 1
        n += 1
        first[n] = last
    return n


@loop
def settle(book, n, customers, next_opening, who, when):
    """Write down what became of closed cases and keep the others; who comes back goes to ``who``.

    Parameters
    ----------
    next_opening : int -- second at which the next working day begins
    who, when : int64 -- room for those who come back then, and for when they come

    Returns
    -------
    n_open, n_back : int
    """
    log, first = book.log, book.cases.first
    n_open, n_visits, n_back = 0, 0, 0
    for case in range(n):
        low, high = first[case], first[case + 1]
        customer, last = book.customer[case], high - 1
        if log.outcome[low] == RENEGED:
            customers.waited[customer] += log.ended[low] - log.joined[low]
            customers.ended[customer], customers.outcome[customer] = log.ended[low], ABANDONED
        elif log.outcome[last] == SERVED:
            customers.waited[customer] += log.started[low] - log.joined[low]
            customers.ended[customer] = log.ended[last]
            customers.outcome[customer] = AT_DEPARTMENT if last > low else AT_COUNTER
            if last > low and book.comes_back[case] != NEVER:
                who[n_back], when[n_back] = customer, next_opening + book.comes_back[case]
                n_back += 1
        else:
            keep(book, case, n_open, low, high, n_visits)
            n_open, n_visits = n_open + 1, n_visits + high - low
            first[n_open] = n_visits
    return n_open, n_back


@inline
def keep(book, case, to_case, low, high, to_visit):
    """Move an open case to an earlier row."""
    cases, log = book.cases, book.log
    for column in (cases.id, cases.arrival, cases.priority, book.customer, book.comes_back):
        column[to_case] = column[case]
    for visit in range(low, high):
        to = to_visit + visit - low
        for column in (
            cases.station, cases.work, cases.patience,
            log.joined, log.started, log.ended, log.server, log.work,
        ):  # fmt: skip
            column[to] = column[visit]
        log.outcome[to], log.flags[to] = log.outcome[visit], log.flags[visit]


@inline
def seconds(x):
    """A drawn duration in whole seconds, at least one."""
    return max(1, np.int64(x + 0.5))


@inline
def draw_round(draws, row, words, customer, centre, day, seed, key, way_on):
    """Draw a round at its address; the words of its first block are given."""
    draws.work[row] = seconds(lognormal(uniform(words[1]), WORK, WORK_SIGMA))
    draws.patience[row] = seconds(PATIENCE * exponential(uniform(words[2])))
    _, u = half_uniforms(words[3])
    draws.department[row] = way_on[np.int64(u * len(way_on))]
    if draws.department[row] != NEVER:
        words = philox(seed, key, customer, centre, day, DEPARTMENT)
        draws.desk_work[row] = seconds(lognormal(uniform(words[0]), DESK_WORK, DESK_SIGMA))
        u = uniform(words[1]) / BACK_SHARE
        draws.comes_back[row] = np.int64(u * BACK_WITHIN) if u < 1.0 else NEVER


@loop
def come_back(customers, draws, who, day, seed, key, way_on):
    """Draw the rounds of those who come back today into the first rows of ``draws``."""
    for row in range(len(who)):
        customer, on = np.uint64(who[row]), np.uint64(day)
        centre = np.uint64(customers.centre[who[row]])
        words = philox(seed, key, customer, centre, on, COUNTER)
        draw_round(draws, row, words, customer, centre, on, seed, key, way_on)


@loop
def arrive(customers, n, draws, row, day, opens, rate, cumulative, seed, key, way_on):
    """Let the day's new customers come, each gap and round drawn at its own address.

    Parameters
    ----------
    n, row : int -- customers so far; first row of ``draws`` to fill
    day, opens : int -- working day; second at which it opens
    rate : float64[N_CENTRES] -- customers a day
    cumulative : float64[n_hours + 1] -- share of a day's customers that come before each full hour
    seed, key : uint64 -- of the draws
    way_on : int8[.] -- departments, or NEVER, each entry as likely as any other

    Returns
    -------
    n : int -- customers now
    """
    for centre in range(N_CENTRES):
        share, hour = 0.0, 0
        at, on = np.uint64(centre), np.uint64(day)
        while True:
            words = philox(seed, key, np.uint64(n), at, on, COUNTER)
            share += exponential(uniform(words[0])) / rate[centre]
            while hour < len(cumulative) - 1 and share >= cumulative[hour + 1]:
                hour += 1
            if hour == len(cumulative) - 1:
                break
            part = (share - cumulative[hour]) / (cumulative[hour + 1] - cumulative[hour])
            customers.arrival[n] = opens + np.int64((hour + part) * HOUR)
            customers.centre[n] = centre
            u, _ = half_uniforms(words[3])
            customers.priority[n] = u >= URGENT_SHARE
            draw_round(draws, row, words, np.uint64(n), at, on, seed, key, way_on)
            n, row = n + 1, row + 1
    return n
