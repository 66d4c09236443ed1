"""The information system that all counters work with: it fails and recovers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.agents.outages import outages_of_day
from sim.chance.streams import Stream
from sim.service.layout import SYSTEM_CLOCK
from sim.service.network import Role
from sim.units import DAY, MINUTE

if TYPE_CHECKING:
    from sim.model import ServiceModel


class CounterSystem(mesa.Agent):
    """One system for all offices and vans; while it is out of order nobody is called.

    A service under way is paused, or lost and begun again, as ``office.system_outage`` says.

    Attributes
    ----------
    outages : list of (begin, end)
        Seconds of today.
    """

    def __init__(self, model: ServiceModel) -> None:
        super().__init__(model)
        self.outages: list[tuple[int, int]] = []

    def step(self) -> None:
        """Find out when it will be out of order today, and stop the clock of counters then."""
        model, rules = self.model, self.model.config.office
        model.network.losses.clear()
        if not model.counters_may_stop:
            return
        self.outages = outages_of_day(
            model.seed, model.replication, Stream.SYSTEM,
            model.calendar.civil(model.day).toordinal(),
            rules.system_outages_per_year / model.days_in_year,
            rules.system_outage_minutes * MINUTE, rules.system_outage_cv,
        )  # fmt: skip
        spans, begin = [], 0
        for out, back in sorted(self.outages):
            if begin < out:
                spans.append((begin, out))
            begin = max(begin, back)
        if begin < DAY:
            spans.append((begin, DAY))
        model.network.work(SYSTEM_CLOCK, model.day, spans)
        if rules.system_outage == "lost":
            begins = sorted({end for _, end in spans if end < DAY})
            for station in model.network.of(Role.OFFICE, Role.STEP, Role.VAN):
                model.network.losses[int(station)] = begins
