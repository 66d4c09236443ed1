"""Levers of people at counters and desks: pay, hiring, training, mentors, an exam, losses.

Each makes staff people, as ``staff.dynamics`` does, for with counts it would move nothing. Set it
for the base of a comparison too, or a lever is compared with staff who never leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.config import Config
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import lever, parameter

MAKES_PEOPLE = "makes staff people: compare with staff.dynamics=true"


def _set(config: Config, key: str, value: float | bool) -> Iterator[Change]:
    """Set a parameter of staff, and make them people if it differs from that of the base."""
    if value != getattr(config.staff, key):
        yield parameter("staff", "dynamics", "set", True)
        yield parameter("staff", key, "set", value)


@lever(
    "staff.pay",
    f"Pay of operators and civil servants over that of the base; {MAKES_PEOPLE}.",
    "ratio to the pay of the base",
    low=0.5,
    high=3,
    cost="all posts at offices and on services at the new pay",
)
def pay(_: Mapping[str, Table], config: Config, value: float) -> Iterator[Change]:
    """Set the pay; fewer leave by ``staff.pay_elasticity``, which the base leaves at zero."""
    yield from _set(config, "pay_ratio", float(value))


@lever(
    "staff.hiring_months",
    f"Months until a post that somebody left is filled, on average; {MAKES_PEOPLE}.",
    "months",
    low=1,
    high=24,
)
def hiring_months(_: Mapping[str, Table], config: Config, value: float) -> Iterator[Change]:
    """Set how long hiring takes."""
    yield from _set(config, "hiring_months", float(value))


@lever(
    "staff.training",
    f"People of offices and bodies who are trained in a year; {MAKES_PEOPLE}.",
    "percent of people a year",
    low=0,
    high=200,
    cost="a place for each, cost.training_place, and staff.training_days away",
)
def training(_: Mapping[str, Table], config: Config, value: float) -> Iterator[Change]:
    """Train a share; what it does stands in ``staff.trained_*``, which the base leaves at zero."""
    yield from _set(config, "training_pct", float(value))


@lever(
    "staff.mentors",
    f"Experienced people who leave counters and desks to teach new ones; {MAKES_PEOPLE}.",
    "percent of those with a year of experience",
    low=0,
    high=50,
    cost="their time at counters and desks",
)
def mentors(_: Mapping[str, Table], config: Config, value: float) -> Iterator[Change]:
    """Set the share; what is learnt stands in ``staff.novice_*``, which the base leaves at zero."""
    yield from _set(config, "mentors_pct", float(value))


@lever(
    "staff.certification",
    f"Whether all staff must pass an exam, and who fails is trained first; {MAKES_PEOPLE}.",
    "yes or no",
    choices=("yes", "no"),
    cost="a place of training for each who fails, and staff.retraining_days away",
)
def certification(_: Mapping[str, Table], config: Config, value: str) -> Iterator[Change]:
    """Hold an exam; whom it finds stands in ``staff.unfit_*``, which the base leaves at zero."""
    yield from _set(config, "exam", value == "yes")


@lever(
    "staff.losses",
    f"People of offices and bodies who leave all at once, on the first day; {MAKES_PEOPLE}.",
    "percent of people",
    low=0,
    high=90,
)
def losses(_: Mapping[str, Table], config: Config, value: float) -> Iterator[Change]:
    """Lose a share of the staff; over a ramp, as many of them day by day."""
    yield from _set(config, "losses_pct", float(value))
