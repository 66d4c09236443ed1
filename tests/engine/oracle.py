"""The oracle: the rules of service read aloud, second by second, with nothing clever in it.

It is slow and keeps no index, queue or event list: at every instant at which anything may change
it looks at every visit of every station and does what the rules say. Whatever it needs to know it
derives anew from the log and ``free_since``. It shares no code with the engines it judges; all it
knows of the project is the data contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.service.cases import NEVER, Cases, Log, Outcome, State
from sim.service.stations import ALWAYS, Closing, Stations
from sim.units import DAY

WORD = 2**64  # numbers are mixed modulo this

Pairs = list[tuple[int, int]]


@dataclass
class Visit:
    """One row of the visits, with its row of the log."""

    station: int
    priority: int
    due: int
    tie: int
    work: int
    patience: int
    tolerance: int
    joined: int
    started: int
    ended: int
    server: int
    outcome: Outcome

    def is_waiting(self) -> bool:
        """A case waits in line once it has joined, until it is called or leaves."""
        return self.joined != NEVER and self.started == NEVER and self.ended == NEVER

    def is_served(self) -> bool:
        """A case is with a server from its call to its end."""
        return self.started != NEVER and self.ended == NEVER

    def close(self, t: int, outcome: Outcome) -> None:
        """A visit ends once, with one outcome."""
        self.ended = t
        self.outcome = outcome


@dataclass
class Case:
    """A case makes its visits in order, the first one at its arrival."""

    arrival: int
    visits: list[Visit]


@dataclass
class Place:
    """One station with its own lists and every visit that is ever made to it."""

    closing: Closing
    clock: Pairs | None  # (open, close) of working intervals, or None: never stops
    roster: Pairs  # (from second, count)
    windows: Pairs  # (open, close)
    free_since: list[int]  # by server
    visits: list[Visit]

    def line(self) -> list[Visit]:
        """The line is everyone who waits at the station."""
        return [visit for visit in self.visits if visit.is_waiting()]

    def in_service(self) -> list[Visit]:
        """Everyone who is with a server of the station."""
        return [visit for visit in self.visits if visit.is_served()]


# ---------------------------------------------------------------------------------------------
# Roster, window and clock


def roster_count(place: Place, t: int) -> int:
    """The last entry at or before t counts; before the first entry nobody is on duty."""
    count = 0
    for start, entry in place.roster:
        if start <= t:
            count = entry
    return count


def window_of_day(place: Place, t: int) -> tuple[int, int] | None:
    """A window belongs to the civil day of its opening."""
    for opening, close in place.windows:
        if opening // DAY == t // DAY:
            return opening, close
    return None


def clock_runs(place: Place, t: int) -> bool:
    """The clock runs within its half-open working intervals, or always."""
    if place.clock is None:
        return True
    return any(opening <= t < close for opening, close in place.clock)


def seconds_worked(place: Place, started: int, t: int) -> int:
    """Work advances by the seconds the clock ran in [started, t)."""
    if place.clock is None:
        return t - started
    return sum(max(0, min(close, t) - max(opening, started)) for opening, close in place.clock)


def count_calling(place: Place, t: int) -> int:
    """Servers below this number may call at t, if they have nobody with them.

    Nobody calls while the clock is stopped or outside the window. After the close of a window with
    overtime those on duty in its last second go on until midnight, whatever the roster says later.
    """
    if not clock_runs(place, t):
        return 0
    if place.closing == Closing.NONE:
        return roster_count(place, t)
    window = window_of_day(place, t)
    if window is None or t < window[0]:
        return 0
    if t < window[1]:
        return roster_count(place, t)
    if place.closing == Closing.FINISH:
        return roster_count(place, window[1] - 1)
    return 0


def free_servers(place: Place, t: int) -> list[int]:
    """Servers who may call at t and have nobody with them."""
    busy = [visit.server for visit in place.in_service()]
    count = count_calling(place, t)
    return [k for k in range(len(place.free_since)) if k < count and k not in busy]


# ---------------------------------------------------------------------------------------------
# Step 1: ends, leavers, closing, arrivals


def end_services(place: Place, t: int) -> None:
    """A service ends at the first instant its work is complete."""
    for visit in place.in_service():
        if seconds_worked(place, visit.started, t) >= visit.work:
            visit.close(t, Outcome.SERVED)
            place.free_since[visit.server] = t


def end_patience(place: Place, t: int) -> None:
    """A case in line leaves when its patience ends, even if a server is free that second."""
    for visit in place.line():
        if visit.joined + visit.patience <= t:
            visit.close(visit.joined + visit.patience, Outcome.RENEGED)


def line_is_sent_home(place: Place, t: int) -> bool:
    """The line goes home at midnight, and at the close of a window nobody stays on after."""
    if place.closing == Closing.NONE:
        return False
    if t % DAY == 0:
        return True
    closes_now = [close for _, close in place.windows if close == t]
    nobody_stays = place.closing == Closing.SEND_HOME or roster_count(place, t - 1) == 0
    return bool(closes_now) and nobody_stays


def close_line(place: Place, t: int) -> None:
    """The closing rule turns away those in line; services go on."""
    if line_is_sent_home(place, t):
        for visit in place.line():
            visit.close(t, Outcome.TURNED_AWAY)


def next_arrival(case: Case) -> tuple[int, Visit] | None:
    """A case joins its next line the very second its previous visit was served."""
    due = case.arrival
    for visit in case.visits:
        if visit.outcome == Outcome.OPEN:
            return (due, visit) if visit.joined == NEVER else None
        if visit.outcome != Outcome.SERVED:
            return None
        due = visit.ended
    return None


def door_is_shut(place: Place, t: int) -> bool:
    """A front station takes nobody on a day without a window, nor from its close on."""
    if place.closing == Closing.NONE:
        return False
    window = window_of_day(place, t)
    return window is None or t >= window[1]


def arrive(place: Place, visit: Visit, t: int) -> None:
    """Whoever finds the door open joins, unless the place in line is beyond their tolerance."""
    if door_is_shut(place, t):
        visit.close(t, Outcome.TURNED_AWAY)
        return
    place_in_line = max(0, len(place.line()) + 1 - len(free_servers(place, t)))
    if place_in_line > visit.tolerance:
        visit.close(t, Outcome.BALKED)
    else:
        visit.joined = t


def arrivals_at(cases: list[Case], t: int) -> list[Visit]:
    """Those who arrive at t, new or handed over, in the order of the cases."""
    coming = [next_arrival(case) for case in cases]
    return [arrival[1] for arrival in coming if arrival is not None and arrival[0] == t]


def step_one(places: list[Place], cases: list[Case], t: int) -> None:
    """Services end, patience ends, the closing rule acts, arrivals come: in this order."""
    for place in places:
        end_services(place, t)
    for place in places:
        end_patience(place, t)
    for place in places:
        close_line(place, t)
    for visit in arrivals_at(cases, t):
        arrive(places[visit.station], visit, t)


# ---------------------------------------------------------------------------------------------
# Step 2: calls


def mixed(case_id: int) -> int:
    """Ties are broken by the mixed number of the case, read as a signed word."""
    z = case_id % WORD
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % WORD
    z = z ^ (z >> 31)
    return z - WORD if z >= WORD // 2 else z


def step_two(place: Place, t: int) -> None:
    """The server free longest calls the first in line, until there is no server or no line.

    Among servers free equally long the lowest number calls; the line is ordered by priority class,
    then by due day, then by when it was joined, then by the mixed number of the case.
    """
    while (servers := free_servers(place, t)) and (line := place.line()):
        server = min(servers, key=lambda k: (place.free_since[k], k))
        called = min(line, key=lambda visit: (visit.priority, visit.due, visit.joined, visit.tie))
        called.started = t
        called.server = server


# ---------------------------------------------------------------------------------------------
# Time


def boundaries(places: list[Place], since: int, until: int) -> list[int]:
    """Roster, windows and clocks change at instants known beforehand; so does the date."""
    instants = set(range(since - since % DAY, until, DAY))
    for place in places:
        instants.update(start for start, _ in place.roster)
        for opening, close in place.windows + (place.clock or []):
            instants.update((opening, close))
    return sorted(t for t in instants if since <= t < until)


def possible_changes(places: list[Place], cases: list[Case], t: int) -> Iterator[int]:
    """Seen from t, a case may arrive, lose patience, or be done if the clock keeps running."""
    for case in cases:
        arrival = next_arrival(case)
        if arrival is not None:
            yield arrival[0]
    for place in places:
        for visit in place.line():
            yield visit.joined + visit.patience
        if clock_runs(place, t):
            for visit in place.in_service():
                yield t + visit.work - seconds_worked(place, visit.started, t)


# ---------------------------------------------------------------------------------------------
# Reading and writing the contract


def pairs(left: list[int], right: list[int], first: list[int], index: int) -> Pairs:
    """List ``index`` of a pair of columns lies at ``first[index]:first[index + 1]``."""
    rows = range(first[index], first[index + 1])
    return [(left[row], right[row]) for row in rows]


def read_cases(cases: Cases, log: Log) -> list[Case]:
    """Every case with its visits and what the log already says of them."""
    first = cases.first.tolist()
    visits = [
        Visit(
            station=int(cases.station[row]),
            priority=int(cases.priority[i]),
            due=int(cases.due[row]),
            tie=mixed(int(cases.id[i])),
            work=int(cases.work[row]),
            patience=int(cases.patience[row]),
            tolerance=int(cases.tolerance[row]),
            joined=int(log.joined[row]),
            started=int(log.started[row]),
            ended=int(log.ended[row]),
            server=int(log.server[row]),
            outcome=Outcome(int(log.outcome[row])),
        )
        for i in range(len(cases.id))
        for row in range(first[i], first[i + 1])
    ]
    return [
        Case(arrival, visits[first[i] : first[i + 1]])
        for i, arrival in enumerate(cases.arrival.tolist())
    ]


def read_places(stations: Stations, cases: list[Case], state: State) -> list[Place]:
    """Every station with its servers, its lists and its visits."""
    table = {name: column.tolist() for name, column in stations._asdict().items()}
    visits = [visit for case in cases for visit in case.visits]
    places = []
    for s, closing in enumerate(table["closing"]):
        clock = table["clock"][s]
        intervals = table["clock_open"], table["clock_close"], table["clock_first"]
        roster = table["roster_at"], table["roster_count"], table["roster_first"]
        windows = table["window_open"], table["window_close"], table["window_first"]
        servers = slice(table["server_first"][s], table["server_first"][s + 1])
        places.append(
            Place(
                closing=Closing(closing),
                clock=None if clock == ALWAYS else pairs(*intervals, clock),
                roster=pairs(*roster, s),
                windows=pairs(*windows, s),
                free_since=state.free_since[servers].tolist(),
                visits=[visit for visit in visits if visit.station == s],
            )
        )
    return places


def check_nobody_is_late(cases: list[Case], since: int) -> None:
    """Whoever has not yet joined must be due within this interval or later."""
    for i, case in enumerate(cases):
        arrival = next_arrival(case)
        if arrival is not None and arrival[0] < since:
            raise ValueError(f"case in row {i} was due at {arrival[0]}, before {since}")


def write(places: list[Place], cases: list[Case], first: list[int], log: Log, state: State) -> None:
    """The log and ``free_since`` are all that is left of an interval."""
    for i, case in enumerate(cases):
        for row, visit in enumerate(case.visits, start=first[i]):
            log.joined[row] = visit.joined
            log.started[row] = visit.started
            log.ended[row] = visit.ended
            log.server[row] = visit.server
            log.outcome[row] = visit.outcome
    state.free_since[:] = [second for place in places for second in place.free_since]


def advance(
    stations: Stations, cases: Cases, log: Log, state: State, since: int, until: int
) -> None:
    """At each instant of [since, until): step 1 at all stations, then step 2 at all.

    Parameters
    ----------
    stations : Stations
        Servers, rosters, windows and clocks.
    cases : Cases
        Who comes, when, and what chance has decided for them.
    log : Log
        What has become of the visits before ``since``; filled in place.
    state : State
        Since when servers are free; updated in place.
    since, until : int
        The interval in seconds, half open: what falls on ``until`` is left to the next one.
    """
    who = read_cases(cases, log)
    places = read_places(stations, who, state)
    check_nobody_is_late(who, since)
    known = boundaries(places, since, until)
    t = since
    while t < until:
        step_one(places, who, t)
        for place in places:
            step_two(place, t)
        instants = [*known, *possible_changes(places, who, t)]
        t = min((instant for instant in instants if instant > t), default=until)
    write(places, who, cases.first.tolist(), log, state)
