"""The portal: it fails and recovers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.agents.outages import outages_of_day
from sim.chance.streams import Stream
from sim.units import HOUR

if TYPE_CHECKING:
    from sim.model import ServiceModel


class Portal(mesa.Agent):
    """The electronic government portal, one system for all.

    An outage begins on a day with probability 1 / (days between outages), at any second, and lasts
    a lognormal time.

    Attributes
    ----------
    outages : list of (begin, end)
        Seconds of today during which it is out of order.
    """

    def __init__(self, model: ServiceModel) -> None:
        super().__init__(model)
        self.outages: list[tuple[int, int]] = []

    def step(self) -> None:
        """Find out when it will be out of order today."""
        model = self.model
        rules = model.config.portal
        self.outages = outages_of_day(
            model.seed, model.replication, Stream.OUTAGE,
            model.calendar.civil(model.day).toordinal(), 1 / rules.outage_every_days,
            rules.outage_hours * HOUR, rules.outage_cv,
        )  # fmt: skip
