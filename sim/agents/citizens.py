"""All citizens of a region, as one agent that holds columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.population.day_kernels import MOST_WRITTEN, act
from sim.population.demand import NEED, Needs
from sim.population.kernels import drift, spread_awareness
from sim.population.learning_kernels import learn_for_a_month
from sim.population.people import Can, People
from sim.population.signature_kernels import run_out
from sim.service.cases import NEVER
from sim.service.request_kernels import rows_at
from sim.service.requests import REQUEST, Channel, Kind, Requests, root_of

if TYPE_CHECKING:
    from sim.model import ServiceModel

Ids = NDArray[np.intp]


@dataclass(frozen=True)
class Citizen:
    """A read-only view of one person."""

    row: int
    settlement: str
    group: str
    can: Can
    digital_skill: float
    trust_in_centres: float
    trust_in_portal: float
    last_attempt_online: int


class Citizens(mesa.Agent):
    """Stands for everybody; each sleeps until a need falls due, and nobody is scanned daily.

    A citizen with a need takes the channel of greatest utility among those that are feasible,
    tries online at once, or plans a visit on one of the days ahead.

    Attributes
    ----------
    people : People
        Columns, one row a citizen.
    """

    def __init__(self, model: ServiceModel, people: People) -> None:
        super().__init__(model)
        self.people = people
        self._needs: Needs | None = None
        self._month = NEVER

    def __len__(self) -> int:
        return len(self.people.group)

    def __getitem__(self, row: int) -> Citizen:
        tables = self.model.tables
        one = {name: column[row] for name, column in self.people._asdict().items()}
        return Citizen(
            row=row,
            settlement=tables["settlements"].rows[one["settlement"]],
            group=tables["groups"].rows[one["group"]],
            can=Can(int(one["can"])),
            digital_skill=float(one["skill"]),
            trust_in_centres=float(one["trust_centre"]),
            trust_in_portal=float(one["trust_portal"]),
            last_attempt_online=int(one["habit"]),
        )

    def select(self, where: Callable[[People], NDArray[np.bool_]]) -> Ids:
        """Rows of the citizens for whom ``where`` holds."""
        return np.flatnonzero(where(self.people))

    def get(self, name: str, ids: Ids | slice = slice(None)) -> NDArray[Any]:
        """One attribute of some citizens."""
        column: NDArray[Any] = getattr(self.people, name)
        return column[ids]

    def set(self, name: str, value: Any, ids: Ids | slice = slice(None)) -> None:
        """Give some citizens another value of an attribute."""
        getattr(self.people, name)[ids] = value

    def agg(self, name: str, how: Callable[[NDArray[Any]], float]) -> float:
        """One number from an attribute of everybody."""
        return float(how(getattr(self.people, name)))

    def groupby(self, name: str) -> dict[int, Ids]:
        """Rows of the citizens for each value of an attribute."""
        column = getattr(self.people, name)
        return {int(value): np.flatnonzero(column == value) for value in np.unique(column)}

    def do(self, rule: Callable[[People], None]) -> None:
        """Apply a rule to all columns at once."""
        rule(self.people)

    def step(self) -> None:
        """Let needs of today be acted on, and repeat what an outage stopped yesterday."""
        model = self.model
        self._enter_month()
        assert self._needs is not None
        day_of_month = model.calendar.civil(model.day).day - 1
        needs = self._needs.of(day_of_month)
        due = model.agenda.due(model.day)
        repeats = due["kind"] == Kind.ATTEMPT
        again = rows_at(due, np.flatnonzero(repeats))
        model.agenda.add(self._vans_that_come(rows_at(due, np.flatnonzero(~repeats))))
        roots = root_of(self._month, needs["candidate"])
        new, old = len(roots), len(again)
        written = np.empty(MOST_WRITTEN * (new + old), dtype=REQUEST)
        n = act(
            self.people,
            model.world.places,
            model.world.catalogue,
            model.world.behaviour,
            model.today,
            np.concatenate([needs["citizen"], again["citizen"]]),
            np.concatenate([needs["service"], again["service"]]),
            np.concatenate([roots, again["root"]]),
            np.concatenate([np.zeros(new, np.int8), again["number"]]),
            np.concatenate([np.full(new, NEVER, np.int32), again["second"]]),
            np.concatenate([needs["when"], np.zeros(old, np.uint32)]),
            model.ledger.services,
            model.ledger.groups,
            written,
        )
        model.agenda.add(written[:n])

    def _enter_month(self) -> None:
        """At the turn of a month: its needs, and what has been learnt by word of mouth."""
        model = self.model
        month = int(model.calendar.month[model.day])
        if month == self._month:
            return
        if self._month != NEVER:
            trust = model.config.trust
            drift(
                self.people.trust_centre,
                model.config.population.trust_in_centres,
                trust.drift_per_year / 12,
            )
            drift(
                self.people.trust_portal,
                model.config.population.trust_in_portal,
                trust.drift_per_year / 12,
            )
            spread_awareness(
                self.people, model.world.places.first, model.world.places.covered,
                np.uint64(model.seed), model.replication, month, trust.word_of_mouth_per_month,
            )  # fmt: skip
            self._learn(month)
        self._month = month
        self._needs = model.needs_of(month).with_rows(self._renewals(month))

    def _renewals(self, month: int) -> NDArray[np.void]:
        """Needs of those whose signature runs out this month; they stand in place of the rates."""
        model, rules = self.model, self.model.config.signature
        found = np.empty(len(self) if rules.valid_years > 0 else 0, dtype=NEED)
        if not len(found):
            return found
        n = run_out(
            self.people, model.world.places.first, np.uint64(model.seed),
            np.uint64(model.replication), month, model.days_in_month, 1 / (12 * rules.valid_years),
            rules.renewed_pct / 100, model.world.behaviour.signing, found,
        )  # fmt: skip
        return found[:n]

    def _learn(self, month: int) -> None:
        """Whom access, campaigns, fairs and courses reach in a month, and what is forgotten."""
        model, lessons = self.model, self.model.world.lessons
        if lessons.teach or (lessons.fade and self.people.learnt.any()):
            learn_for_a_month(
                self.people, model.world.places, np.uint64(model.seed),
                np.uint64(model.replication), month, lessons, model.ledger.lessons,
            )  # fmt: skip

    def _vans_that_come(self, due: Requests) -> Requests:
        """Whose van is not there today waits for its next call, or goes to an office instead."""
        model = self.model
        settlement = self.people.settlement[due["citizen"]]
        missed = (due["channel"] == Channel.VAN) & (model.van_at[settlement] == NEVER)
        days = model.world.places.van_days[settlement]
        waits = missed & (days > 0)
        due["day"][waits] += days[waits].astype(np.int32)
        due["channel"][missed & ~waits] = Channel.OFFICE
        return due
