"""W2 by the engine's own contract, day by day, keeping only the cases that are open.

A round through a centre and perhaps a department is a case of one or two visits; whoever comes back
makes a case of a later day.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import common as k
import kezek_kernels as kernels
import numpy as np
from numpy.typing import NDArray

from sim.chance.streams import Stream, stream_key
from sim.engine import ENGINES
from sim.service.cases import FOREVER, NEVER, Cases, Log, State
from sim.service.stations import ALWAYS, Closing, Stations
from sim.units import DAY, HOUR, MINUTE

OPENS, CLOSES = 9 * HOUR, 18 * HOUR  # seconds of a working day
SEATS = [*k.W2_C, *k.W2_K]
RATE = k.W2_PER_COUNTER_DAY * np.array(k.W2_C)  # customers a day, by centre
CUMULATIVE = np.cumsum([0, *k.W2_PROFILE]) / sum(k.W2_PROFILE)  # of a day's customers, hour by hour
STAFF = np.repeat(np.arange(len(k.W2_K)), k.W2_K)  # the department of each
AT_HOME = np.full(round(len(STAFF) / k.W2_PBO) - len(STAFF), NEVER)
WAY_ON = np.concatenate([STAFF, AT_HOME]).astype(np.int8)  # each entry is as likely as any other
KEY = stream_key(Stream.VISIT)


class Customers(NamedTuple):
    """Everybody who ever comes, day by day and centre by centre."""

    arrival: NDArray[np.int64]  # second
    centre: NDArray[np.int8]
    priority: NDArray[np.int8]  # 0 urgent, 1 not
    waited: NDArray[np.int32]  # seconds in the lines of centres
    ended: NDArray[np.int64]  # second
    outcome: NDArray[np.int8]

    @classmethod
    def room(cls, n: int) -> Customers:
        """Room for ``n`` who have done nothing yet."""
        kinds = (np.int64, np.int8, np.int8, np.int32, np.int64, np.int8)
        return cls(*(np.zeros(n, kind) for kind in kinds))


class Draws(NamedTuple):
    """What chance decides of a round, in seconds."""

    work: NDArray[np.int32]  # at the counter
    patience: NDArray[np.int32]
    department: NDArray[np.int8]  # or NEVER: done after the counter
    desk_work: NDArray[np.int32]
    comes_back: NDArray[np.int32]  # after the opening of the next working day, or NEVER

    @classmethod
    def room(cls, n: int) -> Draws:
        """Room for ``n`` rounds."""
        kinds = (np.int32, np.int32, np.int8, np.int32, np.int32)
        return cls(*(np.zeros(n, kind) for kind in kinds))


class Book(NamedTuple):
    """Open cases in the first rows, as engines see them, and what else is to be known of them.

    Rows of the log behind theirs are blank.
    """

    cases: Cases
    log: Log
    customer: NDArray[np.int64]
    comes_back: NDArray[np.int64]  # as in Draws; told only of cases with a department

    @classmethod
    def room(cls, n: int) -> Book:
        """Room for ``n`` cases of at most two visits."""
        case = {name: np.zeros(n + 1, np.int64) for name in ("id", "arrival", "priority", "first")}
        visit = {name: np.zeros(2 * n, np.int64) for name in ("station", "work", "patience")}
        patient = np.full(2 * n, FOREVER)  # nobody minds how long a line is
        cases = Cases.plain(**case, **visit, tolerance=patient)
        return cls(cases, Log.empty(2 * n), *(np.zeros(n + 1, np.int64) for _ in range(2)))

    def seen(self, n: int) -> tuple[Cases, Log]:
        """The first ``n`` cases and their log, as an engine is given them."""
        cases, n_visits = self.cases, int(self.cases.first[n])
        rows = dict.fromkeys(("id", "arrival", "priority"), n) | {"first": n + 1}
        return (
            Cases._make(
                column[: rows.get(name, n_visits)] for name, column in cases._asdict().items()
            ),
            Log._make(column[:n_visits] for column in self.log),
        )

    def blank(self, first: int, last: int) -> None:
        """Forget what became of some visits."""
        for column, blank in zip(self.log, Log.empty(1), strict=True):
            column[first:last] = blank


def stations_of(day: int) -> Stations:
    """Thirteen centres with a window on this working day, fifteen departments on one clock."""
    begins = k.weekday_to_day(np.arange(day + 1)) * DAY
    return EVERY_DAY._replace(
        window_open=np.full(len(k.W2_C), begins[day] + OPENS),
        window_close=np.full(len(k.W2_C), begins[day] + CLOSES),
        clock_first=np.array([0, day + 1]),
        clock_open=begins + OPENS,
        clock_close=begins + CLOSES,
        clock_done=np.arange(day + 1) * (CLOSES - OPENS),
    )


def every_day() -> Stations:
    """What stays the same: seats, rosters and rules."""
    centres, n, nothing = len(k.W2_C), len(SEATS), np.empty(0, np.int64)
    return Stations.plain(
        closing=np.repeat([int(Closing.FINISH), int(Closing.NONE)], [centres, n - centres]),
        clock=np.repeat([ALWAYS, 0], [centres, n - centres]),
        server_first=np.cumsum([0, *SEATS]),
        roster_first=np.arange(n + 1),
        roster_at=np.zeros(n, np.int64),
        roster_count=np.array(SEATS),
        window_first=np.minimum(np.arange(n + 1), centres),
        **dict.fromkeys(WINDOWS_AND_CLOCKS, nothing),
    )


WINDOWS_AND_CLOCKS = (
    "window_open", "window_close", "clock_first", "clock_open", "clock_close", "clock_done",
)  # fmt: skip
EVERY_DAY = every_day()


class Chance(Protocol):
    """Who comes, and what chance decides of each round."""

    customers: Customers
    draws: Draws

    def draw(self, day: int, back: NDArray[np.int64]) -> tuple[int, int, int]:
        """Customers up to this day's end; rows of draws from which those back and those new go."""


class Drawn:
    """Chance as columns of the whole run, drawn by NumPy before its first day."""

    def __init__(self, days: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        arrival, centre, day = arrivals(days, rng)
        n = len(arrival)
        self.n_after = np.searchsorted(day, np.arange(days), side="right")
        self.customers = Customers.room(n)._replace(
            arrival=arrival, centre=centre, priority=(rng.random(n) >= k.W2_P0).astype(np.int8)
        )
        rounds = n + n // 10 + 1_000  # six in a hundred come back
        u = rng.random(rounds) / k.W2_PREWORK
        self.draws = Draws(
            work=seconds(rng.lognormal(k.W2_CMU, k.W2_CSIG, rounds)),
            patience=seconds(rng.exponential(k.W2_PATIENCE, rounds)),
            department=WAY_ON[rng.integers(len(WAY_ON), size=rounds)],
            desk_work=seconds(rng.lognormal(k.W2_DMU, k.W2_DSIG, rounds)),
            comes_back=np.where(u < 1, u * kernels.BACK_WITHIN, NEVER).astype(np.int32),
        )
        self.n, self.row_back = 0, n

    def draw(self, day: int, back: NDArray[np.int64]) -> tuple[int, int, int]:
        """See ``Chance``: everything stands there already."""
        row_new, row_back = self.n, self.row_back
        self.row_back += len(back)
        if day < len(self.n_after):
            self.n = int(self.n_after[day])
        return self.n, row_back, row_new


class Addressed:
    """Chance by address: (customer, centre, working day), in compiled loops, day by day."""

    def __init__(self, days: int, seed: int) -> None:
        self.days, self.seed, self.n = days, np.uint64(seed), 0
        self.customers = Customers.room(int(days * k.W2_PER_DAY + 8 * (days * k.W2_PER_DAY) ** 0.5))
        self.draws = Draws.room(DAY)

    def draw(self, day: int, back: NDArray[np.int64]) -> tuple[int, int, int]:
        """See ``Chance``."""
        kernels.come_back(self.customers, self.draws, back, day, self.seed, KEY, WAY_ON)
        if day < self.days:
            opens = k.weekday_to_day(day) * DAY + OPENS
            self.n = kernels.arrive(
                self.customers, self.n, self.draws, len(back), day, opens, RATE, CUMULATIVE,
                self.seed, KEY, WAY_ON,
            )  # fmt: skip
        return self.n, 0, len(back)


def seconds(minutes: NDArray[np.float64]) -> NDArray[np.int32]:
    """Drawn durations in whole seconds, at least one."""
    return np.maximum(1, np.rint(minutes * MINUTE)).astype(np.int32)


def arrivals(days: int, rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
    """Seconds, centres and working days of all customers: a Poisson process by the hour's rate."""
    found = []
    for centre, rate in enumerate(RATE):
        mean = days * rate
        gaps = rng.standard_exponential(int(mean + 8 * mean**0.5 + 50))
        at = np.cumsum(gaps) / rate  # in working days' worth of customers
        at = at[: np.searchsorted(at, days)]
        day = at.astype(np.int16)
        hour = np.interp(at - day, CUMULATIVE, np.arange(len(CUMULATIVE)))
        begins = np.array([k.weekday_to_day(i) * DAY for i in range(days)])[day]
        arrival = begins + OPENS + (hour * HOUR).astype(np.int64)
        found.append((arrival, np.full(len(at), centre, np.int8), day))
    arrival, centre, day = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(day, kind="stable")
    return arrival[order], centre[order], day[order]


class Parts:
    """Wall and CPU seconds of the parts of a run."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def time(self, part: str, work: Callable[..., Any], *arguments: Any) -> Any:
        """What ``work`` gives, its time added to the part's."""
        with k.Timer() as timer:
            given = work(*arguments)
        for name, took in ((f"{part}_seconds", timer.wall), (f"{part}_cpu_seconds", timer.cpu)):
            self.spent[name] = self.spent.get(name, 0.0) + took
        return given


def live(days: int, seed: int, variant: str, parts: Parts) -> Customers:
    """Live working days, then go on until nobody is left."""
    engine = ENGINES["simpy" if variant == "simpy" else "compiled"]
    chance: Chance = parts.time("draw", Addressed if variant == "addressed" else Drawn, days, seed)
    customers, draws = chance.customers, chance.draws
    everyone = np.arange(len(customers.arrival))
    room = int(3 * k.W2_PER_DAY)
    book, state = Book.room(room), State.empty(np.cumsum([0, *SEATS]))
    back, due = np.zeros(room, np.int64), np.zeros(room, np.int64)
    day = n = n_open = n_back = opened = 0
    while day < days or n_open + n_back > 0:
        before, (n, row_back, row_new) = n, parts.time("draw", chance.draw, day, back[:n_back])
        new = everyone[before:n]
        if n_open + n_back + len(new) > room:
            raise OverflowError(f"There is room for {room} open cases, and more are open.")
        for who, when, row in (
            (back[:n_back], due[:n_back], row_back),
            (new, customers.arrival[before:n], row_new),
        ):
            n_open = kernels.open_rounds(book, n_open, customers, draws, row, who, when, opened)
            opened += len(who)
        begins, ends = (k.weekday_to_day(i) * DAY for i in (day, day + 1))
        parts.time("engine", engine, stations_of(day), *book.seen(n_open), state, begins, ends)
        n_rows = book.cases.first[n_open]
        n_open, n_back = kernels.settle(book, n_open, customers, ends + OPENS, back, due)
        book.blank(book.cases.first[n_open], n_rows)
        day += 1
    return Customers(*(column[:n] for column in customers))
