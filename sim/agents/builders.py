"""Put the agents of a region into a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.agents.back_office import BackOffice, Employer
from sim.agents.call_centre import CallCentre
from sim.agents.citizens import Citizens
from sim.agents.counter_system import CounterSystem
from sim.agents.mobile_unit import MobileUnit
from sim.agents.oversight import Oversight
from sim.agents.portal import Portal
from sim.agents.provider_organisation import ProviderOrganisation
from sim.agents.service_centre import ServiceCentre
from sim.population.synthesis import synthesise_people
from sim.service.layout import CALL_CENTRE, counter_of, desk_of, stop_of
from sim.service.network import Role

if TYPE_CHECKING:
    from sim.model import ServiceModel


def add_agents(model: ServiceModel) -> None:
    """Create one agent per office, vehicle, body and organisation, and one for all citizens."""
    index, tables = model.network.index, model.tables
    Portal(model)
    CounterSystem(model)
    _add_units(model)
    for code in tables["offices"].rows:
        ServiceCentre(model, code, index[code])
    providers = tables["providers"]
    for i, code in enumerate(providers.rows):
        place = (providers.words("sector")[i], providers.words("district")[i])
        ProviderOrganisation(model, code, index[counter_of(*place)], index[desk_of(*place)])
    bodies = tables["bodies"]
    offices = {code: BackOffice(model, code, index[code]) for code in bodies.rows}
    for name in tables["employers"].rows:
        rows = [
            code
            for code, who in zip(bodies.rows, bodies.words("employer"), strict=True)
            if who == name
        ]
        Employer(model, name, [offices[code] for code in rows])
    Oversight(model)
    CallCentre(model, index[CALL_CENTRE])
    Citizens(model, synthesise_people(tables, model.config, model.world.places))


def _add_units(model: ServiceModel) -> None:
    """Vans and their villages; vans beyond those of the table share the routes in turn."""
    vans, settlements = model.tables["vans"], model.tables["settlements"]
    n_units = len(model.network.of(Role.VAN)) // 2
    is_village = settlements.numbers("road_km_to_centre") > 0
    for unit in range(n_units):
        route = unit % len(vans)
        served = vans.words("districts")[route].split()
        mine = [word in served for word in settlements.words("district")]
        villages = np.flatnonzero(is_village & np.array(mine))
        stops = (model.network.index[stop_of(unit, 0)], model.network.index[stop_of(unit, 1)])
        MobileUnit(model, unit, vans.rows[route], villages, stops)
