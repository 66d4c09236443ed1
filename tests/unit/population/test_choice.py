"""Choice of a channel against the logit: P(a) = exp(U_a) / sum of exp(U_b) over the feasible b."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from sim.population.choice_kernels import able_online, choose
from sim.population.people import Can
from sim.service.requests import Channel
from tests.unit.population.people import (
    ABLE,
    BEHAVIOUR,
    INTERNET,
    catalogue,
    people,
    places,
    today,
)

WEB, APP, OFFICE, VAN, BODY = map(int, list(Channel)[:5])
N = 3_000  # citizens; shares are then known to a hundredth
B = BEHAVIOUR
COUNTER = 0.8  # utility of the counter before trust and cost


@dataclass(frozen=True)
class Case:
    """Who chooses among what, and the utilities of what they can take."""

    says: str
    utility: dict[int, float]
    person: dict[str, Any] = field(default_factory=dict)
    service: dict[str, float] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    waits: tuple[float, float] = (0.0, 0.0)


AT_OFFICE = COUNTER - 0.15 * 2.0  # at a trust of 0.75, two thousand away
HOME = {"office": COUNTER}
ALL = {"office": COUNTER, "van": 1, "in_app": 1, "body": 0.5}
CASES = [
    Case("ease and usefulness of an average person", {WEB: 0.3, OFFICE: AT_OFFICE}, {}, HOME),
    Case("one standard deviation of skill", {WEB: 0.5, OFFICE: AT_OFFICE}, {"skill": 0.85}, HOME),
    Case("a service that is easy online", {WEB: 0.5, OFFICE: AT_OFFICE}, {}, HOME | {"ease": 1}),
    Case("trust in the portal attracts", {WEB: 0.75, OFFICE: AT_OFFICE},
         {"trust_portal": 0.9}, HOME),
    Case("distrust of centres keeps away", {WEB: 0.3, OFFICE: AT_OFFICE - 0.9},
         {"trust_centre": 0.45}, HOME),
    Case("the last attempt worked", {WEB: 1.4, OFFICE: AT_OFFICE}, {"habit": 1}, HOME),
    Case("the last attempt failed", {WEB: -1.1, OFFICE: AT_OFFICE}, {"habit": -1}, HOME),
    Case("a far office", {WEB: 0.3, OFFICE: COUNTER - 1.5}, {}, HOME, {"office_cost": [10.0]}),
    Case("a long wait is known", {WEB: 0.3, OFFICE: AT_OFFICE - 1.2}, {}, HOME, {}, (8.0, 0.0)),
    Case("the specialised office is far and slow", {WEB: 0.3, OFFICE: COUNTER - 2.1}, {},
         HOME | {"specialised": 1}, {}, (0.0, 4.0)),
    Case("who needs help asks for it at a price", {WEB: 0.3 - 2.0, OFFICE: AT_OFFICE},
         {"can": int(Can.APPLY | INTERNET)}, HOME),
    Case("who lacks a signature gets one first", {WEB: 0.3 - 0.9, OFFICE: AT_OFFICE},
         {"can": ABLE | Can.PHONE}, HOME | {"eds": 1}),
    Case("a business has its signature", {WEB: 0.3, OFFICE: AT_OFFICE},
         {"can": int(Can.APPLY)}, HOME | {"eds": 1, "business": 1}),
    Case("five channels", {WEB: 0.3, APP: -0.2, OFFICE: AT_OFFICE, BODY: 0.5,
                           VAN: COUNTER + 0.4 - 0.3}, {"can": ABLE | Can.PHONE}, ALL,
         {"van_days": [6]}),
    Case("browser and app differ by the bonus alone", {WEB: 0.3, APP: -0.2},
         {"can": ABLE | Can.PHONE}, {"in_app": 1}),
    Case("no app without internet in a village that is not covered", {WEB: 0.3 - 2.0,
         OFFICE: AT_OFFICE}, {"can": int(Can.APPLY | Can.AWARE | Can.NET_IF_COVERED | Can.PHONE)},
         HOME | {"in_app": 1}, {"covered": [0]}),
    Case("no app without a phone", {WEB: 0.3, OFFICE: AT_OFFICE}, {}, HOME | {"in_app": 1}),
    Case("a counter closed to who is able", {WEB: 0.3, BODY: 0.5}, {},
         HOME | {"closure": 1, "body": 0.5}),
    Case("the same counter is open to who is not", {WEB: 0.3 - 2.0, BODY: 0.5, OFFICE: AT_OFFICE},
         {"can": int(Can.APPLY)}, HOME | {"closure": 1, "body": 0.5}),
    Case("no van is announced", {WEB: 0.3, OFFICE: AT_OFFICE}, {}, HOME | {"van": 1}),
    Case("a van for a service that it does not bring", {WEB: 0.3, OFFICE: AT_OFFICE}, {}, HOME,
         {"van_days": [2]}),
    Case("paper and a counter", {OFFICE: 0.0}, {}, HOME | {"online": 0}),
    Case("paper and a body", {BODY: 0.0}, {}, {"online": 0, "body": 0.5}),
    Case("nothing but online", {WEB: 0.0}, {"can": int(Can.APPLY)}, {}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_channels_are_taken_as_often_as_the_logit_says(case: Case) -> None:
    """Within four and a half standard errors; what is not feasible is never taken."""
    n = N if len(case.utility) > 1 else 50
    crowd, village = people(n, **case.person), places(n, **case.place)
    service, day = catalogue(**case.service), today(case.waits)
    taken = [
        choose(crowd, village, service, BEHAVIOUR, day, i, 0, np.uint64(i), 3) for i in range(n)
    ]
    weight = {channel: float(np.exp(utility)) for channel, utility in case.utility.items()}
    for channel in (WEB, APP, OFFICE, VAN, BODY):
        p = weight.get(channel, 0.0) / sum(weight.values())
        assert abs(taken.count(channel) / n - p) <= 4.5 * (p * (1 - p) / n) ** 0.5, channel


def test_taste_belongs_to_person_and_need() -> None:
    """A better portal draws people to it and drives nobody away from it."""
    crowd, village, service = people(500), places(500), catalogue(**HOME, body=0.5)

    def taken(online_level: float, root: int = 3) -> np.ndarray:
        behaviour = BEHAVIOUR._replace(online_level=online_level)
        return np.array([
            choose(crowd, village, service, behaviour, today(), i, 0, np.uint64(i), root)
            for i in range(500)
        ])  # fmt: skip

    before, after = taken(0.3), taken(0.8)
    assert (after[before == WEB] == WEB).all()
    assert ((after == before) | (after == WEB)).all()
    assert (after != before).any()
    assert (taken(0.3, root=4) != before).any()


ONLINE = [  # what one has, coverage, whether a signature is asked for: able without help?
    (Can.AWARE | Can.NET_IF_COVERED, True, False, True),
    (Can.AWARE | Can.NET_IF_COVERED, False, False, False),
    (Can.AWARE | Can.NET, False, False, True),
    (Can.AWARE | Can.NET, True, False, False),
    (Can.NET_IF_COVERED, True, False, False),  # has never heard of the portal
    (Can.AWARE, True, False, False),
    (Can.AWARE | Can.NET_IF_COVERED, True, True, False),
    (Can.AWARE | Can.NET_IF_COVERED | Can.EDS, True, True, True),
    (Can.AWARE | Can.NET_IF_COVERED | Can.PHONE, True, True, True),  # gets a signature by phone
    (Can.EDS | Can.PHONE | Can.AWARE, True, True, False),
    (Can.PROXY, False, True, True),  # somebody else goes online
    (Can(0), True, False, False),
]


@pytest.mark.parametrize(("can", "covered", "needs_eds", "able"), ONLINE)
def test_who_can_go_online_without_help(
    can: Can, covered: bool, needs_eds: bool, able: bool
) -> None:
    """Internet where one lives, knowing the portal, and where asked for the means to sign."""
    assert bool(able_online(int(can), covered, needs_eds, False)) == able


@pytest.mark.parametrize(("can", "covered", "needs_eds", "able"), ONLINE)
def test_two_factors_leave_out_who_has_no_phone_and_nobody_else(
    can: Can, covered: bool, needs_eds: bool, able: bool
) -> None:
    """With a phone nothing changes; without one only somebody else can help."""
    with_phone = int(can | Can.PHONE)
    assert able_online(with_phone, covered, needs_eds, True) == able_online(
        with_phone, covered, needs_eds, False
    )
    without = int(can & ~Can.PHONE)
    assert bool(able_online(without, covered, needs_eds, True)) == bool(can & Can.PROXY)
