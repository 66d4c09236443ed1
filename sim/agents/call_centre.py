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

    Agents are rostered by the hour profile of calls, as many in the busiest hour as there are.

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
        weights = np.array(rules.hour_weights)
        by_hour = np.ceil(rules.agents * weights / weights.max()).astype(np.int64)
        model.network.staff(self.station, np.maximum(1, np.repeat(by_hour, HOUR // HALF_HOUR)))
        elsewhere = max(0, rules.pool_residents - int(model.world.places.first[-1]))
        model.calls_elsewhere = elsewhere * rules.calls_per_resident / model.days_in_year
