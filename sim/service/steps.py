"""Steps of a specialised office: after the papers a check, an exam and the print, each at desks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.region.table import Table
from sim.service.cases import NEVER
from sim.service.network import Network, Role
from sim.units import MINUTE

if TYPE_CHECKING:
    from sim.config import Config, Specialised

SPECIALISED = "specialised_duty"  # the kind of the offices that have them
PAPERS = "papers"  # at the counters of the office
STEPS = ("check", "exam", "print")  # behind them, in this order
EXAM = STEPS.index("exam")


class Steps(NamedTuple):
    """Where a visit goes after the papers, and which part of its time has passed by then."""

    station: NDArray[np.int64]  # (n_stations, n_steps) of an office, NEVER where it has none
    ends: NDArray[np.float64]  # (n_services, 1 + n_steps) cumulative shares, papers first
    way: int  # seconds from one step to the next


def step_of(office: str, step: str) -> str:
    """Name of the desks of a step of an office."""
    return f"{office}/{step}"


def steps_of(tables: Mapping[str, Table], config: Config, network: Network) -> Steps:
    """The steps that are made today, by office and service; none unless the parameter says so."""
    rules = config.specialised
    station = np.full((len(network.names), len(STEPS)), NEVER, dtype=np.int64)
    if rules.steps:
        for office in network.of(Role.OFFICE):
            names = (step_of(network.names[office], step) for step in STEPS)
            station[office] = [network.index.get(name, NEVER) for name in names]
    has_exam = tables["services"].wholes("exam")
    ends = np.array([time_ends(rules, bool(exam)) for exam in has_exam])
    return Steps(station, ends, round(rules.way_minutes * MINUTE))


def time_ends(rules: Specialised, has_exam: bool) -> NDArray[np.float64]:
    """Cumulative shares of a visit's time, papers first; what is left of an exam goes to all."""
    parts = np.array([getattr(rules, f"{step}_time_pct") for step in STEPS], dtype=np.float64)
    papers = 100 - parts.sum()
    if not has_exam:
        parts[EXAM] = 0.0
    ends = np.cumsum([papers, *parts])
    shares: NDArray[np.float64] = ends / ends[-1]
    return shares


def desks_of(office: str, counters: int, rules: Specialised) -> dict[str, int]:
    """Desks of each step: its share of the counters, at least one; the papers have the others."""
    if counters < 1 + len(STEPS):
        raise InputError(
            [
                f"office '{office}' has {counters} counters for {1 + len(STEPS)} steps ({PAPERS}, "
                f"{', '.join(STEPS)}), and each needs a desk of its own."
            ],
            where="`specialised.steps`",
            advice=f"Give it {1 + len(STEPS)} or more (tables.offices.{office}.counters), or set "
            "specialised.steps=false.",
        )
    shares = {step: getattr(rules, f"{step}_desks_pct") for step in STEPS}
    desks = {step: max(1, round(counters * share / 100)) for step, share in shares.items()}
    while sum(desks.values()) >= counters:
        desks[max(desks, key=desks.__getitem__)] -= 1
    return {PAPERS: counters - sum(desks.values()), **desks}
