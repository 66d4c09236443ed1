"""A van with operators that calls at villages by an itinerary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.calendars.rosters import constant
from sim.chance.streams import Stream, uniforms
from sim.service.cases import FOREVER
from sim.service.network import SHUT
from sim.service.tallies import VanTally
from sim.units import HOUR

if TYPE_CHECKING:
    from sim.model import ServiceModel

Tour = tuple[int, ...]  # settlements of one day, at most two


class MobileUnit(mesa.Agent):
    """A vehicle with a crew, based in a district centre.

    On each worked day with passable roads it makes the next tour of its itinerary: one village for
    the whole day where many live, else two in turn. On a day lost to weather everything moves on.

    Attributes
    ----------
    number : int
        Counts the units from 0.
    route : (n,) int64
        Settlements that the crews of its route share.
    stops : (int, int)
        Stations of its first and second stop of a day.
    tours : list of Tour
        The itinerary, repeated for ever.
    """

    def __init__(
        self,
        model: ServiceModel,
        number: int,
        code: str,
        route: NDArray[np.int64],
        stops: tuple[int, int],
    ) -> None:
        super().__init__(model)
        self.number = number
        self.code = code
        self.route = route
        self.stops = stops
        self.next_tour = 0
        self.tours: list[Tour] = []
        self._arranged_for: tuple[str, int, int] | None = None

    def step(self) -> None:
        """Drive today's tour if the roads allow it, and announce the coming ones."""
        model = self.model
        self._arrange()
        for stop in self.stops:
            model.network.window(stop, SHUT, SHUT)
            model.network.staff(stop, constant(0, 0, 0))
        active = self.number < model.config.mobile.units and bool(self.tours)
        works = bool(model.calendar.works[model.day])
        drives = active and works and not self._snowed_in()
        if drives:
            self._drive(self.tours[self.next_tour])
            self._tell_next_call(self.tours[self.next_tour])
            self.next_tour = (self.next_tour + 1) % len(self.tours)
        elif active and works:
            model.ledger.vans[self.number, VanTally.WEATHER] += 1
        if active:
            self._announce(drives)

    def _arrange(self) -> None:
        """Make the itinerary anew if its plan, the number of crews or the coverage has changed."""
        model, rules = self.model, self.model.config.mobile
        now = (rules.itinerary, rules.units, int(model.world.places.covered[self.route].sum()))
        if now != self._arranged_for:
            self._arranged_for = now
            self.tours = self._itinerary()
            self.next_tour %= max(1, len(self.tours))

    @property
    def villages(self) -> NDArray[np.int64]:
        """Its share of the route: crews at work on one route take its villages in turn."""
        n_routes = len(self.model.tables["vans"])
        turn, first = divmod(self.number, n_routes)
        n_crews = len(range(first, self.model.config.mobile.units, n_routes))
        return self.route[turn :: max(1, n_crews)] if turn < n_crews else self.route[:0]

    def _snowed_in(self) -> bool:
        model = self.model
        today = model.calendar.civil(model.day)
        u = uniforms(
            model.seed,
            Stream.WEATHER,
            np.array([self.number]),
            other=today.toordinal(),
            replication=model.replication,
        )
        return bool(u[0, 0] < model.config.mobile.weather_closure_pct[today.month - 1] / 100)

    def _drive(self, tour: Tour) -> None:
        model, rules = self.model, self.model.config.mobile
        length = rules.full_day_hours if len(tour) == 1 else rules.half_day_hours
        begin = rules.opens_hour
        for stop, settlement in zip(self.stops, tour, strict=False):
            opens, closes = round(begin * HOUR), round((begin + length) * HOUR)
            model.network.window(stop, opens, closes)
            model.network.staff(stop, constant(self.operators, opens, closes))
            model.network.rule(stop, "capacity", rules.cases_per_stop or FOREVER)
            model.van_at[settlement] = stop
            begin += length + rules.between_stops_hours
            model.ledger.vans[self.number, VanTally.STOPS] += 1
        model.ledger.vans[self.number, VanTally.METRES] += round(rules.km_per_day * 1000)

    @property
    def operators(self) -> int:
        """People at work in the van beside the driver."""
        vans = self.model.tables["vans"]
        return int(vans.numbers("operators")[vans.index[self.code]])

    def _tell_next_call(self, tour: Tour) -> None:
        """Days from today's call at each village to the one after it, as if no weather came."""
        model = self.model
        ahead = int(model.calendar.rank[model.day])
        for settlement in tour:
            n = len(self.tours)
            coming = (k for k in range(1, n + 1)
                      if settlement in self.tours[(self.next_tour + k) % n])  # fmt: skip
            k = next(coming)
            if ahead + k - 1 < len(model.calendar.worked):
                days = int(model.calendar.worked[ahead + k - 1]) - model.day
                model.world.places.van_again[settlement] = days

    def _announce(self, drove_today: bool) -> None:
        """Days until the next call at each village, if it is near enough to be announced."""
        model = self.model
        ahead = int(model.calendar.rank[model.day])  # worked days so far: the next is tomorrow's
        coming = [int(day) - model.day for day in model.calendar.worked[ahead:][: len(self.tours)]]
        first = self.next_tour
        if drove_today:
            coming, first = [0, *coming], first - 1
        for k, days in enumerate(coming):
            if days > model.config.mobile.announce_days:
                break
            for settlement in self.tours[(first + k) % len(self.tours)]:
                found = model.world.places.van_days[settlement]
                if found < 0 or days < found:
                    model.world.places.van_days[settlement] = days

    def _itinerary(self) -> list[Tour]:
        """Tours of one cycle: large villages alone, small ones in pairs of neighbours.

        ``fixed`` goes round all villages; ``uncovered_first`` calls at villages without mobile
        coverage twice a cycle; ``demand`` so at those with most people times road.
        """
        settlements, rules = self.model.tables["settlements"], self.model.config.mobile
        people = settlements.numbers("residents")
        villages = self.villages
        if not len(villages):
            return []
        tours = _tours(villages, people, rules.full_day_residents)
        if rules.itinerary == "uncovered_first":
            covered = self.model.world.places.covered
            hidden = [v for v in villages if not covered[v]]
            return _interleaved(tours, _tours(np.array(hidden, dtype=np.int64), people, 10**9))
        if rules.itinerary == "demand":
            far = settlements.numbers("road_km_to_centre") * people
            chosen = villages[far[villages] > np.median(far[villages])]
            return _interleaved(tours, _tours(chosen, people, rules.full_day_residents))
        return tours


def _tours(villages: NDArray[np.int64], people: NDArray[np.float64], full_day: int) -> list[Tour]:
    large: list[Tour] = [(int(v),) for v in villages if people[v] >= full_day]
    small = [int(v) for v in villages if people[v] < full_day]
    pairs: list[Tour] = [tuple(small[i : i + 2]) for i in range(0, len(small), 2)]
    return _interleaved(pairs, large)


def _interleaved(many: list[Tour], few: list[Tour]) -> list[Tour]:
    """Both lists in one, spread evenly."""
    keyed = [((i + 0.5) / len(many), 0, tour) for i, tour in enumerate(many)]
    keyed += [((i + 0.5) / len(few), 1, tour) for i, tour in enumerate(few)]
    return [tour for _, _, tour in sorted(keyed)]
