"""Kiosks: terminals of the portal in the hall of an office, some with a consultant beside them."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.chance.kernels import sigma_of
from sim.region.table import Table
from sim.service.cases import NEVER
from sim.service.network import Network, Role
from sim.service.stations import ALL_SKILLS
from sim.units import MINUTE

if TYPE_CHECKING:
    from sim.config import Config

HELPED = 2  # the skill of a kiosk with a consultant


class Kiosks(NamedTuple):
    """Kiosks of each office, and scalars of their use: shares, seconds."""

    station: NDArray[np.int64]  # (n_stations,) of an office, NEVER where nobody uses any
    consultant: NDArray[np.float64]  # (n_stations,) chance that one is there for who needs help
    share: float  # of the visits that could be made at a kiosk
    seconds: float
    sigma: float  # shape of the lognormal law
    help: float  # chance that somebody of sufficient skill needs help
    weak_ratio: float  # of the weak to them
    failure: float  # chance of ending at a counter all the same


def kiosk_of(office: str) -> str:
    """Name of the kiosks of an office."""
    return f"{office}/kiosk"


def kiosks_of(tables: Mapping[str, Table], config: Config, network: Network) -> Kiosks:
    """The kiosks that visitors may use today."""
    rules, offices = config.kiosks, tables["offices"]
    station = np.full(len(network.names), NEVER, dtype=np.int64)
    consultant = np.zeros(len(network.names))
    for i, office in enumerate(network.of(Role.OFFICE)):
        if rules.use_pct > 0 and offices.numbers("terminals")[i] >= 1:
            station[office] = network.index.get(kiosk_of(offices.rows[i]), NEVER)
        consultant[office] = min(1.0, consultants_of(tables, config, i))
    return Kiosks(
        station,
        consultant,
        share=rules.use_pct / 100,
        seconds=rules.minutes * MINUTE,
        sigma=sigma_of(rules.cv),
        help=rules.help_pct / 100,
        weak_ratio=config.portal.weak_skill_failure_ratio,
        failure=rules.failure_pct / 100,
    )


def consultants_of(tables: Mapping[str, Table], config: Config, office: int) -> float:
    """Consultants of an office, those beyond the base too; a fraction is there for a part."""
    own = float(tables["offices"].numbers("consultants")[office])
    return own + config.office.extra_consultants


def skills_of(seats: int, consultants: float) -> NDArray[np.int64]:
    """Bits: the first kiosks have a consultant each, at the others one must manage alone."""
    skills = np.full(seats, ALL_SKILLS & ~(1 << HELPED))
    skills[: ceil(consultants)] = ALL_SKILLS
    return skills
