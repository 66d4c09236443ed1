"""Families of laws: which system a case is about, or why none of ours is it."""

from __future__ import annotations

from collections.abc import Callable

from sim.laws.copies import Copies
from sim.laws.expressed import NotExpressedError
from sim.laws.given import Given
from sim.laws.lines import (
    balking,
    batches,
    breakdowns,
    classes,
    erlang_a,
    gm1,
    mginf,
    mmc,
    mmck,
)
from sim.laws.networks import feedback, jackson, tandem, village_of
from sim.laws.openings import day, from_empty, waves
from sim.laws.orbit import Orbit, retrial
from sim.laws.people import Equilibrium, People, equilibrium, logit, trust
from sim.laws.system import System
from sim.laws.vacations import Gated, vacations
from sim.laws.van import Van, mobile
from sim.laws.village import Village

Living = (
    System | Copies | Village | Gated | Orbit | Van | People | Equilibrium
)  # what is lived window by window


def system_of(family: str, given: Given) -> Living:
    """The system of a case.

    Raises
    ------
    NotExpressedError
        The family is not known, a parameter is, or a system of ours cannot be it.
    """
    if family in CANNOT:
        raise NotExpressedError(CANNOT[family])
    if family not in FAMILIES:
        raise NotExpressedError(f"no family of laws called '{family}' is known")
    try:
        return FAMILIES[family](given)
    except KeyError as error:
        raise NotExpressedError(f"parameter {error} is missing") from None
    except (TypeError, ValueError, ArithmeticError) as error:
        raise NotExpressedError(f"a parameter cannot be read: {error}") from None


FAMILIES: dict[str, Callable[[Given], Living]] = {
    "M/M/1": mmc,
    "M/M/1 disciplines": mmc,
    "M/M/c": mmc,
    "M/G/1": mmc,
    "M/D/1": mmc,
    "M/D/c": mmc,
    "M/G/c": mmc,
    "Erlang B": mmck,
    "M/M/c/K": mmck,
    "G/M/1": gm1,
    "G/G/1": gm1,
    "Erlang A": erlang_a,
    "M/G/inf": mginf,
    "M^X/M/1": batches,
    "Balking": balking,
    "M/G/1 priority NP": classes,
    "M/M/1 priority PR": classes,
    "M/M/c priority NP": classes,
    "Tandem": tandem,
    "Feedback": feedback,
    "Jackson": jackson,
    "Unreliable server": breakdowns,
    "M/G/1 vacations": vacations,
    "Retrial (repeat calls)": retrial,
    "Mobile unit (bulk service)": mobile,
    "Machine repair (finite village)": village_of,
    "Transient M/M/1": from_empty,
    "Mt/M/inf": waves,
    "Mt/M/c working day": day,
    "Logit": logit,
    "Logit+queue equilibrium": equilibrium,
    "Trust EWMA": trust,
}
CANNOT = {
    "M/M/1-PS": "a server here is with one case at a time and does not share itself",
    "DeGroot": "opinions here do not average; word of mouth passes on knowledge",
    "Bass": "awareness here spreads by word of mouth alone, month by month: nobody is an innovator",
    "Logistic": "internet access is an input here, not an outcome",
}
