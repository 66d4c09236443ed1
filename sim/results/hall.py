"""One office on one day: who came, who was called, who left, as an engine left it in its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.service.cases import NEVER
from sim.units import DAY, HALF_HOUR, HOUR, MINUTE, SLOTS

if TYPE_CHECKING:
    from sim.model import ServiceModel

HOURS = DAY // HOUR
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class HallDay:
    """All visits of one office on one day, in the order of coming; times in seconds of the day."""

    on: date
    measured_day: int
    opens: int
    closes: int
    roster: Ints  # (48,) counters on duty by half-hour
    case_id: Ints  # (n,)
    priority: Ints  # (n,) class, lower is called first
    work: Ints  # (n,) seconds that the visit takes at a counter
    came: Ints  # (n,)
    called: Ints  # (n,) NEVER for who left without service
    left: Ints  # (n,) the end of the service, or of the patience
    counter: Ints  # (n,) number of the counter from 0, NEVER for who left without service
    outcome: Ints  # (n,) an Outcome

    def __len__(self) -> int:
        return len(self.came)

    @property
    def counters(self) -> int:
        """The most counters on duty at once."""
        return int(self.roster.max())

    @property
    def served(self) -> NDArray[np.bool_]:
        """Who reached a counter: (n,)."""
        reached: NDArray[np.bool_] = self.called != NEVER
        return reached

    @property
    def waits(self) -> Ints:
        """Seconds in line, to the call or to giving up: (n,)."""
        return np.where(self.served, self.called, self.left) - self.came

    @property
    def load(self) -> float:
        """Work that came over the time of counters on duty while the door was open."""
        begins = np.arange(SLOTS) * HALF_HOUR
        inside = (self.opens <= begins) & (begins < self.closes)
        return float(self.work.sum() / (self.roster[inside].sum() * HALF_HOUR))

    @property
    def mean_wait(self) -> float:
        """Seconds in line of those served; nan if nobody was."""
        return float(self.waits[self.served].mean()) if self.served.any() else float("nan")

    def line(self) -> tuple[Ints, Ints]:
        """Instants at which the line changes, and how many stand in it from then on."""
        joins = np.flatnonzero(self.waits > 0)  # who is called at once never stands in line
        moments = np.concatenate([self.came[joins], (self.came + self.waits)[joins]])
        steps = np.repeat([1, -1], len(joins))
        instants, at = np.unique(moments, return_inverse=True)
        change = np.bincount(at, weights=steps, minlength=len(instants))
        return instants, np.cumsum(change).astype(np.int64)

    def hourly_work(self) -> NDArray[np.float64]:
        """Counters that the visitors of each hour would keep busy for an hour: (24,)."""
        return np.bincount(self.came // HOUR, weights=self.work, minlength=HOURS)[:HOURS] / HOUR


def figures_of(hall: HallDay) -> dict[str, float]:
    """What a day comes to: counts of people, minutes and load, by names that carry their units."""
    instants, line = hall.line()
    return {
        "counters": hall.counters,
        "visitors": len(hall),
        "load": hall.load,
        "served": int(hall.served.sum()),
        "left_without_service": int((~hall.served).sum()),
        "mean_wait_minutes": hall.mean_wait / MINUTE,
        "longest_wait_minutes": int(hall.waits.max()) / MINUTE,
        "longest_line": int(line.max(initial=0)),
        "longest_line_at_second": int(instants[line.argmax()]) if len(line) else NEVER,
        "last_left_second": int(hall.left.max()),
    }


class HallKeeper:
    """An observer that remembers the measured days of an office on which somebody came."""

    def __init__(self, office: str) -> None:
        self.office = office
        self.days: list[HallDay] = []

    def __call__(self, model: ServiceModel) -> None:
        """Read the day that was just lived."""
        if model.measured_day >= 0:
            day = hall_of(model, self.office)
            if len(day):
                self.days.append(day)

    def busiest(self) -> HallDay | None:
        """The day that brought most work, the first of equals; nothing if nobody ever came."""
        return max(self.days, key=lambda day: int(day.work.sum()), default=None)

    def last(self) -> HallDay:
        """The last of the days."""
        return self.days[-1]


def hall_of(model: ServiceModel, office: str) -> HallDay:
    """What the log of today says of an office."""
    cases, _, log = model.served
    network, midnight = model.network, model.day * DAY
    station = network.index[office]
    came = np.where(log.joined != NEVER, log.joined, log.ended)  # who balks leaves on coming
    rows = np.flatnonzero((cases.station == station) & (came >= midnight))
    rows = rows[np.argsort(came[rows], kind="stable")]
    case = np.searchsorted(cases.first, rows, side="right") - 1

    def today(seconds: Ints, never: int) -> Ints:
        return np.where(seconds[rows] == NEVER, never, seconds[rows] - midnight)

    return HallDay(
        on=model.calendar.civil(model.day),
        measured_day=model.measured_day,
        opens=int(network.opens[station]),
        closes=int(network.closes[station]),
        roster=network.roster[station].copy(),
        case_id=cases.id[case],
        priority=cases.priority[case],
        work=cases.work[rows],
        came=came[rows] - midnight,
        called=today(log.started, NEVER),
        left=today(log.ended, DAY),  # whoever is still there at midnight is shown until then
        counter=log.server[rows],
        outcome=log.outcome[rows].astype(np.int64),
    )
