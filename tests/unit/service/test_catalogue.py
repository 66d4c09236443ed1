"""The catalogue of services, expected loads, and who decides: shares, limits and routes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from sim.calendars.civil import Calendar
from sim.compose import Composed, composed
from sim.config import Config
from sim.population.world import World
from sim.region.table import Table
from sim.service.catalogue import (
    NO_CHANNEL,
    READINGS,
    Catalogue,
    catalogue_of,
    residents_by_group,
    yearly,
)
from sim.service.layout import LEAST_DESKS, lay_out, posts_of
from sim.service.loads import Load
from sim.service.network import Network, Role
from sim.service.routing import Routing, route
from sim.service.stations import ALWAYS, Closing
from sim.studies.run import check_of, region_of

Tables = Mapping[str, Table]
PLACES = ("west_kazakhstan", "teaching")


def _configured(place: str, *settings: str) -> tuple[Tables, Config]:
    one: Composed = composed([f"region={place}", *settings])
    return region_of(one.config).tables, one.config


@pytest.fixture(scope="module", params=PLACES)
def world(request: pytest.FixtureRequest) -> tuple[World, Network]:
    """A region's tables as columns, and its stations."""
    tables, config = _configured(request.param)
    network = lay_out(tables, config, config.mobile.units)
    calendar = Calendar.of(region_of(config).first_day(0), 366, {})
    return World(tables, config, network, calendar), network


@pytest.fixture(scope="module")
def catalogue(world: tuple[World, Network]) -> Catalogue:
    return world[0].catalogue


# ------------------------------------------------------------------------------- catalogue


def test_shares_of_the_catalogue_are_shares(catalogue: Catalogue) -> None:
    """Between nothing and all, for every service."""
    for name in ("closure", "business", "failure", "own_counter", "incomplete", "auto", "pick_up"):
        share = getattr(catalogue, name)
        assert ((share >= 0) & (share <= 1)).all(), name


def test_limits_and_times_are_positive(catalogue: Catalogue) -> None:
    """A decision is due after a worked day at the earliest; nobody is served in no time."""
    assert (catalogue.limit_days >= 1).all()
    assert catalogue.limit_days.dtype.kind == "i"
    assert (catalogue.counter_seconds > 0).all()
    assert (catalogue.touch_seconds >= 0).all()
    assert (catalogue.counter_sigma >= 0).all()


def test_every_service_that_is_needed_can_be_had_somewhere(
    world: tuple[World, Network], catalogue: Catalogue
) -> None:
    """Online, at a counter, or where it is rendered."""
    needs = yearly(world[0].tables, "needs_per_1000").sum(axis=1)
    somewhere = (catalogue.online > 0) | (catalogue.office > NO_CHANNEL)
    somewhere |= catalogue.body > NO_CHANNEL
    assert somewhere[needs > 0].all()


def test_a_counter_takes_what_the_rates_file_there(
    world: tuple[World, Network], catalogue: Catalogue
) -> None:
    """And vans take nothing that counters do not."""
    filings = yearly(world[0].tables, "office_filings_per_1000").sum(axis=1)
    np.testing.assert_array_equal(catalogue.office > NO_CHANNEL, filings > 0)
    assert not (catalogue.van.astype(bool) & (filings == 0)).any()


def test_paper_is_not_online(world: tuple[World, Network], catalogue: Catalogue) -> None:
    """A service whose format is paper has no online channel and is not in the app."""
    paper = np.array([word == "paper" for word in world[0].tables["services"].words("format")])
    assert paper.any()
    for name in ("online", "in_app"):
        assert not getattr(catalogue, name)[paper].any(), name


def test_the_app_offers_nothing_certificates_or_all() -> None:
    found, tables = [], _configured("teaching")[0]
    for word in ("none", "one_click", "all"):
        _, config = _configured("teaching", f"portal.app_services={word}")
        found.append(catalogue_of(tables, config))
    none, some, everything = (one.in_app for one in found)
    assert not none.any()
    assert (some <= everything).all()
    assert 0 < some.sum() < everything.sum()
    np.testing.assert_array_equal(everything, found[0].online)
    classes = np.array(tables["services"].words("attempt_class"))
    assert not some[classes == "form"].any()


def test_readings_of_the_remainder_differ_in_who_goes_in_person() -> None:
    """Read as portal nobody goes to a provider; the other readings open the same doors."""
    doors, tables = {}, _configured("teaching")[0]
    for reading in READINGS:
        _, config = _configured("teaching", f"scope.rest={reading}")
        doors[reading] = catalogue_of(tables, config).body > NO_CHANNEL
    paper = np.array([word == "paper" for word in tables["services"].words("format")])
    rendered = tables["services"].numbers("in_person_at_provider_pct") > 0
    assert not (doors["portal"] & ~paper).any()
    np.testing.assert_array_equal(doors["mixed"], doors["at_provider"])
    assert doors["mixed"][rendered].all()
    assert READINGS["portal"] < READINGS["mixed"] < READINGS["at_provider"]


@pytest.mark.parametrize("place", PLACES)
def test_visits_after_failures_keep_below_their_share_of_a_services_visits(place: str) -> None:
    """What would exceed it goes to assisted use of the portal, at every reading and cap."""
    for cap in (10, 25):
        tables, config = _configured(place, f"portal.failure_cap_pct={cap}")
        services = tables["services"]
        found = catalogue_of(tables, config)
        classes = np.array(services.words("attempt_class"))
        visit = np.select(
            [classes == "one_click", classes == "form"],
            [config.portal.failure_one_click_pct / 100, config.portal.failure_form_pct / 100],
        )
        needs = yearly(tables, "needs_per_1000").sum(axis=1)
        filings = yearly(tables, "office_filings_per_1000").sum(axis=1)
        at_provider = services.numbers("in_person_at_provider_pct") / 100
        attempts = np.maximum(needs * (1 - at_provider * READINGS[config.scope.rest]) - filings, 0)
        visits = filings * services.numbers("visits_per_need")
        visits *= 1 + 0.7 * services.numbers("incomplete_pct") / 100
        own = attempts * visit * found.own_counter
        assert (own <= cap / 100 * visits * (1 + 1e-9)).all()


def test_residents_are_those_of_the_settlements(world: tuple[World, Network]) -> None:
    """Split by group and put together again: shares add to one within the tables' digits."""
    tables = world[0].tables
    people = residents_by_group(tables)
    assert people.shape == (len(tables["districts"]), len(tables["groups"]))
    assert people.sum() == pytest.approx(tables["settlements"].numbers("residents").sum(), rel=2e-3)
    for column in ("needs_per_1000", "office_filings_per_1000"):
        assert (yearly(tables, column) >= 0).all()
    needs, filings = (yearly(tables, c) for c in ("needs_per_1000", "office_filings_per_1000"))
    assert (filings <= needs).all()


# --------------------------------------------------------------------------------- routing


def _routes(routing: Routing, row: int) -> dict[int, float]:
    """Chance of each desk for one service and district."""
    low, high = routing.first[row : row + 2]
    shares = np.diff(routing.cumulative[low:high], prepend=0.0)
    return dict(zip(routing.station[low:high].tolist(), shares.tolist(), strict=True))


def test_every_case_has_a_desk(world: tuple[World, Network]) -> None:
    """Shares of the desks of a service and district are positive and add to one."""
    one, network = world
    services, n_districts = one.tables["services"], len(one.tables["districts"])
    routing = one.routing
    desks = set(network.of(Role.DESK, Role.PROVIDER_DESK).tolist())
    assert len(routing.first) == len(services) * n_districts + 1
    routed = one.tables["routing"]
    by_rule = {
        service
        for service, level in zip(routed.words("service"), routed.words("level"), strict=True)
        if level == "system"
    }
    for s, service in enumerate(services.rows):
        for d in range(n_districts):
            shares = _routes(routing, s * n_districts + d)
            assert set(shares) <= desks
            assert all(share > 0 for share in shares.values())
            if shares or service not in by_rule:
                assert sum(shares.values()) == pytest.approx(1.0)


def _of_region(
    tables: Tables, network: Network, demand: np.ndarray
) -> dict[tuple[str, str], float]:
    """Share of all cases of a service that each body decides, over all districts."""
    routing = route(
        tables,
        demand,
        desk=network.index.__getitem__,
        provider_desk=lambda sector, district: network.index[f"{sector}/{district}/desk"],
    )
    found: dict[tuple[str, str], float] = {}
    n_districts = len(tables["districts"])
    for s, service in enumerate(tables["services"].rows):
        for d in range(n_districts):
            for station, share in _routes(routing, s * n_districts + d).items():
                key = (service, network.names[station])
                found[key] = found.get(key, 0.0) + share * demand[s, d]
    return found


def test_shares_of_the_table_hold_for_all_cases_of_the_region(
    world: tuple[World, Network],
) -> None:
    """Of the region's departments, of the city's and of the districts together, and of the state.

    Except that nobody decides less for the city than the city's own people need of it.
    """
    one, network = world
    tables, routing = one.tables, one.tables["routing"]
    needs = yearly(tables, "needs_per_1000")
    total = needs.sum(axis=1, keepdims=True)
    demand = np.divide(needs, total, out=np.zeros_like(needs), where=total > 0)
    found = _of_region(tables, network, demand)
    needed = dict(zip(tables["services"].rows, total[:, 0] > 0, strict=True))
    columns = (routing.words("service"), routing.words("level"), routing.words("body"))
    checked = 0
    for service, level, body, share in zip(*columns, routing.numbers("share"), strict=True):
        rest = sum(
            other
            for name, kind, other in zip(*columns[:2], routing.numbers("share"), strict=True)
            if name == service and kind == "system"
        )
        if needed[service] and level in {"region", "state", "city"} and share:
            assert found[service, body] == pytest.approx(share / (1 - rest)), (service, body)
            checked += 1
    assert checked >= 15


def test_a_district_decides_for_its_own_people(world: tuple[World, Network]) -> None:
    """What goes to a district's body from another district comes from the city."""
    one, network = world
    districts = one.tables["districts"]
    is_city = [kind == "city" for kind in districts.words("kind")]
    for s in range(len(one.tables["services"])):
        for d, home in enumerate(districts.rows):
            shares = _routes(one.routing, s * len(districts) + d)
            strangers = {
                network.names[station]
                for station in shares
                if network.names[station].startswith("D_") and network.names[station] != f"D_{home}"
            }
            assert is_city[d] or not strangers


# ----------------------------------------------------------------------- stations and loads


def test_stations_are_those_of_the_tables(world: tuple[World, Network]) -> None:
    """Each office, body and provider once; two stops a van; one call centre; distinct names."""
    one, network = world
    tables = one.tables
    assert len(set(network.names)) == len(network.names) == len(network.index)
    assert [network.names[i] for i in network.of(Role.OFFICE)] == list(tables["offices"].rows)
    assert [network.names[i] for i in network.of(Role.DESK)] == list(tables["bodies"].rows)
    assert len(network.of(Role.VAN)) == 2 * one.config.mobile.units
    assert len(network.of(Role.PROVIDER)) == len(network.of(Role.PROVIDER_DESK))
    assert len(network.of(Role.PROVIDER_DESK)) == len(tables["providers"])
    assert len(network.of(Role.CALL_CENTRE)) == 1
    assert len(np.concatenate([network.of(role) for role in Role])) == len(network.names)


def test_how_a_station_closes_follows_from_what_it_is(world: tuple[World, Network]) -> None:
    """Offices finish whoever is inside, vans drive on, desks and the call centre have no door."""
    _, network = world
    closing = {
        Role.OFFICE: Closing.FINISH,
        Role.STEP: Closing.FINISH,
        Role.KIOSK: Closing.FINISH,
        Role.PROVIDER: Closing.FINISH,
        Role.VAN: Closing.SEND_HOME,
        Role.CALL_CENTRE: Closing.NONE,
        Role.DESK: Closing.NONE,
        Role.PROVIDER_DESK: Closing.NONE,
    }
    for role in Role:
        assert set(network.closing[network.of(role)].tolist()) <= {int(closing[role])}
    clocks = network.stations(0).clock
    desks = network.of(Role.DESK, Role.PROVIDER_DESK)
    assert (clocks[desks] != ALWAYS).all()
    assert (np.delete(clocks, desks) == ALWAYS).all()


def test_a_body_has_at_least_one_desk_and_what_moved_posts_give() -> None:
    tables, config = _configured("teaching")
    bodies = tables["bodies"]
    own = posts_of(bodies, config)
    assert (own >= LEAST_DESKS).all()
    wanted = np.maximum(1, bodies.numbers("staff") * bodies.numbers("share_of_time"))
    np.testing.assert_allclose(own, wanted)
    gained = bodies.replaced("gained_posts", np.array([0.0, 2.0, 5.0]))
    share = config.back_office.moved_post_share
    np.testing.assert_allclose(posts_of(gained, config) - own, np.array([0, 2, 5]) * share)


@pytest.mark.parametrize("place", PLACES)
def test_every_station_of_the_base_can_keep_up(place: str) -> None:
    """Work below time on duty, for every office, provider, desk and the call centre."""
    _, config = _configured(place)
    loads = check_of(config)
    assert len({one.station for one in loads}) == len(loads)
    assert {one.station for one in loads if one.load >= 1} == set()
    assert all(one.work_hours >= 0 for one in loads)
    assert all(one.duty_hours > 0 for one in loads if one.work_hours)


def _loads(*settings: str) -> dict[str, Load]:
    return {one.station: one for one in check_of(_configured("teaching", *settings)[1])}


def test_twice_the_demand_is_twice_the_work_of_a_region() -> None:
    """The call centre serves others too: it keeps its load."""
    base, double = _loads(), _loads("demand.factor=2")
    for name, one in double.items():
        times = 1 if name == "call_centre" else 2
        assert one.work_hours == pytest.approx(times * base[name].work_hours), name
        assert one.duty_hours == base[name].duty_hours


def test_more_servers_are_more_time_on_duty() -> None:
    base = _loads()
    counters = _loads("tables.offices.OFFICE.counters=4")
    assert counters["OFFICE"].load == pytest.approx(base["OFFICE"].load / 2)
    desks = _loads("tables.bodies.PERMITS.staff=8")
    assert desks["PERMITS"].load == pytest.approx(base["PERMITS"].load / 2)
    agents = _loads("call_centre.agents=4")
    assert agents["call_centre"].load == pytest.approx(base["call_centre"].load / 2)
    for other in set(base) - {"OFFICE", "PERMITS", "call_centre"}:
        assert base[other] == counters[other] == desks[other] == agents[other]


def test_automatic_decisions_take_work_from_desks() -> None:
    """All of the cases, if all are decided by rule."""
    tables, _ = _configured("teaching")
    codes = tables["services"].rows
    settings = [f"tables.services.{code}.auto_decided_pct=100" for code in codes]
    for name, one in _loads(*settings).items():
        if name in tables["bodies"].rows:
            assert one.work_hours == 0, name
