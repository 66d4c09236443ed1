"""Each mechanism alone, on a station small enough to follow by hand; both engines."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.engine import ENGINES
from sim.service.cases import FOREVER, OFTEN_NEUTRAL, Cases, Flag, Log, Outcome, State
from sim.service.stations import ALWAYS, Closing, Stations
from sim.units import DAY, HOUR
from tests.engine.worlds import column

OPENS, CLOSES = 9 * HOUR, 18 * HOUR
Pairs = list[tuple[int, int]]
Lived = Callable[..., Log]


def office(
    servers: int = 1,
    closing: Closing = Closing.FINISH,
    windows: Pairs | None = None,
    losses: list[int] | None = None,
    works: Pairs | None = None,
    **traits: Any,
) -> Stations:
    """One station open from nine to six, everybody on duty; ``works`` are spans of its clock."""
    shown = [(d * DAY + OPENS, d * DAY + CLOSES) for d in range(3)] if windows is None else windows
    shown = [] if closing == Closing.NONE else shown
    spans, losses = works or [], losses or []
    done = np.cumsum([0, *(b - a for a, b in spans)])[: len(spans)]
    return Stations.plain(
        closing=column([closing]), clock=column([0 if works else ALWAYS]),
        server_first=column([0, servers]), roster_first=column([0, 1]), roster_at=column([0]),
        roster_count=column([servers]), window_first=column([0, len(shown)]),
        window_open=column([a for a, _ in shown]), window_close=column([b for _, b in shown]),
        clock_first=column([0, len(spans)]), clock_open=column([a for a, _ in spans]),
        clock_close=column([b for _, b in spans]), clock_done=done,
        loss_first=column([0, len(losses)]), loss_at=column(losses),
        **{name: column(value if isinstance(value, list) else [value])
           for name, value in traits.items()},
    )  # fmt: skip


def visit(at: int, work: int = 600, **traits: int) -> dict[str, int]:
    """A case of one visit, or the next visit of the case before if it has a ``delay``."""
    return {"at": at, "work": work, **traits}


def cases_of(visits: list[dict[str, int]]) -> Cases:
    begins = [i for i, one in enumerate(visits) if "delay" not in one]
    kinds = dict(OFTEN_NEUTRAL)
    return Cases.plain(
        id=np.arange(len(begins)),
        arrival=column([visits[i]["at"] for i in begins]),
        priority=column([visits[i].get("priority", 0) for i in begins]),
        first=column([*begins, len(visits)]),
        station=np.zeros(len(visits), np.int64),
        work=column([one["work"] for one in visits]),
        patience=column([one.get("patience", FOREVER) for one in visits]),
        tolerance=column([one.get("tolerance", FOREVER) for one in visits]),
        **{name: np.array([one.get(name, 0) for one in visits], dtype=kinds[name])
           for name in kinds},
    )  # fmt: skip


@pytest.fixture(params=ENGINES)
def lived(request: pytest.FixtureRequest) -> Lived:
    """What becomes of visits to a station in three days, lived day by day."""

    def live(station: Stations, *visits: dict[str, int], cuts: tuple[int, ...] = ()) -> Log:
        cases = cases_of(list(visits))
        log, state = Log.empty(len(visits)), State.empty(station.server_first)
        for since, until in pairwise(sorted({0, DAY, 2 * DAY, 3 * DAY, *cuts})):
            ENGINES[request.param](station, cases, log, state, since, until)
        return log

    return live


def outcomes(log: Log) -> list[Outcome]:
    return [Outcome(one) for one in log.outcome.tolist()]


NOON = 12 * HOUR


class TestAppointments:
    def test_who_keeps_a_slot_is_called_before_walk_ins(self, lived: Lived) -> None:
        log = lived(office(), visit(NOON), visit(NOON + 1), visit(NOON + 60, slot=NOON + 60))
        assert log.started.tolist() == [NOON, NOON + 1200, NOON + 600]

    def test_nobody_is_called_before_the_slot_and_no_server_waits_for_it(
        self, lived: Lived
    ) -> None:
        log = lived(office(), visit(NOON, slot=NOON + 300), visit(NOON + 1))
        assert log.started.tolist() == [NOON + 601, NOON + 1]

    def test_an_early_comer_is_called_at_the_second_of_the_slot(self, lived: Lived) -> None:
        log = lived(office(), visit(NOON, slot=NOON + 300))
        assert log.started.tolist() == [NOON + 300]

    def test_the_grace_ends_with_its_last_second(self, lived: Lived) -> None:
        station = office(grace=120)
        held = lived(station, visit(NOON), visit(NOON + 1), visit(NOON + 120, slot=NOON))
        lost = lived(station, visit(NOON), visit(NOON + 1), visit(NOON + 121, slot=NOON))
        assert held.started.tolist() == [NOON, NOON + 1200, NOON + 600]
        assert lost.started.tolist() == [NOON, NOON + 600, NOON + 1200]

    def test_a_slot_may_fall_on_a_cut(self, lived: Lived) -> None:
        log = lived(office(), visit(NOON, slot=NOON + 300), cuts=(NOON + 300,))
        assert log.started.tolist() == [NOON + 300]

    def test_at_close_who_has_a_slot_to_come_goes_and_a_slot_at_close_is_kept(
        self, lived: Lived
    ) -> None:
        log = lived(
            office(), visit(CLOSES - 9, slot=CLOSES), visit(CLOSES - 8, slot=CLOSES + 1),
        )  # fmt: skip
        assert outcomes(log) == [Outcome.SERVED, Outcome.TURNED_AWAY]
        assert log.started[0] == CLOSES

    def test_an_early_comer_counts_in_the_line_that_others_see(self, lived: Lived) -> None:
        seen = visit(NOON + 2, tolerance=0)
        log = lived(office(), visit(NOON, slot=NOON + 900), visit(NOON + 1), seen)
        assert outcomes(log)[2] == Outcome.BALKED


class TestOutages:
    def test_work_goes_on_after_a_pause(self, lived: Lived) -> None:
        works = [(0, NOON), (NOON + HOUR, 3 * DAY)]
        log = lived(office(works=works), visit(NOON - 60))
        assert log.ended.tolist() == [NOON + HOUR + 540]

    def test_a_lost_service_begins_again_and_waits_where_it_stood(self, lived: Lived) -> None:
        works = [(0, NOON), (NOON + HOUR, 3 * DAY)]
        station = office(works=works, losses=[NOON])
        log = lived(station, visit(NOON - 60, patience=100), visit(NOON - 50))
        assert log.joined[0] == NOON - 60
        assert log.started.tolist() == [NOON + HOUR, NOON + HOUR + 600]
        assert log.flags.tolist() == [Flag.REJOINED, 0]

    def test_a_service_that_ends_as_the_outage_begins_is_not_lost(self, lived: Lived) -> None:
        log = lived(office(losses=[NOON]), visit(NOON - 600))
        assert log.ended.tolist() == [NOON]
        assert log.flags.tolist() == [0]

    def test_the_server_is_free_since_the_outage(self, lived: Lived) -> None:
        station = office(servers=2, losses=[NOON])
        log = lived(
            station, visit(NOON - 900), visit(NOON - 60), visit(NOON + 9, work=5), visit(NOON + 9)
        )
        assert log.server.tolist()[1] == 0  # free since noon less five minutes, not since noon
        assert log.started[1] == NOON

    def test_after_a_close_that_sends_home_a_lost_case_goes(self, lived: Lived) -> None:
        station = office(closing=Closing.SEND_HOME, losses=[CLOSES + 60])
        log = lived(station, visit(CLOSES - 60))
        assert outcomes(log) == [Outcome.TURNED_AWAY]
        assert (log.started[0], log.server[0], log.ended[0]) == (-1, -1, CLOSES + 60)

    def test_in_overtime_a_lost_case_is_served_again(self, lived: Lived) -> None:
        log = lived(office(losses=[CLOSES + 60]), visit(CLOSES - 60))
        assert log.started.tolist() == [CLOSES + 60]

    def test_an_outage_in_force_at_close_keeps_those_on_duty_for_overtime(
        self, lived: Lived
    ) -> None:
        works = [(0, CLOSES - HOUR), (CLOSES + HOUR, 3 * DAY)]
        log = lived(office(works=works), visit(CLOSES - 60))
        assert log.started.tolist() == [CLOSES + HOUR]

    def test_overtime_ends_at_midnight_for_who_waits(self, lived: Lived) -> None:
        works = [(0, CLOSES - HOUR), (DAY + HOUR, 3 * DAY)]
        log = lived(office(works=works), visit(CLOSES - 60))
        assert outcomes(log) == [Outcome.TURNED_AWAY]
        assert log.ended.tolist() == [DAY]


class TestPace:
    def test_servers_have_their_own_pace(self, lived: Lived) -> None:
        log = lived(office(servers=2, pace=[500, 1500]), visit(NOON), visit(NOON + 1))
        assert log.work.tolist() == [300, 900]
        assert log.ended.tolist() == [NOON + 300, NOON + 901]

    def test_no_work_takes_less_than_a_second(self, lived: Lived) -> None:
        log = lived(office(pace=[1]), visit(NOON, work=600))
        assert log.work.tolist() == [1]

    def test_each_one_left_in_line_hurries_up_to_a_limit(self, lived: Lived) -> None:
        station = office(hurry=100, most_hurry=200)
        log = lived(station, *(visit(NOON) for _ in range(5)))
        assert sorted(log.work.tolist()) == [480, 480, 480, 540, 600]

    def test_hours_tire_from_a_second_of_the_day_on(self, lived: Lived) -> None:
        station = office(fatigue=50, fresh_until=OPENS)
        log = lived(station, visit(OPENS + HOUR - 1), visit(OPENS + 3 * HOUR), visit(DAY + OPENS))
        assert log.work.tolist() == [600, 690, 600]

    def test_what_the_server_takes_is_fixed_at_the_call(self, lived: Lived) -> None:
        station = office(hurry=100, most_hurry=900)
        log = lived(station, visit(NOON), visit(NOON + 1), visit(NOON + 2), cuts=(NOON + 300,))
        assert log.work.tolist() == [600, 540, 600]

    @pytest.mark.parametrize(("luck", "erred"), [(0, True), (49_999, True), (50_000, False)])
    def test_mistakes_by_skill(self, lived: Lived, luck: int, erred: bool) -> None:
        log = lived(office(errors=[50]), visit(NOON, luck=luck))
        assert bool(log.flags[0] & Flag.ERRED) == erred

    def test_hurry_and_fatigue_bring_mistakes(self, lived: Lived) -> None:
        station = office(errors=[50], hurry=100, most_hurry=900, fatigue=50, fresh_until=OPENS)
        log = lived(station, visit(NOON, luck=62_499), visit(NOON, luck=62_499))
        # by noon fatigue is 150 per mille, and one left in line hurries by 100: 5 % become 6.25 %
        assert sorted(log.flags.tolist()) == [0, Flag.ERRED]


class TestSkills:
    def test_a_server_calls_the_next_whom_it_can_serve(self, lived: Lived) -> None:
        log = lived(office(skills=[2]), visit(NOON), visit(NOON + 1, skill=1))
        assert log.started.tolist() == [-1, NOON + 1]

    def test_a_cross_trained_desk_helps_out(self, lived: Lived) -> None:
        station = office(servers=2, skills=[1, 3])
        log = lived(station, *(visit(NOON + i, skill=int(i == 1)) for i in range(3)))
        assert log.server.tolist() == [0, 1, 0]
        assert log.started.tolist() == [NOON, NOON + 1, NOON + 600]

    def test_who_finds_nobody_to_serve_stays_free_longest(self, lived: Lived) -> None:
        station = office(servers=2, skills=[2, 3])
        log = lived(station, visit(NOON), visit(NOON + 1), visit(NOON + 2, skill=1))
        assert log.server.tolist() == [1, 1, 0]


class TestItineraries:
    def test_a_way_takes_time_even_over_midnight(self, lived: Lived) -> None:
        station = office(closing=Closing.NONE)
        log = lived(station, visit(NOON), visit(0, delay=DAY))
        assert log.joined.tolist() == [NOON, NOON + 600 + DAY]

    def test_who_is_inside_at_close_goes_on_in_overtime(self, lived: Lived) -> None:
        log = lived(office(), visit(CLOSES - 60), visit(0, delay=0, inside=1), visit(0, delay=0))
        assert outcomes(log) == [Outcome.SERVED, Outcome.SERVED, Outcome.TURNED_AWAY]

    def test_where_nobody_works_overtime_who_is_inside_goes_too(self, lived: Lived) -> None:
        station = office(closing=Closing.SEND_HOME)
        log = lived(station, visit(CLOSES - 60), visit(0, delay=0, inside=1))
        assert outcomes(log) == [Outcome.SERVED, Outcome.TURNED_AWAY]

    def test_who_hangs_up_calls_again(self, lived: Lived) -> None:
        station = office(closing=Closing.NONE)
        again = visit(0, delay=300, retrial=1)
        log = lived(station, visit(NOON), visit(NOON + 1, patience=60), again)
        assert outcomes(log) == [Outcome.SERVED, Outcome.RENEGED, Outcome.SERVED]
        assert log.joined[2] == NOON + 361

    def test_who_was_served_does_not_call_again(self, lived: Lived) -> None:
        station = office(closing=Closing.NONE)
        again, then = visit(0, delay=1, retrial=1), visit(0, delay=10)
        log = lived(station, visit(NOON, patience=60), again, then)
        assert log.joined.tolist() == [NOON, -1, NOON + 610]

    def test_who_balks_comes_again(self, lived: Lived) -> None:
        again = visit(0, delay=900, retrial=1)
        log = lived(office(), visit(NOON), visit(NOON + 1, tolerance=0), again)
        assert outcomes(log) == [Outcome.SERVED, Outcome.BALKED, Outcome.SERVED]

    def test_who_is_turned_away_comes_again(self, lived: Lived) -> None:
        again = visit(0, delay=DAY - 9 * HOUR, retrial=1)
        log = lived(office(), visit(CLOSES), again)
        assert outcomes(log) == [Outcome.TURNED_AWAY, Outcome.SERVED]


class TestVans:
    def test_calls_are_limited_and_the_rest_comes_back(self, lived: Lived) -> None:
        station = office(closing=Closing.SEND_HOME, capacity=2)
        people = [visit(NOON + i, back_until=FOREVER, patience=DAY) for i in range(3)]
        log = lived(station, *people)
        assert log.started.tolist() == [NOON, NOON + 600, DAY + OPENS]
        assert log.joined[2] == NOON + 2
        assert log.flags[2] == Flag.REJOINED

    def test_who_does_not_come_back_is_turned_away_at_departure(self, lived: Lived) -> None:
        station = office(closing=Closing.SEND_HOME, capacity=1)
        log = lived(station, visit(NOON), visit(NOON + 1), visit(NOON + 2, back_until=CLOSES))
        assert outcomes(log)[1:] == [Outcome.TURNED_AWAY] * 2
        assert log.ended.tolist()[1:] == [CLOSES, CLOSES]

    def test_left_over_stand_before_the_arrivals_of_the_opening(self, lived: Lived) -> None:
        station = office(closing=Closing.SEND_HOME, capacity=1)
        first, rest = visit(NOON), visit(NOON + 1, back_until=FOREVER)
        log = lived(station, first, rest, visit(DAY + OPENS))
        assert log.started.tolist()[1] == DAY + OPENS
        assert outcomes(log)[2] == Outcome.TURNED_AWAY

    def test_patience_at_home_is_endless(self, lived: Lived) -> None:
        station = office(closing=Closing.SEND_HOME, capacity=1)
        windows = [(OPENS, NOON + 10), (2 * DAY + OPENS, 2 * DAY + CLOSES)]
        station = office(closing=Closing.SEND_HOME, capacity=1, windows=windows)
        log = lived(station, visit(NOON), visit(NOON + 1, back_until=FOREVER, patience=60))
        assert log.started.tolist() == [NOON, 2 * DAY + OPENS]

    def test_a_line_that_leaves_with_the_last_call_in_sight_counts_calls(
        self, lived: Lived
    ) -> None:
        station = office(servers=3, closing=Closing.SEND_HOME, capacity=2)
        log = lived(station, visit(NOON), visit(NOON, tolerance=0), visit(NOON, tolerance=0))
        assert sorted(outcomes(log)) == [Outcome.SERVED, Outcome.SERVED, Outcome.BALKED]

    def test_a_stop_that_never_opens_serves_nobody(self, lived: Lived) -> None:
        log = lived(office(closing=Closing.SEND_HOME, windows=[]), visit(NOON))
        assert outcomes(log) == [Outcome.TURNED_AWAY]

    def test_a_slot_that_passes_at_home_is_kept(self, lived: Lived) -> None:
        windows = [(OPENS, NOON + 10), (DAY + OPENS, DAY + CLOSES)]
        station = office(closing=Closing.SEND_HOME, windows=windows)
        log = lived(
            station,
            visit(NOON, slot=NOON + 60, back_until=FOREVER),
            visit(DAY + OPENS - 60),
            cuts=(NOON + 30,),
        )
        assert log.started.tolist() == [DAY + OPENS, DAY + OPENS + 600]


class TestInstants:
    def test_work_complete_at_midnight_ends_there(self, lived: Lived) -> None:
        log = lived(office(closing=Closing.NONE), visit(DAY - 600))
        assert log.ended.tolist() == [DAY]

    def test_several_free_at_one_second_call_in_the_order_they_became_free(
        self, lived: Lived
    ) -> None:
        station = office(servers=3)
        busy = [visit(NOON + i, work=600 - i) for i in range(3)]
        late = [visit(NOON + 599 + i, work=60) for i in range(3)]
        log = lived(station, *busy, *late)
        assert log.server.tolist()[:3] == [0, 1, 2]
        assert log.server.tolist()[3:] == [0, 1, 2]

    def test_a_roster_that_drops_at_close_keeps_those_of_the_last_second(
        self, lived: Lived
    ) -> None:
        station = office(servers=2)._replace(
            roster_first=column([0, 2]), roster_at=column([0, CLOSES]),
            roster_count=column([2, 0]),
        )  # fmt: skip
        log = lived(station, *(visit(CLOSES - 9) for _ in range(3)))
        assert outcomes(log) == [Outcome.SERVED] * 3

    def test_groups_that_come_together_are_called_in_a_fair_order(self, lived: Lived) -> None:
        """All join at one second; nobody is first because of a smaller id."""
        log = lived(office(), *(visit(NOON) for _ in range(40)))
        order = np.argsort(log.started)
        assert sorted(order.tolist()) == list(range(40))
        assert abs(float(np.corrcoef(np.arange(40), order)[0, 1])) < 0.5
