"""The portal: it fails and recovers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.chance.kernels import lognormal, sigma_of
from sim.chance.streams import Stream, uniforms
from sim.units import DAY, HOUR

if TYPE_CHECKING:
    from sim.model import ServiceModel

DAYS_BACK = 4  # an outage that began earlier is over


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
        today = model.calendar.civil(model.day).toordinal()
        dates = np.arange(today - DAYS_BACK, today + 1)
        u = uniforms(model.seed, Stream.OUTAGE, dates, replication=model.replication)
        begins = u[:, 0] < 1 / rules.outage_every_days
        self.outages = []
        for date, (_, second, length, _) in zip(dates[begins], u[begins], strict=True):
            begin = int(second * DAY) - (today - int(date)) * DAY
            shape = sigma_of(rules.outage_cv)
            end = begin + round(lognormal(length, rules.outage_hours * HOUR, shape))
            if end > 0:
                self.outages.append((max(0, begin), min(DAY, end)))
