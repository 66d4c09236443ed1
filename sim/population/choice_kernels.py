"""Which channel a citizen takes: random utility over what is feasible."""

import math

import numpy as np

from sim.chance.kernels import half_uniforms, philox
from sim.chance.streams import Stream, stream_key
from sim.compiled import formula, inline
from sim.population.kernels import NET, NET_IF_COVERED
from sim.population.people import Can
from sim.population.rules import arrives
from sim.service.catalogue import NO_CHANNEL
from sim.service.requests import Channel

CHANNEL = stream_key(Stream.CHANNEL)
EDS, PHONE, AWARE, PROXY = int(Can.EDS), int(Can.PHONE), int(Can.AWARE), int(Can.PROXY)
WEB, APP, OFFICE = int(Channel.WEB), int(Channel.APP), int(Channel.OFFICE)
VAN, BODY = int(Channel.VAN), int(Channel.BODY)
SKILL_MEAN, SKILL_SD = 0.6, 0.25  # standardise digital skill
TRUST_MEAN, TRUST_SD = 0.75, 0.15  # standardise trust
FIRST = np.uint64(0)


@inline
def has_internet(can, covered):
    """Internet at home: as drawn for covered settlements, or for those without coverage."""
    return can & (NET_IF_COVERED if covered else NET) != 0


@formula
def able_online(can, covered, needs_eds, two_factor):
    """Who can go online without help: internet, awareness and, where required, a signature.

    A signature can be had online by whoever has a phone number in their own name. Where every
    log-in asks for such a number, nobody is able without one but through somebody else.
    """
    if can & PROXY:
        return True
    if two_factor and not can & PHONE:
        return False
    signs = not needs_eds or can & (EDS | PHONE) != 0
    return signs and can & AWARE != 0 and has_internet(can, covered)


@inline
def online_utility(behaviour, skill, trust, habit, ease):
    """Ease of use, trust in the portal and the last attempt; technology acceptance, in logits."""
    utility = behaviour.online_level + behaviour.ease * ((skill - SKILL_MEAN) / SKILL_SD + ease)
    utility += behaviour.trust * (trust - TRUST_MEAN) / TRUST_SD
    if habit > 0:
        utility += behaviour.success
    elif habit < 0:
        utility -= behaviour.failure
    return utility


@inline
def counter_utility(behaviour, constant, trust, cost):
    """What speaks for the service, trust in centres, and the generalised cost of going there."""
    return constant + behaviour.trust * (trust - TRUST_MEAN) / TRUST_SD - behaviour.cost * cost


@formula
def choose(people, places, catalogue, behaviour, today, citizen, service, who, root):
    """The channel of greatest utility; who cannot go online may ask somebody to, at a price.

    Tastes are addressed to person and need, so no scenario changes them.

    Returns
    -------
    channel : int -- a Channel
    """
    s = people.settlement[citizen]
    can, covered = people.can[citizen], places.covered[s]
    has_office = catalogue.office[service] > NO_CHANNEL
    has_body = catalogue.body[service] > NO_CHANNEL
    has_van = has_office and catalogue.van[service] and places.van_days[s] >= 0
    in_app = (
        catalogue.in_app[service] and can & PHONE and can & AWARE and has_internet(can, covered)
    )
    if not has_office and not has_body and not in_app:
        return WEB
    if not catalogue.online[service] and not has_van and not (has_office and has_body):
        return OFFICE if has_office else BODY

    words = philox(today.seed, CHANNEL, who, np.uint64(root), FIRST, today.replication)
    web, app = half_uniforms(words[0])
    office, van = half_uniforms(words[1])
    body, business = half_uniforms(words[2])
    closed, _ = half_uniforms(words[3])
    chosen, soonest, able = OFFICE, math.inf, False
    if catalogue.online[service]:
        needs_eds = catalogue.eds[service]
        for_business = business < catalogue.business[service]
        able = for_business or able_online(can, covered, needs_eds, behaviour.two_factor)
        utility = online_utility(
            behaviour,
            people.skill[citizen],
            people.trust_portal[citizen],
            people.habit[citizen],
            catalogue.ease[service],
        )
        if in_app:
            chosen, soonest = APP, arrives(app, utility + behaviour.app_bonus)
        if not able:
            utility -= behaviour.helper_penalty
        elif needs_eds and not can & EDS and not for_business:
            utility -= behaviour.eds_penalty
        race = arrives(web, utility)
        if race < soonest:
            chosen, soonest = WEB, race
    if has_office and not (able and closed < catalogue.closure[service]):
        if catalogue.specialised[service]:
            cost = places.special_cost[s] + today.wait_cost[places.special_office[s]]
        else:
            cost = places.office_cost[s] + today.wait_cost[people.office[citizen]]
        trust = people.trust_centre[citizen]
        constant = catalogue.office[service] + behaviour.in_person
        utility = counter_utility(behaviour, constant, trust, cost)
        race = arrives(office, utility)
        if race < soonest:
            chosen, soonest = OFFICE, race
        if has_van:
            utility = counter_utility(behaviour, constant, trust, 0.0)
            utility += behaviour.van_bonus - behaviour.van_delay * places.van_days[s]
            race = arrives(van, utility)
            if race < soonest:
                chosen, soonest = VAN, race
    if has_body:
        race = arrives(body, catalogue.body[service] + behaviour.in_person)
        if race < soonest:
            chosen, soonest = BODY, race
    return chosen
