"""The ledger of a run: tallies of the day, the month and the run, whole numbers all."""

from __future__ import annotations

import numpy as np

from sim.service.tallies import (
    CallTally,
    GroupTally,
    LessonTally,
    OfficeTally,
    OversightTally,
    ServiceTally,
    VanTally,
)

WAIT_MINUTES = 181  # bins of the distribution of waits; the last holds the rest
DAY_KINDS = ("other", "monday", "after_holiday")
HOUR_COLUMNS = 4  # arrived, served, seconds waited, within the standard


class Ledger:
    """What is counted; agents see only days that have passed, observers read it at night.

    Attributes
    ----------
    services : (n_services, n_service_tallies) int64, of the day
    stations : (n_stations, n_office_tallies) int64, of the day; desks use their own columns
    calls : (n_call_tallies,) int64, of the day
    vans : (n_units, n_van_tallies) int64, of the day
    groups : (n_groups, n_group_tallies) int64, since an observer last took it
    hours : (n_offices, 3, 24, 4) int64, since an observer last took it; by kind of day
    waits : (n_offices, minutes) int64, since an observer last took it
    oversight : (n_stations, n_services, n_oversight_tallies) int64, since an observer last took it
    lessons : (n_places, 7) int64, since an observer last took it; by district, urban and rural
    """

    def __init__(
        self,
        n_services: int,
        n_groups: int,
        n_stations: int,
        n_offices: int,
        n_units: int,
        n_places: int,
    ) -> None:
        self.services = np.zeros((n_services, len(ServiceTally)), dtype=np.int64)
        self.stations = np.zeros((n_stations, len(OfficeTally)), dtype=np.int64)
        self.calls = np.zeros(len(CallTally), dtype=np.int64)
        self.vans = np.zeros((n_units, len(VanTally)), dtype=np.int64)
        self.groups = np.zeros((n_groups, len(GroupTally)), dtype=np.int64)
        self.hours = np.zeros((n_offices, len(DAY_KINDS), 24, HOUR_COLUMNS), dtype=np.int64)
        self.waits = np.zeros((n_offices, WAIT_MINUTES), dtype=np.int64)
        columns = len(OversightTally)
        self.oversight = np.zeros((n_stations, n_services, columns), dtype=np.int64)
        self.lessons = np.zeros((n_places, len(LessonTally)), dtype=np.int64)

    def begin_day(self) -> None:
        """Turn the page, except for stations, whose last day agents read in the morning."""
        for page in (self.services, self.calls, self.vans):
            page[:] = 0

    def clear(self) -> None:
        """Forget what observers have not taken, as when measuring begins; no agent reads it."""
        for page in (self.groups, self.hours, self.waits, self.oversight, self.lessons):
            page[:] = 0
