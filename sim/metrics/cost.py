"""Public cost."""

from __future__ import annotations

from sim.metrics.metric import Tables, metric, needs_done, ratio, total, years


@metric("Public cost", unit="million money a year", better="lower", matters=10.0)
def public_cost(tables: Tables) -> float:
    """Everything paid: posts whether busy or not, road, cases, investments."""
    return total(tables["bill"], "paid") / 1e6 / years(tables)


@metric("Public cost per need, average", unit="money", better="lower", matters=2.0)
def public_cost_per_need(tables: Tables) -> float:
    """Everything paid over the needs that came to an end."""
    return ratio(total(tables["bill"], "paid"), needs_done(tables))


@metric("Public cost per need, avoidable", unit="money", better="lower", matters=2.0)
def avoidable_cost_per_need(tables: Tables) -> float:
    """What followed the work, over the needs that came to an end: saved only if posts close."""
    return ratio(total(tables["bill"], "followed_work"), needs_done(tables))


@metric("Cost per visit to an office, average", unit="money", better="neither", matters=20.0)
def cost_per_visit(tables: Tables) -> float:
    """Posts of offices over visits served there."""
    bill, counters = tables["bill"], tables["counters"]
    paid = total(bill, "paid", bill["item"] == "office posts")
    return ratio(paid, total(counters, "served", counters["role"] == "office"))
