"""Who looks after the work of local bodies: inspections, and complaints that are answered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.agents.workplace import set_pace
from sim.chance.streams import Stream, uniforms
from sim.service.tallies import OversightTally
from sim.service.verdicts import Closed, Verdict, count

if TYPE_CHECKING:
    from sim.model import ServiceModel

MONTHS = 12
NO_TURN = -1  # not inspected yet


class Oversight(mesa.Agent):
    """A controller that samples last month's cases of some bodies, and answers complaints.

    An inspection that finds something raises the care of the body, which fades by half-lives: it
    avoids wrong refusals and, as far as ``effort_pct`` says, works faster. An upheld complaint is
    counted, and gives the citizen back a part of lost trust.

    Attributes
    ----------
    last_turn : dict
        Month in which a station was last inspected.
    """

    def __init__(self, model: ServiceModel) -> None:
        super().__init__(model)
        self.last_turn: dict[int, int] = {}
        self._decided: list[Closed] = []  # of the last month, by desks on local services
        self._complaints: list[Closed] = []
        self._in_hand: dict[int, list[Closed]] = {}  # complaints by the day of their answer

    def step(self) -> None:
        """Read what closed yesterday, answer what is due, and inspect at the turn of a month."""
        model = self.model
        self._read_yesterday()
        for complaints in self._in_hand.pop(model.day, []):
            self._answer(complaints)
        on = model.calendar.civil(model.day)
        if on.day == 1:
            self._fade()
            self._inspect(on.year * MONTHS + on.month - 1)
            self._decided, self._complaints = [], []

    def _read_yesterday(self) -> None:
        closed = self.model.closed
        local = self.model.world.catalogue.is_local[closed.service] > 0
        self._decided.append(closed.only(local & closed.decided))
        complaints = closed.only(closed.verdict & Verdict.COMPLAINED != 0)
        if len(complaints.case_id):
            self._complaints.append(complaints)
            due = self.model.day - 1 + self.model.config.complaints.response_days
            self._in_hand.setdefault(due, []).append(complaints)

    def _answer(self, complaints: Closed) -> None:
        """Uphold what is justified, mostly; who was right gets back a part of lost trust."""
        model, rules = self.model, self.model.config.complaints
        u = self._draws(Stream.COMPLAINT, complaints)[:, 0]
        upheld = complaints.is_violation & (u < rules.upheld_pct / 100)
        self._count(complaints, OversightTally.ANSWERED)
        self._count(complaints.only(upheld), OversightTally.UPHELD)
        overturned = upheld & (complaints.verdict & Verdict.WRONG != 0)
        self._count(complaints.only(overturned), OversightTally.RESTORED)
        trust, who = model.citizens.people.trust_centre, complaints.citizen[upheld]
        lost = np.maximum(0, model.config.population.trust_in_centres - trust[who])
        trust[who] += rules.restored_trust_share * lost

    def _inspect(self, month: int) -> None:
        """Look at cases of as many bodies as the month has inspections."""
        rules = self.model.config.oversight
        cases = Closed._make(map(np.concatenate, zip(*self._decided, strict=True)))
        a_month = rules.inspections_per_year / MONTHS
        inspections = int(a_month * (month + 1)) - int(a_month * month)
        for station in self._turns(cases.station)[:inspections]:
            self._inspect_body(cases.only(cases.station == station))
            self.last_turn[station] = month
            if self.model.care[station] > 0:
                set_pace(self.model, station)

    def _turns(self, stations: NDArray[np.int64]) -> list[int]:
        """Bodies that decided something: longest not inspected first, then with most cases.

        Where complaints lead, those with most complaints of the month come before all others.
        """
        made = Counter(int(s) for one in self._complaints for s in one.station)
        leads = self.model.config.oversight.inspect == "complaints"
        found, cases = np.unique(stations, return_counts=True)
        known = [
            (-made[int(s)] * leads, self.last_turn.get(int(s), NO_TURN), -int(n), int(s))
            for s, n in zip(found, cases, strict=True)
        ]
        return [station for *_, station in sorted(known)]

    def _inspect_body(self, cases: Closed) -> None:
        """Draw a sample of a body's cases, find its violations, mostly, and sanction."""
        rules, care = self.model.config.oversight, self.model.care
        u = self._draws(Stream.INSPECTION, cases)
        sampled = np.argsort(u[:, 0], kind="stable")[: rules.cases_per_inspection]
        found = sampled[u[sampled, 1] < rules.detection_pct / 100]
        found = found[cases.is_violation[found]]
        self._count(cases.only(sampled), OversightTally.INSPECTED)
        self._count(cases.only(found), OversightTally.FOUND)
        if len(found):
            station = cases.station[0]
            care[station] += rules.sanction_effect * (1 - care[station])

    def _fade(self) -> None:
        """Care is lost by half in every half-life."""
        care = self.model.care
        care *= 0.5 ** (1 / self.model.config.oversight.half_life_months)
        for station in np.flatnonzero(care):
            set_pace(self.model, int(station))

    def _draws(self, stream: Stream, cases: Closed) -> NDArray[np.float64]:
        model = self.model
        return uniforms(model.seed, stream, cases.case_id, replication=model.replication)

    def _count(self, cases: Closed, column: OversightTally) -> None:
        count(cases, self.model.network.whole, self.model.ledger.oversight, column)
