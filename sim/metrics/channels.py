"""Which channels needs take, and what fails there."""

from __future__ import annotations

from sim.metrics.metric import Tables, metric, ratio, total, years


@metric("Needs that go online first", unit="%", better="neither", matters=0.5)
def online_share(tables: Tables) -> float:
    """Share of needs whose first request is made on the portal or in the app."""
    services = tables["services"]
    online = total(services, "web") + total(services, "app")
    return 100 * ratio(online, total(services, "needs"))


@metric("Needs that go to the app first", unit="%", better="neither", matters=0.5)
def app_share(tables: Tables) -> float:
    """Share of needs whose first request is made in the app."""
    services = tables["services"]
    return 100 * ratio(total(services, "app"), total(services, "needs"))


@metric(
    "Visits caused by failed attempts online", unit="% of visits", better="neither", matters=0.5
)
def failure_visits(tables: Tables) -> float:
    """Share of visits to offices made because an attempt online had failed."""
    services = tables["services"]
    return 100 * ratio(total(services, "assisted_visits"), total(services, "office_visits"))


@metric("Contacts per need", unit="contacts", better="lower", matters=0.01)
def contacts_per_need(tables: Tables) -> float:
    """Attempts online, visits and calls for each need."""
    services = tables["services"]
    kinds = ("attempts", "office_visits", "van_visits", "body_visits", "calls")
    return ratio(sum(total(services, name) for name in kinds), total(services, "needs"))


@metric("Needs given up", unit="per 1,000 needs", better="lower", matters=0.2)
def given_up(tables: Tables) -> float:
    """Needs that ended without a decision."""
    services = tables["services"]
    return 1000 * ratio(total(services, "gave_up"), total(services, "needs"))


@metric("Attempts that met an outage", unit="%", better="lower", matters=0.2)
def outage_attempts(tables: Tables) -> float:
    """Share of attempts online made while the portal was out of order."""
    services = tables["services"]
    return 100 * ratio(total(services, "outages"), total(services, "attempts"))


@metric("Needs", unit="thousand a year", better="neither", matters=50.0)
def needs(tables: Tables) -> float:
    """Needs that citizens acted on."""
    return total(tables["services"], "needs") / 1000 / years(tables)
