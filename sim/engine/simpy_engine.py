"""The definition of what happens inside a day: SimPy, one process per case, written to be read.

A case follows its itinerary; a station matches its line with its servers once an instant has
settled. The log says where everyone is, so a run may stop at any instant and go on later.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from enum import IntEnum
from heapq import heappop, heappush

import simpy
from simpy.events import Event, EventPriority

from sim.service.cases import NEVER, Cases, Log, Outcome, State
from sim.service.rules import (
    balks,
    door_shuts,
    empties_line,
    ends_at,
    on_duty,
    place_in_line,
    tie,
    turn,
)
from sim.service.stations import ALWAYS, Closing, Stations
from sim.units import DAY

Journey = Generator[Event, bool | None, None]


class Due(IntEnum):
    """What comes first within one second; SimPy takes the smaller number first."""

    CHANGE = 10  # rosters, windows and clocks
    END = 11  # services whose work is complete
    LEAVE = 12  # whose patience has ended
    CLOSE = 13  # the closing rule
    ARRIVE = 14  # in case order
    CALL = 15  # free servers look at the line


class Hall(simpy.Environment):
    """All stations of an interval, with their timetable."""

    def __init__(
        self, stations: Stations, cases: Cases, log: Log, state: State, since: int, until: int
    ) -> None:
        super().__init__(initial_time=since)
        self.timetable, self.cases, self.log, self.state = stations, cases, log, state
        self.until = until
        self.stations: dict[int, Station] = {}

    def station(self, visit: int) -> Station:
        """Where a visit takes place; a station that nobody comes to is never built."""
        number = int(self.cases.station[visit])
        if number not in self.stations:
            self.stations[number] = Station(self, number)
        return self.stations[number]

    def at(self, instant: float, due: Due, action: Callable[[], None] | None = None) -> Event:
        """An event of an instant in its order, which does ``action`` first of all."""
        event = Event(self)
        if action is not None:
            event.callbacks.append(lambda _: action())
        event._ok, event._value = True, None
        if instant < self.until:
            self.schedule(event, EventPriority(due), delay=instant - self.now)
        return event


class Station:
    """Numbered servers and one line."""

    def __init__(self, hall: Hall, number: int) -> None:
        self.hall, self.number = hall, number
        first, last = hall.timetable.server_first[number : number + 2]
        self.free_since = hall.state.free_since[first:last]  # a view: written through
        self.idle = set(range(int(last - first)))
        self.line: list[tuple[int, int, int]] = []  # (turn, tie, visit): a heap
        self.turns: dict[int, Event] = {}  # who is still in line, and the event of being called
        self.arriving: list[int] = []
        self.settling = False
        self.look_round()
        self._read_timetable()

    def arrive(self, visit: int) -> Event:
        """Come to the door now; fires with True when a server calls, False on leaving before."""
        if not self.arriving:
            self.hall.at(self.hall.now, Due.ARRIVE, self._admit)
        self.arriving.append(visit)
        self.turns[visit] = self.hall.event()
        return self.turns[visit]

    def wait(self, visit: int) -> Event:
        """Stand in line since the log's ``joined``; fires as ``arrive`` does."""
        cases, log = self.hall.cases, self.hall.log
        case = self._case_of(visit)
        joined = int(log.joined[visit])
        its_turn = turn(int(cases.priority[case]), int(cases.due[visit]), joined)
        order = (its_turn, tie(int(cases.id[case])), visit)
        heappush(self.line, order)
        patience_ends = joined + int(cases.patience[visit])
        self.hall.at(patience_ends, Due.LEAVE, lambda: self._leave(visit, Outcome.RENEGED))
        self._call_soon()
        return self.turns.setdefault(visit, self.hall.event())

    def serve(self, visit: int) -> Event:
        """Be with a server until the work is complete, which may be after this interval."""
        work, started = int(self.hall.cases.work[visit]), int(self.hall.log.started[visit])
        self.idle.discard(int(self.hall.log.server[visit]))
        return self.hall.at(
            ends_at(self.hall.timetable, self.number, started, work, self.hall.now), Due.END
        )

    def release(self, visit: int) -> None:
        """Write the end of a service; its server is free since now."""
        log, server = self.hall.log, int(self.hall.log.server[visit])
        log.ended[visit], log.outcome[visit] = self.hall.now, Outcome.SERVED
        self.free_since[server] = self.hall.now
        self.idle.add(server)
        self._call_soon()

    def look_round(self) -> None:
        """At a change of roster, window or clock: who may call now."""
        self.duty = on_duty(self.hall.timetable, self.number, self.hall.now)
        self._call_soon()

    def _admit(self) -> None:
        """Let those of this instant join, in case order, unless the door is shut or they balk."""
        log, now = self.hall.log, self.hall.now
        arriving, self.arriving = sorted(self.arriving), []
        shut = now >= door_shuts(self.hall.timetable, self.number, now)
        free = sum(server < self.duty for server in self.idle)
        waiting = len(self.turns) - len(arriving)
        for visit in arriving:
            if shut:
                self._leave(visit, Outcome.TURNED_AWAY)
            elif balks(place_in_line(waiting, free), int(self.hall.cases.tolerance[visit])):
                self._leave(visit, Outcome.BALKED)
            else:
                log.joined[visit] = now
                waiting += 1
                self.wait(visit)

    def _leave(self, visit: int, outcome: Outcome) -> None:
        if visit in self.turns:
            self.hall.log.ended[visit], self.hall.log.outcome[visit] = self.hall.now, outcome
            self.turns.pop(visit).succeed(False)

    def _close(self) -> None:
        """Turn the line away where the closing rule says so."""
        if empties_line(self.hall.timetable, self.number, self.hall.now):
            for visit in [visit for _, _, visit in self.line]:
                self._leave(visit, Outcome.TURNED_AWAY)
        self.look_round()

    def _call_soon(self) -> None:
        if not self.settling:
            self.settling = True
            self.hall.at(self.hall.now, Due.CALL, self._call)

    def _call(self) -> None:
        """Free servers on duty call one after the other, the one free longest first."""
        self.settling = False
        log = self.hall.log
        on_call = sorted((self.free_since[k], k) for k in self.idle if k < self.duty)
        for _, server in on_call:
            while self.line and self.line[0][-1] not in self.turns:
                heappop(self.line)  # left before
            if not self.line:
                break
            visit = heappop(self.line)[-1]
            log.started[visit], log.server[visit] = self.hall.now, server
            self.idle.remove(server)
            self.turns.pop(visit).succeed(True)

    def _case_of(self, visit: int) -> int:
        return int(self.hall.cases.first.searchsorted(visit, side="right")) - 1

    def _read_timetable(self) -> None:
        """Wake up at every change of roster, window and clock, and at midnight."""
        stations, s, hall = self.hall.timetable, self.number, self.hall
        since, until = int(hall.now), hall.until
        changes = list(stations.roster_at[stations.roster_first[s] : stations.roster_first[s + 1]])
        closes: list[int] = []
        if stations.closing[s] != Closing.NONE:
            days = slice(stations.window_first[s], stations.window_first[s + 1])
            changes += list(stations.window_open[days])
            closes += list(stations.window_close[days])
            closes += range(-(-since // DAY) * DAY, until, DAY)
        if stations.clock[s] != ALWAYS:
            c = stations.clock[s]
            hours = slice(stations.clock_first[c], stations.clock_first[c + 1])
            changes += [*stations.clock_open[hours], *stations.clock_close[hours]]
        for instant in changes:
            if since <= instant < until:
                hall.at(int(instant), Due.CHANGE, self.look_round)
        for instant in closes:
            if since <= instant < until:
                hall.at(int(instant), Due.CLOSE, self._close)


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


def journey(hall: Hall, case: int) -> Journey:
    """One case, from wherever the log says it is to the end of its itinerary."""
    cases, log = hall.cases, hall.log
    for visit in range(int(cases.first[case]), int(cases.first[case + 1])):
        if log.outcome[visit] == Outcome.SERVED:
            continue
        if log.ended[visit] != NEVER:
            return
        station = hall.station(visit)
        if log.joined[visit] == NEVER:
            if visit == cases.first[case]:
                yield hall.timeout(max(0, int(cases.arrival[case]) - hall.now))
            called = yield station.arrive(visit)
        elif log.started[visit] == NEVER:
            called = yield station.wait(visit)
        else:
            called = True
        if not called:
            return
        yield station.serve(visit)
        station.release(visit)
