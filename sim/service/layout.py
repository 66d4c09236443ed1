"""Which stations a region has, in which order, and how many servers each may ever seat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.region.table import Table
from sim.service.catalogue import sector_names
from sim.service.kiosks import kiosk_of
from sim.service.network import Network, Role
from sim.service.stations import ALWAYS, Closing
from sim.service.steps import SPECIALISED, STEPS, step_of

if TYPE_CHECKING:
    from sim.config import Config

OFFICE_CLOCK = 0  # hours of desks
SYSTEM_CLOCK = 1  # of counters whose system may be out of order
HEADROOM = 24  # servers a station may gain in a run
CALL_CENTRE = "call_centre"
LEAST_DESKS = 1.0  # full-time


def counter_of(sector: str, district: str) -> str:
    """Name of the counters of a provider organisation."""
    return f"{sector}/{district}/counter"


def desk_of(sector: str, district: str) -> str:
    """Name of the desks of a provider organisation."""
    return f"{sector}/{district}/desk"


def stop_of(unit: int, stop: int) -> str:
    """Name of the first or second stop of a mobile unit's day."""
    return f"van_{unit + 1}/stop_{stop + 1}"


def lay_out(
    tables: Mapping[str, Table],
    config: Config,
    most_units: int,
    gains: int = 0,
    counters_may_stop: bool = False,
    with_steps: bool = False,
    with_kiosks: bool = False,
    most_agents: int = 0,
) -> Network:
    """All stations of a region, with seats for whatever a run may add.

    ``most_units`` vans is the most that any day of the run has; ``gains`` the most counters or
    posts that levers give to any one station, ``most_agents`` the most at the call centre;
    counters that may stop have a clock. What only some runs have stands behind all others, whose
    numbers it does not move.
    """
    clock = SYSTEM_CLOCK if counters_may_stop else ALWAYS
    headroom = HEADROOM + gains
    network = Network()
    offices, providers, bodies = tables["offices"], tables["providers"], tables["bodies"]
    for code, counters in zip(offices.rows, offices.wholes("counters"), strict=True):
        network.add(code, Role.OFFICE, int(counters) + headroom, Closing.FINISH, clock)
    crew = int(tables["vans"].wholes("operators").max())
    for unit in range(most_units):
        for stop in range(2):
            seats = crew + headroom
            network.add(stop_of(unit, stop), Role.VAN, seats, Closing.SEND_HOME, clock)
    districts = tables["districts"].rows
    for sector in sector_names(tables):
        for district in districts:
            rows = [
                i
                for i in range(len(providers))
                if providers.words("sector")[i] == sector
                and providers.words("district")[i] == district
            ]
            if rows:
                most = providers.numbers("desks_at_provider")[rows[0]]
                seats = int(max(most, providers.numbers("desks_mixed")[rows[0]])) + headroom
                network.add(counter_of(sector, district), Role.PROVIDER, seats, Closing.FINISH)
    agents = max(most_agents, config.call_centre.agents) + headroom
    network.add(CALL_CENTRE, Role.CALL_CENTRE, agents, Closing.NONE, ALWAYS)
    for code, desks in zip(bodies.rows, posts_of(bodies, config), strict=True):
        network.add(code, Role.DESK, int(desks) + headroom, Closing.NONE, OFFICE_CLOCK)
    for i in range(len(providers)):
        name = desk_of(providers.words("sector")[i], providers.words("district")[i])
        seats = int(providers.numbers("back_staff")[i]) + headroom
        network.add(name, Role.PROVIDER_DESK, seats, Closing.NONE, OFFICE_CLOCK)
    if with_steps:
        _add_steps(network, offices, headroom, clock)
    if with_kiosks:
        for code, terminals in zip(offices.rows, offices.wholes("terminals"), strict=True):
            seats = int(terminals) + headroom
            network.add(kiosk_of(code), Role.KIOSK, seats, Closing.FINISH, part_of=code)
    network.seal(n_clocks=2)
    return network


def _add_steps(network: Network, offices: Table, headroom: int, clock: int) -> None:
    """Desks of the steps of specialised offices; each might have all counters of its office."""
    kinds = offices.words("kind")
    for code, kind, counters in zip(offices.rows, kinds, offices.wholes("counters"), strict=True):
        if kind == SPECIALISED:
            for step in STEPS:
                name, seats = step_of(code, step), int(counters) + headroom
                network.add(name, Role.STEP, seats, Closing.FINISH, clock, part_of=code)


def posts_of(bodies: Table, config: Config) -> NDArray[np.float64]:
    """Full-time desks of each body, with what moved posts give."""
    rows = zip(bodies.numbers("staff"), bodies.numbers("share_of_time"), strict=True)
    own = np.array([full_time(float(staff), float(share)) for staff, share in rows])
    return own + bodies.numbers("gained_posts") * config.back_office.moved_post_share


def full_time(staff: float, share: float) -> float:
    """Full-time desks of a body: its share of time, at least one; none without services.

    >>> full_time(20, 0.2), full_time(3, 0.1), full_time(119, 0)
    (4.0, 1.0, 0.0)
    """
    return max(LEAST_DESKS, staff * share) if share > 0 else 0.0
