"""Who is left over when a van drives on waits for its next call, if that is near enough."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import MobileUnit
from sim.model import ServiceModel
from sim.service.cases import NEVER, Outcome
from sim.service.requests import REQUEST, Channel, Requests
from sim.units import DAY, HOUR
from tests.model.errand import NOBODY_ELSE
from tests.model.town import lived, model

CLEAR = "mobile.weather_closure_pct=[0,0,0,0,0,0,0,0,0,0,0,0]"
LIMITED = (
    *NOBODY_ELSE, CLEAR, "mobile.units=1", "mobile.cases_per_stop=1", "office.come_again_pct=100",
    "travel.by_bus_pct=0",
)  # fmt: skip


def two_at_the_van(*overrides: str) -> tuple[ServiceModel, int, Requests]:
    """Two villagers at a van that calls one; the model at night, the village, what is asked for."""
    one = model(*LIMITED, *overrides)
    while not one.calendar.works[one.day]:
        one.step()
    van = one.agents_by_type[MobileUnit][0]
    van._arrange()
    village = van.tours[van.next_tour][0]
    people = np.flatnonzero(one.citizens.people.settlement == village)[:2]
    requests = np.zeros(2, dtype=REQUEST)
    requests["day"], requests["second"], requests["citizen"] = one.day, NEVER, people
    requests["root"], requests["channel"] = 1, Channel.VAN
    requests["service"] = one.tables["services"].index["residence_reg"]
    one.agenda.add(requests)
    one.step()
    return one, int(village), one.agenda.rows()


def next_call(one: ServiceModel, village: int) -> int:
    """The day on which the van is next at a village, found by driving there."""
    while one.van_at[village] == NEVER:
        one.step()
    return one.day - 1


def left_over(one: ServiceModel) -> np.ndarray:
    """Seconds of the day at which people were left over."""
    _, about, log = one.served
    first = one.served.cases.first[:-1]
    away = (about["channel"] == Channel.VAN) & (log.outcome[first] == Outcome.TURNED_AWAY)
    return log.ended[first][away] % DAY


def test_the_second_of_two_waits_for_the_next_call() -> None:
    """He is sent home at the second of departure, 13 h or 17 h, and served at the next call."""
    one, village, asked = two_at_the_van("mobile.left_over_wait_days=60")
    departs = int(one.network.closes[one.van_at[village]])
    assert departs in {13 * HOUR, 17 * HOUR}
    assert left_over(one).tolist() == [departs]
    (row,) = asked[asked["number"] == 1]
    assert row["channel"] == Channel.VAN
    planned = int(row["day"])
    one.step()
    assert next_call(one, village) == planned
    _, about, log = one.served
    mine = about["number"] == 1
    assert log.outcome[one.served.cases.first[:-1][mine]].tolist() == [Outcome.SERVED]


@pytest.mark.parametrize("days", ["one too few", "none"])
def test_who_would_wait_too_long_goes_to_an_office(days: str) -> None:
    one, _, asked = two_at_the_van("mobile.left_over_wait_days=60")
    (row,) = asked[asked["number"] == 1]
    short = int(row["day"]) - (one.day - 1) - 1 if days == "one too few" else 0
    _, _, asked = two_at_the_van(f"mobile.left_over_wait_days={short}")
    (row,) = asked[asked["number"] == 1]
    assert row["channel"] == Channel.OFFICE


def test_waiting_for_the_van_moves_visits_from_the_office_and_no_need() -> None:
    """More come to vans where those left over come back to them."""
    crowd = ("run.days=40", "run.run_in_days=5", CLEAR, "choice.van_bonus=1.5", "demand.factor=3",
             "back_office.allow_overload=true", "mobile.cases_per_stop=2")  # fmt: skip
    away, again = (
        lived(model(*crowd, f"mobile.left_over_wait_days={days}"))["services"] for days in (0, 60)
    )
    assert away["needs"].sum() == again["needs"].sum()
    assert again["van_visits"].sum() > 1.1 * away["van_visits"].sum()
