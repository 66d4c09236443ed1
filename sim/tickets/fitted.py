"""What tickets say, as parameters with passports and rows of services, and what they leave open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.config import Config
from sim.errors import nearest
from sim.region.own import OBSERVED
from sim.region.table import Table
from sim.tickets.patience import FEWEST as FEWEST_GONE
from sim.tickets.patience import MOST_OUT_OF_TURN, PatienceFit, fit_patience, waits_of
from sim.tickets.profile import Profile, hours_of, weekdays_of
from sim.tickets.read import Tickets
from sim.tickets.services import FEWEST, ServiceFit, service_fits
from sim.units import DAY, HOUR

HOURS, WEEKDAYS = "demand.in_person_hour_weights", "demand.weekday_weights"
PATIENCE, SHAPE = "office.patience_minutes", "office.patience_shape"
MOST_UNPLACED, MOST_OUTSIDE = 0.05, 0.05
WORSE = 10.0  # AIC, beyond which another law fits clearly better
SHAPES = (0.1, 20.0)  # that the model can draw

Node = dict[str, Any]


@dataclass(frozen=True)
class Fitted:
    """Laws found in tickets; ``left`` are sentences on what stays as the region has it."""

    source: str
    hours: Profile | None
    weekdays: Profile | None
    patience: PatienceFit | None
    services: tuple[ServiceFit, ...]
    unknown: tuple[str, ...]  # services of the tickets that the region does not have
    doubts: tuple[str, ...]
    left: tuple[str, ...]
    parameters: Mapping[str, Node] = field(default_factory=dict)


def fitted(
    tickets: Tickets, config: Config, services: Table, units: Mapping[str, str],
    after_holidays: Collection[int],
) -> Fitted:  # fmt: skip
    """Fit all laws; ``units`` are those of the region's parameters."""
    doubts, left = list(tickets.doubts), []
    hours = hours_of(tickets, config.demand.in_person_hour_weights)
    if hours is None:
        left.append("the hours of the day: fewer than 10 days or 200 tickets.")
    weekdays = weekdays_of(tickets, config.demand.weekday_weights, after_holidays)
    if weekdays is None:
        left.append("the days of the week: a weekday was seen on fewer than 3 usual days.")
    patience, why = _patience(tickets)
    if why:
        left.append(f"patience: {why}")
    fits, few = service_fits(tickets)
    left += (f"service '{s}': {n} whole tickets; {FEWEST} are needed." for s, n in few.items())
    unknown = [one.service for one in fits if one.service not in services.index]
    left += (f"service '{s}' is not among the region's.{nearest(s, services.rows)}"
             for s in unknown)  # fmt: skip
    doubts += _doubts(tickets, config, fits, patience)
    found = Fitted(tickets.source, hours, weekdays, patience, tuple(fits), tuple(unknown),
                   tuple(doubts), tuple(left))  # fmt: skip
    return Fitted(**{**vars(found), "parameters": _parameters(found, units)})


def _patience(tickets: Tickets) -> tuple[PatienceFit | None, str]:
    """The law of patience, or why there is none."""
    waits = waits_of(tickets)
    if waits.gone + waits.unplaced < FEWEST_GONE:
        return None, f"{waits.gone + waits.unplaced} people left; {FEWEST_GONE} are needed."
    if waits.unplaced > MOST_UNPLACED * (waits.gone + waits.unplaced):
        return None, (
            f"of {waits.unplaced:,} people who left nobody knows when, for lines are not called in "
            f"the order in which they come (more than {MOST_OUT_OF_TURN:.0%} of calls overtake); "
            "note the time of leaving in `ended`."
        )
    found = fit_patience(waits)
    if not SHAPES[0] <= found.shape_low <= found.shape_high <= SHAPES[1]:
        return None, f"its shape would be {found.shape:.3g}, beyond what the model draws."
    return found, ""


def _doubts(
    tickets: Tickets, config: Config, fits: Collection[ServiceFit], patience: PatienceFit | None
) -> list[str]:
    office, hour = config.office, tickets.opened % DAY / HOUR
    outside = float(((hour < office.opens_hour) | (hour >= office.duty_closes_hour)).mean())
    found = []
    if outside > MOST_OUTSIDE:
        hours = f"{office.opens_hour:g} to {office.duty_closes_hour:g} h"
        found.append(
            f"{outside:.0%} of tickets were opened outside of {hours}, the region's hours."
        )
    if tickets.grain > 1:
        found.append("times are whole minutes; service times of few minutes are coarse.")
    for one in fits:
        others = {"gamma": one.aic_gamma, "exponential": one.aic_exponential}
        best = min(others, key=others.__getitem__)
        if one.aic_lognormal > others[best] + WORSE:
            found.append(f"service '{one.service}': the {best} law fits better than the lognormal, "
                         f"by {one.aic_lognormal - others[best]:.0f} of AIC.")  # fmt: skip
    if patience and patience.minutes > patience.longest_wait:
        ends = (
            f"{patience.minutes:.0f} min lies beyond the longest wait, {patience.longest_wait:.0f}"
        )
        found.append(f"mean patience of {ends}: it rests on the law, not on tickets.")
    return found


def _parameters(found: Fitted, units: Mapping[str, str]) -> dict[str, Node]:
    """Numbers with passports, as own data hold them."""
    known: dict[str, Node] = {}
    notes = {
        HOURS: "hours in which nobody came are the region's, on the same level",
        WEEKDAYS: "days after a holiday left out; weekends are the region's",
    }
    for key, profile in ((HOURS, found.hours), (WEEKDAYS, found.weekdays)):
        if profile is not None:
            errors = [
                (high - low) / 2 / weight
                for weight, low, high in zip(
                    profile.weights, profile.low, profile.high, strict=True
                )
                if low is not None and high is not None
            ]
            note = f"{notes[key]}; widest interval +-{max(errors):.0%}"
            known[key] = {"value": list(profile.weights), "note": note}
    if (p := found.patience) is not None:
        said = f"{p.left + p.missed:,} left, {p.served:,} were called before theirs ended"
        ends = ((PATIENCE, p.minutes, p.minutes_low, p.minutes_high),
                (SHAPE, p.shape, p.shape_low, p.shape_high))  # fmt: skip
        for key, *three in ends:
            value, low, high = (float(f"{x:.4g}") for x in three)
            known[key] = {"value": value, "low": low, "high": high, "note": said}
    passport = {"source": found.source, "confidence": OBSERVED}
    return {key: {"unit": units[key], **passport, **node} for key, node in known.items()}


def with_times(services: Table, found: Fitted) -> tuple[Table, tuple[str, ...]]:
    """The region's services with the times of tickets, and the rows that changed.

    A row has one source and one confidence; what else stands in it keeps its own in the words.
    """
    minutes, cv = services.numbers("counter_minutes").copy(), services.numbers("counter_cv").copy()
    source, sure = (list(services.words(column)) for column in ("source", "confidence"))
    fits = [one for one in found.services if one.service in services.index]
    for one in fits:
        i = services.index[one.service]
        minutes[i], cv[i] = float(f"{one.minutes:.4g}"), float(f"{one.cv:.4g}")
        times = f"counter_minutes ({one.minutes_low:.3g} to {one.minutes_high:.3g})"
        spread = f"counter_cv ({one.cv_low:.2g} to {one.cv_high:.2g})"
        source[i] = f"{times}, {spread}: {found.source}; all else: {source[i]} ({sure[i]})"
        sure[i] = OBSERVED
    table = services.replaced("counter_minutes", minutes).replaced("counter_cv", cv)
    table = table.replaced("source", tuple(source)).replaced("confidence", tuple(sure))
    return table, tuple(one.service for one in fits)
