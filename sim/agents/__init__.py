"""Who decides. The model lets them step in the order of ``AGENTS``."""

from __future__ import annotations

from sim.agents.back_office import BackOffice, Employer
from sim.agents.call_centre import CallCentre
from sim.agents.citizens import Citizen, Citizens
from sim.agents.counter_system import CounterSystem
from sim.agents.mobile_unit import MobileUnit
from sim.agents.oversight import Oversight
from sim.agents.portal import Portal
from sim.agents.provider_organisation import ProviderOrganisation
from sim.agents.service_centre import ServiceCentre
from sim.agents.workplace import Workplace

AGENTS = (
    Portal,
    CounterSystem,
    MobileUnit,
    ServiceCentre,
    ProviderOrganisation,
    Employer,
    BackOffice,
    Oversight,
    CallCentre,
    Citizens,
)

__all__ = [
    "AGENTS",
    "BackOffice",
    "CallCentre",
    "Citizen",
    "Citizens",
    "CounterSystem",
    "Employer",
    "MobileUnit",
    "Oversight",
    "Portal",
    "ProviderOrganisation",
    "ServiceCentre",
    "Workplace",
]
