"""Kiosks in the hall of an office: who uses one, who is helped, and who ends at a counter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from sim.agents import Portal
from sim.errors import InputError
from sim.model import ServiceModel
from sim.population.people import Can
from sim.results.recorder import Columns
from sim.service.cases import NEVER
from sim.service.kiosks import HELPED, skills_of
from sim.service.requests import Kind
from sim.service.tallies import OfficeTally
from sim.units import DAY
from tests.model.errand import NOBODY_ELSE, of_one_village, send
from tests.model.town import lived, model, town

SERVICE = "residence_reg"  # 12 minutes at a counter; online with a signature
BY_HAND = (
    *NOBODY_ELSE, "kiosks.use_pct=100", "kiosks.cv=0", "kiosks.help_pct=0", "kiosks.failure_pct=0",
    "portal.outage_every_days=1000000",
    "tables.offices.OFFICE.counters=1", "tables.offices.OFFICE.terminals=2",
    f"tables.services.{SERVICE}.counter_cv=0", f"tables.services.{SERVICE}.incomplete_pct=0",
    f"tables.services.{SERVICE}.auto_decided_pct=100",
)  # fmt: skip
SIGNED = Can.APPLY | Can.EDS
SHORT = ("run.days=30", "run.run_in_days=5")


def three(*overrides: str, has: Can = SIGNED) -> tuple[ServiceModel, dict[str, list[int]]]:
    """Three villagers on a bus; what the log says at each station, sorted, and the model."""
    one = model(*BY_HAND, *overrides)
    found = send(one, of_one_village(one, 3, has), SERVICE)
    names = ("joined", "started", "ended")
    rows = {
        f"{place} {name}": sorted(found[name][found["station"] == station].tolist())
        for place, station in (("kiosk", "OFFICE/kiosk"), ("counter", "OFFICE"))
        for name in names
    }
    return one, rows


def whole_office(one: ServiceModel) -> dict[str, int]:
    """What is counted of the office on the last day."""
    row = one.ledger.stations[one.network.index["OFFICE"]]
    return {tally.name.lower(): int(row[tally]) for tally in OfficeTally}


def test_three_on_a_bus_at_two_kiosks() -> None:
    """Eight minutes each: two at once, the third after them; the counter sees nobody."""
    one, rows = three()
    assert rows["kiosk joined"] == [0, 0, 0]
    assert rows["kiosk started"] == [0, 0, 480]
    assert rows["kiosk ended"] == [480, 480, 960]
    assert rows["counter joined"] == []
    office = whole_office(one)
    assert (office["arrived"], office["served"], office["wait_seconds"]) == (3, 3, 480)
    assert office["busy_seconds"] == 0


def test_who_fails_goes_to_the_counter_in_the_same_second() -> None:
    """Twelve minutes each at one counter; a visit waits in two lines and is counted once."""
    one, rows = three("kiosks.failure_pct=100")
    assert rows["kiosk ended"] == [480, 480, 960]
    assert rows["counter joined"] == [480, 480, 960]
    assert rows["counter started"] == [480, 1200, 1920]
    assert rows["counter ended"] == [1200, 1920, 2640]
    office = whole_office(one)
    assert (office["arrived"], office["served"]) == (3, 3)
    assert office["wait_seconds"] == 480 + (1200 - 480) + (1920 - 960)
    assert office["busy_seconds"] == 3 * 720
    visits = one.ledger.services[one.tables["services"].index[SERVICE]]
    assert visits[18] == 3  # visits to offices


def test_one_consultant_helps_one_after_the_other() -> None:
    """The kiosk without a consultant stays empty while those who need help wait."""
    one, rows = three("kiosks.help_pct=100", "tables.offices.OFFICE.consultants=1")
    assert rows["kiosk started"] == [0, 480, 960]
    assert rows["counter joined"] == []
    assert set(one.served.log.server.tolist()) == {0}


def test_two_consultants_help_two_at_once() -> None:
    """One of the table, one brought by the lever's parameter."""
    more = ("tables.offices.OFFICE.consultants=1", "office.extra_consultants=1")
    _, rows = three("kiosks.help_pct=100", *more)
    assert rows["kiosk started"] == [0, 0, 480]


def test_without_a_consultant_who_needs_help_fails() -> None:
    _, rows = three("kiosks.help_pct=100", "tables.offices.OFFICE.consultants=0")
    assert rows["kiosk started"] == [0, 0, 480]
    assert rows["counter joined"] == [480, 480, 960]


@pytest.mark.parametrize(
    "overrides",
    [
        ("tables.offices.OFFICE.terminals=0",),
        (f"tables.services.{SERVICE}.online_possible=0",),
        (f"tables.services.{SERVICE}.specialised=1",),
        ("kiosks.use_pct=0",),
        ("portal.outage_every_days=1", "portal.outage_hours=10000", "portal.outage_cv=0"),
        ("appointments.booked_pct=100", "appointments.no_show_pct=0",
         "appointments.bookable_pct=100"),
    ],
    ids=["no kiosk", "not online", "specialised", "nobody wants", "portal is out", "all booked"],
)  # fmt: skip
def test_otherwise_all_go_to_the_counter(overrides: tuple[str, ...]) -> None:
    _, rows = three(*overrides)
    assert rows["kiosk joined"] == []
    assert len(rows["counter started"]) == 3


def test_a_signature_is_needed_where_one_is_asked_for() -> None:
    one = model(*BY_HAND)
    citizens = of_one_village(one, 3, SIGNED)
    one.citizens.people.can[citizens] &= ~np.uint8(Can.EDS)
    assert "OFFICE/kiosk" not in send(one, citizens, SERVICE)["station"]


def test_a_pick_up_is_made_at_the_counter() -> None:
    one = model(*BY_HAND)
    found = send(one, of_one_village(one, 3, SIGNED), SERVICE, Kind.PICK_UP)
    assert set(found["station"]) == {"OFFICE"}


def tables(*overrides: str) -> Mapping[str, Columns]:
    return lived(model(*SHORT, *overrides))


def of_office(found: Mapping[str, Columns], column: str) -> int:
    counters = found["counters"]
    return int(counters[column][counters["station"] == "OFFICE"].sum())


def test_kiosks_take_load_off_the_counters_and_consultants_more_of_it() -> None:
    """Nobody's need moves; consultants keep those who need help away from the counters."""
    without, alone, helped = (
        tables(*overrides)
        for overrides in (
            (),
            ("kiosks.use_pct=60",),
            ("kiosks.use_pct=60", "tables.offices.OFFICE.consultants=1"),
        )
    )
    busy = [of_office(found, "busy_seconds") for found in (without, alone, helped)]
    assert busy[0] > 1.1 * busy[1] > 1.1 * busy[2]
    needs = [int(found["services"]["needs"].sum()) for found in (without, alone, helped)]
    assert len(set(needs)) == 1


def test_the_weak_need_help_more_often() -> None:
    """Chances of one in five and three quarters; of those whom nobody had helped before."""
    one = model(*SHORT, "kiosks.use_pct=100", "demand.factor=4", "back_office.allow_overload=true",
                "tables.offices.OFFICE.terminals=20", "tables.offices.OFFICE.consultants=20",
                "tables.offices.OFFICE.counters=8")  # fmt: skip
    weak, helped = [], []

    def look(day: ServiceModel) -> None:
        cases, about, _ = day.served
        at = np.flatnonzero(cases.station == day.network.index["OFFICE/kiosk"])
        case = np.searchsorted(cases.first, at, side="right") - 1
        filing = about["kind"][case] == Kind.FILING
        skill = day.citizens.people.skill[about["citizen"][case]]
        weak.extend((skill < 1 / 3)[filing])
        helped.extend((cases.skill[at] == HELPED)[filing])

    one.observers.append(look)
    one.run()
    is_weak, by_hand = np.array(weak), np.array(helped)
    for mine, chance in ((is_weak, 0.75), (~is_weak, 0.2)):
        assert mine.sum() > 50
        spread = (chance * (1 - chance) / mine.sum()) ** 0.5
        assert abs(by_hand[mine].mean() - chance) < 4.5 * spread


def test_nobody_begins_at_a_kiosk_while_the_portal_is_out() -> None:
    """By the second of coming; who sits at one already goes on."""
    one = model(*SHORT, "kiosks.use_pct=100", "portal.outage_every_days=1", "portal.outage_hours=8")
    came = 0

    def look(day: ServiceModel) -> None:
        nonlocal came
        cases, _, log = day.served
        at = cases.station == day.network.index["OFFICE/kiosk"]
        joined = log.joined[at & (log.joined != NEVER)] - day.day * DAY
        came += len(joined)
        for portal in day.agents_by_type[Portal]:
            for begin, end in portal.outages:
                assert not ((begin <= joined) & (joined < end)).any()

    one.observers.append(look)
    one.run()
    assert came > 20


def test_a_consultant_who_is_there_for_a_part_stands_beside_one_kiosk() -> None:
    skills = skills_of(4, 0.5)
    assert (skills >> HELPED & 1).tolist() == [1, 0, 0, 0]
    assert (skills & 1).all()
    one = model(*SHORT, "kiosks.use_pct=60", "tables.offices.OFFICE.consultants=0.5")
    assert one.world.kiosks.consultant[one.network.index["OFFICE"]] == 0.5


@pytest.mark.parametrize("wrong", ["kiosks.use_pct=120", "kiosks.minutes=0", "kiosks.number=3"])
def test_what_cannot_be_is_refused(wrong: str) -> None:
    with pytest.raises(InputError, match=wrong.partition("=")[0]):
        town(wrong)
