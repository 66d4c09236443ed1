"""How work is spread over bodies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.metrics.metric import Tables, bodies, metric


def utilisation_by_body(tables: Tables) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Bodies that were sent work, and work over time on duty of their desks."""
    desks, here = bodies(tables)
    names, row = np.unique(desks["station"][here], return_inverse=True)
    busy = np.bincount(row, weights=desks["busy_seconds"][here])
    duty = np.bincount(row, weights=desks["duty_seconds"][here])
    worked = (busy > 0) & (duty > 0)
    return names[worked], busy[worked] / duty[worked]


@metric("Utilisation of the busiest body", unit="%", better="lower", matters=2.0)
def desk_utilisation_max(tables: Tables) -> float:
    """The highest utilisation of desks of any body."""
    _, use = utilisation_by_body(tables)
    return float(100 * use.max()) if len(use) else float("nan")


@metric("Spread of utilisation over bodies", unit="points", better="lower", matters=1.0)
def desk_utilisation_spread(tables: Tables) -> float:
    """Standard deviation over bodies of the utilisation of their desks."""
    _, use = utilisation_by_body(tables)
    return float(100 * use.std()) if len(use) else float("nan")


@metric("Utilisation of all bodies", unit="%", better="neither", matters=1.0)
def desk_utilisation(tables: Tables) -> float:
    """Work over time on duty, desks of all bodies together."""
    desks, here = bodies(tables)
    duty = desks["duty_seconds"][here].sum()
    return float(100 * desks["busy_seconds"][here].sum() / duty) if duty else float("nan")
