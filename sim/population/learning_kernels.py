"""What a month teaches: access that comes, campaigns, fairs, training, and what is forgotten."""

from typing import NamedTuple

import numpy as np

from sim.chance.kernels import half_uniforms, philox, uniform
from sim.chance.streams import Stream, stream_key
from sim.compiled import formula, inline, loop
from sim.population.choice_kernels import has_internet
from sim.population.kernels import (
    AGE_BANDS,
    APPLY,
    AWARE,
    EDS,
    HIGH,
    NET,
    NET_IF_COVERED,
    NONE,
    PHONE,
    WEAK,
    citizen_id,
)
from sim.service.tallies import LessonTally

LEARNING, START = stream_key(Stream.LEARNING), stream_key(Stream.START)
FIRST_OLDER = 4  # of the six age bands: from 60 on
EVERYBODY, OF_WEAK_SKILL, OLDER, RURAL = 0, 1, 2, 3
BOTH, ANY_NET = AWARE | EDS, NET | NET_IF_COVERED
CONNECTED, HEARD = int(LessonTally.CONNECTED), int(LessonTally.HEARD)
SHOWN, TRAINED = int(LessonTally.SHOWN), int(LessonTally.TRAINED)
WEAK_NOW, HIGH_NOW = int(LessonTally.WEAK_SKILL), int(LessonTally.HIGH_SKILL)
SKILL = int(LessonTally.SKILL_PER_MILLE)


class Lessons(NamedTuple):
    """What a month brings, as shares and numbers of people."""

    joins: float  # chance that who is not online yet gets online
    hears: float  # chance that somebody hears of the portal in the media
    shown: float  # chance that somebody is shown the portal at a fair
    adoption: float  # chance that who is shown it can use it since
    places: float  # of courses in a month
    target: int  # whom courses are for
    selection: float  # how far those come first who are able anyway
    gain: float  # share of the skill still missing that a course gives
    fade: float  # share of what was learnt that is forgotten

    @property
    def teach(self) -> bool:
        """Whether a month gives anybody anything."""
        return bool(self.joins or self.hears or self.shown or self.places)


@formula
def gain_skill(people, citizen, share):
    """Skill moves a share of the way to perfect; what was learnt is remembered as such."""
    held = np.float64(people.skill[citizen])
    gained = share * (1.0 - held)
    people.skill[citizen] = held + gained
    people.learnt[citizen] += np.float32(gained)


@formula
def forget(people, citizen, share):
    """A share of what was learnt is lost; skill never falls below where it began."""
    learnt = np.float64(people.learnt[citizen])
    people.learnt[citizen] = learnt * (1.0 - share)
    people.skill[citizen] = np.float64(people.skill[citizen]) - learnt * share


@inline
def place_in_course(people, lessons, citizen):
    """How strongly a citizen is drawn to a course: nothing outside the target."""
    skill, age = people.skill[citizen], people.group[citizen] % AGE_BANDS
    target = lessons.target
    if target == OF_WEAK_SKILL and skill >= WEAK:
        return 0.0
    if target == OLDER and age < FIRST_OLDER:
        return 0.0
    if target == RURAL and people.group[citizen] < AGE_BANDS:
        return 0.0
    return 1.0 - lessons.selection * np.float64(skill < WEAK)


@loop
def begin_earlier(people, first, seed, not_online, not_aware):
    """Take back what people will have only later: internet, and knowing the portal.

    Parameters
    ----------
    first : int64[n_settlements + 1] -- rows of each settlement
    not_online, not_aware : float -- shares of those who have it by the tables of the region
    """
    for s in range(len(first) - 1):
        for citizen in range(first[s], first[s + 1]):
            who = np.uint64(citizen_id(s, first, citizen))
            words = philox(seed, START, who, NONE, NONE, NONE)
            can = people.can[citizen]
            if can & ANY_NET and uniform(words[0]) < not_online:
                people.later[citizen] = can & (ANY_NET | BOTH)
                can &= ~(ANY_NET | BOTH)
            if can & AWARE and uniform(words[1]) < not_aware:
                can &= ~BOTH
            people.can[citizen] = can
            if not (can & AWARE and can & NET):
                people.habit[citizen] = 0


@loop
def learn_for_a_month(people, places, seed, replication, month, lessons, counts):
    """Let a month teach every applicant, each by an address of its own.

    Parameters
    ----------
    lessons : Lessons
    counts : int64[n_districts * 2, 7] -- added to: connected, heard, shown and trained
    """
    drawn, first = 0.0, places.first
    if lessons.places > 0.0:
        for citizen in range(len(people.can)):
            if people.can[citizen] & APPLY:
                drawn += place_in_course(people, lessons, citizen)
    for s in range(len(first) - 1):
        covered = places.covered[s]
        for citizen in range(first[s], first[s + 1]):
            if not people.can[citizen] & APPLY:
                continue
            who = np.uint64(citizen_id(s, first, citizen))
            words = philox(seed, LEARNING, who, NONE, np.uint64(month), replication)
            one = counts[places.district[s] * 2 + people.group[citizen] // AGE_BANDS]
            if lessons.fade > 0.0:
                forget(people, citizen, lessons.fade)
            if people.later[citizen] and uniform(words[0]) < lessons.joins:
                people.can[citizen] |= people.later[citizen]
                people.later[citizen] = 0
                one[CONNECTED] += 1
            can = people.can[citizen]
            online = has_internet(can, covered)
            if online and not can & AWARE and uniform(words[1]) < lessons.hears:
                people.can[citizen] |= AWARE
                one[HEARD] += 1
            shown, adopts = half_uniforms(words[2])
            if shown < lessons.shown:
                one[SHOWN] += 1
                if online and can & PHONE and adopts < lessons.adoption:
                    people.can[citizen] |= BOTH
            if drawn > 0.0:
                attends, _ = half_uniforms(words[3])
                share = place_in_course(people, lessons, citizen) / drawn
                if attends < lessons.places * share:
                    gain_skill(people, citizen, lessons.gain)
                    people.can[citizen] |= AWARE if online else 0
                    one[TRAINED] += 1


@loop
def count_skills(people, places, counts):
    """Count applicants of weak and of high skill, and skill per mille summed, by place."""
    for citizen in range(len(people.can)):
        if people.can[citizen] & APPLY:
            s, skill = people.settlement[citizen], people.skill[citizen]
            one = counts[places.district[s] * 2 + people.group[citizen] // AGE_BANDS]
            one[WEAK_NOW] += skill < WEAK
            one[HIGH_NOW] += skill >= HIGH
            one[SKILL] += np.int64(1000.0 * np.float64(skill) + 0.5)
