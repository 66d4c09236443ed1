"""The day loop: agents decide between days, an engine runs the day, outcomes come home."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.agents import AGENTS, BackOffice, Citizens, Portal, ServiceCentre
from sim.agents.builders import add_agents
from sim.calendars.civil import Calendar
from sim.config import Config
from sim.engine import Engine
from sim.population.appointment_kernels import book_slots
from sim.population.calls import CallsElsewhere
from sim.population.choice import Today
from sim.population.day_kernels import SKILLS
from sim.population.demand import Demand, Needs, factors
from sim.population.intake_kernels import open_cases
from sim.population.kernels import AGE_BANDS
from sim.population.outcome_kernels import close_cases
from sim.population.record_kernels import record
from sim.population.world import World
from sim.region.region import Region
from sim.region.schema import PLACES
from sim.region.table import Table
from sim.service.book import Book
from sim.service.cases import NEVER, State
from sim.service.identities import (
    check_citizens,
    check_day,
    check_final_states,
    check_flow,
    check_thoroughly,
)
from sim.service.layout import CALL_CENTRE, OFFICE_CLOCK, lay_out
from sim.service.ledger import DAY_KINDS, Ledger
from sim.service.network import Role
from sim.service.request_kernels import rows_at
from sim.service.requests import REQUEST, Agenda, Requests, in_order
from sim.service.routing import Stops
from sim.service.stations import Closing
from sim.service.tallies import DeskTally, OfficeTally
from sim.service.verdicts import closed_of, count_verdicts
from sim.units import DAY, HOUR, MINUTE

MONTH = 30  # days between thorough checks
NO_LIMIT = 2**40  # places in a line that nobody minds


class Timeline(Protocol):
    """Which tables and parameters are in force on a measured day."""

    def at(self, day: int) -> tuple[Mapping[str, Table], Config]:
        """Tables and parameters of a measured day; before day 0 those of the region."""

    def moves(self, day: int) -> bool:
        """Whether they differ from those of the day before."""

    def most(self, section: str, key: str) -> float:
        """The largest value a parameter takes on any day."""

    def gains(self) -> int:
        """The most counters or posts that any one station may gain."""


class ServiceModel(mesa.Model):
    """Public service delivery of a region, one Mesa step per civil day.

    Mesa owns the calendar, the engine owns what happens inside a day. They meet only at midnight,
    so neither needs to know the other's events.

    Attributes
    ----------
    day : int
        Civil day, from 0 at the beginning of the run-in.
    ledger : Ledger
        What was counted.
    book : Book
        Open cases.
    served : Book
        All cases of the last day, as an engine left them; ``still_open`` says which stay.
    verdicts, scores : arrays
        What became of each case of ``served`` that closed, and its score per mille, NEVER for none.
    closed : Closed
        Those that a desk decided, or of which something is to be said.
    agenda : Agenda
        Requests of later days.
    """

    def __init__(
        self,
        region: Region,
        timeline: Timeline,
        engine: Engine,
        observers: Iterable[Callable[[ServiceModel], None]] = (),
    ) -> None:
        super().__init__(rng=0)  # chance has addresses; Mesa's own generator is never asked
        self.region, self.timeline, self.engine = region, timeline, engine
        self.observers = list(observers)
        self.tables, self.config = timeline.at(-1)
        run = self.config.run
        self.seed, self.replication = run.seed, run.replication
        self.run_in, self.horizon = run.run_in_days, run.run_in_days + run.days
        self.day = 0
        first = region.first_day(self.run_in)
        self.calendar = Calendar.of(first, self.horizon, region.special_days)
        self.presence = self._presence()
        most_units = int(timeline.most("mobile", "units"))
        self.counters_may_stop = timeline.most("office", "system_outages_per_year") > 0
        self.has_people = timeline.most("staff", "dynamics") > 0  # whether staff are persons
        self.network = lay_out(
            self.tables, self.config, most_units, timeline.gains(), self.counters_may_stop,
            with_steps=timeline.most("specialised", "steps") > 0,
            with_kiosks=timeline.most("kiosks", "use_pct") > 0,
            most_agents=int(timeline.most("call_centre", "agents")),
        )  # fmt: skip
        self.world = World(self.tables, self.config, self.network, self.calendar)
        self.state = State.empty(self.network.server_first)
        self.book, self.agenda, self.demand = Book.blank(0, 0), Agenda(), Demand(region)
        self.served, self.still_open = self.book, np.empty(0, dtype=np.bool_)
        n, n_vans = len(self.network.names), len(self.network.of(Role.VAN)) // 2
        self.offices = self.network.of(Role.OFFICE)
        n_groups = len(self.tables["districts"]) * 2 * AGE_BANDS * SKILLS
        n_services = len(self.tables["services"])
        n_places = len(self.tables["districts"]) * len(PLACES)
        self.ledger = Ledger(n_services, n_groups, n, len(self.offices), max(1, n_vans), n_places)
        self.published_wait = np.zeros(n)  # seconds, by station
        self.line_limit = np.full(n, NO_LIMIT, dtype=np.int64)
        self.free_slots = np.zeros((n, 1), dtype=np.int64)  # of today, by station and step
        self.van_at = np.full(len(self.tables["settlements"]), NEVER, dtype=np.int64)
        self.calls_elsewhere, self.expected_elsewhere = CallsElsewhere(), 0.0  # calls today
        self.scores = np.zeros(0, dtype=np.int16)  # per mille, of ``served``
        self.verdicts = np.zeros(0, dtype=np.uint8)
        self.closed = closed_of(self.served, self.verdicts > 0, self.verdicts)
        self.care = np.zeros(n)  # share of wrong refusals that a body avoids, by station
        self.practice = np.ones(n)  # time that work takes the people of a body, against the usual
        self.counted = np.zeros_like(self.ledger.services)  # since the run began
        self.checks = 0  # identities checked
        add_agents(self)
        getattr(mesa.Agent, "_ids", {}).pop(self, None)  # Mesa 3.3 keeps each model alive there
        self.citizens: Citizens = next(iter(self.agents_by_type[Citizens]))

    @property
    def back_offices(self) -> list[BackOffice]:
        """The bodies whose desks decide, in the order of their table."""
        return list(self.agents_by_type[BackOffice])

    @property
    def service_centres(self) -> list[ServiceCentre]:
        """The offices, in the order of their table."""
        return list(self.agents_by_type[ServiceCentre])

    @property
    def measured_day(self) -> int:
        """Days since measuring began; negative in the run-in."""
        return self.day - self.run_in

    @property
    def days_in_year(self) -> int:
        """Days of the calendar year in which measuring begins."""
        year = self.calendar.civil(self.run_in).year
        return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365

    def run(self) -> None:
        """Step through the run-in and all measured days."""
        while self.day < self.horizon:
            self.step()

    def step(self) -> None:
        """Live one civil day."""
        self._begin_day()
        for kind in AGENTS:
            if kind in self.agents_by_type:
                self.agents_by_type[kind].do("step")
        self._serve()
        for observe in self.observers:
            observe(self)
        self.day += 1

    @property
    def today(self) -> Today:
        """What citizens meet today."""
        world, per_second = self.world, self.config.cost.citizen_hour / 1000 / HOUR
        outages = [outage for portal in self.agents_by_type[Portal] for outage in portal.outages]
        begins, ends = np.array(outages, dtype=np.int64).reshape(-1, 2).T
        return Today(
            seed=np.uint64(self.seed),
            replication=np.uint64(self.replication),
            day=self.day,
            outage_begins=np.ascontiguousarray(begins),
            outage_ends=np.ascontiguousarray(ends),
            online_hours=world.online_hours,
            call_hours=world.call_hours,
            visit_days=world.days_ahead(self.day),
            later_days=world.days_ahead(self.day + 1),
            wait_cost=self.published_wait * per_second,
        )

    def needs_of(self, month: int) -> Needs:
        """The needs of a calendar month, by the rates in force on each of its days."""
        begin = self.day - self.calendar.civil(self.day).day + 1
        return self.demand.month(
            self.citizens.people,
            self.world.places.first,
            self.seed,
            self.replication,
            month,
            self._ratios(begin, begin + self.days_in_month),
        )

    @property
    def days_in_month(self) -> int:
        """Days of the calendar month of today."""
        on = self.calendar.civil(self.day)
        return monthrange(on.year, on.month)[1]

    def _month(self, day: int) -> int:
        on = self.calendar.civil(day)
        return on.year * 12 + on.month - 1

    def _ratios(self, begin: int, end: int) -> NDArray[np.float64]:
        """Rates over mix on the days of a month, by what is in force on each."""
        found: list[NDArray[np.float64]] = []
        for day in range(begin, end):
            if not found or self.timeline.moves(day - self.run_in):
                tables, config = self.timeline.at(day - self.run_in)
                wanted = factors(tables, config)
                found.append(self.demand.ratio(tables, self._month(day), wanted))
            else:
                found.append(found[-1])
        return np.stack(found)

    def _day_kind(self) -> int:
        """Which of the kinds of days by which hours are counted."""
        if self.calendar.after_holiday[self.day]:
            return DAY_KINDS.index("after_holiday")
        is_monday = self.calendar.weekday[self.day] == 0
        return DAY_KINDS.index("monday" if is_monday else "other")

    def _presence(self) -> float:
        """Share of the working hours of a year that a post is at work, leave taken off."""
        rules = self.config.back_office
        hours = rules.closes_hour - rules.opens_hour - (rules.lunch_to_hour - rules.lunch_from_hour)
        year = self.calendar.works[self.run_in : self.run_in + self.days_in_year]
        return rules.minutes_per_person_year / (60 * hours * int(year.sum()))

    def _begin_day(self) -> None:
        """Dated changes take effect; the page of the ledger is turned."""
        if self.timeline.moves(self.measured_day):
            self.tables, self.config = self.timeline.at(self.measured_day)
            self.world = World(self.tables, self.config, self.network, self.calendar)
        self.world.places.van_days[:] = NEVER
        self.world.places.van_again[:] = NEVER
        self.van_at[:] = NEVER
        self.ledger.begin_day()
        steps = DAY // (self.config.appointments.slot_minutes * MINUTE)
        self.free_slots = np.zeros((len(self.network.names), steps), dtype=np.int64)
        rules = self.config.back_office
        hours = (rules.opens_hour, rules.lunch_from_hour, rules.lunch_to_hour, rules.closes_hour)
        opens, lunch, back, closes = (round(hour * HOUR) for hour in hours)
        works = self.calendar.works[self.day]
        self.network.work(OFFICE_CLOCK, self.day, [(opens, lunch), (back, closes)] if works else [])

    def _serve(self) -> None:
        """Open the day's cases, let the engine serve, count, and settle what closed."""
        today, people, world, ledger = self.today, self.citizens.people, self.world, self.ledger
        before, requests = self.book, in_order(self.agenda.due(self.day))
        stops = world.stops(self.van_at, self.line_limit, self.free_slots)
        due, slots, arrives = self._booked(requests, stops, today)
        requested = self._with_cases_of(due, slots, arrives, stops, today)
        elsewhere = self.calls_elsewhere.of_day(
            self.expected_elsewhere, world, self.network, today,
            self.calendar.civil(self.day).toordinal(), requested,
        )  # fmt: skip
        self.book = requested.extended(elsewhere) if len(elsewhere) else requested
        stations, since = self.network.stations(self.day), self.day * DAY
        self.engine(stations, self.book.cases, self.book.log, self.state, since, since + DAY)
        ledger.stations[:] = 0
        is_open = np.empty(len(self.book), dtype=np.bool_)
        record(
            self.book, is_open, people, world.places, world.catalogue, world.help_service,
            self.config.travel.speed_km_per_hour / 3.6, self.network.closing, self.network.closes,
            self.network.whole, self.network.staffed,
            round(self.config.office.standard_wait_minutes * MINUTE),
            self.network.index[CALL_CENTRE], len(self.offices), self.day, ledger.stations,
            ledger.calls, ledger.hours[:, self._day_kind()], ledger.waits,
            ledger.services, ledger.groups,
        )  # fmt: skip
        duty = self.network.duty_seconds()
        has_window = self.network.closing != Closing.NONE
        ledger.stations[has_window, OfficeTally.DUTY_SECONDS] = duty[has_window]
        steps = self.network.of(Role.STEP)
        np.add.at(
            ledger.stations[:, OfficeTally.DUTY_SECONDS], self.network.whole[steps], duty[steps]
        )
        ledger.stations[~has_window, DeskTally.DUTY_SECONDS] = duty[~has_window]
        caused = np.empty(len(self.book) + 1, dtype=REQUEST)
        self.verdicts = np.zeros(len(self.book), dtype=np.uint8)
        self.scores = np.full(len(self.book), NEVER, dtype=np.int16)
        n = close_cases(
            self.book, is_open, people, world.places, world.catalogue, world.behaviour,
            world.afterwards, today, self.calendar.rank, self.care, ledger.services, ledger.groups,
            self.verdicts, self.scores, caused,
        )  # fmt: skip
        self.agenda.add(caused[:n])
        self.served, self.still_open = self.book, is_open
        self.closed = closed_of(self.served, is_open, self.verdicts)
        is_local = world.catalogue.is_local > 0
        count_verdicts(self.closed, self.network.whole, is_local, ledger.oversight)
        self.book = self.book.only(is_open)
        self._check(len(before), len(due) + len(elsewhere), int((~is_open).sum()))

    def _check(self, before: int, opened: int, closed: int) -> None:
        """What must hold on every day; the dearer part of it once a month."""
        self.counted += self.ledger.services
        self.checks += check_day(self.network, self.served, self.day)
        self.checks += check_flow(before, opened, closed, len(self.book))
        if self.day % MONTH == 1 % self.horizon:
            self.checks += check_thoroughly(self.network, self.served, self.day)
        if self.calendar.civil(self.day + 1).day == 1 or self.day + 1 == self.horizon:
            people, agenda = self.citizens.people, self.agenda.rows()
            self.checks += check_final_states(self.counted, agenda, self.book)
            known = (people.skill, people.trust_centre, people.trust_portal)
            self.checks += check_citizens(known, agenda, self.day)

    def _booked(
        self, requests: Requests, stops: Stops, today: Today
    ) -> tuple[Requests, NDArray[np.int64], NDArray[np.int64]]:
        """Today's requests without no-shows, their slots, and when those who booked come."""
        slots, arrives = np.zeros((2, len(requests)), dtype=np.int64)
        if self.config.appointments.booked_pct == 0:
            return requests, slots, arrives
        comes = np.empty(len(requests), dtype=np.bool_)
        caused = np.empty(len(requests) + 1, dtype=REQUEST)
        n = book_slots(
            requests, self.citizens.people, self.world.places, self.world.catalogue, stops,
            self.world.booking, today, slots, arrives, comes, self.ledger.services,
            self.ledger.groups, caused,
        )  # fmt: skip
        self.agenda.add(caused[:n])
        return rows_at(requests, np.flatnonzero(comes)), slots[comes], arrives[comes]

    def _with_cases_of(
        self,
        due: Requests,
        slots: NDArray[np.int64],
        arrives: NDArray[np.int64],
        stops: Stops,
        today: Today,
    ) -> Book:
        """Open cases, and behind them those of today's requests in the order of their ids."""
        n, n_visits = len(self.book), len(self.book.cases.station)
        book = self.book.with_room(len(due), self.world.intake.most_visits * len(due))
        n_visits = open_cases(
            due, slots, arrives, self.citizens.people, self.world.places, self.world.catalogue,
            self.world.routing, stops, self.world.steps, self.world.kiosks, self.world.intake,
            self.calendar.rank, self.calendar.worked, today, book.cases, book.particulars, n,
            n_visits,
        )  # fmt: skip
        return book.first_rows(n + len(due), n_visits)
