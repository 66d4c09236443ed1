"""What became of the day's cases: experience, trust, and what citizens do on later days."""

from typing import NamedTuple

import numpy as np

from sim.chance.kernels import half_uniforms, normal, philox, uniform
from sim.chance.streams import Stream, stream_key
from sim.compiled import formula, inline, loop
from sim.population.choice_kernels import BODY, OFFICE, VAN, WEB, has_internet
from sim.population.day_kernels import (
    ASSISTED,
    CALL,
    DECIDED,
    DECISION,
    FILING,
    G_BAD,
    G_COMPLAINTS,
    G_GAVE_UP,
    GAVE_UP,
    HELP,
    INCOMPLETE,
    ISSUED,
    KIND_STEP,
    REFUSED,
    RESCUE,
    UNMARKED,
    group_of,
    next_visit_day,
    write,
)
from sim.population.intake_kernels import INFORMED, PAPER, PICK_UP, RESUBMIT, RETURN
from sim.population.kernels import AWARE, EDS, PHONE, citizen_id
from sim.population.rules import move_trust
from sim.population.stay_kernels import erred, last_inside, waited
from sim.service.cases import NEVER, Outcome
from sim.service.tallies import GroupTally, ServiceTally
from sim.service.verdicts import Verdict
from sim.units import DAY

EXPERIENCE, REFUSAL = stream_key(Stream.EXPERIENCE), stream_key(Stream.REFUSAL)
SERVED, TURNED_AWAY = int(Outcome.SERVED), int(Outcome.TURNED_AWAY)
S_REFUSED, RETURNED = int(ServiceTally.REFUSED), int(ServiceTally.RETURNED)
ON_TIME, OVERDUE = int(ServiceTally.ON_TIME), int(ServiceTally.OVERDUE)
WORKING_DAYS, CALLS = int(ServiceTally.WORKING_DAYS), int(ServiceTally.CALLS)
AUTO, DESK = int(ServiceTally.AUTO), int(ServiceTally.DESK)
OFFICE_VISITS, VAN_VISITS = int(ServiceTally.OFFICE_VISITS), int(ServiceTally.VAN_VISITS)
BODY_VISITS, ASSISTED_VISITS = int(ServiceTally.BODY_VISITS), int(ServiceTally.ASSISTED_VISITS)
PICK_UPS, RETURN_VISITS = int(ServiceTally.PICK_UPS), int(ServiceTally.RETURN_VISITS)
G_VISITS, TRAVEL_METRES = int(GroupTally.VISITS), int(GroupTally.TRAVEL_METRES)
TRAVEL_SECONDS, WAIT_SECONDS = int(GroupTally.TRAVEL_SECONDS), int(GroupTally.WAIT_SECONDS)
SCORE_PER_MILLE, SCORED = int(GroupTally.SCORE_PER_MILLE), int(GroupTally.SCORED)
PLEASED, DISPLEASED = int(GroupTally.PLEASED), int(GroupTally.DISPLEASED)
ADOPTED = int(GroupTally.ADOPTED)
BOTH = AWARE | EDS
V_LATE, V_REFUSED, V_WRONG = int(Verdict.LATE), int(Verdict.REFUSED), int(Verdict.WRONG)
V_AVOIDED, V_RETURNED = int(Verdict.AVOIDED), int(Verdict.RETURNED)
V_WAITED, V_LEFT, V_COMPLAINED = int(Verdict.WAITED), int(Verdict.LEFT), int(Verdict.COMPLAINED)


class Afterwards(NamedTuple):
    """Scalars of what follows a case: shares, seconds, points."""

    return_share: float  # of those sent home for documents who come back
    come_again: float  # of those who left without service
    come_again_times: int
    van_wait: int  # days that who is left over waits for the next call
    resubmit_days: int
    timeliness: float  # weights of the five drivers
    treatment: float  # of knowledge, courtesy and fairness together
    outcome: float
    tolerated_wait: float  # seconds
    treatment_mean: float
    treatment_sd: float
    failed_cap: float  # points
    pleased_above: float
    displeased_below: float
    bad_wait: float  # seconds
    complaint: float  # per bad experience
    wrong: float  # of refusals of local bodies
    shown: float  # chance that a consultant shows the portal to a visitor
    adoption: float  # chance that a visitor shown it can use it since


@formula
def timeliness_of(wait, tolerated):
    """Full marks up to the tolerated wait, none from four times it."""
    return min(1.0, max(0.0, (4.0 * tolerated - wait) / (3.0 * tolerated)))


@loop
def close_cases(
    book, is_open, people, places, catalogue, behaviour, after, today, rank, care, tally, groups,
    verdicts, scores, out,
):  # fmt: skip
    """Settle closed cases one by one; returns how many requests they cause.

    Whoever left the line comes again or gives up; who was sent for documents returns; what was
    issued is picked up; the experience moves trust, and a bad one may bring a complaint.

    Parameters
    ----------
    book : Book -- all cases of the day; is_open : bool[n_cases]
    after : Afterwards
    rank : int64[.] -- worked days of the calendar
    care : float64[n_stations] -- share of wrong refusals that a body avoids
    tally, groups : int64[., .] -- ServiceTally and GroupTally, added to
    verdicts : uint8[n_cases] -- Verdict, filled; scores : int16[n_cases] -- per mille, filled
    out : Requests -- filled
    """
    cases, about, log = book
    n = 0
    for case in range(len(cases.id)):
        citizen = about["citizen"][case]
        if is_open[case] or citizen == NEVER:  # the latter from elsewhere
            continue
        first, last = cases.first[case], cases.first[case + 1] - 1
        service, kind, number = about["service"][case], about["kind"][case], about["number"][case]
        channel, marks = about["channel"][case], about["marks"][case]
        root = np.int64(about["root"][case])
        s = people.settlement[citizen]
        who = np.uint64(citizen_id(s, places.first, citizen))
        group = group_of(people, places, citizen)
        if channel == CALL:
            n = after_call(
                people, places, catalogue, behaviour, today, citizen, s, who, root, service, number,
                marks, answered(log, first, last), cases.arrival[case] % DAY, tally, out, n,
            )  # fmt: skip
            continue
        occasion = np.uint64(np.int64(kind) * KIND_STEP + number)
        words = philox(today.seed, EXPERIENCE, who, np.uint64(root), occasion, today.replication)
        again, complaint = half_uniforms(words[1])
        in_person = channel in (OFFICE, VAN, BODY) and not marks & PAPER
        where = OFFICE if channel == VAN else channel
        leaves = last_inside(cases, first, last)
        if in_person and log.outcome[leaves] != SERVED:
            verdicts[case] = V_LEFT | note_bad(catalogue, after, service, complaint, groups, group)
            if again < after.come_again and number < after.come_again_times:
                day = next_visit_day(today, who, root, kind, number + 1)
                is_left_over = channel == VAN and log.outcome[leaves] == TURNED_AWAY
                if is_left_over and 0 < places.van_again[s] <= after.van_wait:
                    day, where = today.day + places.van_again[s], VAN
                kept = marks & (HELP | INFORMED)
                n = write(out, n, day, NEVER, citizen, root, service, kind, number + 1, where, kept)
            elif kind != PICK_UP:
                give_up(service, group, tally, groups)
            continue

        wait = 0.0
        if in_person:
            wait = np.float64(waited(cases, log, first, leaves))
        overdue = False
        if marks & DECIDED:
            ended = log.ended[last] // DAY
            overdue = ended > about["due"][case]
            tally[service, DESK] += 1
            tally[service, WORKING_DAYS] += rank[ended] - rank[about["filed"][case]]
            tally[service, OVERDUE if overdue else ON_TIME] += 1
        spoilt = in_person and kind != PICK_UP and erred(log, first, leaves)
        missing = marks & INCOMPLETE != 0 or spoilt
        refused = marks & REFUSED != 0 and not missing
        verdict = V_RETURNED if missing and kind != PICK_UP else 0
        if refused:
            desk = cases.station[last]
            verdict = refusal(today, catalogue, after, care, who, root, occasion, service, desk)
            refused = verdict != V_AVOIDED
        failed = missing or refused
        if service == behaviour.signing and not failed:
            people.can[citizen] |= EDS
        count_decision(service, kind, marks, missing, refused, tally)
        if in_person and channel != BODY and kind != PICK_UP:
            score = score_of(after, wait, failed, uniform(words[0]))
            count_score(after, score, groups, group)
            scores[case] = np.int16(10.0 * score + 0.5)
            move_trust(people.trust_centre, citizen, score / 100.0, behaviour)
            if channel == OFFICE and after.shown > 0.0:
                show_portal(people, places, after, citizen, s, words[2], groups, group)
        if overdue:
            verdict |= V_LATE
        if wait > after.bad_wait:
            verdict |= V_WAITED
        if failed or overdue or wait > after.bad_wait:
            verdict |= note_bad(catalogue, after, service, complaint, groups, group)
        verdicts[case] = verdict

        if missing:
            if again >= after.return_share:
                give_up(service, group, tally, groups)
            elif in_person:
                turn = number + 1 if kind == RETURN else 0
                day = next_visit_day(today, who, root, RETURN, turn)
                n = write(out, n, day, NEVER, citizen, root, service, RETURN, turn, where, UNMARKED)
            else:
                day = today.day + 1 + np.int64(uniform(words[3]) * after.resubmit_days)
                second = cases.arrival[case] % DAY
                n = write(
                    out, n, day, second, citizen, root, service, RESUBMIT, 0, channel, DECIDED
                )
        elif (
            in_person
            and channel != BODY
            and kind != PICK_UP
            and not refused
            and uniform(words[3]) < catalogue.pick_up[service]
        ):
            day = next_visit_day(today, who, root, PICK_UP, 0)
            n = write(out, n, day, NEVER, citizen, root, service, PICK_UP, 0, OFFICE, UNMARKED)
    return n


@inline
def answered(log, first, last):
    """Whether any of the calls of a case was answered."""
    served = False
    for visit in range(first, last + 1):
        served = served or log.outcome[visit] == SERVED
    return served


@inline
def note_bad(catalogue, after, service, complaint, groups, group):
    """A bad experience, which may bring a complaint about a body; whether it does."""
    groups[group, G_BAD] += 1
    if catalogue.is_local[service] and complaint < after.complaint:
        groups[group, G_COMPLAINTS] += 1
        return V_COMPLAINED
    return 0


@inline
def refusal(today, catalogue, after, care, who, root, occasion, service, desk):
    """What a refusal is: right, wrong, or a wrong one that the body's care avoids."""
    if not catalogue.is_local[service]:
        return V_REFUSED
    words = philox(today.seed, REFUSAL, who, np.uint64(root), occasion, today.replication)
    wrong, avoided = half_uniforms(words[0])
    if wrong >= after.wrong:
        return V_REFUSED
    return V_AVOIDED if avoided < care[desk] else V_REFUSED | V_WRONG


@inline
def give_up(service, group, tally, groups):
    """A need that is given up."""
    tally[service, GAVE_UP] += 1
    groups[group, G_GAVE_UP] += 1


@inline
def count_decision(service, kind, marks, missing, refused, tally):
    """Count what was decided: returned for documents, refused, or issued; by a desk or at once."""
    if kind == PICK_UP:
        return
    if missing:
        tally[service, RETURNED] += 1
    elif refused:
        tally[service, S_REFUSED] += 1
    else:
        tally[service, ISSUED] += 1
        if not marks & DECIDED:
            tally[service, AUTO] += 1


@formula
def score_of(after, wait, failed, u):
    """Points from timeliness, treatment by staff, and outcome; a failed outcome caps them."""
    treated = min(1.0, max(0.0, after.treatment_mean + after.treatment_sd * normal(u)))
    timely = timeliness_of(wait, after.tolerated_wait)
    score = 100.0 * (after.timeliness * timely + after.treatment * treated)
    return min(score, after.failed_cap) if failed else score + 100.0 * after.outcome


@formula
def count_score(after, score, groups, group):
    """Count a score as a survey of everybody would."""
    groups[group, SCORED] += 1
    groups[group, SCORE_PER_MILLE] += np.int64(10.0 * score + 0.5)
    if score > after.pleased_above:
        groups[group, PLEASED] += 1
    elif score < after.displeased_below:
        groups[group, DISPLEASED] += 1


@inline
def show_portal(people, places, after, citizen, s, word, groups, group):
    """A consultant shows the portal; who has internet and a phone may use it since."""
    shown, adopts = half_uniforms(word)
    can = people.can[citizen]
    able = has_internet(can, places.covered[s]) and can & PHONE
    if able and shown < after.shown and adopts < after.adoption and can & (AWARE | EDS) != BOTH:
        people.can[citizen] |= BOTH
        groups[group, ADOPTED] += 1


@inline
def after_call(
    people, places, catalogue, behaviour, today, citizen, s, who, root, service, number, marks,
    answered, second, tally, out, n,
):  # fmt: skip
    """An answered call informs, or mends a failed attempt; an unanswered one becomes a visit.

    What was mended is decided at once by a rule, or goes to a desk on the next day.
    """
    tally[service, CALLS] += 1
    if marks & RESCUE:
        if answered:
            people.habit[citizen] = 1
            words = philox(
                today.seed, DECISION, who, np.uint64(root), np.uint64(0), today.replication
            )
            if uniform(words[0]) >= catalogue.auto[service]:
                return write(
                    out, n, today.day + 1, second, citizen, root, service, FILING, 0, WEB, DECIDED
                )
            tally[service, AUTO] += 1
            tally[service, ISSUED] += 1
            if service == behaviour.signing:
                people.can[citizen] |= EDS
            return n
        day = next_visit_day(today, who, root, ASSISTED, 0)
        where = BODY if catalogue.sector[service] >= 0 else OFFICE
        kept = UNMARKED if where == BODY else HELP
        return write(out, n, day, NEVER, citizen, root, service, ASSISTED, 0, where, kept)
    if number in (OFFICE, VAN, BODY):
        kept = INFORMED if answered else UNMARKED
        day = next_visit_day(today, who, root, FILING, 0)
        if number == VAN and places.van_days[s] > 0:
            day = today.day + places.van_days[s]
        n = write(out, n, day, NEVER, citizen, root, service, FILING, 0, number, kept)
    return n
