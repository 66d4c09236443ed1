"""Mobile units."""

from __future__ import annotations

from sim.metrics.metric import Tables, metric, ratio, total, years


@metric("Calls of mobile units", unit="calls a year", better="neither", matters=20.0)
def van_calls(tables: Tables) -> float:
    """Stops at villages."""
    return total(tables["vans"], "stops") / years(tables)


@metric("Cases per call of a mobile unit", unit="cases", better="neither", matters=0.5)
def van_cases(tables: Tables) -> float:
    """Visits served for each stop at a village."""
    counters = tables["counters"]
    vans = counters["role"] == "van"
    return ratio(total(counters, "served", vans), total(tables["vans"], "stops"))


@metric("Left over at mobile units", unit="%", better="lower", matters=1.0)
def van_left_over(tables: Tables) -> float:
    """Share of visits to a mobile unit that were not served before it drove on."""
    counters = tables["counters"]
    vans = counters["role"] == "van"
    arrived = total(counters, "arrived", vans)
    return 100 * ratio(arrived - total(counters, "served", vans), arrived)


@metric("Cost per case of mobile units", unit="money", better="neither", matters=250.0)
def van_cost_per_case(tables: Tables) -> float:
    """Crew, road and vehicles over the visits served."""
    bill, counters = tables["bill"], tables["counters"]
    items = ("mobile crews", "mobile road", "mobile vehicles")
    paid = sum(total(bill, "paid", bill["item"] == item) for item in items)
    return ratio(paid, total(counters, "served", counters["role"] == "van"))
