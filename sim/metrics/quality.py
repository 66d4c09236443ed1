"""Satisfaction, trust and complaints."""

from __future__ import annotations

from sim.metrics.metric import Tables, metric, ratio, total


@metric("Satisfaction of visitors", unit="points of 100", better="higher", matters=0.5)
def satisfaction(tables: Tables) -> float:
    """Mean score of visitors of offices and vans, everybody asked."""
    groups = tables["groups"]
    return ratio(total(groups, "score_per_mille"), total(groups, "scored")) / 10


@metric("Fully satisfied visitors", unit="%", better="higher", matters=1.0)
def pleased(tables: Tables) -> float:
    """Share of visitors with more than 75 points."""
    groups = tables["groups"]
    return 100 * ratio(total(groups, "pleased"), total(groups, "scored"))


@metric("Dissatisfied visitors", unit="%", better="lower", matters=0.5)
def displeased(tables: Tables) -> float:
    """Share of visitors with fewer than 50 points."""
    groups = tables["groups"]
    return 100 * ratio(total(groups, "displeased"), total(groups, "scored"))


def _trust(tables: Tables, column: str) -> float:
    people = tables["people"]
    last = people["month"] == people["month"][-1:]  # rows are in order of months
    return ratio(total(people, column, last) / 10, total(people, "applicants", last))


@metric("Trust in service centres", unit="points of 100", better="higher", matters=0.5)
def trust_in_centres(tables: Tables) -> float:
    """Mean of all who may apply, at the end."""
    return _trust(tables, "trust_centre_per_mille")


@metric("Trust in the portal", unit="points of 100", better="higher", matters=0.5)
def trust_in_portal(tables: Tables) -> float:
    """Mean of all who may apply, at the end."""
    return _trust(tables, "trust_portal_per_mille")


@metric("Bad experiences", unit="per 1,000 needs", better="lower", matters=0.5)
def bad_experiences(tables: Tables) -> float:
    """Overdue, refused, returned, left the line, or waited too long."""
    groups = tables["groups"]
    return 1000 * ratio(total(groups, "bad_experiences"), total(groups, "needs"))


@metric("Complaints about local bodies", unit="per million cases", better="lower", matters=2.0)
def complaints(tables: Tables) -> float:
    """Complaints for each million needs of services of local bodies."""
    services = tables["services"]
    local = services["scope"] == "local"
    made = total(tables["groups"], "complaints")
    return 1e6 * ratio(made, total(services, "needs", local))
