"""The oracle: the rules of service read aloud, second by second, with nothing clever in it.

It is slow and keeps no index, queue or event list: at every instant at which anything may change
it looks at every visit of every station and does what the rules say. Whatever it needs to know it
derives anew from the log and ``free_since``. It shares no code with the engines it judges; all it
knows of the project is the data contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.service.cases import FOREVER, NEVER, Cases, Flag, Log, Outcome, State
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
    slot: int
    back_until: int
    delay: int
    luck: int
    skill: int
    retrial: bool
    inside: bool
    joined: int
    started: int
    ended: int
    server: int
    real_work: int
    outcome: Outcome
    rejoined: bool
    at_home: bool
    erred: bool

    def is_waiting(self) -> bool:
        """A case waits in line once it has joined, until it is called, leaves or is sent home."""
        inside = self.joined != NEVER and self.started == NEVER and self.ended == NEVER
        return inside and not self.at_home

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
    losses: list[int]  # instants
    grace: int
    capacity: int
    hurry: int
    most_hurry: int
    fatigue: int
    fresh_until: int
    pace: list[int]  # by server
    errors: list[int]  # by server
    skills: list[int]  # by server
    free_since: list[int]  # by server
    calls: int
    window: int
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


def calls_left(place: Place, t: int) -> int:
    """Calls are limited in each window anew; the count is kept with the window it belongs to."""
    window = window_of_day(place, t)
    opening = window[0] if window is not None else NEVER
    used = place.calls if place.window == opening else 0
    return max(0, place.capacity - used)


# ---------------------------------------------------------------------------------------------
# Step 1: ends, losses, leavers, closing, those who come back, arrivals


def end_services(place: Place, t: int) -> None:
    """A service ends at the first instant its work is complete."""
    for visit in place.in_service():
        if seconds_worked(place, visit.started, t) >= visit.real_work:
            visit.close(t, Outcome.SERVED)
            place.free_since[visit.server] = t


def nobody_stays_on(place: Place, t: int) -> bool:
    """After the close of a window without overtime, and on a day without one, all is over."""
    if not door_is_shut(place, t):
        return False
    window = window_of_day(place, t)
    if window is None or place.closing == Closing.SEND_HOME:
        return True
    return window[1] % DAY == 0 or roster_count(place, window[1] - 1) == 0


def lose_services(place: Place, t: int) -> None:
    """An outage ends every service; the case waits again where it stood, or goes if all is over."""
    if t not in place.losses:
        return
    for visit in place.in_service():
        place.free_since[visit.server] = t
        visit.started = visit.server = visit.real_work = NEVER
        visit.rejoined = True
        visit.erred = False
        if nobody_stays_on(place, t):
            send_home(visit, t)


def end_patience(place: Place, t: int) -> None:
    """A case in line leaves when its patience ends; who rejoined the line has no patience left."""
    for visit in place.line():
        if not visit.rejoined and visit.joined + visit.patience <= t:
            visit.close(visit.joined + visit.patience, Outcome.RENEGED)


def send_home(visit: Visit, t: int) -> None:
    """Whoever will come back is at home until then; for the others it is over."""
    if t < visit.back_until:
        visit.at_home = True
        visit.rejoined = False
    else:
        visit.close(t, Outcome.TURNED_AWAY)


def keeps_appointment(place: Place, visit: Visit) -> bool:
    """An appointment holds for whoever joins no later than the grace after it."""
    return visit.slot != 0 and visit.joined <= visit.slot + place.grace


def is_callable(place: Place, visit: Visit, t: int) -> bool:
    """Before the second of the appointment nobody is called who keeps one."""
    return not keeps_appointment(place, visit) or visit.slot <= t


def line_is_sent_home(place: Place, t: int) -> bool:
    """The line goes home at midnight, and at the close of a window nobody stays on after."""
    if place.closing == Closing.NONE:
        return False
    if t % DAY == 0:
        return True
    closes_now = [close for _, close in place.windows if close == t]
    nobody_stays = place.closing == Closing.SEND_HOME or roster_count(place, t - 1) == 0
    return bool(closes_now) and nobody_stays


def closing_rule_speaks(place: Place, t: int) -> bool:
    """It speaks whenever a window closes, and at midnight."""
    if place.closing == Closing.NONE:
        return False
    return t % DAY == 0 or any(close == t for _, close in place.windows)


def close_line(place: Place, t: int) -> None:
    """Those in line go home, or only those whose appointment is still to come; services go on."""
    if closing_rule_speaks(place, t):
        everybody = line_is_sent_home(place, t)
        for visit in place.line():
            if everybody or not is_callable(place, visit, t):
                send_home(visit, t)


def come_back(place: Place, t: int) -> None:
    """At an opening those at home stand in line again, as if they had never left it."""
    if place.closing != Closing.NONE and any(opening == t for opening, _ in place.windows):
        for visit in place.visits:
            if visit.at_home:
                visit.at_home = False
                visit.rejoined = True


def next_arrival(case: Case) -> tuple[int, Visit] | None:
    """A case goes on after a service, skipping retrials; after anything else only to a retrial."""
    due, was_served = case.arrival, True
    for visit in case.visits:
        if visit.retrial == was_served:
            if not was_served:
                return None
            continue
        due += visit.delay if visit is not case.visits[0] else 0
        if visit.outcome == Outcome.OPEN:
            return (due, visit) if visit.joined == NEVER else None
        due, was_served = visit.ended, visit.outcome == Outcome.SERVED
    return None


def door_is_shut(place: Place, t: int) -> bool:
    """A front station takes nobody on a day without a window, nor from its close on."""
    if place.closing == Closing.NONE:
        return False
    window = window_of_day(place, t)
    return window is None or t >= window[1]


def arrive(place: Place, visit: Visit, t: int) -> None:
    """Whoever finds the door open joins, unless the place in line is beyond their tolerance.

    For whoever is inside already the door matters only once all is over.
    """
    if nobody_stays_on(place, t) if visit.inside else door_is_shut(place, t):
        visit.close(t, Outcome.TURNED_AWAY)
        return
    free = min(len(free_servers(place, t)), calls_left(place, t))
    place_in_line = max(0, len(place.line()) + 1 - free)
    if place_in_line > visit.tolerance:
        visit.close(t, Outcome.BALKED)
    else:
        visit.joined = t


def arrivals_at(cases: list[Case], t: int) -> list[Visit]:
    """Those who arrive at t, new or handed over, in the order of the cases."""
    coming = [next_arrival(case) for case in cases]
    return [arrival[1] for arrival in coming if arrival is not None and arrival[0] == t]


def step_one(places: list[Place], cases: list[Case], t: int) -> None:
    """Services end or are lost, patience ends, the line is closed, people come: in this order."""
    for rule in (end_services, lose_services, end_patience, close_line, come_back):
        for place in places:
            rule(place, t)
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


def begin_service(place: Place, visit: Visit, server: int, t: int) -> None:
    """How long the server takes, and whether it makes a mistake, is settled at the call.

    All in whole per mille: a long line hurries servers, the hours tire them, and either way they
    make more mistakes.
    """
    visit.started = t
    visit.server = server
    hurried = min(place.hurry * len(place.line()), place.most_hurry)
    tired = place.fatigue * (max(0, t % DAY - place.fresh_until) // 3600)
    share = max(1, place.pace[server] + tired - hurried)
    visit.real_work = max(1, visit.work * share // 1000)
    visit.erred = visit.luck < place.errors[server] * (1000 + hurried + tired)
    if place.capacity != FOREVER:
        window = window_of_day(place, t)
        opening = window[0] if window is not None else NEVER
        place.calls = place.calls + 1 if place.window == opening else 1
        place.window = opening


def step_two(place: Place, t: int) -> None:
    """The server free longest calls first, the lowest number among equals; each calls once.

    It calls the first in line whom it has the skill to serve and who may be called. The line is
    ordered by kept appointments, then by priority class, then by due day, then by when it was
    joined, then by the mixed number of the case.
    """
    for server in sorted(free_servers(place, t), key=lambda k: (place.free_since[k], k)):
        line = [
            visit
            for visit in place.line()
            if is_callable(place, visit, t) and place.skills[server] >> visit.skill & 1
        ]
        if line and calls_left(place, t) > 0:
            called = min(
                line,
                key=lambda visit: (
                    not keeps_appointment(place, visit),
                    visit.priority,
                    visit.due,
                    visit.joined,
                    visit.tie,
                ),
            )
            begin_service(place, called, server, t)


# ---------------------------------------------------------------------------------------------
# Time


def boundaries(places: list[Place], since: int, until: int) -> list[int]:
    """Roster, windows and clocks change at instants known beforehand; so does the date."""
    instants = set(range(since - since % DAY, until, DAY))
    for place in places:
        instants.update(start for start, _ in place.roster)
        instants.update(place.losses)
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
            yield visit.slot
        if clock_runs(place, t):
            for visit in place.in_service():
                yield t + visit.real_work - seconds_worked(place, visit.started, t)


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
            slot=int(cases.slot[row]),
            back_until=int(cases.back_until[row]),
            delay=int(cases.delay[row]),
            luck=int(cases.luck[row]),
            skill=int(cases.skill[row]),
            retrial=bool(cases.retrial[row]),
            inside=bool(cases.inside[row]),
            joined=int(log.joined[row]),
            started=int(log.started[row]),
            ended=int(log.ended[row]),
            server=int(log.server[row]),
            real_work=int(log.work[row]),
            outcome=Outcome(int(log.outcome[row])),
            rejoined=bool(log.flags[row] & Flag.REJOINED),
            at_home=bool(log.flags[row] & Flag.AT_HOME),
            erred=bool(log.flags[row] & Flag.ERRED),
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
                losses=table["loss_at"][table["loss_first"][s] : table["loss_first"][s + 1]],
                grace=table["grace"][s],
                capacity=table["capacity"][s],
                hurry=table["hurry"][s],
                most_hurry=table["most_hurry"][s],
                fatigue=table["fatigue"][s],
                fresh_until=table["fresh_until"][s],
                pace=table["pace"][servers],
                errors=table["errors"][servers],
                skills=table["skills"][servers],
                free_since=state.free_since[servers].tolist(),
                calls=int(state.calls[s]),
                window=int(state.window[s]),
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
            log.work[row] = visit.real_work
            log.flags[row] = 1 * visit.rejoined + 2 * visit.at_home + 4 * visit.erred
            log.outcome[row] = visit.outcome
    state.free_since[:] = [second for place in places for second in place.free_since]
    state.calls[:] = [place.calls for place in places]
    state.window[:] = [place.window for place in places]


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
