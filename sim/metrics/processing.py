"""How cases are decided at desks."""

from __future__ import annotations

import numpy as np

from sim.metrics.metric import Tables, bodies, metric, ratio, total


@metric("Decided on time", unit="%", better="higher", matters=0.5)
def on_time(tables: Tables) -> float:
    """Share of desk decisions within their limit in working days."""
    services = tables["services"]
    good = total(services, "on_time")
    return 100 * ratio(good, good + total(services, "overdue"))


@metric("Time to decision at desks", unit="working days", better="lower", matters=0.1)
def processing_days(tables: Tables) -> float:
    """Working days from filing to decision, mean of the cases that a desk decided."""
    services = tables["services"]
    return ratio(total(services, "working_days"), total(services, "desk"))


@metric("Time to decision, local bodies", unit="working days", better="lower", matters=0.1)
def processing_days_local(tables: Tables) -> float:
    """The same for services of local bodies, those of provider organisations included."""
    services = tables["services"]
    local = services["scope"] == "local"
    return ratio(total(services, "working_days", local), total(services, "desk", local))


@metric("Decided without a person", unit="%", better="neither", matters=0.5)
def auto_share(tables: Tables) -> float:
    """Share of decisions made by rule at once."""
    services = tables["services"]
    auto = total(services, "auto")
    return 100 * ratio(auto, auto + total(services, "desk"))


@metric("Returned for documents", unit="% of decisions", better="lower", matters=0.2)
def returned(tables: Tables) -> float:
    """Share of files sent back to the applicant, at a counter or a desk."""
    services = tables["services"]
    back = total(services, "returned")
    return 100 * ratio(back, back + total(services, "issued") + total(services, "refused"))


@metric("Backlog of bodies", unit="cases", better="lower", matters=20.0)
def backlog(tables: Tables) -> float:
    """Cases open at desks of bodies at midnight, mean over days."""
    desks, here = bodies(tables)
    days = len(np.unique(desks["date"]))
    return ratio(total(desks, "backlog", here), days)


@metric("Wait for a desk", unit="hours", better="lower", matters=1.0)
def desk_wait(tables: Tables) -> float:
    """Clock hours, nights included, that a case lies before a desk of a body takes it."""
    desks, here = bodies(tables)
    return ratio(total(desks, "wait_seconds", here), total(desks, "ended", here)) / 3600
