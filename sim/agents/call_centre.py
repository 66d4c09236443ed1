"""The call centre: a pool of agents that the region shares with people elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.units import HALF_HOUR, HOUR

if TYPE_CHECKING:
    from sim.model import ServiceModel


class CallCentre(mesa.Agent):
    """Agents on shift answer in order of arrival; who waits too long hangs up.

    Agents are rostered by the square-root rule: in each hour the offered load and as many times
    its square root as the busiest hour has, when all of them are there. Shifts overlap by half an
    hour. Where nobody is expected to call, they are there as for the fewest calls.

    Attributes
    ----------
    station : int
        Number in the network.
    """

    def __init__(self, model: ServiceModel, station: int) -> None:
        super().__init__(model)
        self.station = station

    def step(self) -> None:
        """Put agents on shift, and hear how many calls will come from elsewhere."""
        model, rules = self.model, self.model.config.call_centre
        region = int(model.world.places.first[-1])
        a_day = rules.calls_per_resident / model.days_in_year
        callers = max(rules.pool_residents, region)
        shares = np.array(rules.hour_weights) / sum(rules.hour_weights)
        load = callers * a_day * shares * rules.handling_minutes / 60  # erlangs
        safety = (rules.agents - load.max()) * np.sqrt(shares / shares.max())
        by_hour = np.ceil(np.clip(load + safety, 1, max(1, rules.agents)))
        roster = np.repeat(by_hour.astype(np.int64), HOUR // HALF_HOUR)
        model.network.staff(self.station, np.maximum(roster, np.roll(roster, 1)))
        model.expected_elsewhere = (callers - region) * a_day
