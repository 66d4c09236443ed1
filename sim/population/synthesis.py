"""The people of a region, from the marginals of its settlements and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.population.choice import Places
from sim.population.kernels import synthesise
from sim.population.learning_kernels import begin_earlier
from sim.population.people import Groups, People
from sim.region.schema import PLACES
from sim.region.table import Table
from sim.service.steps import SPECIALISED

if TYPE_CHECKING:
    from sim.config import Config

SEED = np.uint64(0)  # people belong to the region, not to a study


def synthesise_people(tables: Mapping[str, Table], config: Config, places: Places) -> People:
    """Everybody, the same in every scenario and replication."""
    n = int(places.first[-1])
    kinds = (np.uint16, np.uint8, np.uint8) + (np.float32,) * 3 + (np.int8, np.uint16)
    columns: list[Any] = [np.empty(n, dtype=kind) for kind in kinds]
    columns += [np.zeros(n, dtype=np.float32), np.zeros(n, dtype=np.uint8)]  # learnt, later
    people = People(*columns)
    settlements, rules = tables["settlements"], config.population
    is_rural = np.array([PLACES.index(place) for place in settlements.words("place")])
    first, offices, shares = _offices_of_settlements(tables, places)
    synthesise(
        people,
        SEED,
        places.first,
        is_rural.astype(np.int64),
        places.covered,
        _groups(tables["groups"]),
        rules.uncovered_internet_factor,
        rules.priority_pct / 100,
        (rules.trust_in_centres, rules.trust_in_portal),
        first,
        offices,
        shares,
    )
    if rules.not_yet_online_pct or rules.not_yet_aware_pct:
        begin_earlier(
            people, places.first, SEED, rules.not_yet_online_pct / 100,
            rules.not_yet_aware_pct / 100,
        )  # fmt: skip
    return people


def _groups(table: Table) -> Groups:
    share = {name: table.numbers(f"{name}_pct") / 100 for name in GROUP_SHARES}
    rows = [
        [i for i, place in enumerate(table.words("place")) if place == wanted] for wanted in PLACES
    ]
    ages = table.numbers("share_of_place_pct")
    cumulative = np.concatenate([np.cumsum(ages[row]) / ages[row].sum() for row in rows])
    return Groups(
        first=np.cumsum([0, *map(len, rows)]),
        cumulative=cumulative,
        internet=share["internet"],
        sufficient=share["skill_sufficient"],
        high=share["skill_high"],
        eds=share["eds_valid"],
        phone=share["phone_in_own_name"],
        aware=share["portal_aware"],
        proxy=share["proxy_if_weak"],
        applicant=table.numbers("applicant"),
    )


GROUP_SHARES = (
    "internet",
    "skill_sufficient",
    "skill_high",
    "eds_valid",
    "phone_in_own_name",
    "portal_aware",
    "proxy_if_weak",
)


def _offices_of_settlements(
    tables: Mapping[str, Table], places: Places
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """General offices of each settlement's district, with cumulative shares by counters."""
    offices, districts = tables["offices"], tables["districts"]
    general = [i for i, kind in enumerate(offices.words("kind")) if kind != SPECIALISED]
    by_district: list[list[int]] = []
    for code in districts.rows:
        here = [i for i in general if offices.words("district")[i] == code]
        by_district.append(here or general)
    counters = offices.numbers("counters")
    first, stations, shares = [0], [], []
    for district in places.district:
        rows = by_district[district]
        weight = counters[rows]
        stations += rows
        shares += list(np.cumsum(weight) / weight.sum())
        first.append(len(stations))
    return np.array(first), np.array(stations), np.array(shares)
