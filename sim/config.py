"""The shape of a run's configuration: what may be set, within which hard bounds.

Values live in ``conf/``, each with its passport; Hydra only composes, what is written is checked.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.bounds import open_some_time, rise
from sim.sections.cost import Cost, Travel
from sim.sections.feedback import Complaints, Oversight, Survey
from sim.sections.learning import Learning, Signature
from sim.sections.section import (
    Hour,
    Logits,
    Name,
    NonNegative,
    OpenHours,
    Percent,
    Positive,
    Section,
    Share,
    Slope,
    Weights7,
    Weights12,
    Weights24,
)
from sim.sections.staff import Staff

DRIVERS = ("timeliness", "knowledge", "courtesy", "fairness", "outcome")


class Run(Section):
    """How long, how often and with which luck to simulate."""

    days: Annotated[int, Field(ge=1, le=4_400)]
    run_in_days: Annotated[int, Field(ge=0, le=400)]
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    replication: Annotated[int, Field(ge=0, lt=2**31)]
    replications: Annotated[int, Field(ge=1, le=10_000)]
    workers: Annotated[int, Field(ge=1, le=512)]
    keep: list[Literal["visits", "cases"]]


class Words(Section):
    """What people call things there; reports speak these words."""

    office: str
    offices: str
    van: str
    portal: str
    app: str
    call_centre: str
    local: str
    state: str


class History(Section):
    """Which region and scenario tell what has happened, over how many days, and how it is read."""

    region: Name
    scenario: Name
    days: Annotated[int, Field(ge=1, le=4_400)]
    reading: Literal["portal", "at_provider", "mixed"]


class Place(Section):
    """Where and when; the only words about a country."""

    title: str
    starts: str
    currency: str
    folders: list[Name]
    demo: Annotated[list[Name], Field(min_length=2)]  # scenarios of the main job
    words: Words
    first_page: str
    history: History | None = None


class Data(Section):
    """Own data: a folder whose tables and parameters stand in for those of the region."""

    dir: Annotated[str, Field(max_length=4_096)] = ""


class Scope(Section):
    """How the remainder of the published volumes is read."""

    rest: Literal["portal", "at_provider", "mixed"]


class Population(Section):
    """Attributes of people that no table holds."""

    uncovered_internet_factor: Share
    priority_pct: Percent
    trust_in_centres: Share
    trust_in_portal: Share
    not_yet_online_pct: Percent
    not_yet_aware_pct: Percent


class Demand(Section):
    """When needs arise and when people come."""

    factor: Annotated[float, Field(ge=0, le=10)]
    induced_elasticity: Annotated[float, Field(ge=0, le=5)]
    weekday_weights: Weights7
    after_holiday_weight: Annotated[float, Field(ge=0, le=10)]
    visit_window_days: Annotated[int, Field(ge=1, le=60)]
    in_person_hour_weights: Weights24
    online_hour_weights: Weights24


class Choice(Section):
    """Random utility of channels; a logit with taste addressed to person and need."""

    scale: Annotated[float, Field(ge=0, le=10)]
    usefulness: Slope
    ease: Slope
    trust: Slope
    past_success: Slope
    past_failure: Slope
    cost_per_1000: Annotated[float, Field(ge=0, le=10)]
    van_delay_per_day: Annotated[float, Field(ge=0, le=10)]
    van_bonus: Logits
    app_bonus: Logits
    eds_ready: Slope
    helper_penalty: Logits
    usefulness_level: Slope
    ease_level: Slope
    in_person_level: Logits


class Portal(Section):
    """Online attempts: how they fail and what follows."""

    failure_one_click_pct: Percent
    failure_form_pct: Percent
    failure_multiplier: Annotated[float, Field(ge=0, le=20)]
    weak_skill_failure_ratio: Annotated[float, Field(ge=0, le=50)]
    after_failure_visit_pct: Percent
    after_failure_call_pct: Percent
    failure_cap_pct: Percent
    incomplete_factor: Share
    outage_every_days: Positive
    outage_hours: Positive
    outage_cv: Annotated[float, Field(ge=0, le=5)]
    app_services: Literal["none", "one_click", "all"]
    two_factor: bool


class Office(Section):
    """Service centres: hours, patience, returns."""

    hours: Literal["nine", "duty"]
    opens_hour: Hour
    closes_hour: Hour
    duty_closes_hour: Hour
    lunch_cover: bool
    patience_minutes: Positive
    patience_shape: Annotated[float, Field(ge=0.1, le=20)]  # below, most leave at once
    standard_wait_minutes: Positive
    longest_line_per_counter: Annotated[int, Field(ge=1, le=10_000)]
    return_pct: Percent
    published_wait_memory: Share
    come_again_pct: Percent
    come_again_times: Annotated[int, Field(ge=0, le=10)]
    extra_consultants: NonNegative
    assists_per_consultant_day: NonNegative
    assisted_adoption_pct: Percent
    pace_cv: Annotated[float, Field(ge=0, le=2)]
    hurry_pct: Percent
    most_hurry_pct: Annotated[float, Field(ge=0, le=90)]
    fatigue_pct_per_hour: Percent
    fresh_hours: Hour
    error_pct: Percent
    express_pct: Percent
    cross_trained: bool
    system_outages_per_year: Annotated[float, Field(ge=0, le=365)]
    system_outage_minutes: Positive
    system_outage_cv: Annotated[float, Field(ge=0, le=5)]
    system_outage: Literal["pause", "lost"]
    roster: Literal["level", "peak"]
    peak_extra_pct: Percent
    separate_paper_pct: Percent

    @model_validator(mode="after")
    def _in_order(self) -> Office:
        rise(self, "opens_hour", "closes_hour", "duty_closes_hour")
        open_some_time(self, "opens_hour", "closes_hour")
        return self


class Specialised(Section):
    """Specialised offices: one counter for all, or a chain of steps at desks of their own."""

    steps: bool
    check_time_pct: Percent
    exam_time_pct: Percent
    print_time_pct: Percent
    check_desks_pct: Percent
    exam_desks_pct: Percent
    print_desks_pct: Percent
    way_minutes: Annotated[float, Field(ge=0, le=240)]

    @model_validator(mode="after")
    def _leave_some(self) -> Specialised:
        for what in ("time", "desks"):
            total = sum(getattr(self, f"{step}_{what}_pct") for step in ("check", "exam", "print"))
            if total >= 100:
                raise ValueError(f"the three `_{what}_pct` add to {total:g}; papers need a part.")
        return self


class Kiosks(Section):
    """Terminals of the portal in offices, with consultants beside some of them."""

    use_pct: Percent
    minutes: Positive
    cv: Annotated[float, Field(ge=0, le=5)]
    help_pct: Percent
    failure_pct: Percent


class Appointments(Section):
    """Slots at offices that visitors may book, beside those who walk in."""

    booked_pct: Percent
    slot_minutes: Annotated[int, Field(ge=1, le=240)]
    bookable_pct: Percent
    grace_minutes: Annotated[float, Field(ge=0, le=1_440)]
    early_minutes: Annotated[float, Field(ge=-240, le=240)]
    early_sd_minutes: Annotated[float, Field(ge=0, le=240)]
    no_show_pct: Percent
    release_hour: Hour


class Mobile(Section):
    """Vans on itineraries."""

    units: Annotated[int, Field(ge=0, le=1_000)]
    itinerary: Literal["fixed", "uncovered_first", "demand"]
    announce_days: Annotated[int, Field(ge=1, le=365)]
    full_day_residents: Annotated[int, Field(ge=0, le=10_000_000)]
    opens_hour: Hour
    half_day_hours: OpenHours
    full_day_hours: OpenHours
    between_stops_hours: Hour
    weather_closure_pct: Weights12
    km_per_day: NonNegative
    cases_per_stop: Annotated[int, Field(ge=0, le=1_000_000)]
    left_over_wait_days: Annotated[int, Field(ge=0, le=365)]

    @model_validator(mode="after")
    def _in_order(self) -> Mobile:
        day = max(self.full_day_hours, 2 * self.half_day_hours + self.between_stops_hours)
        if self.opens_hour + day > 24:
            raise ValueError(f"a day on the road ends {self.opens_hour + day - 24:g} h after 24.")
        return self


class CallCentre(Section):
    """One pool of agents that the region shares with people elsewhere."""

    calls_per_resident: NonNegative
    pool_residents: Annotated[int, Field(ge=0, le=10_000_000_000)]
    agents: Annotated[int, Field(ge=0, le=100_000)]
    hour_weights: Weights24
    handling_minutes: Positive
    handling_cv: Annotated[float, Field(ge=0, le=5)]
    patience_minutes: Positive
    informed_incomplete_factor: Share
    calls_again_pct: Percent
    calls_again_times: Annotated[int, Field(ge=0, le=5)]
    calls_again_after_minutes: Annotated[float, Field(gt=0, le=1_440)]


class BackOffice(Section):
    """Desks where cases are decided."""

    opens_hour: Hour
    lunch_from_hour: Hour
    lunch_to_hour: Hour
    closes_hour: Hour
    minutes_per_person_year: Positive
    touch_cv: Annotated[float, Field(ge=0, le=5)]
    refusal_pct: Percent
    resubmit_days: Annotated[int, Field(ge=1, le=60)]
    moved_post_share: Share
    review_every_days: Annotated[int, Field(ge=1, le=4_400)]
    call_order: Literal["joined", "due"]
    traced: bool
    traced_faster_pct: Annotated[float, Field(ge=0, le=50)]
    inquiry_pct: Percent
    inquiry_days: Annotated[float, Field(ge=0, le=100)]
    inquiry_touch_share: Annotated[float, Field(gt=0, le=10)]
    allow_overload: bool

    @model_validator(mode="after")
    def _in_order(self) -> BackOffice:
        rise(self, "opens_hour", "lunch_from_hour", "lunch_to_hour", "closes_hour")
        if self.closes_hour - self.opens_hour <= self.lunch_to_hour - self.lunch_from_hour:
            raise ValueError("lunch lasts all day; desks need hours before or after it.")
        return self


class Provider(Section):
    """Clinics, schools and other organisations that render mass services themselves."""

    patience_minutes: Positive


class Satisfaction(Section):
    """A score of 0 to 100 from five drivers."""

    timeliness_weight: Share
    knowledge_weight: Share
    courtesy_weight: Share
    fairness_weight: Share
    outcome_weight: Share
    tolerated_wait_minutes: Positive
    treatment_mean: Share
    treatment_sd: NonNegative
    failed_outcome_cap: Percent
    pleased_above: Percent
    displeased_below: Percent
    bad_wait_minutes: Positive

    @model_validator(mode="after")
    def _whole(self) -> Satisfaction:
        total = sum(getattr(self, f"{name}_weight") for name in DRIVERS)
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights of the drivers add to {total:g}; they must add to 1.")
        rise(self, "displeased_below", "pleased_above")
        return self


class Trust(Section):
    """How experience moves trust and how awareness spreads."""

    step: Share
    drift_per_year: Share
    portal_success_score: Percent
    portal_failure_score: Percent
    word_of_mouth_per_month: Share


class Lever(Section):
    """One lever set by a scenario: which, to what, from which measured day, over how long."""

    name: str
    value: Any
    start: Annotated[int, Field(ge=0, le=4_400)] = 0
    ramp_days: Annotated[int, Field(ge=0, le=4_400)] = 0
    lasts_days: Annotated[int, Field(ge=0, le=4_400)] = 0  # 0: to the end
    at: str = Field("", exclude=True, repr=False)  # file and line, in words; it moves nothing


class Config(Section):
    """Everything one run needs to know."""

    region: Name
    scenario: Name
    engine: Literal["compiled", "simpy"]
    place: Place
    run: Run
    data: Data = Data()
    scope: Scope
    population: Population
    demand: Demand
    choice: Choice
    portal: Portal
    office: Office
    specialised: Specialised
    kiosks: Kiosks
    appointments: Appointments
    mobile: Mobile
    call_centre: CallCentre
    back_office: BackOffice
    staff: Staff
    provider: Provider
    satisfaction: Satisfaction
    complaints: Complaints
    oversight: Oversight
    survey: Survey
    trust: Trust
    learning: Learning
    signature: Signature
    travel: Travel
    cost: Cost
    tables: dict[str, dict[str, dict[str, float | int | bool | str]]]
    levers: list[Lever]
