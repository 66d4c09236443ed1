"""The first lesson: the busiest day of a town's office, as it was and with one counter fewer.

The counter is taken away on the morning of that day. So both halls meet the same people with the
same luck, and whatever differs between them is the line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.compose import Composed
from sim.errors import InputError, ModelError
from sim.results.hall import HallDay, HallKeeper
from sim.studies.run import Progress, Run, execute, region_of


@dataclass(frozen=True)
class Arm:
    """One of the halls: what was set, what was run, and the day that is shown."""

    composed: Composed
    run: Run
    hall: HallDay

    @property
    def label(self) -> str:
        """The name of the scenario."""
        return self.composed.config.scenario

    @property
    def title(self) -> str:
        """What the scenario is called."""
        return self.composed.title or self.label


def two_halls(base: Composed, fewer: Composed, progress: Progress | None = None) -> tuple[Arm, Arm]:
    """The busiest day of the base, and the same day under levers that begin on its morning."""
    office = _the_office(base)
    keeper = HallKeeper(office)
    year = execute(base, progress, observers=[keeper])
    busiest = keeper.busiest()
    if busiest is None:
        problem = f"run.days={base.config.run.days} brought nobody to {office}; give it more days."
        raise InputError([problem])
    if busiest.counters < 2:
        problem = (
            f"{office} has one counter, and the lesson takes one away. "
            f"Give it two: tables.offices.{office}.counters=2"
        )
        raise InputError([problem])
    begun = _from(fewer, busiest.measured_day)
    keeper = HallKeeper(office)
    again = execute(begun, progress, observers=[keeper])
    arms = (Arm(base, year, busiest), Arm(begun, again, keeper.last()))
    check_same_people(*(arm.hall for arm in arms))
    return arms


def _the_office(one: Composed) -> str:
    """The only office of the region: the page has room for one."""
    offices = region_of(one.config).tables["offices"].rows
    if len(offices) != 1:
        problem = (
            f"the lesson shows the one office of a town, and region {one.config.region} has "
            f"{len(offices)}. Leave out region={one.config.region}."
        )
        raise InputError([problem])
    return str(offices[0])


def _from(fewer: Composed, measured_day: int) -> Composed:
    """The same scenario with all levers beginning on a day, which is the last of the run."""
    config = fewer.config
    levers = [one.model_copy(update={"start": measured_day}) for one in config.levers]
    run = config.run.model_copy(update={"days": measured_day + 1})
    return replace(fewer, config=config.model_copy(update={"levers": levers, "run": run}))


def check_same_people(one: HallDay, other: HallDay) -> None:
    """Common luck is no promise but a fact of these two halls."""
    for column in ("case_id", "came", "work", "priority"):
        if not np.array_equal(getattr(one, column), getattr(other, column)):
            raise ModelError(f"the two halls of {one.on} differ in {column}: not the same people.")
