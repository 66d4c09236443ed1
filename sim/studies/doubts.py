"""What is allowed but doubtful: said as a warning, refused under ``--strict``."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from sim.compose import Composed
from sim.errors import InputError
from sim.scenarios.changes import Timeline
from sim.studies.own import own_doubts
from sim.studies.run import check_of, region_of, timeline_of

HOURS_MEANT_AS_MINUTES = 240.0  # a mean desk time at a counter above this is a slip of the unit


def doubts(one: Composed) -> Iterator[str]:
    """Sentences about values outside their plausible range, and about the tables."""
    settings = one.config.model_dump()
    for path, passport in one.passports.items():
        section, key = path.split(".")
        value = settings[section][key]
        if value == passport.value or not isinstance(value, int | float):
            continue
        low, high = passport.low, passport.high
        if low is not None and high is not None and not low <= value <= high:
            yield (
                f"`{path}` = {value:g} {passport.unit} lies outside its plausible range "
                f"{low:g} to {high:g} ({passport.source})."
            )
    region, timeline = timeline_of(one.config)
    services = region.tables["services"]
    for code, minutes in zip(services.rows, services.numbers("counter_minutes"), strict=True):
        if minutes > HOURS_MEANT_AS_MINUTES:
            yield f"service '{code}': mean counter time {minutes:g} min; check the unit."
    limits = services.numbers("limit_working_days")
    touch = services.numbers("touch_minutes")
    for code, limit, minutes in zip(services.rows, limits, touch, strict=True):
        if minutes / 60 / 8 > max(1, ceil(limit)):
            yield (
                f"service '{code}': the desk needs {minutes / 480:.1f} days on average, the limit "
                f"is {limit:g}: most requests will miss it."
            )
    routed = set(region.tables["routing"].words("body"))
    for code, level in zip(
        region.tables["bodies"].rows, region.tables["bodies"].words("level"), strict=True
    ):
        covered = code in routed or (level == "district" and "D_*" in routed)
        if not covered and float(
            region.tables["bodies"].numbers("service_types")[region.tables["bodies"].index[code]]
        ):
            yield f"body '{code}' receives no work: no row of routing.csv leads there."
    yield from _outliers(one)
    yield from own_doubts(one)
    yield from _never(timeline, one.config.run.days)


def _never(timeline: Timeline, days: int) -> Iterator[str]:
    """Levers that begin after the last measured day."""
    first: dict[str, int] = {}
    for change in timeline.changes:
        first[change.lever] = min(change.day, first.get(change.lever, change.day))
    for lever, day in first.items():
        if day >= days:
            yield (
                f"lever '{lever}' begins on day {day}, but only {days} days are "
                "measured: it never acts."
            )


def _outliers(one: Composed) -> Iterator[str]:
    """Settlements far from all others: latitude and longitude may be swapped."""
    districts = region_of(one.config).tables["districts"]
    north, east = districts.numbers("latitude_deg"), districts.numbers("longitude_deg")
    if len(north) < 3:
        return
    for i, code in enumerate(districts.rows):
        others = [j for j in range(len(north)) if j != i]
        gap = abs(north[i] - north[others].mean()) + abs(east[i] - east[others].mean())
        swapped = abs(east[i] - north[others].mean()) + abs(north[i] - east[others].mean())
        spread = north[others].std() + east[others].std()
        if gap > 10 * max(spread, 0.5) and swapped < gap:
            yield f"district '{code}' lies far from the others; are latitude and longitude swapped?"


def overloaded(one: Composed) -> list[str]:
    """Stations whose expected load is one or more, as sentences."""
    return [
        f"{load.station}: expected load {load.load:.2f} ({load.work_hours:,.0f} hours of work on "
        f"{load.duty_hours:,.0f} hours on duty a year)."
        for load in check_of(one.config)
        if load.load >= 1
    ]


def refuse_overload(one: Composed) -> None:
    """Refuse a base whose lines would grow for ever, by name, unless it is allowed."""
    if one.config.back_office.allow_overload:
        return
    found = overloaded(one)
    if found:
        raise InputError(
            found,
            where="the base, which cannot be served",
            advice="Give more desks or counters, or set back_office.allow_overload=true.",
        )
