"""A few citizens in one village, put together by hand: no table, no region, no day lived."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.population.choice import Behaviour, Places, Today
from sim.population.people import Can, People
from sim.service.catalogue import NO_CHANNEL, Catalogue

INTERNET = Can.NET | Can.NET_IF_COVERED
ABLE = int(Can.APPLY | Can.AWARE | INTERNET)
FLAT_HOURS = np.cumsum(np.full(24, 1 / 24))


def people(n: int, **traits: Any) -> People:
    """So many citizens, all alike unless a trait is a list."""
    one: dict[str, Any] = {
        "settlement": 0, "group": 0, "can": ABLE, "skill": 0.6, "trust_centre": 0.75,
        "trust_portal": 0.75, "habit": 0, "office": 0, "learnt": 0.0, "later": 0, **traits,
    }  # fmt: skip
    kinds = (np.uint16, np.uint8, np.uint8, np.float32, np.float32, np.float32, np.int8, np.uint16,
             np.float32, np.uint8)  # fmt: skip
    columns = zip(People._fields, kinds, strict=True)
    return People(
        *(np.array(np.broadcast_to(np.asarray(one[name]), n), kind) for name, kind in columns)
    )


def places(n: int, **traits: Any) -> Places:
    """One village of ``n``, covered, 10 km from its office; the specialised office is station 1."""
    one: dict[str, Any] = {
        "first": [0, n], "district": [0], "covered": [1], "rural": [True],
        "office_km": [10.0], "special_km": [50.0],
        "office_cost": [2.0], "special_cost": [10.0], "van_days": [-1], "van_again": [-1],
        "special_office": [1], **traits,
    }  # fmt: skip
    reals = {"office_km", "special_km", "office_cost", "special_cost"}
    return Places(*(np.array(one[k], np.float64 if k in reals else np.int64)
                    for k in Places._fields))  # fmt: skip


def catalogue(**traits: float) -> Catalogue:
    """One service, to be had online and nowhere else unless a trait says more."""
    one: dict[str, float] = dict.fromkeys(Catalogue._fields, 0)
    one |= {"is_local": 1, "online": 1, "office": NO_CHANNEL, "body": NO_CHANNEL, "sector": -1,
            "limit_days": 5, "counter_seconds": 600, "touch_seconds": 600} | traits  # fmt: skip
    reals = {"office", "body", "closure", "ease", "business", "failure", "own_counter",
             "incomplete", "auto", "pick_up", "counter_seconds", "counter_sigma",
             "touch_seconds"}  # fmt: skip
    return Catalogue(*(np.array([one[k]], np.float64 if k in reals else np.int64)
                       for k in Catalogue._fields))  # fmt: skip


BEHAVIOUR = Behaviour(
    ease=0.2, in_person=0.0, online_level=0.3, trust=0.45, success=1.1, failure=1.4, cost=0.15,
    van_delay=0.05,
    van_bonus=0.4, app_bonus=-0.5, helper_penalty=2.0, eds_penalty=0.9, weak_ratio=3.0,
    failure_visit=0.6, failure_call=0.2, call=0.0, trust_step=0.1, success_score=0.85,
    failure_score=0.3, skill_gain=0.0, two_factor=False, signing=-1,
)  # fmt: skip


def today(waits: tuple[float, ...] = (0.0, 0.0), seed: int = 7, replication: int = 0) -> Today:
    """An ordinary day; ``waits`` are what the published waits of two offices cost."""
    days = np.array([0.5, 1.0])
    return Today(
        np.uint64(seed), np.uint64(replication), 5, np.empty(0, np.int64), np.empty(0, np.int64),
        FLAT_HOURS, FLAT_HOURS, days, days, np.array(waits),
    )  # fmt: skip
