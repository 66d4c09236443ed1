"""What the base scenario shows in a year: means over replications, by station, service and body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.calendars.civil import Calendar
from sim.config import Config
from sim.region.table import Table
from sim.report.frames import RUN, Frames
from sim.report.study import Study
from sim.service.ledger import DAY_KINDS
from sim.studies.run import region_of

STATE = "state"  # the level of bodies that are not local
CITY = "city"  # the kind of district that is a town
SPECIALISED = "specialised"  # how kinds of offices for some services only begin


@dataclass(frozen=True)
class BaseYear:
    """The base scenario, scaled from the days measured to a year."""

    config: Config
    frames: Frames
    tables: Mapping[str, Table]  # of the region, before any lever

    @classmethod
    def of(cls, study: Study) -> BaseYear:
        """The base of a comparison."""
        only = Frames(study.folder, (study.base,), study.pairs)
        return cls(study.config, only, study.tables)

    @cached_property
    def years(self) -> float:
        """Measured days as years of the calendar year in which they begin."""
        year = int(self.config.place.starts[:4])
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return self.config.run.days / (366 if leap else 365)

    @cached_property
    def worked(self) -> Mapping[str, int]:
        """How many measured days are worked, by kind of day."""
        region = region_of(self.config)
        calendar = Calendar.of(region.starts, self.config.run.days, region.special_days)
        days = slice(0, self.config.run.days)
        works, after = calendar.works[days], calendar.after_holiday[days]
        monday = works & ~after & (calendar.weekday[days] == 0)
        counts = (works & ~after & ~monday, monday, works & after)
        return {kind: int(days.sum()) for kind, days in zip(DAY_KINDS, counts, strict=True)}

    @property
    def working_days(self) -> float:
        """Worked days of a year."""
        return sum(self.worked.values()) / self.years

    @property
    def office_hours(self) -> float:
        """Hours of a working day at an ordinary office."""
        return self.config.office.closes_hour - self.config.office.opens_hour

    def yearly(
        self, table: str, by: Sequence[str], only: Mapping[str, str] | None = None
    ) -> pd.DataFrame:
        """All counts of a table a year, by its keys."""
        frame = self.frames.sums(table, by, only=only)
        counts = [name for name in frame.columns if name not in (*RUN, *by)]
        found = frame.groupby(list(by), sort=False)[counts].sum()
        return found / len(self.frames.replications) / self.years

    @cached_property
    def services(self) -> pd.DataFrame:
        """Requests a year by service, with scope, format and sector of the provider."""
        found, table = self.yearly("services", ["service"]), self.tables["services"]
        for name in ("scope", "format", "provider_sector"):
            words = pd.Series(table.words(name), index=list(table.rows))
            found[name] = words.reindex(found.index)
        return found

    @cached_property
    def offices(self) -> pd.DataFrame:
        """Lines a year by office, with its district and kind."""
        found, table = (
            self.yearly("counters", ["station"], {"role": "office"}),
            self.tables["offices"],
        )
        for name in ("district", "kind"):
            words = pd.Series(table.words(name), index=list(table.rows))
            found[name] = words.reindex(found.index)
        return found

    @cached_property
    def hours(self) -> pd.DataFrame:
        """Lines a year by office, kind of day and hour of joining."""
        return self.yearly("hours", ["station", "day_kind", "hour"]).reset_index()

    @cached_property
    def desks(self) -> pd.DataFrame:
        """Work a year at desks of bodies that were sent any, with their level."""
        found = self.yearly("desks", ["station", "district"], {"role": "desk"}).reset_index(
            "district"
        )
        table = self.tables["bodies"]
        found["level"] = pd.Series(table.words("level"), index=list(table.rows)).reindex(
            found.index
        )
        return found[found["ended"] > 0]

    @cached_property
    def departments(self) -> pd.DataFrame:
        """Desks of local bodies."""
        return self.desks[self.desks["level"] != STATE]

    @cached_property
    def posts(self) -> pd.DataFrame:
        """Posts and full-time desks of bodies at the end."""
        frame = self.frames.sums("posts", ["month", "body", "employer"])
        last = frame[frame["month"] == frame["month"].max()]
        found = last.groupby(["body", "employer"], sort=False)[["staff", "desks_per_mille"]].mean()
        return found.reset_index("employer")

    @cached_property
    def bill(self) -> pd.Series:
        """Money paid a year by item."""
        return self.yearly("bill", ["item"])["paid"]

    @cached_property
    def residents(self) -> pd.Series:
        """Residents by district at the end."""
        frame = self.frames.sums("people", ["month", "district"], ["citizens"])
        last = frame[frame["month"] == frame["month"].max()]
        return last.groupby("district")["citizens"].mean()

    def total(self, table: str, count: str) -> float:
        """A count of a table a year, all rows."""
        frame = self.frames.sums(table, (), [count])
        return float(frame[count].mean() / self.years)

    @property
    def visits(self) -> float:
        """Visits a year to offices and mobile units, however they ended."""
        return float(self.services[["office_visits", "van_visits"]].to_numpy().sum())

    def offices_in(self, places: Sequence[str]) -> pd.DataFrame:
        """Offices: all, or the ordinary ones of some districts."""
        offices = self.offices
        if not places:
            return offices
        ordinary = ~offices["kind"].str.startswith(SPECIALISED)
        return offices[ordinary & offices["district"].isin(places)]

    def is_town(self, districts: pd.Series) -> pd.Series:
        """Which of some districts are towns."""
        table = self.tables["districts"]
        kind = dict(zip(table.rows, table.words("kind"), strict=True))
        return districts.map(kind) == CITY

    def peak_load(self, offices: pd.DataFrame, day_kind: str) -> float:
        """Offered load a counter in the busiest hour of a kind of day."""
        days, hours = self.worked[day_kind], self.hours
        here = hours["station"].isin(offices.index) & (hours["day_kind"] == day_kind)
        arrived = hours[here].groupby("hour")["arrived"].sum().max() * self.years
        seconds = share(offices["busy_seconds"].sum(), offices["served"].sum())
        table = self.tables["offices"]
        counters = sum(table.numbers("counters")[table.index[name]] for name in offices.index)
        return float(arrived / days * seconds / (counters * 3600)) if days else float("nan")


def share(part: float | np.floating, whole: float | np.floating) -> float:
    """A quotient, or not a number of nothing."""
    return float(part / whole) if whole else float("nan")
