"""Tables and parameters of a day, compiled into the columns that kernels read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gamma
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calendars.civil import Calendar
from sim.chance.kernels import sigma_of
from sim.errors import ModelError
from sim.population.appointment_kernels import Booking
from sim.population.choice import behaviour_of, places_of
from sim.population.intake_kernels import Intake
from sim.population.learning_kernels import Lessons
from sim.population.outcome_kernels import Afterwards
from sim.region.table import Table
from sim.service.cases import NEVER
from sim.service.catalogue import catalogue_of, residents_by_group, sector_names, yearly
from sim.service.kiosks import kiosks_of
from sim.service.layout import CALL_CENTRE, counter_of, desk_of
from sim.service.network import SHUT, Network, Role
from sim.service.routing import Stops, route
from sim.service.steps import SPECIALISED, STEPS, steps_of
from sim.units import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from sim.config import Config

HELP = "portal_help"
UNSEEN = -9  # a window not looked at yet


class World:
    """What does not change in a day: services, places, behaviour, routes, weights of days.

    Rebuilt when a lever moves a table or a parameter.
    """

    def __init__(
        self, tables: Mapping[str, Table], config: Config, network: Network, calendar: Calendar
    ) -> None:
        self._network = network
        self.tables, self.config = tables, config
        offices = network.of(Role.OFFICE)
        kinds = tables["offices"].words("kind")
        special = [int(s) for s in offices if kinds[s] == SPECIALISED]
        self.catalogue = catalogue_of(tables, config)
        self.behaviour = behaviour_of(tables, config, self.catalogue.failure)
        self.places = places_of(tables, config, special[0] if special else int(offices[0]))
        needs = yearly(tables, "needs_per_1000")
        total = needs.sum(axis=1, keepdims=True)
        self.routing = route(
            tables,
            np.divide(needs, total, out=np.zeros_like(needs), where=total > 0),
            desk=network.index.__getitem__,
            provider_desk=lambda sector, district: network.index[desk_of(sector, district)],
        )
        self.intake = intake_of(tables, config)
        self.steps = steps_of(tables, config, network)
        self.kiosks = kiosks_of(tables, config, network)
        self.booking = booking_of(config)
        filings = yearly(tables, "office_filings_per_1000").sum(axis=1)
        weights = filings if filings.any() else np.ones_like(filings)
        self.mean_service = float(weights @ self.catalogue.counter_seconds / weights.sum())
        self.afterwards = afterwards_of(tables, config, len(offices))
        self.lessons = lessons_of(tables, config)
        self.online_hours = cumulative(config.demand.online_hour_weights)
        self.call_hours = cumulative(config.call_centre.hour_weights)
        self._in_person = np.array(config.demand.in_person_hour_weights)
        self._profiles: dict[tuple[int, int], NDArray[np.float64]] = {}
        self._windows = np.full((2, len(network.names)), UNSEEN, dtype=np.int64)
        self._arrival_hours = np.empty((len(network.names), 24))
        districts, sectors = tables["districts"].rows, sector_names(tables)
        names = [[counter_of(sector, district) for district in districts] for sector in sectors]
        index = network.index
        self._front = np.array([[index.get(name, NEVER) for name in row] for row in names])
        self._day_weight = _day_weights(config, calendar)

    @property
    def help_service(self) -> int:
        """Row of the catalogue: assisted use of the portal."""
        return self.intake.help_service

    def days_ahead(self, first: int) -> NDArray[np.float64]:
        """Cumulative shares of the days on which a visit is made, from day ``first`` on.

        Over holidays that outlast the window it reaches to the next day on which offices open.
        """
        coming = self._day_weight[first:]
        if not coming.any():
            raise ModelError(f"No office opens on any day after day {first} of the run.")
        window = max(self.config.demand.visit_window_days, int(np.argmax(coming > 0)) + 1)
        return cumulative(coming[:window])

    def stops(
        self,
        van_at: NDArray[np.int64],
        line_limit: NDArray[np.int64],
        free_slots: NDArray[np.int64],
    ) -> Stops:
        """Where requests are sent today, and when people come there."""
        windows = np.stack([self._network.opens, self._network.closes])
        begins, ends = np.where(windows[0] == SHUT, [[0], [DAY]], windows)
        for station in np.flatnonzero((windows != self._windows).any(axis=0)):
            key = (int(windows[0, station]), int(windows[1, station]))
            if key not in self._profiles:
                self._profiles[key] = arrivals_by_hour(self._in_person, *key)
            self._arrival_hours[station] = self._profiles[key]
        self._windows = windows
        call_centre = self._network.index[CALL_CENTRE]
        return Stops(
            self._front, van_at, call_centre, self._arrival_hours, line_limit, begins, ends,
            free_slots,
        )  # fmt: skip


def arrivals_by_hour(weights: NDArray[np.float64], opens: int, closes: int) -> NDArray[np.float64]:
    """Cumulative arrivals by hour at a window; at a shut door as if it were open all day."""
    if opens == SHUT:
        return cumulative(weights)
    begins = np.arange(24) * HOUR
    overlap = np.minimum(begins + HOUR, closes) - np.maximum(begins, opens)
    inside = weights * np.maximum(overlap, 0)
    return cumulative(inside if inside.any() else np.maximum(overlap, 0))


def cumulative(weights: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Cumulative shares of weights; the last is exactly 1.

    >>> cumulative([1, 1, 2])
    array([0.25, 0.5 , 1.  ])
    """
    total = np.cumsum(np.asarray(weights, dtype=np.float64))
    shares: NDArray[np.float64] = total / total[-1]
    shares[np.flatnonzero(np.diff(total, prepend=0.0))[-1] :] = 1.0
    return shares


def _day_weights(config: Config, calendar: Calendar) -> NDArray[np.float64]:
    """Weight of each civil day for visits: worked days only, more after a day off.

    A worked day at a weekend weighs as much as a Friday.
    """
    weights = np.array(config.demand.weekday_weights)
    of_day = np.where(calendar.weekday < 5, weights[calendar.weekday], weights[4])
    heavy = config.demand.after_holiday_weight
    return np.where(calendar.after_holiday, heavy, of_day) * calendar.works


def intake_of(tables: Mapping[str, Table], config: Config) -> Intake:
    """Scalars of the intake, in seconds and shares."""
    office, calls = config.office, config.call_centre
    mean = office.patience_minutes * MINUTE
    return Intake(
        patience_scale=mean / gamma(1 + 1 / office.patience_shape),
        patience_shape=office.patience_shape,
        provider_patience=config.provider.patience_minutes * MINUTE,
        call_patience=calls.patience_minutes * MINUTE,
        call_seconds=calls.handling_minutes * MINUTE,
        call_sigma=sigma_of(calls.handling_cv),
        informed_factor=calls.informed_incomplete_factor,
        online_factor=config.portal.incomplete_factor,
        touch_sigma=sigma_of(config.back_office.touch_cv),
        refusal=config.back_office.refusal_pct / 100,
        help_service=tables["services"].index[HELP],
        by_due=config.back_office.call_order == "due",
        again=calls.calls_again_pct / 100,
        again_times=calls.calls_again_times,
        again_after=calls.calls_again_after_minutes * MINUTE,
        inquiry=config.back_office.inquiry_pct / 100,
        inquiry_way=round(config.back_office.inquiry_days * DAY),
        inquiry_touch=config.back_office.inquiry_touch_share,
        bus=config.travel.by_bus_pct / 100,
        bus_second=round(office.opens_hour * HOUR),
        errors=office.error_pct > 0,
        express=office.express_pct > 0,
        most_visits=_most_visits(config),
    )


def _most_visits(config: Config) -> int:
    """Counter, steps or kiosk, body asked, desk; or a call and those that follow unanswered."""
    calls = config.call_centre
    again = calls.calls_again_times if calls.calls_again_pct > 0 else 0
    inside = len(STEPS) if config.specialised.steps else int(config.kiosks.use_pct > 0)
    return max(inside + (3 if config.back_office.inquiry_pct > 0 else 2), 1 + again)


def booking_of(config: Config) -> Booking:
    """Scalars of appointments, in seconds and shares."""
    rules, office = config.appointments, config.office
    return Booking(
        share=rules.booked_pct / 100,
        no_show=rules.no_show_pct / 100,
        slot_seconds=rules.slot_minutes * MINUTE,
        release=round(rules.release_hour * HOUR),
        early=rules.early_minutes * MINUTE,
        early_sd=rules.early_sd_minutes * MINUTE,
        come_again=office.come_again_pct / 100,
        come_again_times=office.come_again_times,
    )


def afterwards_of(tables: Mapping[str, Table], config: Config, n_offices: int) -> Afterwards:
    """Scalars of what follows a case, in seconds, points and shares."""
    office, score, complaints = config.office, config.satisfaction, config.complaints
    visits_a_day = yearly(tables, "office_filings_per_1000").sum() / WORKED_DAYS_A_YEAR
    shown = office.extra_consultants * office.assists_per_consultant_day * n_offices
    return Afterwards(
        return_share=office.return_pct / 100,
        come_again=office.come_again_pct / 100,
        come_again_times=office.come_again_times,
        van_wait=config.mobile.left_over_wait_days,
        resubmit_days=config.back_office.resubmit_days,
        timeliness=score.timeliness_weight,
        treatment=score.knowledge_weight + score.courtesy_weight + score.fairness_weight,
        outcome=score.outcome_weight,
        tolerated_wait=score.tolerated_wait_minutes * MINUTE,
        treatment_mean=score.treatment_mean,
        treatment_sd=score.treatment_sd,
        failed_cap=score.failed_outcome_cap,
        pleased_above=score.pleased_above,
        displeased_below=score.displeased_below,
        bad_wait=score.bad_wait_minutes * MINUTE,
        complaint=complaints.propensity * complaints.aware_share,
        wrong=config.oversight.wrong_refusal_pct / 100,
        shown=float(min(1.0, shown / visits_a_day)) if visits_a_day else 0.0,
        adoption=office.assisted_adoption_pct / 100,
    )


def lessons_of(tables: Mapping[str, Table], config: Config) -> Lessons:
    """Scalars of what a month teaches, as shares of a month."""
    rules, groups = config.learning, tables["groups"]
    applicants = float(residents_by_group(tables).sum(axis=0) @ groups.numbers("applicant"))
    return Lessons(
        joins=of_a_month(rules.online_per_year_pct / 100),
        hears=1 - (1 - rules.aware_per_contact_pct / 100) ** (rules.media_contacts_per_year / 12),
        shown=rules.fair_visitors_per_year / 12 / applicants if applicants else 0.0,
        adoption=config.office.assisted_adoption_pct / 100,
        places=rules.course_places_per_year / 12,
        target=COURSES.index(rules.course_for),
        selection=rules.course_selection,
        gain=rules.course_gain_pct / 100,
        fade=of_a_month(rules.forgotten_per_year_pct / 100),
    )


def of_a_month(share_of_a_year: float) -> float:
    """The share of a month that makes up a share of a year.

    >>> round(1 - (1 - of_a_month(0.3)) ** 12, 9)
    0.3
    """
    return float(1 - (1 - share_of_a_year) ** (1 / 12))


COURSES = ("everybody", "weak_skill", "older", "rural")  # in the order of the kernel
WORKED_DAYS_A_YEAR = 249
