"""Rows of an acceptance sheet about lines at offices: load, waits, who leaves."""

from __future__ import annotations

import pandas as pd

from sim.report.base_year import SPECIALISED, BaseYear, share
from sim.report.sheet_rows import STANDARD, Asked, row


def _district_offices(base: BaseYear) -> pd.DataFrame:
    return base.offices[~base.is_town(base.offices["district"])]


def _town_offices(base: BaseYear) -> pd.DataFrame:
    towns = base.residents.index[base.is_town(base.residents.index.to_series())]
    return base.offices_in(list(towns))


def _load(offices: pd.DataFrame) -> float:
    """Offered load a counter: arrivals times mean service over time on duty."""
    seconds = share(offices["busy_seconds"].sum(), offices["served"].sum())
    return share(offices["arrived"].sum() * seconds, offices["duty_seconds"].sum())


@row("office_offered_load")
def offered_load(base: BaseYear, _: Asked) -> float:
    """Arrivals at offices times mean service over hours open, without mobile units."""
    return _load(base.offices) * counters_on_duty(base, Asked())


@row("counters_on_duty")
def counters_on_duty(base: BaseYear, _: Asked) -> float:
    """Time on duty over working days of ordinary hours."""
    hours = base.working_days * base.office_hours
    return share(base.offices["duty_seconds"].sum() / 3600, hours)


@row("load_offices")
def load_offices(base: BaseYear, asked: Asked) -> float:
    """Offered load a counter, ordinary offices of the place."""
    return _load(base.offices_in(asked.places))


@row("load_district_offices")
def load_district_offices(base: BaseYear, _: Asked) -> float:
    """Offered load a counter, offices of all districts but towns."""
    return _load(_district_offices(base))


@row("load_specialised_office")
def load_specialised(base: BaseYear, _: Asked) -> float:
    """Offered load a counter, offices for some services only."""
    return _load(base.offices[base.offices["kind"].str.startswith(SPECIALISED)])


@row("load_monday_peak")
def monday_peak(base: BaseYear, asked: Asked) -> float:
    """Arrivals in the busiest hour of a Monday times mean service over counters."""
    return base.peak_load(base.offices_in(asked.places), "monday")


@row("load_after_holiday_peak")
def holiday_peak(base: BaseYear, asked: Asked) -> float:
    """Arrivals in the busiest hour of a first day after a holiday times service over counters."""
    return base.peak_load(base.offices_in(asked.places), "after_holiday")


def _wait(offices: pd.DataFrame) -> float:
    return share(offices["wait_seconds"].sum(), offices["served"].sum()) / 60


@row("wait_mean")
def wait_mean(base: BaseYear, asked: Asked) -> float:
    """Mean wait of those served at offices; of a place, at its ordinary ones."""
    return _wait(base.offices_in(asked.places))


@row("wait_mean_districts")
def wait_mean_districts(base: BaseYear, _: Asked) -> float:
    """Mean wait of those served, offices of all districts but towns."""
    return _wait(_district_offices(base))


def _within(lines: pd.DataFrame) -> float:
    return 100 * share(lines["within_standard"].sum(), lines["served"].sum())


def _other_standard(base: BaseYear) -> str:
    standard = base.config.office.standard_wait_minutes
    if standard == STANDARD:
        return ""
    return f"the standard of this run is {standard:g} minutes, the row asks for {STANDARD:g}"


@row("wait_within_15")
def within(base: BaseYear, _: Asked) -> float | str:
    """Share of those served at offices who waited no longer than the standard."""
    return _other_standard(base) or _within(base.offices)


def _within_on(base: BaseYear, asked: Asked, day_kind: str) -> float | str:
    hours = base.hours
    here = hours["station"].isin(base.offices_in(asked.places).index)
    return _other_standard(base) or _within(hours[here & (hours["day_kind"] == day_kind)])


@row("wait_within_15_monday")
def within_on_mondays(base: BaseYear, asked: Asked) -> float | str:
    """Share of those served on Mondays within the standard, ordinary offices of the place."""
    return _within_on(base, asked, "monday")


@row("wait_within_15_after_holiday")
def within_after_holidays(base: BaseYear, asked: Asked) -> float | str:
    """Share of those served on days after a holiday within the standard, ordinary offices."""
    return _within_on(base, asked, "after_holiday")


@row("left_without_service")
def left(base: BaseYear, _: Asked) -> float:
    """Share of visits to offices that balked, left the line or were turned away."""
    lost = base.offices[["balked", "reneged", "turned_away"]].to_numpy().sum()
    return 100 * share(lost, base.offices["arrived"].sum())


@row("small_office_ratio_over_15")
def small_offices(base: BaseYear, _: Asked) -> float | str:
    """Share over the standard, offices of districts against ordinary ones of towns."""
    small, town = 100 - _within(_district_offices(base)), 100 - _within(_town_offices(base))
    return _other_standard(base) or share(small, town)
