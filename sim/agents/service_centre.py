"""A service centre that opens its counters and lets people know how long they will wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.calendars.rosters import constant, with_lunch
from sim.chance.kernels import lognormal, sigma_of
from sim.chance.streams import Stream, uniforms
from sim.population.intake_kernels import SHORT_MATTER
from sim.service.network import SHUT
from sim.service.stations import ALL_SKILLS, AVERAGE
from sim.service.tallies import OfficeTally
from sim.units import HOUR, MINUTE

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
        self._equipped_for: tuple[object, ...] = ()

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
        self._equip(counters, opens)
        if works and model.config.appointments.booked_pct > 0:
            self._offer_slots(counters, opens, closes)

    def _equip(self, counters: int, opens: int) -> None:
        """How fast, tired, hurried and fallible operators are, and what each counter takes."""
        network, rules = self.model.network, self.model.config.office
        now = (rules, self.model.config.appointments, counters)
        if now == self._equipped_for:
            return
        self._equipped_for = now
        per_counter = 10 * rules.hurry_pct / max(1, counters)  # per mille
        network.rule(self.station, "hurry", round(per_counter))
        network.rule(self.station, "most_hurry", round(10 * rules.most_hurry_pct))
        network.rule(self.station, "fatigue", round(10 * rules.fatigue_pct_per_hour))
        network.rule(self.station, "fresh_until", opens + round(rules.fresh_hours * HOUR))
        grace = self.model.config.appointments.grace_minutes
        network.rule(self.station, "grace", round(grace * MINUTE))
        seats = network.seats(self.station)
        network.crew(self.station, "pace", self._paces(seats))
        network.crew(self.station, "errors", np.full(seats, round(10 * rules.error_pct)))
        network.crew(self.station, "skills", self._skills(seats, counters))

    def _paces(self, seats: int) -> NDArray[np.int64]:
        """Per mille of the time that work takes: lognormal, the same operator all the time."""
        rules, model = self.model.config.office, self.model
        if rules.pace_cv == 0:
            return np.full(seats, AVERAGE)
        sigma = sigma_of(rules.pace_cv)
        u = uniforms(
            model.seed, Stream.PACE, np.arange(seats), other=self.station,
            replication=model.replication,
        )  # fmt: skip
        paces = [lognormal(one, float(AVERAGE), sigma) for one in u[:, 0]]
        return np.maximum(1, np.rint(paces)).astype(np.int64)

    def _skills(self, seats: int, counters: int) -> NDArray[np.int64]:
        """Bits: express counters take short matters alone, the others what they are trained for.

        The counters with the highest numbers are express ones; one always takes everything else.
        """
        rules = self.model.config.office
        express = min(counters - 1, round(counters * rules.express_pct / 100))
        if express <= 0:
            return np.full(seats, ALL_SKILLS)
        skills = np.full(seats, ALL_SKILLS if rules.cross_trained else ~(1 << SHORT_MATTER))
        skills[counters - express : counters] = 1 << SHORT_MATTER
        return skills

    def _offer_slots(self, counters: int, opens: int, closes: int) -> None:
        """Slots of today that may be booked: a share of the time of the counters."""
        model, rules = self.model, self.model.config.appointments
        seconds = rules.slot_minutes * MINUTE
        a_slot = counters * seconds / model.world.mean_service * rules.bookable_pct / 100
        first, last = -(-opens // seconds), closes // seconds
        offered = np.diff(np.floor(a_slot * np.arange(last - first + 1)))
        model.free_slots[self.station, first:last] = offered

    def _publish(self) -> None:
        yesterday = self.model.ledger.stations[self.station]
        served = int(yesterday[OfficeTally.SERVED])
        if served:
            wait = int(yesterday[OfficeTally.WAIT_SECONDS]) / served
            memory = self.model.config.office.published_wait_memory
            self.published_wait += memory * (wait - self.published_wait)
        self.model.published_wait[self.station] = self.published_wait
