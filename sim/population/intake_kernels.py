"""Requests that fall due become cases: which stations they visit, for how long, how patiently."""

from typing import NamedTuple

import numpy as np

from sim.chance.kernels import exponential, half_uniforms, lognormal, philox, pick, uniform, weibull
from sim.chance.streams import Stream, stream_key
from sim.compiled import formula, inline, loop
from sim.population.choice_kernels import APP, BODY, OFFICE, VAN, WEB
from sim.population.day_kernels import (
    ASSISTED,
    CALL,
    DECIDED,
    DECISION,
    FILING,
    HELP,
    INCOMPLETE,
    KIND_STEP,
    REFUSED,
    VISIT,
    is_out,
    second_between,
)
from sim.population.kernels import EDS, PRIORITY, WEAK, citizen_id
from sim.service.cases import FOREVER, LUCK, NEVER
from sim.service.kiosks import HELPED
from sim.service.requests import CITIZEN_SHIFT, KIND_SHIFT, ROOT_SHIFT, Kind, Mark
from sim.units import DAY, HOUR

CALLING = stream_key(Stream.CALL)
PICK_UP, RETURN, RESUBMIT = int(Kind.PICK_UP), int(Kind.RETURN), int(Kind.RESUBMIT)
INFORMED = int(Mark.INFORMED)
AGAIN, BUS = stream_key(Stream.AGAIN), stream_key(Stream.BUS)
ASKING, MISTAKE = stream_key(Stream.INQUIRY), stream_key(Stream.MISTAKE)
KIOSK = stream_key(Stream.KIOSK)
PAPER = int(Mark.PAPER)
SHORT_MATTER = 1  # the skill of express counters
MOST_AGAIN = 8  # retrials of a call
BUS_SPREAD = 2 * HOUR  # within which the buses of all villages arrive


class Intake(NamedTuple):
    """Scalars of the intake: seconds, shares."""

    patience_scale: float  # seconds, of the Weibull law at counters
    patience_shape: float
    provider_patience: float  # mean seconds
    call_patience: float  # mean seconds
    call_seconds: float
    call_sigma: float
    informed_factor: float  # of the chance of missing documents, after a call
    online_factor: float  # of the same chance, of forms filed online
    touch_sigma: float
    refusal: float
    help_service: int  # row of the catalogue: assisted use of the portal
    by_due: bool  # whether desks call by the last day of the limit
    again: float  # chance that who hung up calls again on the day
    again_times: int
    again_after: float  # mean seconds
    inquiry: float  # chance that a desk asks another body
    inquiry_way: int  # seconds, each way
    inquiry_touch: float  # ratio to the touch time of the desk
    bus: float  # chance that a villager comes by bus
    bus_second: int  # at which buses begin to arrive
    errors: bool  # whether operators make mistakes
    express: bool  # whether short matters have counters of their own
    most_visits: int  # that a case may make


@formula
def whole_seconds(x):
    """Round to whole seconds, at least one."""
    return max(np.int64(1), np.int64(x + 0.5))


@formula
def case_id(who, root, kind, number):
    """The lasting name of a case: citizen, need, kind and running number."""
    return who << CITIZEN_SHIFT | root << ROOT_SHIFT | kind << KIND_SHIFT | number


@inline
def set_visit(cases, visit, station, work, patience, tolerance, due):
    """Write one visit of an itinerary."""
    cases.station[visit], cases.work[visit] = station, work
    cases.patience[visit], cases.tolerance[visit] = patience, tolerance
    cases.due[visit] = due


@inline
def front_of(people, places, catalogue, stops, citizen, s, service, channel, marks):
    """Station that a visitor goes to, NEVER for a paper that is handed in at the body."""
    if channel == VAN:
        return stops.van[s]
    if channel == BODY:
        sector = catalogue.sector[service]
        return stops.front[sector, places.district[s]] if sector >= 0 else NEVER
    if catalogue.specialised[service] and not marks & HELP:
        return places.special_office[s]
    return np.int64(people.office[citizen])


@inline
def second_of_visit(u, stops, front):
    """The second at which a share ``u`` of today's visitors of a station has come to it."""
    return second_between(u, stops.arrival_hours[front], stops.begins[front], stops.ends[front])


@inline
def call_again(cases, visit, station, work, intake, seed, replication, who, root, occasion):
    """Write the calls that follow if nobody answers; returns the number of visits."""
    for k in range(intake.again_times):
        address = occasion * np.uint64(MOST_AGAIN) + np.uint64(k)
        words = philox(seed, AGAIN, np.uint64(who), np.uint64(root), address, replication)
        if uniform(words[0]) >= intake.again:
            break
        patience = whole_seconds(intake.call_patience * exponential(uniform(words[2])))
        set_visit(cases, visit, station, work, patience, FOREVER, 0)
        cases.delay[visit] = whole_seconds(intake.again_after * exponential(uniform(words[1])))
        cases.retrial[visit] = 1
        visit += 1
    return visit


@inline
def makes_steps(steps, catalogue, front, service, kind, marks):
    """Filings and returns do, of what only specialised offices take; a pick-up is no filing."""
    is_there = steps.station[front, 0] != NEVER
    return is_there and catalogue.specialised[service] and kind != PICK_UP and not marks & HELP


@inline
def walk_steps(cases, visit, steps, front, service, work, patience):
    """Write the steps behind the papers, each with its part of the time; returns the visits."""
    for k in range(steps.station.shape[1]):
        begin, end = steps.ends[service, k], steps.ends[service, k + 1]
        seconds = np.int64(work * end) - np.int64(work * begin)
        if seconds > 0:
            set_visit(cases, visit, steps.station[front, k], seconds, patience, FOREVER, 0)
            cases.inside[visit], cases.delay[visit] = 1, steps.way
            cases.luck[visit] = cases.luck[visit - 1]
            visit += 1
    return visit


@inline
def may_use_kiosk(kiosks, catalogue, front, can, service, kind):
    """Filings and returns of what is had online may, with the signature it asks for.

    What only specialised offices take is checked in person.
    """
    if kiosks.station[front] == NEVER or kind == PICK_UP or catalogue.specialised[service]:
        return False
    signs = catalogue.eds[service] == 0 or can & EDS != 0
    return catalogue.online[service] == 1 and signs


@inline
def try_kiosk(cases, visit, kiosks, stops, front, is_weak, marks, words, patience):
    """Write a visit to a kiosk; returns whether the matter ends there.

    Who needs help is called to a kiosk with a consultant; if none is there, the use fails.
    """
    needs, fails = half_uniforms(words[1])
    chance = kiosks.help * (kiosks.weak_ratio if is_weak else 1.0)
    by_hand = needs < chance or marks & HELP != 0
    work = whole_seconds(lognormal(uniform(words[2]), kiosks.seconds, kiosks.sigma))
    station = kiosks.station[front]
    set_visit(cases, visit, station, work, patience, stops.line_limit[station], 0)
    if by_hand and uniform(words[3]) >= kiosks.consultant[front]:
        return False
    if by_hand:
        cases.skill[visit] = HELPED
    return fails >= kiosks.failure


@inline
def bus_arrives(places, s, begins, bus_second):
    """Second at which the bus of a village arrives: its own, the same every day."""
    return max(begins, bus_second) + (s * 1_009) % BUS_SPREAD


@loop
def open_cases(
    due, slots, arrives, people, places, catalogue, routing, stops, steps, kiosks, intake, rank,
    worked, today, cases, particulars, case, visit,
):  # fmt: skip
    """Turn the requests of a day into cases; returns the number of visits in the book.

    A filing at a counter goes on to a desk if it is complete and a person must decide; at an
    office it may make steps before, or be made at a kiosk. All of it is drawn here, before any
    line forms.

    Parameters
    ----------
    due : Requests -- of this day
    slots, arrives : int64[n] -- second of the day of an appointment, and of coming to it; 0 if none
    steps, kiosks : Steps, Kiosks -- of offices
    rank, worked : int64[.] -- of the calendar, for the limit
    cases, particulars : filled from ``case`` and ``visit`` on, at most ``intake.most_visits`` each
    """
    seed, replication, day = today.seed, today.replication, today.day
    for k in range(len(due)):
        citizen, service, root = due["citizen"][k], due["service"][k], np.int64(due["root"][k])
        kind, number, channel = (
            np.int64(due["kind"][k]),
            np.int64(due["number"][k]),
            due["channel"][k],
        )
        marks, can = due["marks"][k], people.can[citizen]
        s = people.settlement[citizen]
        district = places.district[s]
        who = citizen_id(s, places.first, citizen)
        occasion = np.uint64(kind * KIND_STEP + number)
        second = np.int64(due["second"][k])
        last_day = worked[rank[day] + catalogue.limit_days[service] - 1]
        cases.first[case] = visit
        cases.id[case] = case_id(who, root, kind, number)
        in_person = channel in (OFFICE, VAN, BODY)
        cases.priority[case] = 0 if in_person and people.can[citizen] & PRIORITY else 1
        if channel == CALL:
            words = philox(seed, CALLING, np.uint64(who), np.uint64(root), occasion, replication)
            work = whole_seconds(
                lognormal(uniform(words[0]), intake.call_seconds, intake.call_sigma)
            )
            patience = whole_seconds(intake.call_patience * exponential(uniform(words[1])))
            set_visit(cases, visit, stops.call_centre, work, patience, FOREVER, 0)
            visit += 1
            if intake.again > 0.0:
                visit = call_again(
                    cases, visit, stops.call_centre, work, intake, seed, replication, who, root,
                    occasion,
                )  # fmt: skip
        else:
            chance = philox(seed, DECISION, np.uint64(who), np.uint64(root), occasion, replication)
            missing, refused = half_uniforms(chance[3])
            is_filing = kind in (FILING, ASSISTED)
            incomplete = catalogue.incomplete[service] if is_filing and not marks & HELP else 0.0
            if marks & INFORMED:
                incomplete *= intake.informed_factor
            if channel in (WEB, APP):
                incomplete *= intake.online_factor
            if missing < incomplete:
                marks |= INCOMPLETE
            by_desk = marks & DECIDED != 0
            if in_person:
                front = front_of(
                    people, places, catalogue, stops, citizen, s, service, channel, marks
                )
                if kind != PICK_UP and not marks & INCOMPLETE:
                    by_desk = uniform(chance[0]) >= catalogue.auto[service]
                words = philox(seed, VISIT, np.uint64(who), np.uint64(root), occasion, replication)
                if front == NEVER:  # handed in at the body, on paper
                    by_desk = True
                    marks |= PAPER
                    second = second_of_visit(uniform(words[0]), stops, people.office[citizen])
                else:
                    second = second_of_visit(uniform(words[0]), stops, front)
                    timed = intake.help_service if marks & HELP else service
                    work = whole_seconds(
                        lognormal(
                            uniform(words[1]),
                            catalogue.counter_seconds[timed],
                            catalogue.counter_sigma[timed],
                        )
                    )
                    u = uniform(words[2])
                    if channel == BODY:
                        patience = whole_seconds(intake.provider_patience * exponential(u))
                    else:
                        patience = whole_seconds(
                            weibull(u, intake.patience_scale, intake.patience_shape)
                        )
                    limit = stops.line_limit[front]
                    if slots[k] > 0:
                        second, limit = arrives[k], FOREVER
                        cases.slot[visit] = day * DAY + slots[k]
                    elif intake.bus > 0.0 and channel == OFFICE and places.rural[s]:
                        ride = philox(
                            seed, BUS, np.uint64(who), np.uint64(root), occasion, replication
                        )
                        if uniform(ride[0]) < intake.bus:
                            second = bus_arrives(places, s, stops.begins[front], intake.bus_second)
                    begins, is_done = visit, False
                    if (
                        slots[k] == 0
                        and may_use_kiosk(kiosks, catalogue, front, can, service, kind)
                        and not is_out(today, second)
                    ):
                        use = philox(
                            seed, KIOSK, np.uint64(who), np.uint64(root), occasion, replication
                        )
                        if uniform(use[0]) < kiosks.share:
                            is_weak = people.skill[citizen] < WEAK
                            is_done = try_kiosk(
                                cases, visit, kiosks, stops, front, is_weak, marks, use, patience
                            )
                            visit += 1
                    if not is_done:
                        if visit > begins:
                            limit, cases.inside[visit] = FOREVER, 1
                        if intake.errors:
                            spoilt = philox(
                                seed, MISTAKE, np.uint64(who), np.uint64(root), occasion,
                                replication,
                            )  # fmt: skip
                            cases.luck[visit] = np.int32(uniform(spoilt[0]) * LUCK)
                        is_short = kind == PICK_UP or marks & HELP
                        if intake.express and channel == OFFICE and is_short:
                            cases.skill[visit] = SHORT_MATTER
                        set_visit(cases, visit, front, work, patience, limit, 0)
                        visit += 1
                    if makes_steps(steps, catalogue, front, service, kind, marks):
                        papers = np.int64(work * steps.ends[service, 0])
                        cases.work[visit - 1] = max(np.int64(1), papers)
                        if not marks & INCOMPLETE:
                            visit = walk_steps(cases, visit, steps, front, service, work, patience)
            if by_desk:
                marks |= DECIDED
                if refused < intake.refusal:
                    marks |= REFUSED
                row = service * routing.n_districts + district
                owner = routing.station[
                    pick(
                        uniform(chance[1]),
                        routing.cumulative,
                        routing.first[row],
                        routing.first[row + 1],
                    )
                ]
                mean = catalogue.touch_seconds[service]
                work = whole_seconds(lognormal(uniform(chance[2]), mean, intake.touch_sigma))
                due_day = last_day + 1 if intake.by_due else 0  # 0 would be no day
                if intake.inquiry > 0.0:
                    asks = philox(
                        seed, ASKING, np.uint64(who), np.uint64(root), occasion, replication
                    )
                    if uniform(asks[0]) < intake.inquiry:
                        asked = routing.asked[
                            pick(uniform(asks[1]), routing.asked_cumulative, 0, len(routing.asked))
                        ]
                        mean *= intake.inquiry_touch
                        own = whole_seconds(lognormal(uniform(asks[2]), mean, intake.touch_sigma))
                        set_visit(cases, visit, asked, own, FOREVER, FOREVER, due_day)
                        cases.delay[visit] = 0 if visit == cases.first[case] else intake.inquiry_way
                        cases.delay[visit + 1] = intake.inquiry_way
                        visit += 1
                set_visit(cases, visit, owner, work, FOREVER, FOREVER, due_day)
                visit += 1
        cases.arrival[case] = day * DAY + second
        particulars["citizen"][case], particulars["root"][case] = citizen, root
        particulars["service"][case], particulars["kind"][case] = service, kind
        particulars["number"][case], particulars["channel"][case] = number, channel
        particulars["marks"][case], particulars["filed"][case] = marks, day
        particulars["due"][case] = last_day
        case += 1
    cases.first[case] = visit
    return visit
