"""Counting what happened at stations on a day; nothing here changes anybody's course."""

import numpy as np

from sim.calendars.kernels import BEYOND
from sim.compiled import formula, inner, loop
from sim.population.choice_kernels import BODY, VAN, has_internet
from sim.population.day_kernels import ASSISTED, HELP, group_of
from sim.population.intake_kernels import PICK_UP, RETURN
from sim.population.kernels import APPLY, AWARE, EDS
from sim.population.stay_kernels import first_inside, last_inside, waited
from sim.service.cases import NEVER, Outcome
from sim.service.rules import current_visit
from sim.service.stations import Closing
from sim.service.tallies import CallTally, DeskTally, GroupTally, OfficeTally, ServiceTally
from sim.units import DAY, HOUR, MINUTE

OPEN, SERVED, BALKED = int(Outcome.OPEN), int(Outcome.SERVED), int(Outcome.BALKED)
RENEGED, TURNED_AWAY = int(Outcome.RENEGED), int(Outcome.TURNED_AWAY)
NO_WINDOW = int(Closing.NONE)
O_ARRIVED, O_SERVED = int(OfficeTally.ARRIVED), int(OfficeTally.SERVED)
O_WAIT, O_WITHIN = int(OfficeTally.WAIT_SECONDS), int(OfficeTally.WITHIN_STANDARD)
O_BUSY, O_OVERTIME = int(OfficeTally.BUSY_SECONDS), int(OfficeTally.OVERTIME_SECONDS)
D_JOINED, D_ENDED = int(DeskTally.JOINED), int(DeskTally.ENDED)
D_WAIT, D_BUSY, D_BACKLOG = (
    int(DeskTally.WAIT_SECONDS), int(DeskTally.BUSY_SECONDS), int(DeskTally.BACKLOG),
)  # fmt: skip
C_OFFERED, C_ANSWERED = int(CallTally.OFFERED), int(CallTally.ANSWERED)
C_ABANDONED, C_WAIT = int(CallTally.ABANDONED), int(CallTally.WAIT_SECONDS)
C_WITHIN = int(CallTally.WITHIN_20_SECONDS)
OFFICE_VISITS, VAN_VISITS = int(ServiceTally.OFFICE_VISITS), int(ServiceTally.VAN_VISITS)
BODY_VISITS, ASSISTED_VISITS = int(ServiceTally.BODY_VISITS), int(ServiceTally.ASSISTED_VISITS)
PICK_UPS, RETURN_VISITS = int(ServiceTally.PICK_UPS), int(ServiceTally.RETURN_VISITS)
G_VISITS, TRAVEL_METRES = int(GroupTally.VISITS), int(GroupTally.TRAVEL_METRES)
TRAVEL_SECONDS, WAIT_SECONDS = int(GroupTally.TRAVEL_SECONDS), int(GroupTally.WAIT_SECONDS)


@loop
def record(
    book, is_open, people, places, catalogue, help_service, metres_per_second, closing, closes,
    whole, staffed, standard, call_centre, n_offices, day, stations, calls, hours, waits, tally,
    groups,
):  # fmt: skip
    """Count every visit that ended on a day, and who is still in line or in service at midnight.

    Parameters
    ----------
    book : Book -- all cases of the day, open and closed
    is_open : bool[n_cases] -- filled: whether the case has visits still to make
    closing, closes : int64[n_stations] -- a Closing; second of the day, -1 if shut today
    whole : int64[n_stations] -- the office that a station is a part of, else itself
    staffed : bool[n_stations] -- whether its servers are people; a kiosk's are not
    standard : int64 -- seconds of waiting that the standard allows
    stations : int64[n_stations, .] -- OfficeTally or DeskTally of the day, added to
    calls : int64[.] -- CallTally of the day
    hours : int64[n_offices, 24, 4] -- of such days: arrived, served, seconds waited, within the
        standard, by hour of joining
    waits : int64[n_offices, minutes]
    tally : int64[n_services, .]; groups : int64[n_groups, .]
    """
    cases, about, log = book
    midnight = day * DAY
    for case in range(len(cases.id)):
        citizen = about["citizen"][case]
        is_open[case] = current_visit(cases, log, case) != NEVER
        for visit in range(cases.first[case], cases.first[case + 1]):
            s = cases.station[visit]
            if s == call_centre:
                if citizen != NEVER and log.ended[visit] >= midnight:
                    count_call(log, visit, calls)
                continue
            if closing[s] == NO_WINDOW:
                count_desk(log, cases, visit, midnight, stations[s])
                continue
            if log.ended[visit] < midnight:
                continue
            first = first_inside(cases, visit)
            leaves = visit == last_inside(cases, visit, cases.first[case + 1] - 1)
            leaves = leaves or log.outcome[visit] != SERVED
            close = midnight + closes[s] if closes[s] >= 0 else BEYOND
            seen = log.joined[visit] if log.joined[visit] != NEVER else log.ended[visit]
            wait = max(0, log.ended[visit] - max(seen, cases.slot[visit]))
            if log.outcome[visit] == SERVED:
                wait = waited(cases, log, visit, visit)
            if whole[s] != s:
                count_line(stations[s], log, visit, True, True, wait, standard)
                count_work(stations[s], log, visit, close)
            stay = waited(cases, log, first, visit) if log.outcome[visit] == SERVED else wait
            by_hand, s = staffed[s], whole[s]
            count_line(stations[s], log, visit, visit == first, leaves, stay, standard)
            if by_hand:
                count_work(stations[s], log, visit, close)
            if s < n_offices:
                came = log.joined[first] if log.joined[first] != NEVER else log.ended[first]
                count_hour(hours[s], log, visit, came - midnight, visit == first, leaves, stay,
                           standard)  # fmt: skip
                if leaves and log.outcome[visit] == SERVED:
                    waits[s, min(stay // MINUTE, waits.shape[1] - 1)] += 1
            count_visit(
                book, people, places, catalogue, help_service, metres_per_second, case, citizen,
                visit == first, wait, tally, groups,
            )  # fmt: skip


@inner
def count_line(one, log, visit, comes, leaves, wait, standard):
    """Count a visit at a front station: who comes, who leaves and how, after which wait."""
    one[O_ARRIVED] += comes
    if not leaves:
        return
    one[log.outcome[visit]] += 1
    if log.outcome[visit] == SERVED:
        one[O_WAIT] += wait
        one[O_WITHIN] += wait <= standard


@inner
def count_work(one, log, visit, close):
    """Count the work of a visit that was served, and what of it was done after close."""
    if log.outcome[visit] != SERVED:
        return
    one[O_BUSY] += log.ended[visit] - log.started[visit]
    if log.ended[visit] > close:
        one[O_OVERTIME] += log.ended[visit] - max(close, log.started[visit])


@inner
def count_hour(of_office, log, visit, second, comes, leaves, wait, standard):
    """Count a visit to an office by the hour of coming."""
    hour = second // HOUR
    if not 0 <= hour < 24:
        return
    of_office[hour, 0] += comes
    if leaves and log.outcome[visit] == SERVED:
        of_office[hour, 1] += 1
        of_office[hour, 2] += wait
        of_office[hour, 3] += wait <= standard


@inner
def count_call(log, visit, calls):
    """Count a call of the region."""
    calls[C_OFFERED] += 1
    if log.outcome[visit] != SERVED:
        calls[C_ABANDONED] += 1
        return
    wait = log.started[visit] - log.joined[visit]
    calls[C_ANSWERED] += 1
    calls[C_WAIT] += wait
    calls[C_WITHIN] += wait <= 20


@inner
def count_desk(log, cases, visit, midnight, one):
    """Count work at a desk that came, ended, or stays over midnight."""
    if log.joined[visit] == NEVER:
        return
    if log.joined[visit] >= midnight:
        one[D_JOINED] += 1
    if log.outcome[visit] == OPEN:
        one[D_BACKLOG] += 1
    elif log.ended[visit] >= midnight:
        one[D_ENDED] += 1
        one[D_WAIT] += log.started[visit] - log.joined[visit]
        one[D_BUSY] += log.work[visit]


@inner
def count_visit(
    book, people, places, catalogue, help_service, metres_per_second, case, citizen, comes, wait,
    tally, groups,
):  # fmt: skip
    """Count a visit in person by service and group, and the way to it, there and back.

    Who only goes on inside has come before: what counts is the wait.
    """
    about = book.particulars
    channel, kind = about["channel"][case], about["kind"][case]
    service = help_service if about["marks"][case] & HELP else about["service"][case]
    if channel == BODY:
        tally[service, BODY_VISITS] += 1
        return
    group = group_of(people, places, citizen)
    groups[group, G_VISITS] += comes
    groups[group, WAIT_SECONDS] += wait
    if not comes:
        return
    if channel == VAN:
        tally[service, VAN_VISITS] += 1
        return
    tally[service, OFFICE_VISITS] += 1
    if kind == ASSISTED:
        tally[service, ASSISTED_VISITS] += 1
    elif kind == PICK_UP:
        tally[service, PICK_UPS] += 1
    elif kind == RETURN:
        tally[service, RETURN_VISITS] += 1
    s = people.settlement[citizen]
    metres = 2000.0 * (
        places.special_km[s] if catalogue.specialised[service] else places.office_km[s]
    )
    groups[group, TRAVEL_METRES] += np.int64(metres + 0.5)
    groups[group, TRAVEL_SECONDS] += np.int64(metres / metres_per_second + 0.5)


@loop
def count_people(people, places, n_ages, counts):
    """Count citizens by district and place.

    Parameters
    ----------
    counts : int64[n_districts * 2, 7] -- citizens; of those of age to apply: all, with internet,
        aware of the portal, with a signature; trust in centres and in the portal, per mille, summed
    """
    for citizen in range(len(people.group)):
        s, can = people.settlement[citizen], people.can[citizen]
        cell = places.district[s] * 2 + people.group[citizen] // n_ages
        counts[cell, 0] += 1
        if can & APPLY:
            counts[cell, 1] += 1
            counts[cell, 2] += has_internet(can, places.covered[s])
            counts[cell, 3] += can & AWARE != 0
            counts[cell, 4] += can & EDS != 0
            counts[cell, 5] += per_mille(people.trust_centre[citizen])
            counts[cell, 6] += per_mille(people.trust_portal[citizen])


@formula
def per_mille(share):
    """Thousandths of a share in single precision, rounded."""
    return np.int64(1000.0 * np.float64(share) + 0.5)
