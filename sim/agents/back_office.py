"""A body whose desks decide cases, and the employer that may move its posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.agents.workplace import Workplace, set_pace
from sim.calendars.rosters import constant
from sim.service.layout import full_time
from sim.service.tallies import DeskTally
from sim.units import HOUR

if TYPE_CHECKING:
    from sim.model import ServiceModel
    from sim.population.world import World


class BackOffice(Workplace):
    """A department or district body: staff of whom a share of time goes to services.

    Desks are the full-time equivalents of that share, at least one, less leave; a body without
    services has none. Whoever joins by a moved post gives the moved share of time. Where staff are
    people, desks are fewer by those who are missing, and as fast as those who are there are on
    average: everybody gives a share of time.

    Attributes
    ----------
    gained, lost : int
        Posts moved here from other bodies, and away, by a rule of the employer.
    """

    def __init__(self, model: ServiceModel, code: str, station: int) -> None:
        super().__init__(model, code, station)
        self.gained = self.lost = 0
        self.busy = self.duty = 0  # seconds since the last review
        self.presence_of_people = 1.0  # those at work over those usually there
        self._posted_in: tuple[World, int, int, float] | None = None
        if model.has_people and self.renders_services:
            row = model.tables["bodies"].index[code]
            self.take_on(self._people(), model.config.staff.body_turnover_pct, 2 * row + 1)

    @property
    def desks(self) -> float:
        """Full-time desks at work on services."""
        bodies, rules = self.model.tables["bodies"], self.model.config.back_office
        row = bodies.index[self.code]
        staff = float(bodies.numbers("staff")[row]) - self.lost
        gained = float(bodies.numbers("gained_posts")[row]) + self.gained
        share = float(bodies.numbers("share_of_time")[row])
        desks = full_time(staff, share) + gained * rules.moved_post_share
        return float(desks * self.presence_of_people)

    def step(self) -> None:
        """Note yesterday's work, and set today's desks if posts have moved."""
        model, rules = self.model, self.model.config.back_office
        yesterday = model.ledger.stations[self.station]
        busy, duty = int(yesterday[DeskTally.BUSY_SECONDS]), int(yesterday[DeskTally.DUTY_SECONDS])
        self.busy += busy
        self.duty += duty
        there = self.live_as_staff(self._people(), busy, duty)
        if there is not None:
            self._sit_down(there)
        posted = (model.world, self.gained, self.lost, self.presence_of_people)
        if posted == self._posted_in:
            return
        self._posted_in, self.desks_then = posted, self.desks
        set_pace(model, self.station)
        opens, closes = round(rules.opens_hour * HOUR), round(rules.closes_hour * HOUR)
        model.network.staff(self.station, constant(self.desks * model.presence, opens, closes))

    def _people(self) -> float:
        """Who works there by the tables, and by the posts that its employer has moved."""
        bodies = self.model.tables["bodies"]
        row = bodies.index[self.code]
        people = float(bodies.numbers("staff")[row] + bodies.numbers("gained_posts")[row])
        return people + self.gained - self.lost

    def _sit_down(self, there: NDArray[np.int64]) -> None:
        """Desks for those who are there, as fast as they are; the last one never stays empty."""
        model, staff = self.model, self.staff
        assert staff is not None
        self.presence_of_people = max(1, len(there)) / staff.usual_people
        time = staff.work_time(there, model.config.staff).mean() if len(there) else 1.0
        model.practice[self.station] = time
        set_pace(model, self.station)

    @property
    def renders_services(self) -> bool:
        """Whether its utilisation says anything: a body without services has no desks."""
        bodies = self.model.tables["bodies"]
        return float(bodies.numbers("share_of_time")[bodies.index[self.code]]) > 0

    @property
    def can_spare(self) -> bool:
        """Whether a post can go without leaving the body empty."""
        bodies = self.model.tables["bodies"]
        return float(bodies.numbers("staff")[bodies.index[self.code]]) - self.lost >= 2

    def expected_utilisation(self) -> float:
        """Work since the last review over the time that today's desks would have been on duty."""
        if not self.duty:
            return 0.0
        return self.busy / self.duty * self.desks_then / self.desks


class Employer(mesa.Agent):
    """Who may move posts between bodies: the same employer and budget level.

    Where the rule ``utilisation`` is in force, posts move at each review from the least to the most
    used desks, one at a time, as many as the lever allows; it sees only days that have passed.

    Attributes
    ----------
    name : str
        As in the table of bodies.
    moves : list of (day, from, to)
        What was moved.
    """

    def __init__(self, model: ServiceModel, name: str, bodies: list[BackOffice]) -> None:
        super().__init__(model)
        self.name = name
        self.bodies = bodies
        self.moves: list[tuple[int, str, str]] = []

    def step(self) -> None:
        """Review the posts on the days the lever asks for."""
        employers = self.model.tables["employers"]
        row = employers.index[self.name]
        posts = int(employers.numbers("posts_by_utilisation")[row])
        since = self.model.measured_day
        if posts == 0 or since < 0:
            return
        if since % self.model.config.back_office.review_every_days == 0:
            for _ in range(posts - len(self.moves)):
                self._move_one()
            for body in self.bodies:
                body.busy = body.duty = 0

    def _move_one(self) -> None:
        able = [body for body in self.bodies if body.renders_services]
        if len(able) < 2:
            return
        ranked = sorted(able, key=lambda body: (body.expected_utilisation(), body.code))
        receiver = ranked[-1]
        donors = [body for body in ranked[:-1] if body.can_spare]
        if donors and donors[0].expected_utilisation() < receiver.expected_utilisation():
            donors[0].lost += 1
            receiver.gained += 1
            self.moves.append((self.model.measured_day, donors[0].code, receiver.code))
