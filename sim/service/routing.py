"""Who decides: bodies of each service, and which of them for an applicant of which district."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.region.table import Table


class Routing(NamedTuple):
    """Desks that decide service ``s`` for district ``d`` lie at row ``s * n_districts + d``."""

    n_districts: int
    first: NDArray[np.int64]  # (n_services * n_districts + 1,)
    station: NDArray[np.int64]  # desk
    cumulative: NDArray[np.float64]  # shares
    asked: NDArray[np.int64]  # desks of bodies that others may ask
    asked_cumulative: NDArray[np.float64]  # shares, by posts on services


class Stops(NamedTuple):
    """Stations that requests are sent to."""

    front: NDArray[np.int64]  # (n_sectors, n_districts) counters of provider organisations
    van: NDArray[np.int64]  # (n_settlements,) stop of today, -1 if no van is there
    call_centre: int
    arrival_hours: NDArray[np.float64]  # (n_stations, 24) cumulative shares of today's arrivals
    line_limit: NDArray[np.int64]  # (n_stations,) longest line joined, in places
    begins: NDArray[np.int64]  # (n_stations,) seconds of today from which, and before which,
    ends: NDArray[np.int64]  # people come: while it is open, all day to a shut door
    free_slots: NDArray[np.int64]  # (n_stations, n_steps) appointments of today that may be booked


def route(
    tables: Mapping[str, Table],
    demand_of: NDArray[np.float64],
    desk: Callable[[str], int],
    provider_desk: Callable[[str, str], int],
) -> Routing:
    """Who decides the cases of each service for applicants of each district.

    Shares of the routing table hold for all cases of the region. A city's share goes to applicants
    from the city first, the districts' share to their own applicants; what is left over lies where
    the matter lies: with a district in proportion to residents, or with the city.

    Parameters
    ----------
    demand_of : (n_services, n_districts) float64
        Share of the region's needs that comes from each district.
    desk, provider_desk : callables
        Station of a body; of a provider organisation of a sector and district.
    """
    routing, services, districts = tables["routing"], tables["services"], tables["districts"]
    n_districts = len(districts)
    is_city = np.array([kind == "city" for kind in districts.words("kind")])
    residents = np.where(is_city, 0.0, districts.numbers("residents"))
    first: list[int] = [0]
    station: list[int] = []
    cumulative: list[float] = []
    levels, bodies = routing.words("level"), routing.words("body")
    for s, service in enumerate(services.rows):
        rows = [i for i, name in enumerate(routing.words("service")) if name == service]
        city, unit = _unit_shares(routing, rows)
        in_city = float(demand_of[s, is_city].sum())
        sector = services.words("provider_sector")[s]
        for d, district in enumerate(districts.rows):
            shares: dict[int, float] = {}
            to_city = _to_city(bool(is_city[d]), city, unit, in_city)
            for i in rows:
                share, body = float(routing.numbers("share")[i]), bodies[i]
                if share == 0 or levels[i] == "system":
                    continue
                if levels[i] == "city":
                    _add(shares, desk(body), share / city * unit * to_city)
                elif body == "D_*":
                    rest = unit * (1 - to_city)
                    if not is_city[d]:
                        _add(shares, desk(f"D_{district}"), rest)
                    elif rest > 0:
                        for e, other in enumerate(districts.rows):
                            if residents[e] > 0:
                                part = residents[e] / residents.sum()
                                _add(shares, desk(f"D_{other}"), rest * part)
                elif body == "PO_*":
                    _add(shares, provider_desk(sector, district), share)
                else:
                    _add(shares, desk(body), share)
            total = sum(shares.values())
            station += shares.keys()
            cumulative += list(np.cumsum(list(shares.values())) / (total or 1.0))
            first.append(len(station))
    posts = tables["bodies"].numbers("staff") * tables["bodies"].numbers("share_of_time")
    return Routing(
        n_districts,
        np.array(first, dtype=np.int64),
        np.array(station, dtype=np.int64),
        np.array(cumulative, dtype=np.float64),
        np.array([desk(body) for body in tables["bodies"].rows], dtype=np.int64),
        np.cumsum(posts) / (posts.sum() or 1.0),
    )


def _add(shares: dict[int, float], station: int, share: float) -> None:
    if share > 0:
        shares[station] = shares.get(station, 0.0) + share


def _unit_shares(routing: Table, rows: list[int]) -> tuple[float, float]:
    """The share of city bodies, and that of city and district bodies together."""
    share = {"city": 0.0, "district": 0.0}
    for i in rows:
        level = routing.words("level")[i]
        if level in share:
            share[level] += float(routing.numbers("share")[i])
    return share["city"], share["city"] + share["district"]


def _to_city(from_city: bool, city: float, unit: float, in_city: float) -> float:
    """Chance that a case decided by a city or district body goes to the city's."""
    if unit == 0:
        return 0.0
    wanted = city / unit
    if from_city:
        return min(1.0, wanted / in_city) if in_city else 1.0
    return max(0.0, (wanted - in_city) / (1 - in_city)) if in_city < 1 else 0.0
