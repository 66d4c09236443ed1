"""Clinics, schools and other organisations that render mass services themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.calendars.rosters import constant
from sim.service.network import SHUT
from sim.units import HOUR

if TYPE_CHECKING:
    from sim.model import ServiceModel
    from sim.population.world import World

READING = {"at_provider": "desks_at_provider", "mixed": "desks_mixed", "portal": "desks_mixed"}


class ProviderOrganisation(mesa.Agent):
    """All points of service of one sector in one district, taken together.

    Its counters take who comes in person, its back staff decides what is filed, in person or
    online; how many counters it keeps follows how the remainder of the volumes is read.

    Attributes
    ----------
    code : str
        Row of the table of providers.
    counter, desk : int
        Stations in the network.
    """

    def __init__(self, model: ServiceModel, code: str, counter: int, desk: int) -> None:
        super().__init__(model)
        self.code = code
        self.counter = counter
        self.desk = desk
        self._opened_in: tuple[World, bool] | None = None

    def step(self) -> None:
        """Open for the day; nothing to do while neither the rules nor the kind of day change."""
        model, rules = self.model, self.model.config.back_office
        works = bool(model.calendar.works[model.day])
        if self._opened_in == (model.world, works):
            return
        self._opened_in = (model.world, works)
        providers = model.tables["providers"]
        row = providers.index[self.code]
        opens = round(float(providers.numbers("opens_hour")[row]) * HOUR)
        closes = round(float(providers.numbers("closes_hour")[row]) * HOUR)
        counters = float(providers.numbers(READING[model.config.scope.rest])[row])
        model.network.staff(self.counter, constant(max(1.0, counters), opens, closes))
        model.network.window(self.counter, *((opens, closes) if works else (SHUT, SHUT)))
        staff = max(1.0, float(providers.numbers("back_staff")[row])) * model.presence
        hours = (round(rules.opens_hour * HOUR), round(rules.closes_hour * HOUR))
        model.network.staff(self.desk, constant(staff, *hours))
