"""Which departments carry the load: cases follow service types, residents or staff.

Nobody has published cases by department. Inside a unit (departments of one employer) they follow
(service types)^a x (residents)^b x (staff)^c with a + b + c = 1; residents are the same for all of
them. The load of the unit's desks is drawn, and each department's share of time is solved so that
its desks are as busy as its volume makes them. Cases themselves stay where the register has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.region.table import Table
from sim.service.loads import Load

CORNERS = ("types", "staff", "residents")
LIGHTEST, HEAVIEST = 0.05, 0.9  # load of desks: a base with 1 or more could not be served
LEAST, MOST = 0.02, 0.80  # share of time on services


def weights_of(u: float, v: float) -> tuple[float, float]:
    """Weights of service types and of staff, from two shares; any point of the triangle as likely.

    >>> weights_of(0.2, 0.3), weights_of(0.75, 0.5)
    ((0.2, 0.3), (0.25, 0.5))
    """
    return (u, v) if u + v <= 1 else (1 - u, 1 - v)


def corner_of(types: float, staff: float) -> str:
    """What volumes follow most.

    >>> corner_of(0.6, 0.2), corner_of(0.1, 0.2)
    ('types', 'residents')
    """
    return CORNERS[int(np.argmax((types, staff, 1 - types - staff)))]


def shares_of_time(
    bodies: Table, loads: Sequence[Load], types: float, staff: float, load: float
) -> dict[str, dict[str, float]]:
    """Cells of the table of bodies that give their desks the loads of a point of the triangle.

    Parameters
    ----------
    loads : sequence of Load
        Expected loads as the table stands.
    types, staff : float
        Weights of service types and of staff; residents have what is left of one.
    load : float
        Work over time on duty of all desks of a unit.
    """
    now = {one.station: one for one in loads}
    employers, share = bodies.words("employer"), bodies.numbers("share_of_time")
    n_types, n_staff = bodies.numbers("service_types"), bodies.numbers("staff")
    found: dict[str, dict[str, float]] = {}
    for employer in dict.fromkeys(employers):
        rows = [
            i
            for i, code in enumerate(bodies.rows)
            if employers[i] == employer and share[i] > 0 and code in now
        ]
        if not rows:
            continue
        work = np.array([now[bodies.rows[i]].work_hours for i in rows])
        is_counted = bool((n_types[rows] > 0).all())  # nobody counts the types of state bodies
        relative = n_types[rows] ** types * n_staff[rows] ** (staff - 1) if is_counted else 1.0
        for i, aim in zip(rows, _loads(work, relative * np.ones(len(rows)), load), strict=True):
            before = now[bodies.rows[i]].load
            solved = float(np.clip(share[i] * before / aim, LEAST, MOST))
            found[bodies.rows[i]] = {"share_of_time": round(solved, 4)}
    return found


def _loads(
    work: NDArray[np.float64], relative: NDArray[np.float64], load: float
) -> NDArray[np.float64]:
    """Loads in proportion to volume over staff whose desks together have the unit's load."""
    scale = load * float((work / relative).sum()) / max(float(work.sum()), 1e-9)
    return np.clip(scale * relative, LIGHTEST, HEAVIEST)


def still_overloaded(
    bodies: Table, loads: Sequence[Load], cells: Mapping[str, Mapping[str, float]]
) -> bool:
    """Whether a station has more work than time even with the shares of time that were solved."""
    share = bodies.numbers("share_of_time")
    return any(
        one.load * share[bodies.index[one.station]] / cells[one.station]["share_of_time"] >= 1
        if one.station in cells
        else one.load >= 1
        for one in loads
    )
