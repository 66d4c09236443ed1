"""A service centre that opens its counters and lets people know how long they will wait."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.agents.workplace import Workplace
from sim.calendars.rosters import constant, fewest, peaked, with_lunch
from sim.chance.kernels import lognormal, sigma_of
from sim.chance.streams import Stream, uniforms
from sim.population.intake_kernels import SHORT_MATTER
from sim.service.cases import NEVER
from sim.service.kiosks import consultants_of, skills_of
from sim.service.network import SHUT
from sim.service.stations import ALL_SKILLS, AVERAGE
from sim.service.steps import PAPERS, STEPS, desks_of, step_of
from sim.service.tallies import OfficeTally
from sim.units import HOUR, MINUTE

if TYPE_CHECKING:
    from sim.model import ServiceModel


roster_of_peaks = lru_cache(maxsize=1_024)(peaked)  # the same from day to day; never written to


class ServiceCentre(Workplace):
    """A one-stop office with numbered counters and one line.

    It opens on worked days with as many counters as it has, or with more in busy hours and fewer in
    quiet ones; where lunch is covered in turn, a third of them is away in each hour from twelve to
    three. A specialised office may divide them among the steps of a visit, each with a line of its
    own. An office may have kiosks.

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
        super().__init__(model, code, station)
        self.published_wait = 0.0
        self._equipped_for: tuple[object, ...] = ()
        offices = model.tables["offices"]
        row = offices.index[code]
        self._usual_counters = float(offices.numbers("counters")[row])
        if model.has_people:
            self.take_on(self._operators(), model.config.staff.operator_turnover_pct, 2 * row)

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
        yesterday = model.ledger.stations[self.station]
        busy, duty = yesterday[OfficeTally.BUSY_SECONDS], yesterday[OfficeTally.DUTY_SECONDS]
        there = self.live_as_staff(self._operators(), int(busy), int(duty))
        if there is not None:
            counters = min(counters, max(self._least, len(there)))
        desks = self._divided(counters)
        most = {station: self._most(station, n, there) for station, n in desks.items()}
        rosters = {s: self._roster(n, most[s], opens, closes) for s, n in desks.items()}
        for station, roster in rosters.items():
            on_duty = with_lunch(roster) if rules.lunch_cover else roster
            model.network.staff(station, on_duty if works else np.zeros_like(roster))
            model.network.window(station, *((opens, closes) if works else (SHUT, SHUT)))
        at_counters = desks[self.station]
        model.line_limit[self.station] = rules.longest_line_per_counter * max(1, at_counters)
        self._equip(desks, opens, fewest(rosters[self.station]))
        if there is not None:
            self._seat(most, np.roll(there, -model.day))
        if model.world.kiosks.station[self.station] != NEVER:
            self._open_kiosks(row, opens, closes)
        if works and model.config.appointments.booked_pct > 0:
            self._offer_slots(counters, opens, closes)

    def _roster(self, counters: int, most: int, opens: int, closes: int) -> NDArray[np.int64]:
        """As many counters all day, or as many counter-hours where most visitors are expected."""
        if self.model.config.office.roster == "level":
            return constant(counters, opens, closes)
        weights = tuple(self.model.config.demand.in_person_hour_weights)
        return roster_of_peaks(counters, most, weights, opens, closes)

    def _most(self, station: int, counters: int, there: NDArray[np.int64] | None) -> int:
        """Counters ever open at once: there are desks, and people where staff are people."""
        rules = self.model.config.office
        if rules.roster == "level":
            return counters
        people = self.model.network.seats(station) if there is None else len(there)
        desks = round(counters * (1 + rules.peak_extra_pct / 100))
        return int(max(counters, min(people, desks)))

    def _operators(self) -> float:
        """Operators of the office: to a counter more or fewer belong as many as to the others."""
        offices = self.model.tables["offices"]
        row = offices.index[self.code]
        counters = float(offices.numbers("counters")[row])
        return float(offices.numbers("operators")[row]) * counters / self._usual_counters

    @property
    def _least(self) -> int:
        """Counters that stay open even if nobody is there: one, or one a step."""
        has_steps = self.model.world.steps.station[self.station, 0] != NEVER
        return 1 + (len(STEPS) if has_steps else 0)

    def _seat(self, desks: dict[int, int], there: NDArray[np.int64]) -> None:
        """Who is there takes the counters in turn, day by day, and works as they do."""
        network, rules = self.model.network, self.model.config.staff
        assert self.staff is not None
        mistakes = 10 * self.model.config.office.error_pct
        for station, n in desks.items():
            here, there = there[:n], there[n:]
            factors = np.ones((2, network.seats(station)))
            factors[0, : len(here)] = self.staff.work_time(here, rules)
            factors[1, : len(here)] = self.staff.mistakes(here, rules)
            paces = np.maximum(1, self._paces(station, factors.shape[1]) * factors[0])
            network.crew(station, "pace", np.rint(paces).astype(np.int64))
            network.crew(station, "errors", np.rint(mistakes * factors[1]).astype(np.int64))

    def _divided(self, counters: int) -> dict[int, int]:
        """Desks by station: all at the counters, or the papers there and each step at its own."""
        model = self.model
        if model.world.steps.station[self.station, 0] == NEVER:
            return {self.station: counters}
        desks = desks_of(self.code, counters, model.config.specialised)
        index = model.network.index
        steps = {index[step_of(self.code, step)]: desks[step] for step in STEPS}
        return {self.station: desks[PAPERS], **steps}

    def _open_kiosks(self, row: int, opens: int, closes: int) -> None:
        """Kiosks open with the office; consultants stand beside the first of them."""
        model, network = self.model, self.model.network
        kiosks = int(model.world.kiosks.station[self.station])
        terminals = round(float(model.tables["offices"].numbers("terminals")[row]))
        network.staff(kiosks, constant(terminals, opens, closes))
        network.window(kiosks, int(network.opens[self.station]), int(network.closes[self.station]))
        model.line_limit[kiosks] = model.config.office.longest_line_per_counter * terminals
        consultants = consultants_of(model.tables, model.config, row)
        network.crew(kiosks, "skills", skills_of(network.seats(kiosks), consultants))

    def _equip(self, desks: dict[int, int], opens: int, always: int) -> None:
        """How fast, tired, hurried and fallible operators are, and what each counter takes."""
        network, rules = self.model.network, self.model.config.office
        appointments = self.model.config.appointments
        now = (rules, appointments, desks, always)
        if now == self._equipped_for:
            return
        self._equipped_for = now
        for station, n in desks.items():
            per_counter = 10 * rules.hurry_pct / max(1, n)  # per mille
            network.rule(station, "hurry", round(per_counter))
            network.rule(station, "most_hurry", round(10 * rules.most_hurry_pct))
            network.rule(station, "fatigue", round(10 * rules.fatigue_pct_per_hour))
            network.rule(station, "fresh_until", opens + round(rules.fresh_hours * HOUR))
            network.rule(station, "grace", round(appointments.grace_minutes * MINUTE))
            seats = network.seats(station)
            network.crew(station, "pace", self._paces(station, seats))
            network.crew(station, "errors", np.full(seats, round(10 * rules.error_pct)))
        skills = self._skills(network.seats(self.station), desks[self.station], always)
        network.crew(self.station, "skills", skills)

    def _paces(self, station: int, seats: int) -> NDArray[np.int64]:
        """Per mille of the time that work takes: lognormal, the same operator all the time."""
        rules, model = self.model.config.office, self.model
        if rules.pace_cv == 0:
            return np.full(seats, AVERAGE)
        sigma = sigma_of(rules.pace_cv)
        u = uniforms(
            model.seed, Stream.PACE, np.arange(seats), other=station,
            replication=model.replication,
        )  # fmt: skip
        paces = [lognormal(one, float(AVERAGE), sigma) for one in u[:, 0]]
        return np.maximum(1, np.rint(paces)).astype(np.int64)

    def _skills(self, seats: int, counters: int, always: int) -> NDArray[np.int64]:
        """Bits: express counters take short matters alone, the others what they are trained for.

        The highest numbers of the counters that are open all day are express ones; one always takes
        everything else.
        """
        rules = self.model.config.office
        express = min(always - 1, round(counters * rules.express_pct / 100))
        if express <= 0:
            return np.full(seats, ALL_SKILLS)
        skills = np.full(seats, ALL_SKILLS if rules.cross_trained else ~(1 << SHORT_MATTER))
        skills[always - express : always] = 1 << SHORT_MATTER
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
