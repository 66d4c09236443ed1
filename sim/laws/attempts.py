"""How often somebody calls who finds the server busy: how long chains of calls must be."""

from __future__ import annotations

import numpy as np

from sim.laws.expressed import NotExpressedError
from sim.laws.seen import Floats

LOST = 1e-5  # share of the repeated calls that chains may leave out
LONGEST = 1_000  # calls of a case
MOST_WAITING = 600  # who may be about to call again, at once
UNLIKELY = 1e-12


def calls_of(arrives: float, ends: float, again: float) -> int:
    """Calls of a case, so that all but ``LOST`` of the calls made again are made.

    Parameters
    ----------
    arrives, ends, again : float
        Rates: at which cases come, services end, and somebody who was refused calls again.

    Raises
    ------
    NotExpressedError
        Chains would be too long.
    """
    others = others_at_refusal(arrives, ends, again)
    refused = refusals(arrives, ends, again, len(others))
    more = np.linalg.inv(np.eye(len(others)) - refused).sum(axis=1)
    allowed = LOST * float(others @ more)
    for calls in range(1, LONGEST + 1):
        if float(others @ more) <= allowed:
            return calls
        others = np.asarray(others @ refused)
    raise NotExpressedError(
        f"some would call more than {LONGEST} times before they get in: the load is too high, "
        "or they call again too soon"
    )


def others_at_refusal(arrives: float, ends: float, again: float) -> Floats:
    """The chance that so many others are about to call again when a newcomer is refused."""
    n = np.arange(MOST_WAITING + 1)
    grows = arrives * (arrives + n * again) / (ends * (n + 1) * again)  # idle, from n to n + 1
    idle = np.concatenate([[0.0], np.cumsum(np.log(grows[:-1]))])
    busy = np.log(arrives + n * again) - np.log(ends) + idle
    chance: Floats = np.exp(busy - busy.max())
    likely = np.flatnonzero(chance > UNLIKELY)
    if likely[-1] == MOST_WAITING:
        raise NotExpressedError(
            f"more than {MOST_WAITING} would be about to call again: the load is too high, "
            "or they take too long"
        )
    found: Floats = chance[: likely[-1] + 1] / chance[: likely[-1] + 1].sum()
    return found


def refusals(arrives: float, ends: float, again: float, n: int) -> Floats:
    """From so many others at a refusal to so many at the next: the chance that one follows.

    Between two calls of one of them, which are ``again`` apart, the others come, call and leave.
    """
    others = np.arange(n)
    flow = np.zeros((2, n, 2, n))  # from busy or not, and so many others, to
    flow[0, others, 1, others] = arrives
    flow[0, others[1:], 1, others[1:] - 1] = others[1:] * again
    flow[1, others[:-1], 1, others[:-1] + 1] = arrives
    flow[1, others, 0, others] = ends
    rates = flow.reshape(2 * n, 2 * n)
    leaves = np.diag(rates.sum(axis=1) + again)
    reached = np.linalg.inv(leaves - rates)[n:, n:]
    return np.asarray(again * reached, np.float64)
