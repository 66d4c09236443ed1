"""Callers elsewhere, who share the pool of agents with the region."""

from __future__ import annotations

import numpy as np

from sim.errors import ModelError
from sim.population.call_kernels import calls_from_elsewhere, fits, occupy
from sim.population.choice import Today
from sim.population.world import World
from sim.service.book import Book
from sim.service.layout import CALL_CENTRE
from sim.service.network import Network
from sim.units import DAY


class CallsElsewhere:
    """Draws the calls of people outside the region, and adds them where they can matter.

    On a day on which even endless agents would never be busier than those on duty, nobody waits,
    whoever calls from elsewhere: such calls are then left out of the engine's day, and only those
    still under way at midnight are carried over. What the region's callers meet is the same.
    """

    def __init__(self) -> None:
        self._under_way = Book.blank(0, 0)

    def of_day(
        self,
        expected: float,
        world: World,
        network: Network,
        today: Today,
        date: int,
        region: Book,
    ) -> Book:
        """Calls from elsewhere that the engine must see on a day.

        Parameters
        ----------
        expected : float
            Calls of the day.
        date : int
            Ordinal of the civil date.
        region : Book
            The region's own cases of the day, open and new.
        """
        room = int(expected + 8 * expected**0.5 + 16)
        book = Book.blank(room, room * world.intake.most_visits)
        station = network.index[CALL_CENTRE]
        n = calls_from_elsewhere(
            expected, world.intake, world.call_hours, today.seed, today.replication, date,
            today.day, station, book.cases, book.particulars,
        )  # fmt: skip
        if n < 0:
            raise ModelError(f"More than {room} calls from elsewhere on day {today.day}.")
        before, new = self._under_way, book.first_rows(n, int(book.cases.first[n]))
        midnight = today.day * DAY
        change = np.zeros(DAY + 1, dtype=np.int64)
        for one in (region, before, new):
            occupy(one, station, midnight, change)
        if not fits(change, network.roster[station]):
            self._under_way = Book.blank(0, 0)
            return before.extended(new)
        self._under_way = _after(before, midnight + DAY).extended(_after(new, midnight + DAY))
        return Book.blank(0, 0)


def _after(calls: Book, midnight: int) -> Book:
    """What is left of calls that nobody waits for, from a midnight on."""
    work = calls.cases.work[calls.cases.first[:-1]]
    found = calls.only(calls.cases.arrival + work > midnight)
    found.cases.work[found.cases.first[:-1]] -= midnight - found.cases.arrival
    found.cases.arrival[:] = midnight
    return found
