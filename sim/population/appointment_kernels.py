"""Appointments: who books a slot of the day, comes to it, and how punctually."""

from typing import NamedTuple

import numpy as np

from sim.chance.kernels import half_uniforms, normal, philox, uniform
from sim.chance.streams import Stream, stream_key
from sim.compiled import inline, loop
from sim.population.choice_kernels import OFFICE
from sim.population.day_kernels import (
    KIND_STEP,
    SAME_DAY,
    VISIT,
    group_of,
    next_visit_day,
    write,
)
from sim.population.intake_kernels import PICK_UP, front_of, second_of_visit
from sim.population.kernels import citizen_id
from sim.population.outcome_kernels import give_up
from sim.service.cases import NEVER
from sim.units import DAY

APPOINTMENT = stream_key(Stream.APPOINTMENT)


class Booking(NamedTuple):
    """Scalars of appointments: shares, seconds."""

    share: float  # of visits that are booked if a slot is left
    no_show: float
    slot_seconds: int
    release: int  # second of the day from which what is left may be booked on the day itself
    early: float  # seconds before the slot, on average
    early_sd: float
    come_again: float  # chance that who did not come tries again
    come_again_times: int


@inline
def free_step(free, station, wanted, least):
    """The first slot left from the wanted step on, else the last one left before; or ``NEVER``."""
    for step in range(max(wanted, least), free.shape[1]):
        if free[station, step] > 0:
            return step
    for step in range(wanted - 1, least - 1, -1):
        if free[station, step] > 0:
            return step
    return NEVER


@loop
def book_slots(
    due, people, places, catalogue, stops, booking, today, slots, arrives, comes, tally, groups, out
):
    """Give slots of today to visits in case order; returns how many requests no-shows cause.

    A visit wants the slot nearest behind the second at which it would have come anyway. Who
    decided on the day gets only what is left after the release. A slot of a no-show stays taken.

    Parameters
    ----------
    due : Requests -- of today, in case order
    stops : Stops -- ``free_slots`` is counted down
    slots, arrives : int64[n] -- filled: second of the day of the slot, and of coming; 0 if none
    comes : bool[n] -- filled: False for no-shows
    tally, groups : int64[., .] -- ServiceTally and GroupTally, added to
    out : Requests -- filled
    """
    n = 0
    for k in range(len(due)):
        comes[k], slots[k], arrives[k] = True, 0, 0
        if due["channel"][k] != OFFICE:
            continue
        citizen, service, root = due["citizen"][k], due["service"][k], np.int64(due["root"][k])
        kind, number, marks = np.int64(due["kind"][k]), np.int64(due["number"][k]), due["marks"][k]
        s = people.settlement[citizen]
        who = np.uint64(citizen_id(s, places.first, citizen))
        occasion = np.uint64(kind * KIND_STEP + number)
        words = philox(today.seed, APPOINTMENT, who, np.uint64(root), occasion, today.replication)
        if uniform(words[0]) >= booking.share:
            continue
        front = front_of(people, places, catalogue, stops, citizen, s, service, OFFICE, marks)
        moment = philox(today.seed, VISIT, who, np.uint64(root), occasion, today.replication)
        wanted = second_of_visit(uniform(moment[0]), stops, front)
        least = booking.release if marks & SAME_DAY else 0
        step = free_step(
            stops.free_slots, front, wanted // booking.slot_seconds,
            -(-least // booking.slot_seconds),
        )  # fmt: skip
        if step == NEVER:
            continue
        stops.free_slots[front, step] -= 1
        misses, again = half_uniforms(words[1])
        if misses < booking.no_show:
            comes[k] = False
            if again < booking.come_again and number < booking.come_again_times:
                day = next_visit_day(today, who, root, kind, number + 1)
                kept = marks & ~np.uint8(SAME_DAY)
                n = write(
                    out, n, day, NEVER, citizen, root, service, kind, number + 1, OFFICE, kept
                )
            elif kind != PICK_UP:
                give_up(service, group_of(people, places, citizen), tally, groups)
            continue
        slots[k] = step * booking.slot_seconds
        early = booking.early + booking.early_sd * normal(uniform(words[2]))
        arrives[k] = min(DAY - 1, max(0, slots[k] - np.int64(np.floor(early))))
    return n
