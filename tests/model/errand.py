"""People sent on errands by hand, all on one bus, so that a day can be worked out on paper."""

from __future__ import annotations

import numpy as np

from sim.model import ServiceModel
from sim.population.people import Can
from sim.service.cases import NEVER
from sim.service.requests import REQUEST, Channel, Kind
from sim.units import DAY, HOUR

NOBODY_ELSE = (
    "demand.factor=0", "travel.by_bus_pct=100",
    "run.days=20", "run.run_in_days=1", "office.patience_minutes=100000", "mobile.units=0",
)  # fmt: skip


def of_one_village(one: ServiceModel, n: int, has: Can = Can.APPLY) -> np.ndarray:
    """The first villagers of one village who have something and no right to be called first."""
    people, places = one.citizens.people, one.world.places
    able = (people.can & has == has) & (people.can & Can.PRIORITY == 0)
    for village in np.flatnonzero(places.rural):
        found = np.flatnonzero(able & (people.settlement == village))
        if len(found) >= n:
            return found[:n]
    raise AssertionError("no village is large enough")


def bus_of(one: ServiceModel, citizen: int) -> int:
    """Second of the day at which the bus of a village arrives."""
    village = int(one.citizens.people.settlement[citizen])
    return 9 * HOUR + village * 1_009 % (2 * HOUR)


def send(
    one: ServiceModel, citizens: np.ndarray, service: str, kind: Kind = Kind.FILING
) -> dict[str, np.ndarray]:
    """Let them go to the office on the first worked day; what the log says of them at night.

    Times are seconds from the arrival of the bus, NEVER where there is none; visits come in rows.
    """
    while not one.calendar.works[one.day]:
        one.step()
    requests = np.zeros(len(citizens), dtype=REQUEST)
    requests["day"], requests["second"], requests["citizen"] = one.day, NEVER, citizens
    requests["root"], requests["service"] = 1, one.tables["services"].index[service]
    requests["kind"], requests["channel"] = kind, Channel.OFFICE
    one.agenda.add(requests)
    bus = one.day * DAY + bus_of(one, int(citizens[0]))
    one.step()
    cases, about, log = one.served
    seen = {name: getattr(log, name) for name in ("joined", "started", "ended")}
    found = {name: np.where(at == NEVER, NEVER, at - bus) for name, at in seen.items()}
    found["citizen"] = np.repeat(about["citizen"], np.diff(cases.first))
    found["station"] = np.array([one.network.names[s] for s in cases.station])
    found["outcome"] = log.outcome
    return found
