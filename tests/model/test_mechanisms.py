"""Every mechanism of the line in the town: it moves what it is about, and luck stays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from sim.engine import ENGINES
from sim.model import ServiceModel
from sim.results.recorder import Columns
from sim.service.cases import NEVER, Flag
from sim.service.network import Role
from sim.service.requests import Kind, Mark
from sim.service.stations import AVERAGE
from sim.units import DAY, HOUR, MINUTE
from tests.model.town import hashes_of, lived, model

SHORT = ("run.days=30", "run.run_in_days=5")
BUSY = "demand.factor=1.5"
ON = {
    "appointments": ("appointments.booked_pct=60",),
    "bus": ("travel.by_bus_pct=60",),
    "calls again": ("call_centre.agents=1", "call_centre.calls_again_pct=80",
                    "call_centre.patience_minutes=0.3", "call_centre.handling_minutes=8.0"),
    "express": ("office.express_pct=50", "office.cross_trained=false"),
    "fatigue": ("office.fatigue_pct_per_hour=3",),
    "hurry": ("office.hurry_pct=8", BUSY),
    "inquiries": ("back_office.inquiry_pct=30",),
    "kiosks": ("kiosks.use_pct=60", "tables.offices.OFFICE.consultants=0.5"),
    "left over": ("mobile.cases_per_stop=1", "mobile.left_over_wait_days=60"),
    "limited calls": ("mobile.cases_per_stop=3",),
    "lost work": ("office.system_outages_per_year=365", "office.system_outage=lost"),
    "mistakes": ("office.error_pct=10",),
    "pace": ("office.pace_cv=0.3",),
    "pause": ("office.system_outages_per_year=365",),
    "steps": ("specialised.steps=true", "tables.offices.OFFICE.kind=specialised_duty",
              "tables.offices.OFFICE.counters=6"),
}  # fmt: skip


def tables(*overrides: str) -> Mapping[str, Columns]:
    return lived(model(*SHORT, *overrides))


def total(found: Mapping[str, Columns], table: str, column: str, **where: str) -> int:
    columns = found[table]
    here = np.ones(len(columns[column]), dtype=bool)
    for name, value in where.items():
        here &= columns[name] == value
    return int(columns[column][here].sum())


@pytest.fixture(scope="module")
def base() -> Mapping[str, Columns]:
    return tables()


@pytest.mark.parametrize("mechanism", ON)
def test_both_engines_live_it_alike(mechanism: str) -> None:
    """To the second, in every table."""
    hashes = [hashes_of(tables(*ON[mechanism], f"engine={engine}")) for engine in ENGINES]
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("mechanism", sorted(set(ON) - {"hurry", "calls again"}))
def test_it_moves_something_and_no_need(mechanism: str, base: Mapping[str, Columns]) -> None:
    """Needs and their first channels of the first day are the same people with the same luck."""
    found = tables(*ON[mechanism])
    assert hashes_of(found) != hashes_of(base)
    first = found["services"]["date"] == found["services"]["date"][0]
    assert total(found, "services", "needs") == total(base, "services", "needs")
    np.testing.assert_array_equal(
        found["services"]["needs"][first], base["services"]["needs"][first]
    )


class Seen:
    """All visits to a role, day by day, with what is known of their cases."""

    def __init__(self, *roles: Role) -> None:
        self.roles, self.rows = roles, list[dict[str, np.ndarray]]()

    def __call__(self, one: ServiceModel) -> None:
        cases, about, log = one.served
        case = np.repeat(np.arange(len(cases.id)), np.diff(cases.first))
        here = np.isin(cases.station, one.network.of(*self.roles)) & (log.ended >= one.day * DAY)
        columns = {**cases._asdict(), **log._asdict(), "drawn": cases.work}
        per_case = ("id", "arrival", "priority", "first")
        row = {name: columns[name][here] for name in columns if name not in per_case}
        row |= {name: about[name][case][here] for name in ("kind", "marks", "citizen")}
        row |= {"arrival": cases.arrival[case][here], "day": np.full(here.sum(), one.day)}
        self.rows.append(row)

    def __getitem__(self, name: str) -> np.ndarray:
        return np.concatenate([row[name] for row in self.rows])


def seen(roles: tuple[Role, ...], *overrides: str) -> tuple[ServiceModel, Seen]:
    one, found = model(*SHORT, *overrides), Seen(*roles)
    one.observers.append(found)
    one.run()
    return one, found


def test_slots_are_kept_within_their_grace_and_never_called_before() -> None:
    """About the booked share of visits has a slot; who decided on the day has a late one."""
    _, found = seen((Role.OFFICE,), "appointments.booked_pct=60")
    booked = found["slot"] > 0
    assert 0.4 < booked.mean() < 0.65
    kept = booked & (found["joined"] != NEVER) & (found["joined"] <= found["slot"] + 10 * MINUTE)
    called = kept & (found["started"] != NEVER)
    assert called.sum() > 50
    assert (found["started"][called] >= found["slot"][called]).all()
    on_the_day = booked & (found["marks"] & Mark.SAME_DAY != 0)
    assert (found["slot"][on_the_day] % DAY >= 9 * HOUR).all()


def test_no_slot_is_given_twice_more_often_than_counters_allow() -> None:
    """Half the time of the counters may be booked, quarter-hour by quarter-hour."""
    one, found = seen((Role.OFFICE,), "appointments.booked_pct=60", BUSY)
    slots, taken = np.unique(found["slot"][found["slot"] > 0], return_counts=True)
    counters = float(one.tables["offices"].numbers("counters")[0])
    allowed = counters * 15 * MINUTE / one.world.mean_service * 0.5
    assert taken.max() <= np.ceil(allowed)
    assert len(slots) > 50


def test_no_shows_come_again_or_give_up() -> None:
    """A slot of one who does not come stays empty; the need is not lost, as identities check."""
    always = tables("appointments.booked_pct=60", "appointments.no_show_pct=0")
    often = tables("appointments.booked_pct=60", "appointments.no_show_pct=60")
    assert total(often, "counters", "arrived", role="office") < total(
        always, "counters", "arrived", role="office"
    )
    assert total(often, "services", "gave_up") > total(always, "services", "gave_up")


def test_villagers_on_a_bus_come_at_one_second() -> None:
    one, found = seen((Role.OFFICE,), "travel.by_bus_pct=60")
    village = one.world.places.rural[one.citizens.people.settlement[found["citizen"]]]
    second = found["arrival"] % DAY
    settlement = one.citizens.people.settlement[found["citizen"]]
    by_bus = village & (second == 9 * HOUR + settlement * 1_009 % (2 * HOUR))
    assert 0.4 < by_bus[village].mean() < 0.8
    assert by_bus[~village].mean() < 0.01


def test_who_hangs_up_calls_again_on_the_same_day() -> None:
    """Each call that is made again follows one that was not answered."""
    _, found = seen((Role.CALL_CENTRE,), *ON["calls again"])
    again = found["retrial"] == 1
    assert again.sum() > 2
    assert (found["delay"][again] >= 1).all()
    silent = tables(*ON["calls again"], "call_centre.calls_again_pct=0")
    assert total(tables(*ON["calls again"]), "calls", "offered") > total(silent, "calls", "offered")


def test_short_matters_go_to_express_counters_alone_where_nobody_is_cross_trained() -> None:
    _, found = seen((Role.OFFICE,), *ON["express"])
    served = found["started"] != NEVER
    short = (found["kind"] == Kind.PICK_UP) | (found["marks"] & Mark.HELP != 0)
    assert set(found["server"][served & short]) == {1}
    assert set(found["server"][served & ~short]) == {0}


def test_cross_trained_counters_help_with_short_matters() -> None:
    _, found = seen((Role.OFFICE,), "office.express_pct=50", "demand.factor=1.3")
    served = found["started"] != NEVER
    short = (found["kind"] == Kind.PICK_UP) | (found["marks"] & Mark.HELP != 0)
    assert set(found["server"][served & short]) == {0, 1}
    assert set(found["server"][served & ~short]) == {0}


@pytest.mark.parametrize("effect", ["pause", "lost work"])
def test_nobody_is_called_while_the_system_is_out(effect: str) -> None:
    _, found = seen((Role.OFFICE, Role.VAN), *ON[effect], BUSY)
    rejoined = found["flags"] & Flag.REJOINED != 0
    assert rejoined.any() == (effect == "lost work")
    base = tables()
    waits = total(tables(*ON[effect]), "counters", "wait_seconds", role="office")
    assert waits > 1.1 * total(base, "counters", "wait_seconds", role="office")


def test_operators_have_a_pace_of_their_own_the_same_every_day() -> None:
    one, found = seen((Role.OFFICE,), "office.pace_cv=0.3")
    served = found["started"] != NEVER
    office = int(one.offices[0])
    paces = one.network.stations(one.day - 1).pace[one.network.server_first[office] :]
    assert len(set(paces[:2].tolist()) | {AVERAGE}) == 3
    taken = np.maximum(1, found["drawn"] * paces[found["server"]] // AVERAGE)
    np.testing.assert_array_equal(found["work"][served], taken[served])


def test_tired_operators_take_longer_by_the_hour() -> None:
    """Nothing in the first two hours, three per cent for each later one."""
    one, _ = seen((Role.OFFICE,), *ON["fatigue"])
    stations = one.network.stations(one.day - 1)
    office = int(one.offices[0])
    assert stations.fatigue[office] == 30
    assert stations.fresh_until[office] == 11 * HOUR
    assert (stations.pace == AVERAGE).all()


def test_a_spoilt_visit_brings_another(base: Mapping[str, Columns]) -> None:
    found = tables(*ON["mistakes"])
    assert total(found, "services", "return_visits") > 1.2 * total(
        base, "services", "return_visits"
    )


def test_asking_another_body_takes_days(base: Mapping[str, Columns]) -> None:
    """About three in ten cases make a second visit to a desk; decisions come later."""
    found = tables(*ON["inquiries"])
    before, after = (total(one, "desks", "joined") for one in (base, found))
    assert 1.2 * before < after < 1.4 * before
    assert total(found, "services", "working_days") > 1.5 * total(base, "services", "working_days")


def test_a_van_calls_no_more_than_it_may(base: Mapping[str, Columns]) -> None:
    found = tables(*ON["limited calls"])
    vans = found["counters"]["role"] == "van"
    assert found["counters"]["served"][vans].max() <= 3
    assert base["counters"]["served"][base["counters"]["role"] == "van"].max() > 3


def test_together_they_still_obey_every_identity() -> None:
    """All at once: cases flow, needs end once, servers have one case at a time."""
    every = [one for values in ON.values() for one in values if not one.startswith("demand")]
    one = model(*SHORT, *every)
    one.run()
    assert one.checks > 10_000
