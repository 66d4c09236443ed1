"""Both engines at once: every interval lived twice, every cell of the logs compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.compose import Composed
from sim.engine import ENGINES
from sim.model import ServiceModel
from sim.service.cases import Cases, Log, State
from sim.service.stations import Stations
from sim.studies.run import Progress, timeline_of


class Twins:
    """An engine that is all engines: the first one's log goes on, the others' must be the same.

    Attributes
    ----------
    journeys : int
        Cases that came to their first line.
    cells : int
        Cells of logs and states that were compared.
    differing : int
        Those that were not the same.
    """

    def __init__(self) -> None:
        self.journeys = self.cells = self.differing = 0

    def __call__(
        self, stations: Stations, cases: Cases, log: Log, state: State, since: int, until: int
    ) -> None:
        """Carry every open case through an interval, with each engine from the same beginning."""
        first, *others = ENGINES.values()
        copies = [
            (Log._make(x.copy() for x in log), State._make(x.copy() for x in state)) for _ in others
        ]
        first(stations, cases, log, state, since, until)
        for engine, (its_log, its_state) in zip(others, copies, strict=True):
            engine(stations, cases, its_log, its_state, since, until)
            for ours, theirs in zip((*log, *state), (*its_log, *its_state), strict=True):
                same = np.asarray(ours) == np.asarray(theirs)
                self.cells += same.size
                self.differing += int((~same).sum())
        self.journeys += int(((cases.arrival >= since) & (cases.arrival < until)).sum())


@dataclass(frozen=True)
class Twinned:
    """What a run with all engines at once showed."""

    title: str
    region: str
    days: int
    journeys: int
    cells: int
    differing: int
    identities: int


def twinned(composed: Composed, progress: Progress | None = None) -> Twinned:
    """Live a configuration with all engines at once, run-in included."""
    twins = Twins()
    region, timeline = timeline_of(composed.config)
    model = ServiceModel(region, timeline, twins)
    while model.day < model.horizon:
        model.step()
        if progress:
            progress(model.day, model.horizon)
    return Twinned(
        composed.title, composed.config.place.title, model.horizon, twins.journeys, twins.cells,
        twins.differing, model.checks,
    )  # fmt: skip
