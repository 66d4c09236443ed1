"""Work at counters of service centres."""

from __future__ import annotations

from sim.metrics.metric import Tables, metric, offices, ratio, total, years


@metric("Visits to offices", unit="thousand a year", better="lower", matters=5.0)
def office_visits(tables: Tables) -> float:
    """Visits to counters of service centres, however they ended; without mobile units."""
    counters, here = offices(tables)
    return total(counters, "arrived", here) / 1000 / years(tables)


@metric("Utilisation of counters", unit="%", better="neither", matters=1.0)
def counter_utilisation(tables: Tables) -> float:
    """Time of service over the time counters were on duty."""
    counters, here = offices(tables)
    return 100 * ratio(total(counters, "busy_seconds", here), total(counters, "duty_seconds", here))


@metric("Overtime at counters", unit="hours a year", better="lower", matters=50.0)
def overtime(tables: Tables) -> float:
    """Hours of service after close."""
    counters, here = offices(tables)
    return total(counters, "overtime_seconds", here) / 3600 / years(tables)


@metric("Return visits with documents", unit="% of visits", better="lower", matters=0.5)
def return_visits(tables: Tables) -> float:
    """Share of visits to offices made only because documents were missing before."""
    services = tables["services"]
    return 100 * ratio(total(services, "return_visits"), total(services, "office_visits"))
