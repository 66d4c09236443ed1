"""Calls from elsewhere: left out only if nobody could wait, and over when they are over."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from sim.population.call_kernels import fits
from sim.population.calls import _after
from sim.service.book import Book
from sim.units import DAY, HALF_HOUR, SLOTS


@pytest.mark.parametrize("seed", range(20))
def test_nobody_waits_as_long_as_no_more_are_busy_than_are_on_duty(seed: int) -> None:
    """One busy agent more than on duty at a single second is one too many."""
    random = Random(seed)
    change = np.zeros(DAY + 1, np.int64)
    for _ in range(30):
        begin = random.randrange(DAY)
        change[begin] += 1
        change[min(DAY, begin + random.randrange(1, 3 * HALF_HOUR))] -= 1
    busy = np.cumsum(change)[:DAY].reshape(SLOTS, HALF_HOUR).max(axis=1)
    assert fits(change, busy)
    assert fits(change, busy + 1)
    slot = random.choice(np.flatnonzero(busy).tolist())
    fewer = busy.copy()
    fewer[slot] -= 1
    assert not fits(change, fewer)


def test_a_call_under_way_at_midnight_is_over_when_it_would_have_been() -> None:
    """Of calls that nobody waits for only what is left goes on; those that are over do not."""
    calls, midnight = Book.blank(3, 3), 5 * DAY
    calls.cases.first[:] = range(4)
    calls.cases.arrival[:] = [midnight - 100, midnight - 100, midnight - 1]
    calls.cases.work[:] = [100, 101, 500]
    left = _after(calls, midnight)
    assert left.cases.arrival.tolist() == [midnight, midnight]
    assert left.cases.work.tolist() == [1, 499]
