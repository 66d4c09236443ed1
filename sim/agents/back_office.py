"""A body whose desks decide cases, and the employer that may move its posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.calendars.rosters import constant
from sim.service.layout import full_time
from sim.service.tallies import DeskTally
from sim.units import HOUR

if TYPE_CHECKING:
    from sim.model import ServiceModel
    from sim.population.world import World


class BackOffice(mesa.Agent):
    """A department or district body: staff of whom a share of time goes to services.

    Desks are the full-time equivalents of that share, at least one, less leave; a body without
    services has none. Whoever joins by a moved post gives the moved share of time.

    Attributes
    ----------
    code : str
        Row of the table of bodies.
    station : int
        Number in the network.
    gained, lost : int
        Posts moved here from other bodies, and away, by a rule of the employer.
    """

    def __init__(self, model: ServiceModel, code: str, station: int) -> None:
        super().__init__(model)
        self.code = code
        self.station = station
        self.gained = self.lost = 0
        self.busy = self.duty = 0  # seconds since the last review
        self._posted_in: tuple[World, int, int] | None = None

    @property
    def desks(self) -> float:
        """Full-time desks at work on services."""
        bodies, rules = self.model.tables["bodies"], self.model.config.back_office
        row = bodies.index[self.code]
        staff = float(bodies.numbers("staff")[row]) - self.lost
        gained = float(bodies.numbers("gained_posts")[row]) + self.gained
        share = float(bodies.numbers("share_of_time")[row])
        return float(full_time(staff, share) + gained * rules.moved_post_share)

    def step(self) -> None:
        """Note yesterday's work, and set today's desks if posts have moved."""
        model, rules = self.model, self.model.config.back_office
        yesterday = model.ledger.stations[self.station]
        self.busy += int(yesterday[DeskTally.BUSY_SECONDS])
        self.duty += int(yesterday[DeskTally.DUTY_SECONDS])
        posted = (model.world, self.gained, self.lost)
        if posted == self._posted_in:
            return
        self._posted_in, self.desks_then = posted, self.desks
        opens, closes = round(rules.opens_hour * HOUR), round(rules.closes_hour * HOUR)
        model.network.staff(self.station, constant(self.desks * model.presence, opens, closes))

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
