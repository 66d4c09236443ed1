"""The definition of what happens inside a day: SimPy, one process per case, written to be read.

A case follows its itinerary; a station matches its line with its servers once an instant has
settled. The log says where everyone is, so a run may stop at any instant and go on later.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Generator
from enum import IntEnum
from heapq import heapify, heappop, heappush
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import simpy
from simpy.events import Event, EventPriority

from sim.service import rules
from sim.service.cases import FOREVER, NEVER, Cases, Flag, Log, Outcome, State
from sim.service.rules import NOT_YET, tie
from sim.service.stations import ALWAYS, Closing, Stations
from sim.units import DAY

Journey = Generator[Event, Outcome | None, None]


def as_written(module: ModuleType) -> SimpleNamespace:
    """The functions of a module uncompiled, calling each other uncompiled too."""
    names = dict(vars(module))
    for name, one in vars(module).items():
        written = getattr(one, "py_func", one)
        if isinstance(written, FunctionType) and written.__module__ == module.__name__:
            names[name] = FunctionType(
                written.__code__, names, name, written.__defaults__, written.__closure__
            )
    return SimpleNamespace(**names)


rule = as_written(rules)  # for one case at a time, columns are slow to hand to compiled functions


class Due(IntEnum):
    """What comes first within one second; SimPy takes the smaller number first."""

    CHANGE = 10  # rosters, windows and clocks
    END = 11  # services whose work is complete
    LOSS = 12  # an outage takes its cases
    LEAVE = 13  # whose patience has ended
    SLOT = 14  # of an appointment
    CLOSE = 15  # the closing rule
    REJOIN = 16  # who was sent home is back
    ARRIVE = 17  # in case order
    CALL = 18  # free servers look at the line


ORDER = {due: EventPriority(due) for due in Due}


class Hall(simpy.Environment):
    """All stations of an interval, with their timetable."""

    def __init__(
        self, stations: Stations, cases: Cases, log: Log, state: State, since: int, until: int
    ) -> None:
        super().__init__(initial_time=since)
        self.timetable, self.state, self.until = stations, state, until
        self.cases: Any = Cases._make(column.tolist() for column in cases)  # numbers of Python
        self.log: Any = Log._make(column.tolist() for column in log)
        self.stations: dict[int, Station] = {}

    def station(self, visit: int) -> Station:
        """Where a visit takes place; a station that nobody comes to is never built."""
        number = self.cases.station[visit]
        if number not in self.stations:
            self.stations[number] = Station(self, number)
        return self.stations[number]

    def write(self, log: Log) -> None:
        """Hand over what has become of everybody, and since when servers are free."""
        for name in Log._fields:
            getattr(log, name)[:] = getattr(self.log, name)
        for station in self.stations.values():
            self.state.free_since[station.servers] = station.free_since

    def at(self, instant: float, due: Due, action: Callable[[], None]) -> None:
        """Do something at an instant, in its order, unless that lies beyond the interval."""
        if instant < self.until:
            event = Event(self)
            event.callbacks.append(lambda _: action())
            event._ok, event._value = True, None
            self.schedule(event, ORDER[due], delay=instant - self.now)


class Station:
    """Numbered servers and one line."""

    def __init__(self, hall: Hall, number: int) -> None:
        self.hall, self.number = hall, number
        first, last = hall.timetable.server_first[number : number + 2]
        self.servers = slice(first, last)
        self.free_since = hall.state.free_since[self.servers].tolist()
        self.idle = set(range(len(self.free_since)))
        self.line: list[tuple[int, int, int]] = []  # (turn, tie, visit): a heap
        self.turns: dict[int, Event] = {}  # who is still in line, and the event of its outcome
        self.served: dict[int, Event] = {}  # who is with a server, and the event of its outcome
        self.at_home: dict[int, Event] = {}  # who comes back when the window opens next
        self.arriving: dict[int, Event] = {}
        self.settling = False
        self.is_average = rule.is_average(hall.timetable, number)
        self.look_round()
        self._read_timetable()

    def arrive(self, visit: int) -> Event:
        """Come to the door now; fires with the outcome of the visit."""
        if not self.arriving:
            self.hall.at(self.hall.now, Due.ARRIVE, self._admit)
        self.arriving[visit] = self.hall.event()
        return self.arriving[visit]

    def wait(self, visit: int, outcome: Event | None = None) -> Event:
        """Stand in line since the log's ``joined``; fires as ``arrive`` does."""
        hall, cases, log = self.hall, self.hall.cases, self.hall.log
        its_turn = self._turn(visit)
        heappush(self.line, (its_turn, tie(cases.id[self._case_of(visit)]), visit))
        if not rule.may_be_called(its_turn):
            hall.at(cases.slot[visit], Due.SLOT, lambda: self._may_be_called_now(visit))
        patience_ends = log.joined[visit] + cases.patience[visit]
        hall.at(patience_ends, Due.LEAVE, lambda: self._lose_patience(visit))
        self.turns[visit] = outcome or hall.event()
        self._call_soon()
        return self.turns[visit]

    def serve(self, visit: int, outcome: Event | None = None) -> Event:
        """Be with a server until the work is complete, unless an outage comes before."""
        work, started = self.hall.log.work[visit], self.hall.log.started[visit]
        self.idle.discard(self.hall.log.server[visit])
        self.served[visit] = outcome or self.hall.event()
        ends = rule.ends_at(self.hall.timetable, self.number, started, work, self.hall.now)
        self.hall.at(ends, Due.END, lambda: self._release(visit, started))
        return self.served[visit]

    def stay_home(self, visit: int, outcome: Event | None = None) -> Event:
        """Have been sent home until the window opens next; fires as ``arrive`` does."""
        self.at_home[visit] = outcome or self.hall.event()
        return self.at_home[visit]

    def look_round(self) -> None:
        """At a change of roster, window or clock: who may call now."""
        where = self.hall.timetable, self.number, self.hall.now
        self.duty, self.door = rule.on_duty(*where), rule.door_shuts(*where)
        self._call_soon()

    def _admit(self) -> None:
        """Let those of this instant join, in case order, unless the door is shut or they balk."""
        cases, log, now = self.hall.cases, self.hall.log, self.hall.now
        arriving, self.arriving = sorted(self.arriving.items()), {}
        for visit, outcome in arriving:
            tolerance = cases.tolerance[visit]
            if now >= self.door and rule.is_turned_away(
                self.hall.timetable, self.number, cases.inside[visit], now
            ):
                self._close_visit(outcome, visit, Outcome.TURNED_AWAY)
            elif tolerance < FOREVER and rule.balks(self._place(), tolerance):
                self._close_visit(outcome, visit, Outcome.BALKED)
            else:
                log.joined[visit] = now
                self.wait(visit, outcome)

    def _place(self) -> int:
        """Place in line that an arrival sees."""
        free = sum(server < self.duty for server in self.idle)
        return int(rule.place_in_line(len(self.turns), free, self._calls_left()))

    def _release(self, visit: int, started: int) -> None:
        """Write the end of a service, if it goes on; its server is free since now."""
        log = self.hall.log
        if visit in self.served and log.started[visit] == started:
            self._set_free(log.server[visit])
            self._close_visit(self.served.pop(visit), visit, Outcome.SERVED)

    def _set_free(self, server: int) -> None:
        self.free_since[server] = self.hall.now
        self.idle.add(server)
        self._call_soon()

    def _lose(self) -> None:
        """An outage ends every service unfinished; who was served stands in line again, or goes."""
        log, served = self.hall.log, self.served
        self.served = {}
        for visit, outcome in served.items():
            self._set_free(log.server[visit])
            log.started[visit] = log.server[visit] = log.work[visit] = NEVER
            log.flags[visit] = Flag.REJOINED
            self.wait(visit, outcome)
            if rule.nobody_stays(self.hall.timetable, self.number, self.hall.now):
                self._go_home(visit)
        self.look_round()

    def _lose_patience(self, visit: int) -> None:
        joined, patience = self.hall.log.joined[visit], self.hall.cases.patience[visit]
        if rule.reneges(joined, patience, self.hall.log.flags[visit], self.hall.now):
            self._leave(visit, Outcome.RENEGED)

    def _leave(self, visit: int, outcome: Outcome) -> None:
        if visit in self.turns:
            self._close_visit(self.turns.pop(visit), visit, outcome)

    def _close_visit(self, event: Event, visit: int, outcome: Outcome) -> None:
        self.hall.log.ended[visit], self.hall.log.outcome[visit] = self.hall.now, outcome
        event.succeed(outcome)

    def _close(self) -> None:
        """The closing rule: send the line home, or only those whose slot is still to come."""
        everybody = rule.empties_line(self.hall.timetable, self.number, self.hall.now)
        for visit in list(self.turns):
            if everybody or not rule.may_be_called(self._turn(visit)):
                self._go_home(visit)
        self.look_round()

    def _go_home(self, visit: int) -> None:
        """Be sent home from the line: to come back when the window opens next, or for good."""
        if rule.comes_back(self.hall.cases.back_until[visit], self.hall.now):
            self.hall.log.flags[visit] = Flag.AT_HOME
            self.stay_home(visit, self.turns.pop(visit))
        else:
            self._leave(visit, Outcome.TURNED_AWAY)

    def _rejoin(self) -> None:
        """Who was sent home stands in line again, as long in it as before."""
        at_home, self.at_home = self.at_home, {}
        for visit, outcome in at_home.items():
            self.hall.log.flags[visit] = Flag.REJOINED
            self.wait(visit, outcome)

    def _call_soon(self) -> None:
        if self.turns and not self.settling:
            self.settling = True
            self.hall.at(self.hall.now, Due.CALL, self._call)

    def _call(self) -> None:
        """Free servers on duty call one after the other, the one free longest first."""
        self.settling = False
        if not self.turns:
            return
        on_call = sorted((self.free_since[k], k) for k in self.idle if k < self.duty)
        for _, server in on_call:
            if not self.turns or self._calls_left() == 0:
                break
            visit = self._next_for(server)
            if visit != NEVER:
                self._begin(visit, server)

    def _next_for(self, server: int) -> int:
        """Take whoever is next for a server out of the line, or NEVER; all it passes by stay."""
        skills = self.hall.timetable.skills[self.servers][server]
        passed_by, found = [], NEVER
        while self.line and found == NEVER and rule.may_be_called(self.line[0][0]):
            place = heappop(self.line)
            visit = place[-1]
            if visit not in self.turns:
                continue  # left before
            if rule.has_skill(skills, self.hall.cases.skill[visit]):
                found = visit
            else:
                passed_by.append(place)
        for place in passed_by:
            heappush(self.line, place)
        return found

    def _begin(self, visit: int, server: int) -> None:
        """Call a visit; how long the server takes, and whether it errs, is decided now."""
        hall, timetable, now = self.hall, self.hall.timetable, self.hall.now
        outcome, work = self.turns.pop(visit), hall.cases.work[visit]
        if not self.is_average:
            hurried, tired = rule.strain(timetable, self.number, len(self.turns), now)
            work = rule.effective_work(work, timetable.pace[self.servers][server], hurried, tired)
            if rule.errs(
                hall.cases.luck[visit], timetable.errors[self.servers][server], hurried, tired
            ):
                hall.log.flags[visit] |= Flag.ERRED
            rule.count_call(timetable, hall.state, self.number, now)
        hall.log.started[visit], hall.log.server[visit], hall.log.work[visit] = now, server, work
        self.serve(visit, outcome)

    def _may_be_called_now(self, visit: int) -> None:
        """At the second of an appointment: whoever waits for it stands ahead of walk-ins."""
        for i, (its_turn, its_tie, who) in enumerate(self.line):
            if who == visit and not rule.may_be_called(its_turn):
                self.line[i] = (its_turn - NOT_YET, its_tie, who)
                heapify(self.line)
                break
        self._call_soon()

    def _turn(self, visit: int) -> int:
        cases, log, case = self.hall.cases, self.hall.log, self._case_of(visit)
        joined, slot = log.joined[visit], cases.slot[visit]
        grace = int(self.hall.timetable.grace[self.number])
        ranked = rule.rank(cases.priority[case], cases.due[visit])
        return int(rule.turn(ranked, joined, slot, grace, self.hall.now))

    def _calls_left(self) -> int:
        return int(
            rule.calls_left(self.hall.timetable, self.hall.state, self.number, self.hall.now)
        )

    def _case_of(self, visit: int) -> int:
        return bisect_right(self.hall.cases.first, visit) - 1

    def _read_timetable(self) -> None:
        """Wake up at every change of roster, window and clock, at losses and at midnight."""
        stations, s, hall = self.hall.timetable, self.number, self.hall
        since, until = int(hall.now), hall.until
        changes = list(stations.roster_at[stations.roster_first[s] : stations.roster_first[s + 1]])
        losses = stations.loss_at[stations.loss_first[s] : stations.loss_first[s + 1]]
        opens: list[int] = []
        closes: list[int] = []
        if stations.closing[s] != Closing.NONE:
            days = slice(stations.window_first[s], stations.window_first[s + 1])
            opens += list(stations.window_open[days])
            closes += list(stations.window_close[days])
            closes += range(-(-since // DAY) * DAY, until, DAY)
        if stations.clock[s] != ALWAYS:
            c = stations.clock[s]
            hours = slice(stations.clock_first[c], stations.clock_first[c + 1])
            changes += [*stations.clock_open[hours], *stations.clock_close[hours]]
        for due, instants, action in (
            (Due.CHANGE, [*changes, *opens], self.look_round),
            (Due.LOSS, losses, self._lose),
            (Due.CLOSE, closes, self._close),
            (Due.REJOIN, opens, self._rejoin),
        ):
            for instant in instants:
                if since <= instant < until:
                    hall.at(int(instant), due, action)


def advance(
    stations: Stations, cases: Cases, log: Log, state: State, since: int, until: int
) -> None:
    """Carry every open case from ``since`` up to, not including, ``until``."""
    if since >= until:
        return
    hall = Hall(stations, cases, log, state, since, until)
    for case in range(len(cases.id)):
        if cases.arrival[case] < until:
            hall.process(journey(hall, case))
    hall.run(until=until)
    hall.write(log)


def journey(hall: Hall, case: int) -> Journey:
    """One case, from wherever the log says it is to the end of its itinerary."""
    cases, log = hall.cases, hall.log
    last = cases.first[case + 1]
    visit = cases.first[case]
    while visit != NEVER and log.outcome[visit] != Outcome.OPEN:
        visit = rule.next_visit(cases, visit, last, log.outcome[visit] == Outcome.SERVED)
    while visit != NEVER:
        station = hall.station(visit)
        if log.joined[visit] == NEVER:
            way = int(rule.comes_at(cases, log, case, visit)) - hall.now
            if way > 0:
                yield hall.timeout(way)
            outcome = yield station.arrive(visit)
        elif log.flags[visit] & Flag.AT_HOME:
            outcome = yield station.stay_home(visit)
        elif log.started[visit] == NEVER:
            outcome = yield station.wait(visit)
        else:
            outcome = yield station.serve(visit)
        visit = int(rule.next_visit(cases, visit, last, outcome == Outcome.SERVED))
