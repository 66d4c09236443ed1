"""What citizens do on a day: choose a channel, try online, plan visits; and what they learn."""

import numpy as np

from sim.chance.kernels import philox, pick, uniform
from sim.chance.streams import Stream, stream_key
from sim.compiled import formula, inline, loop
from sim.population.choice_kernels import APP, BODY, OFFICE, PROXY, VAN, WEB, choose
from sim.population.kernels import AGE_BANDS, EDS, HIGH, PHONE, WEAK, citizen_id
from sim.population.learning_kernels import gain_skill
from sim.population.rules import move_trust
from sim.service.cases import NEVER
from sim.service.requests import Channel, Kind, Mark
from sim.service.tallies import GroupTally, ServiceTally
from sim.units import DAY, HOUR

ATTEMPT, VISIT, DECISION, ASK = (
    stream_key(stream) for stream in (Stream.ATTEMPT, Stream.VISIT, Stream.DECISION, Stream.ASK)
)
CALL = int(Channel.CALL)
FILING, ASSISTED, INQUIRY = int(Kind.FILING), int(Kind.ASSISTED), int(Kind.INQUIRY)
AGAIN_ONLINE = int(Kind.ATTEMPT)
KIND_STEP = 64  # numbers of a kind
UNMARKED, INCOMPLETE, REFUSED = int(Mark.NONE), int(Mark.INCOMPLETE), int(Mark.REFUSED)
HELP, DECIDED, RESCUE = int(Mark.HELP), int(Mark.DECIDED), int(Mark.RESCUE)
SAME_DAY = int(Mark.SAME_DAY)

NEEDS, ATTEMPTS, OUTAGES = (
    int(ServiceTally.NEEDS), int(ServiceTally.ATTEMPTS), int(ServiceTally.OUTAGES),
)  # fmt: skip
FAILURES, GAVE_UP, AUTO = (
    int(ServiceTally.FAILURES), int(ServiceTally.GAVE_UP), int(ServiceTally.AUTO),
)  # fmt: skip
ISSUED, FIRST_CHANNEL = int(ServiceTally.ISSUED), int(ServiceTally.WEB)
G_NEEDS, G_FIRST_CHANNEL = int(GroupTally.NEEDS), int(GroupTally.ONLINE)
G_FAILURES, G_GAVE_UP = int(GroupTally.FAILURES), int(GroupTally.GAVE_UP)
G_BAD, G_COMPLAINTS = int(GroupTally.BAD_EXPERIENCES), int(GroupTally.COMPLAINTS)
SKILLS = 3
MAX_ATTEMPTS = 3
MOST_WRITTEN = 2  # requests that one need writes on its day: a call, and a filing behind it
RESCUE_NUMBER = 8  # calls after failed attempts are numbered from here


@inline
def group_of(people, places, citizen):
    """Row of the table of groups: district, place, age band, skill."""
    district = places.district[people.settlement[citizen]]
    skill = people.skill[citizen]
    level = 0 if skill < WEAK else (1 if skill < HIGH else 2)
    return (district * 2 * AGE_BANDS + people.group[citizen]) * SKILLS + level


@formula
def second_between(u, hours, begins, ends):
    """The second between two at which a share ``u`` has come; ``hours`` is cumulative.

    Of an hour that begins before or ends after, only the part between counts.
    """
    hour = 0
    for h in range(23):  # without a jump, for nobody could guess where it ends
        hour += np.int64(hours[h] <= u)
    before = hours[hour - 1] if hour > 0 else 0.0
    within = (u - before) / (hours[hour] - before)
    first, last = max(hour * HOUR, begins), min(hour * HOUR + HOUR, ends)
    return min(first + int(within * (last - first)), last - 1)


@formula
def second_of_day(u, hours):
    """The second at which a share ``u`` of the day's requests has come; ``hours`` is cumulative."""
    return second_between(u, hours, 0, DAY)


@inline
def write(out, n, day, second, citizen, root, service, kind, number, channel, marks):
    """Put a request on the agenda; return how many there are."""
    out["day"][n], out["second"][n], out["citizen"][n], out["root"][n] = day, second, citizen, root
    out["service"][n], out["kind"][n], out["number"][n] = service, kind, number
    out["channel"][n], out["marks"][n] = channel, marks
    return n + 1


@inline
def share_of_days(today, who, root, kind, number):
    """The uniform that decides on which of the days ahead a visit is made."""
    occasion = np.uint64(kind * KIND_STEP + number)
    words = philox(today.seed, VISIT, who, np.uint64(root), occasion, today.replication)
    return uniform(words[3])


@inline
def first_visit_day(today, who, root, kind):
    """Day of a first visit: today or one of the days ahead, by their weights."""
    u = share_of_days(today, who, root, kind, 0)
    return today.day + pick(u, today.visit_days, 0, len(today.visit_days))


@inline
def next_visit_day(today, who, root, kind, number):
    """Day of a visit in answer to something that happened today: tomorrow at the earliest."""
    u = share_of_days(today, who, root, kind, number)
    return today.day + 1 + pick(u, today.later_days, 0, len(today.later_days))


@inline
def is_out(today, second):
    """Whether the portal is out of order at a second of the day."""
    for i in range(len(today.outage_begins)):
        if today.outage_begins[i] <= second < today.outage_ends[i]:
            return True
    return False


@loop
def act(
    people, places, catalogue, behaviour, today, citizens, services, roots, numbers, seconds, when,
    tally, groups, out,
):  # fmt: skip
    """Let everybody with a need of today, or an attempt to repeat, act; returns requests written.

    Parameters
    ----------
    citizens, services, roots, numbers : int[n] -- who, what, which need, which attempt (0: first)
    seconds : int[n] -- of the day, NEVER for first attempts, which are made at ``when``
    when : uint32[n] -- moment of the day as a uniform in 32 bits
    tally : int64[n_services, .] -- ServiceTally of the day, added to
    groups : int64[n_groups, .] -- GroupTally of the month, added to
    out : Requests -- filled; room for ``MOST_WRITTEN`` each
    """
    n = 0
    for k in range(len(citizens)):
        citizen, service, root, number = citizens[k], services[k], roots[k], numbers[k]
        s = people.settlement[citizen]
        who = np.uint64(citizen_id(s, places.first, citizen))
        group = group_of(people, places, citizen)
        channel = WEB
        if number == 0:
            channel = choose(
                people, places, catalogue, behaviour, today, citizen, service, who, root
            )
            tally[service, NEEDS] += 1
            tally[service, FIRST_CHANNEL + channel] += 1
            groups[group, G_NEEDS] += 1
            groups[group, G_FIRST_CHANNEL + max(channel - 1, 0)] += 1
        if channel in (WEB, APP):
            second = seconds[k]
            if second == NEVER:
                u = (np.float64(when[k]) + 0.5) * 2.0**-32
                second = second_of_day(u, today.online_hours)
            n = attempt(
                people, catalogue, behaviour, today, citizen, service, who, root, number, channel,
                second, tally, groups, group, out, n,
            )  # fmt: skip
            continue
        occasion = np.uint64(channel)
        words = philox(today.seed, ASK, who, np.uint64(root), occasion, today.replication)
        if uniform(words[0]) < behaviour.call:
            second = second_of_day(uniform(words[1]), today.call_hours)
            n = write(
                out, n, today.day, second, citizen, root, service, INQUIRY, channel, CALL, UNMARKED,
            )  # fmt: skip
        else:
            n = plan(places, today, citizen, s, who, root, service, channel, UNMARKED, out, n)
    return n


@inline
def plan(places, today, citizen, s, who, root, service, channel, marks, out, n):
    """Plan a first visit: when the van comes, or on one of the days ahead."""
    day = today.day
    if channel != VAN:
        day = first_visit_day(today, who, root, FILING)
        if day == today.day:
            marks |= SAME_DAY
    elif places.van_days[s] >= 0:
        day += places.van_days[s]
    return write(out, n, day, NEVER, citizen, root, service, FILING, 0, channel, marks)


@inline
def attempt(
    people, catalogue, behaviour, today, citizen, service, who, root, number, channel, second,
    tally, groups, group, out, n,
):  # fmt: skip
    """Try online: it works, meets an outage and waits a day, or fails and is done otherwise."""
    tally[service, ATTEMPTS] += 1
    occasion = np.uint64(number)
    words = philox(today.seed, ATTEMPT, who, np.uint64(root), occasion, today.replication)
    fails = False
    if is_out(today, second):
        tally[service, OUTAGES] += 1
        if number + 1 < MAX_ATTEMPTS:
            return write(
                out, n, today.day + 1, second, citizen, root, service, AGAIN_ONLINE, number + 1,
                channel, UNMARKED,
            )  # fmt: skip
        fails = True
    if not fails:
        chance = catalogue.failure[service]
        if people.skill[citizen] < WEAK and not people.can[citizen] & PROXY:
            chance *= behaviour.weak_ratio
        fails = uniform(words[0]) < chance
    if fails:
        move_trust(people.trust_portal, citizen, behaviour.failure_score, behaviour)
        people.habit[citizen] = -1
        tally[service, FAILURES] += 1
        groups[group, G_FAILURES] += 1
        return after_failure(
            catalogue, behaviour, today, citizen, service, who, root, number, second, words[1],
            tally, groups, group, out, n,
        )  # fmt: skip
    move_trust(people.trust_portal, citizen, behaviour.success_score, behaviour)
    people.habit[citizen] = 1
    if behaviour.skill_gain > 0.0:
        gain_skill(people, citizen, behaviour.skill_gain)
    if behaviour.signing != NEVER:
        sign(people, catalogue, behaviour, citizen, service)
    if uniform(words[2]) < behaviour.call and number == 0:
        calls_at = second_of_day(uniform(words[3]), today.call_hours)
        n = write(out, n, today.day, calls_at, citizen, root, service, INQUIRY, 0, CALL, UNMARKED)
    if catalogue.auto[service] < 1.0:
        decision = philox(
            today.seed, DECISION, who, np.uint64(root), np.uint64(0), today.replication
        )
        if uniform(decision[0]) >= catalogue.auto[service]:
            return write(
                out, n, today.day, second, citizen, root, service, FILING, 0, channel, DECIDED,
            )  # fmt: skip
    tally[service, AUTO] += 1
    tally[service, ISSUED] += 1
    return n


@inline
def sign(people, catalogue, behaviour, citizen, service):
    """Who got a signature holds it; so does who signed online and has a phone of their own."""
    signed = catalogue.eds[service] and people.can[citizen] & PHONE
    if service == behaviour.signing or signed:
        people.can[citizen] |= EDS


@inline
def after_failure(
    catalogue, behaviour, today, citizen, service, who, root, number, second, word, tally, groups,
    group, out, n,
):  # fmt: skip
    """A failed attempt becomes a visit, a call for help, or is given up."""
    u = uniform(word)
    if u < behaviour.failure_visit:
        day = next_visit_day(today, who, root, ASSISTED, 0)
        if catalogue.sector[service] >= 0:
            return write(out, n, day, NEVER, citizen, root, service, ASSISTED, 0, BODY, UNMARKED)
        marks = UNMARKED if u < behaviour.failure_visit * catalogue.own_counter[service] else HELP
        return write(out, n, day, NEVER, citizen, root, service, ASSISTED, 0, OFFICE, marks)
    if u < behaviour.failure_visit + behaviour.failure_call:
        return write(
            out, n, today.day, second, citizen, root, service, INQUIRY, RESCUE_NUMBER + number,
            CALL, RESCUE,
        )  # fmt: skip
    tally[service, GAVE_UP] += 1
    groups[group, G_GAVE_UP] += 1
    return n
