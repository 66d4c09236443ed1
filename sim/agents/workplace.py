"""A place whose posts people hold: they learn, leave and are replaced, where a run asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.service.staff import YEAR, Luck, Staff
from sim.service.stations import AVERAGE

if TYPE_CHECKING:
    from sim.model import ServiceModel


def set_pace(model: ServiceModel, station: int) -> None:
    """Desks of a body are as fast as its people, and faster the more care and tracing there is."""
    effort = model.config.oversight.effort_pct / 100 * float(model.care[station])
    rules = model.config.back_office
    traced = rules.traced_faster_pct / 100 if rules.traced else 0.0
    takes = float(model.practice[station]) * (1 - effort) * (1 - traced)
    seats = model.network.seats(station)
    model.network.crew(station, "pace", np.full(seats, max(1, round(AVERAGE * takes))))


class Workplace(mesa.Agent):
    """What service centres and bodies have in common: staff of which each person is somebody.

    Where ``staff.dynamics`` is on, missing people are missed and each works at a pace of their
    own; otherwise staff are the counts of the tables.

    Attributes
    ----------
    code : str
        Row of the table of offices or bodies.
    station : int
        Number in the network.
    staff : Staff or None
        Nobody in particular in runs that never switch the dynamics on.
    """

    def __init__(self, model: ServiceModel, code: str, station: int) -> None:
        super().__init__(model)
        self.code = code
        self.station = station
        self.staff: Staff | None = None
        self._month = int(model.calendar.month[0])

    def take_on(self, people: float, turnover_pct: float, place: int) -> None:
        """Find who holds the posts as the run begins; ``place`` tells luck apart."""
        model = self.model
        luck = Luck(model.seed, model.replication, place)
        self.staff = Staff(people, turnover_pct / 100 / YEAR, model.config.staff, luck)

    def live_as_staff(self, people: float, busy: int, duty: int) -> NDArray[np.int64] | None:
        """Let the staff live today after the work of yesterday; who is at work, if they count.

        ``people`` are those whom the tables give the place.
        """
        model, staff, rules = self.model, self.staff, self.model.config.staff
        if staff is None:
            return None
        staff.note(busy, duty)
        before, self._month = self._month, int(model.calendar.month[model.day])
        if before != self._month:
            staff.review(model.measured_day > 0)
        if not rules.dynamics:
            return None
        staff.resize(people)
        if before != self._month:
            staff.turn(model.day, self._month, rules)
        staff.lose(rules)
        return staff.at_work(model.day, rules)
