"""Compiled loops over citizens: who they are, and which needs arise."""

import numpy as np

from sim.chance.kernels import exponential, half_uniforms, philox, pick, uniform
from sim.chance.streams import Stream, stream_key
from sim.compiled import formula, inline, loop, making
from sim.population.people import Can
from sim.service.requests import NUMBER_IN_SETTLEMENT_SHIFT, OCCASIONS

PERSON, NEED, AWARENESS = (
    stream_key(stream) for stream in (Stream.PERSON, Stream.NEED, Stream.AWARENESS)
)
NET, NET_IF_COVERED, EDS, PHONE = (
    int(Can.NET),
    int(Can.NET_IF_COVERED),
    int(Can.EDS),
    int(Can.PHONE),
)
AWARE, PRIORITY, PROXY, APPLY = int(Can.AWARE), int(Can.PRIORITY), int(Can.PROXY), int(Can.APPLY)
NONE, FIRST, SECOND = np.uint64(0), np.uint64(0), np.uint64(1)
AGE_BANDS = 6  # of each place
WEAK, HIGH = 1.0 / 3.0, 2.0 / 3.0  # digital skill


@inline
def citizen_id(settlement, first, citizen):
    """The lasting id of a citizen: the settlement and the number within it."""
    return np.int64(settlement) << NUMBER_IN_SETTLEMENT_SHIFT | (citizen - first[settlement])


@loop
def synthesise(
    people, seed, first, is_rural, covered, groups, uncovered_factor, priority, trust, office_first,
    offices, office_cumulative,
):  # fmt: skip
    """Draw everybody's attributes from the marginals, each by an address of its own.

    One rank decides internet and skill, another the signature and awareness among those online, so
    that who holds a signature knows the portal and who knows it has internet.

    Parameters
    ----------
    people : People -- filled in place
    seed : uint64 -- of the region, not of a study: the same people in every replication
    first : int64[n_settlements + 1] -- rows of each settlement
    is_rural, covered : int64[n_settlements]
    groups : Groups
    uncovered_factor, priority : float -- shares
    trust : (float, float) -- in centres and in the portal
    office_first : int64[n_settlements + 1]; offices : int64[.]; office_cumulative : float64[.]
        -- service centres of each settlement with cumulative shares
    """
    for s in range(len(first) - 1):
        low, high = groups.first[is_rural[s]], groups.first[is_rural[s] + 1]
        for citizen in range(first[s], first[s + 1]):
            who = np.uint64(citizen_id(s, first, citizen))
            a = philox(seed, PERSON, who, NONE, FIRST, NONE)
            b = philox(seed, PERSON, who, NONE, SECOND, NONE)
            group = pick(uniform(a[0]), groups.cumulative, low, high)
            rank, ready = uniform(a[1]), uniform(a[2])
            phone, priority_draw = half_uniforms(a[3])
            proxy, office_draw = half_uniforms(b[0])
            can = 0
            if rank < groups.internet[group]:
                can |= NET_IF_COVERED
                if covered[s] or rank < groups.internet[group] * uncovered_factor:
                    can |= NET
                if ready * groups.internet[group] < groups.eds[group]:
                    can |= EDS
                if ready * groups.internet[group] < groups.aware[group]:
                    can |= AWARE
            if phone < groups.phone[group]:
                can |= PHONE
            if priority_draw < priority:
                can |= PRIORITY
            if proxy < groups.proxy[group]:
                can |= PROXY
            if groups.applicant[group] > 0.0:
                can |= APPLY
            people.settlement[citizen] = s
            people.group[citizen] = group
            people.can[citizen] = can
            people.skill[citizen] = skill_of(rank, groups.sufficient[group], groups.high[group])
            people.trust_centre[citizen] = trust[0]
            people.trust_portal[citizen] = trust[1]
            people.habit[citizen] = 1 if can & AWARE and can & NET else 0
            people.office[citizen] = offices[
                pick(office_draw, office_cumulative, office_first[s], office_first[s + 1])
            ]


@formula
def skill_of(rank, sufficient, high):
    """Skill that falls with rank; above 1/3 for the share with sufficient, 2/3 with high skill."""
    if rank < high:
        return 1.0 - (1.0 - HIGH) * rank / high
    if rank < sufficient:
        return HIGH - (HIGH - WEAK) * (rank - high) / (sufficient - high)
    return WEAK * (1.0 - (rank - sufficient) / (1.0 - sufficient))


@loop
def needs_of_month(
    people, first, seed, replication, month, days_in_month, ratio, bound, mix, guide, out
):  # fmt: skip
    """Candidates of a month that are needs, citizen by citizen; returns how many.

    Candidates of a citizen have rising heights; one block gives the step in height, the service
    (from a mix that no scenario changes), the day and the moment. A candidate is a need when its
    height is at most rate / mix. More demand adds needs, less removes them, none is renumbered.

    Parameters
    ----------
    ratio : float64[days_in_month, n_groups, n_services] -- needs a month over mix
    bound : float64[n_groups] -- largest ratio of a group in this month
    mix : float64[n_services] -- cumulative
    guide : int64[n_guides] -- where in the mix to begin looking
    out : NEED[capacity] -- filled

    Returns
    -------
    int -- number of needs, or -1 if the capacity does not hold them
    """
    n, capacity, n_services = 0, len(out), len(mix)
    repeat = np.uint64(replication)
    for s in range(len(first) - 1):
        for citizen in range(first[s], first[s + 1]):
            if people.can[citizen] & APPLY == 0:
                continue
            group = people.group[citizen]
            who, height = np.uint64(citizen_id(s, first, citizen)), 0.0
            for candidate in range(OCCASIONS):
                occasion = np.uint64(month * OCCASIONS + candidate)
                words = philox(seed, NEED, who, NONE, occasion, repeat)
                height += exponential(uniform(words[0]))
                if height > bound[group]:
                    break
                if candidate == OCCASIONS - 1:
                    return -2
                u = uniform(words[1])
                service = pick(u, mix, guide[int(u * len(guide))], n_services)
                day = int(uniform(words[2]) * days_in_month)
                if height <= ratio[day, group, service]:
                    if n == capacity:
                        return -1
                    out["citizen"][n], out["service"][n], out["day"][n] = citizen, service, day
                    out["candidate"][n] = candidate
                    out["when"][n] = words[3] >> np.uint64(32)
                    n += 1
    return n


@making
def guide_to(cumulative, n_guides):
    """First index that a uniform of each of ``n_guides`` equal parts can pick: int64[n_guides]."""
    guide = np.zeros(n_guides, np.int64)
    for i in range(n_guides):
        guide[i] = pick(i / n_guides, cumulative, 0, len(cumulative))
    return guide


@loop
def drift(trust, home, share):
    """Let trust return a share of the way home, in place."""
    for citizen in range(len(trust)):
        trust[citizen] += share * (home - trust[citizen])


@loop
def spread_awareness(people, first, covered, seed, replication, month, hazard):
    """Word of mouth: who does not know the portal hears of it with the share who do.

    The chance in a month is ``hazard`` times the aware share of the settlement's applicants.
    """
    for s in range(len(first) - 1):
        aware, applicants = 0, 0
        for citizen in range(first[s], first[s + 1]):
            if people.can[citizen] & APPLY:
                applicants += 1
                if people.can[citizen] & AWARE:
                    aware += 1
        if aware in (0, applicants):
            continue
        chance = hazard * aware / applicants
        net = NET_IF_COVERED if covered[s] else NET
        for citizen in range(first[s], first[s + 1]):
            can = people.can[citizen]
            if can & APPLY and can & net and not can & AWARE:
                who = np.uint64(citizen_id(s, first, citizen))
                words = philox(seed, AWARENESS, who, NONE, np.uint64(month), np.uint64(replication))
                if uniform(words[0]) < chance:
                    people.can[citizen] |= AWARE
