"""A service centre that opens its counters and lets people know how long they will wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.calendars.rosters import constant, with_lunch
from sim.service.network import SHUT
from sim.service.tallies import OfficeTally
from sim.units import HOUR

if TYPE_CHECKING:
    from sim.model import ServiceModel


class ServiceCentre(mesa.Agent):
    """A one-stop office with numbered counters and one line.

    It opens on worked days with as many counters as it has; where lunch is covered in turn, a
    third of them is away in each hour from twelve to three.

    Attributes
    ----------
    code : str
        Row of the table of offices.
    station : int
        Number in the network.
    published_wait : float
        Seconds; a running mean over earlier days, which citizens know.
    """

    def __init__(self, model: ServiceModel, code: str, station: int) -> None:
        super().__init__(model)
        self.code = code
        self.station = station
        self.published_wait = 0.0

    def step(self) -> None:
        """Publish what people waited so far, and open for the day."""
        model, rules = self.model, self.model.config.office
        self._publish()
        offices = model.tables["offices"]
        row = offices.index[self.code]
        on_duty_hours = rules.hours == "duty" and offices.words("kind")[row] != "ordinary"
        opens = round(rules.opens_hour * HOUR)
        closes = round((rules.duty_closes_hour if on_duty_hours else rules.closes_hour) * HOUR)
        works = bool(model.calendar.works[model.day])
        counters = round(float(offices.numbers("counters")[row]))
        roster = constant(counters if works else 0, opens, closes)
        model.network.staff(self.station, with_lunch(roster) if rules.lunch_cover else roster)
        model.network.window(self.station, *((opens, closes) if works else (SHUT, SHUT)))
        model.line_limit[self.station] = rules.longest_line_per_counter * max(1, counters)

    def _publish(self) -> None:
        yesterday = self.model.ledger.stations[self.station]
        served = int(yesterday[OfficeTally.SERVED])
        if served:
            wait = int(yesterday[OfficeTally.WAIT_SECONDS]) / served
            memory = self.model.config.office.published_wait_memory
            self.published_wait += memory * (wait - self.published_wait)
        self.model.published_wait[self.station] = self.published_wait
