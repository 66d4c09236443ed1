"""At the ends of its parameters the model must do what anybody can foresee."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.agents import citizens
from sim.results.recorder import Columns
from tests.model.town import model, tables_of, town

Tables = Mapping[str, Columns]


def _total(tables: Tables, table: str, column: str, **where: str) -> int:
    rows = np.ones(len(tables[table][column]), dtype=bool)
    for key, value in where.items():
        rows &= tables[table][key] == value
    return int(tables[table][column][rows].sum())


def _services(column: str) -> Callable[[Tables], int]:
    return lambda tables: _total(tables, "services", column)


def _counters(column: str, role: str) -> Callable[[Tables], int]:
    return lambda tables: _total(tables, "counters", column, role=role)


def _each(table: str, rows: tuple[str, ...], column: str, value: float) -> tuple[str, ...]:
    return tuple(f"tables.{table}.{row}.{column}={value}" for row in rows)


SERVICES = model().tables["services"].rows
GROUPS = model().tables["groups"].rows
RATES = model().tables["rates"].rows

PAPER = "leb_paper_other"  # handed in at a desk: no rule decides it
NEVER_HAPPENS = [
    ("no demand", ("demand.factor=0",), _services("needs")),
    ("no vans", ("mobile.units=0",), _services("van_visits")),
    ("nothing missing", _each("services", SERVICES, "incomplete_pct", 0), _services("returned")),
    ("no refusals", ("back_office.refusal_pct=0",), _services("refused")),
    ("all decided by rule", _each("services", SERVICES, "auto_decided_pct", 100),
     lambda tables: _services("desk")(tables) - _total(tables, "services", "desk", service=PAPER)),
    ("a portal that never fails", ("portal.failure_multiplier=0", "portal.outage_every_days=1e9"),
     _services("failures")),
    ("a portal that is never down", ("portal.outage_every_days=1e9",), _services("outages")),
    ("endless patience", ("office.patience_minutes=1e9", "office.longest_line_per_counter=10000"),
     _counters("reneged", "office")),
    ("endless room", ("office.longest_line_per_counter=10000",), _counters("balked", "office")),
    ("a hundred counters", ("tables.offices.OFFICE.counters=100", "office.lunch_cover=false"),
     _counters("wait_seconds", "office")),
    ("a hundred agents", ("call_centre.agents=100",), lambda t: _total(t, "calls", "abandoned")),
]  # fmt: skip


CROWDED = ("demand.factor=2", "back_office.allow_overload=true",
           "tables.offices.OFFICE.counters=1", "office.longest_line_per_counter=3",
           "call_centre.agents=1", "call_centre.pool_residents=900000")  # fmt: skip


@pytest.fixture(scope="module")
def crowded() -> Tables:
    """A town in which everything that can go wrong does."""
    return tables_of(town(*CROWDED))


@pytest.mark.parametrize(
    ("settings", "count"),
    [case[1:] for case in NEVER_HAPPENS],
    ids=[case[0] for case in NEVER_HAPPENS],
)
def test_what_cannot_happen_does_not(
    crowded: Tables, settings: tuple[str, ...], count: Callable[[Tables], int]
) -> None:
    """The same figure is above zero in a crowded town, and zero at the end of the parameter."""
    assert count(crowded) > 0
    assert count(tables_of(town(*CROWDED, *settings))) == 0


def test_who_has_no_internet_and_no_help_goes_to_a_counter(crowded: Tables) -> None:
    """Without internet, helpers out of reach: online is left to what is offered nowhere else."""
    offline = _each("groups", GROUPS, "internet_pct", 0)
    offline += _each("groups", GROUPS, "proxy_if_weak_pct", 0)
    offline += _each("services", SERVICES, "business_pct", 0)
    found = tables_of(town(*offline, "choice.helper_penalty=50"))["services"]
    at_counters = np.unique(crowded["services"]["service"][crowded["services"]["office"] > 0])
    rows = np.isin(found["service"], at_counters)
    assert len(at_counters) > 10
    assert found["web"][rows].sum() + found["app"][rows].sum() == 0
    assert found["office"][rows].sum() > 0


def test_a_portal_always_down_sends_everybody_elsewhere() -> None:
    """Every attempt meets an outage; whoever can still goes in person, others give up."""
    down = tables_of(town("portal.outage_every_days=0.01", "portal.outage_hours=1000"))
    assert _total(down, "services", "attempts") == _total(down, "services", "outages") > 0
    assert _total(down, "services", "office_visits") > _total(
        tables_of(town()), "services", "office_visits"
    )


def test_a_closed_counter_is_shut_only_to_those_who_can_go_online() -> None:
    """With the counter of a service closed for all able ones, some still need it."""
    service = "realty_certificates"
    shut = (f"tables.services.{service}.counter_closure_pct=100", "demand.factor=2",
            "back_office.allow_overload=true")  # fmt: skip
    open_, closed = tables_of(town(*shut[1:])), tables_of(town(*shut))
    before = _total(open_, "services", "office", service=service)
    after = _total(closed, "services", "office", service=service)
    assert 0 < after < before


def test_a_connected_village_has_coverage(conf: object) -> None:
    one = model("tables.settlement_recipe.TWN.villages_uncovered=2")
    covered = one.tables["settlements"].numbers("covered")
    assert 0 < (covered == 0).sum() == 2


def test_one_counter_more_makes_nobody_wait_longer() -> None:
    """First come, first served: with one more server no visit is called later.

    True where the same people come at the same moments: without priorities, impatience, lunch in
    turn, and without a wait that people know when they choose.
    """
    still = ("population.priority_pct=0", "office.patience_minutes=1e9", "office.lunch_cover=false",
             "office.longest_line_per_counter=10000", "choice.cost_per_1000=0", "trust.step=0",
             "demand.factor=2", "back_office.allow_overload=true", "run.run_in_days=0",
             "run.days=12", "choice.past_failure=0", "choice.past_success=0")  # fmt: skip
    calls = []
    for counters in (1, 2, 3):
        one = model(*still, f"tables.offices.OFFICE.counters={counters}")
        found: dict[tuple[int, int], tuple[int, int]] = {}
        while one.day < one.horizon:
            one.step()
            cases, log = one.served.cases, one.served.log
            of_case = np.repeat(np.arange(len(cases.id)), np.diff(cases.first))
            for visit in np.flatnonzero(cases.station == one.network.index["OFFICE"]):
                key = (int(cases.id[of_case[visit]]), int(visit - cases.first[of_case[visit]]))
                found[key] = (int(log.joined[visit]), int(log.started[visit]))
        calls.append(found)
    for fewer, more in pairwise(calls):
        same = [k for k in fewer if k in more and fewer[k][0] == more[k][0] and fewer[k][1] >= 0]
        assert len(same) > 100
        assert all(more[key][1] <= fewer[key][1] for key in same)
    waited = [sum(start - joined for joined, start in found.values() if start >= 0)
              for found in calls]  # fmt: skip
    assert waited[0] > waited[1] > 0


def test_where_nobody_calls_no_call_is_counted_and_everybody_is_served() -> None:
    """Neither with a need nor after a failed attempt, in the town or elsewhere."""
    silent = ("call_centre.calls_per_resident=0", "call_centre.pool_residents=20160000")
    none = tables_of(town(*silent, "portal.after_failure_call_pct=0"))
    assert _total(none, "calls", "offered") == _total(none, "services", "calls") == 0
    assert _total(none, "services", "office_visits") > 0
    rescued = tables_of(town(*silent))
    assert _total(rescued, "calls", "answered") > 0


def test_who_calls_with_every_need_is_served_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call and a filing for a desk are two requests of one need; there is room for both."""
    rooms, act = [], citizens.act

    def watched(*columns: Any) -> int:
        n: int = act(*columns)
        rooms.append((n, len(columns[-1]), len(columns[5])))
        return n

    monkeypatch.setattr(citizens, "act", watched)
    tables_of(town("call_centre.calls_per_resident=1000", "run.days=3"))
    assert all(n <= room for n, room, _ in rooms)
    assert any(n > needs for n, _, needs in rooms)


@pytest.mark.parametrize(
    "settings",
    [
        _each("groups", GROUPS, "applicant", 0),
        _each("rates", RATES, "needs_per_1000", 0),
        (*_each("rates", RATES, "office_filings_per_1000", 0), "appointments.booked_pct=50"),
        ("tables.settlement_recipe.TWN.uncovered_mean_residents=0",
         "tables.settlement_recipe.TWN.villages_uncovered=2"),
    ],
    ids=["nobody may apply", "nobody needs", "nobody files at counters", "empty villages"],
)  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_a_region_without_something_runs(settings: tuple[str, ...]) -> None:
    services = tables_of(town(*settings, "run.days=10"))["services"]
    nobody = any("applicant" in one or "needs" in one for one in settings)
    assert (services["needs"].sum() == 0) == nobody


def test_a_model_that_nobody_uses_is_forgotten() -> None:
    """Or each run of a long study would cost its memory."""
    one = model()
    one.step()
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None
