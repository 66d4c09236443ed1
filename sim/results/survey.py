"""A survey of recent visitors, seen beside what all visitors would have said; it moves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.chance.streams import Stream, uniforms
from sim.results.schema import TABLES
from sim.service.cases import NEVER
from sim.service.requests import NUMBER_IN_SETTLEMENT_SHIFT

if TYPE_CHECKING:
    from sim.model import ServiceModel

Rows = NDArray[np.intp]


class Survey:
    """Asks a sample of recent visitors, once a month, what they thought of their last visit.

    Only who was at an office or van lately can be asked, and not all answer: the displeased in a
    ratio of their own. The truth beside it is the last score of everybody who ever came.
    """

    def __init__(self) -> None:
        self._score: NDArray[np.int16] | None = None  # per mille, of the last visit
        self._day: NDArray[np.int32] | None = None  # of that visit

    def __call__(self, model: ServiceModel) -> None:
        """Note who was scored today."""
        if self._score is None or self._day is None:
            if model.timeline.most("survey", "sample") == 0:
                return
            n = len(model.citizens)
            self._score, self._day = np.full(n, NEVER, np.int16), np.full(n, NEVER, np.int32)
        scored = np.flatnonzero(model.scores != NEVER)
        who = model.served.particulars["citizen"][scored]
        self._score[who], self._day[who] = model.scores[scored], model.day

    def month(self, model: ServiceModel) -> NDArray[np.int64]:
        """The row of a month that ends today: (1, n_columns), zero if nobody is ever asked."""
        if self._score is None or self._day is None:
            return np.zeros((1, len(TABLES["survey"].counts)), dtype=np.int64)
        rules, likes = model.config.survey, 10 * model.config.satisfaction.pleased_above
        users = np.flatnonzero(self._day != NEVER)
        recent = users[model.day - self._day[users] < rules.recent_days]
        u = _draws(model, recent)
        asked = np.argsort(u[:, 0], kind="stable")[: rules.sample]
        answers = u[asked, 1] < _response(model, self._score[recent[asked]])
        said = self._score[recent[asked[answers]]].astype(np.int64)
        truth = self._score[users].astype(np.int64)
        return np.array(
            [[len(users), len(recent), len(asked), len(said), said.sum(), (said**2).sum(),
              (said > likes).sum(), truth.sum(), (truth > likes).sum()]]
        )  # fmt: skip


def _response(model: ServiceModel, score: NDArray[np.int16]) -> NDArray[np.float64]:
    """Chance that people with some scores answer."""
    rules = model.config.survey
    displeased = score < 10 * model.config.satisfaction.displeased_below
    ratio = np.where(displeased, rules.response_if_displeased_ratio, 1.0)
    return np.asarray(rules.response_pct / 100 * ratio)


def _draws(model: ServiceModel, citizens: Rows) -> NDArray[np.float64]:
    """Uniforms by the lasting ids of citizens and the month."""
    settlement = model.citizens.people.settlement[citizens].astype(np.int64)
    number = citizens - model.world.places.first[settlement]
    month = int(model.calendar.month[model.day])
    return uniforms(
        model.seed, Stream.SURVEY, settlement << NUMBER_IN_SETTLEMENT_SHIFT | number,
        occasion=month, replication=model.replication,
    )  # fmt: skip
