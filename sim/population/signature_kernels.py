"""Digital signatures that run out: who loses one in a month, and who asks for another."""

import numpy as np

from sim.chance.kernels import philox, uniform
from sim.chance.streams import Stream, stream_key
from sim.compiled import loop
from sim.population.kernels import APPLY, EDS, NONE, citizen_id
from sim.service.requests import OCCASIONS

SIGNATURE = stream_key(Stream.SIGNATURE)
LAST = OCCASIONS - 1  # the candidate that needs never reach: a renewal stands there


@loop
def run_out(people, first, seed, replication, month, days_in_month, chance, renewed, service, out):
    """Let signatures of a month run out; returns how many of their holders need a new one.

    Parameters
    ----------
    first : int64[n_settlements + 1] -- rows of each settlement
    chance, renewed : float -- that a signature runs out in the month, that its holder renews it
    service : int -- which service gives signatures
    out : NEED[n] -- filled: a need on some day of the month; room for every citizen
    """
    n = 0
    for s in range(len(first) - 1):
        for citizen in range(first[s], first[s + 1]):
            can = people.can[citizen]
            if not can & EDS or not can & APPLY:
                continue
            who = np.uint64(citizen_id(s, first, citizen))
            words = philox(seed, SIGNATURE, who, NONE, np.uint64(month), replication)
            if uniform(words[0]) >= chance:
                continue
            people.can[citizen] &= ~EDS
            if uniform(words[1]) < renewed:
                out["citizen"][n], out["service"][n], out["candidate"][n] = citizen, service, LAST
                out["day"][n] = np.int64(uniform(words[2]) * days_in_month)
                out["when"][n] = words[3] >> np.uint64(32)
                n += 1
    return n
