"""What it costs citizens to reach a service in person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.metrics.metric import Tables, metric, ratio, total, years


def _rural(tables: Tables) -> NDArray[np.bool_]:
    rural: NDArray[np.bool_] = tables["groups"]["place"] == "rural"
    return rural


@metric("Travel to offices", unit="million km a year", better="lower", matters=0.1)
def travel(tables: Tables) -> float:
    """Kilometres to offices and back, all citizens."""
    return total(tables["groups"], "travel_metres") / 1e9 / years(tables)


@metric("Travel of rural residents", unit="km per need", better="lower", matters=0.05)
def rural_travel(tables: Tables) -> float:
    """Kilometres to offices and back for each need of a rural resident, met in person or online."""
    groups, rural = tables["groups"], _rural(tables)
    return ratio(total(groups, "travel_metres", rural) / 1000, total(groups, "needs", rural))


@metric("Visits of rural residents", unit="per 100 needs", better="neither", matters=0.1)
def rural_visits(tables: Tables) -> float:
    """Visits to counters and vans for each hundred needs of rural residents.

    A visit to a van in one's own village is not worse than a case given up: neither way is better.
    """
    groups, rural = tables["groups"], _rural(tables)
    return 100 * ratio(total(groups, "visits", rural), total(groups, "needs", rural))


@metric("Citizens' time in person", unit="thousand hours a year", better="lower", matters=5.0)
def citizen_hours(tables: Tables) -> float:
    """Hours on the road to offices and in line at offices and vans."""
    groups = tables["groups"]
    seconds = total(groups, "travel_seconds") + total(groups, "wait_seconds")
    return seconds / 3600 / 1000 / years(tables)


@metric("Calls answered", unit="%", better="higher", matters=0.5)
def calls_answered(tables: Tables) -> float:
    """Share of the region's calls that reached an agent."""
    calls = tables["calls"]
    return 100 * ratio(total(calls, "answered"), total(calls, "offered"))


@metric("Wait of answered calls", unit="s", better="lower", matters=2.0)
def call_wait(tables: Tables) -> float:
    """Mean seconds until an agent answers."""
    calls = tables["calls"]
    return ratio(total(calls, "wait_seconds"), total(calls, "answered"))
