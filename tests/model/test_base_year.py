"""The base year of the real region, lived once: its scopes, bounds and acceptance figures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from sim.metrics import METRICS, measured
from sim.results.recorder import Columns
from sim.service.catalogue import yearly
from sim.studies.run import Run, execute, region_of
from tests.model.town import town

YEAR = ("region=west_kazakhstan", "run.days=366")


@pytest.fixture(scope="module")
def year() -> Run:
    """All 692,000 citizens through 2024, after the run-in."""
    return execute(town(place=YEAR))


@pytest.fixture(scope="module")
def tables(year: Run) -> Mapping[str, Columns]:
    return year.tables


def test_needs_are_as_many_as_the_rates_say(year: Run, tables: Mapping[str, Columns]) -> None:
    """Per scope within one percent, per service within five standard errors of the rates."""
    region = region_of(year.config)
    expected = yearly(region.tables, "needs_per_1000").sum(axis=1)
    found = tables["services"]
    names = region.tables["services"].rows
    counted = np.array([found["needs"][found["service"] == name].sum() for name in names])
    assert np.all(np.abs(counted - expected) <= 5 * np.sqrt(expected) + 0.005 * expected)
    scopes = np.array(region.tables["services"].words("scope"))
    for scope in ("local", "state"):
        mine = scopes == scope
        assert counted[mine].sum() == pytest.approx(expected[mine].sum(), rel=0.01)


def test_visits_caused_by_failures_stay_below_a_quarter(tables: Mapping[str, Columns]) -> None:
    """At most 25 percent of the visits to counters follow a failed attempt online."""
    services = tables["services"]
    assert 0 < services["assisted_visits"].sum() <= 0.25 * services["office_visits"].sum()


def test_local_cases_filed_at_counters_fit_into_their_visits(
    year: Run, tables: Mapping[str, Columns]
) -> None:
    """At most visits times the local share of visits, which is 16.2 percent in the base sheet."""
    services = tables["services"]
    local = services["scope"] == "local"
    filed = services["office"][local].sum() + services["van"][local].sum()
    visits = services["office_visits"].sum() + services["van_visits"].sum()
    assert 0 < filed <= 0.162 * visits


def test_first_filings_at_counters_are_as_many_as_the_rates_say(
    year: Run, tables: Mapping[str, Columns]
) -> None:
    """Per scope within three percent: the constants of choice were set to that."""
    region = region_of(year.config)
    expected = yearly(region.tables, "office_filings_per_1000").sum(axis=1)
    services, scopes = tables["services"], np.array(region.tables["services"].words("scope"))
    for scope in ("local", "state"):
        filed = services["office"][services["scope"] == scope].sum()
        assert filed == pytest.approx(expected[scopes == scope].sum(), rel=0.03)


def test_every_metric_of_the_base_year_is_a_number(year: Run) -> None:
    """Except those of a survey and of single people at work: the base asks and follows nobody."""
    found = measured(year.tables)
    assert {name for name in found if not np.isfinite(found[name])} == {
        name for name, metric in METRICS.items() if metric.theme in ("survey", "staff")
    }


def test_identities_were_checked_in_their_millions(year: Run) -> None:
    assert year.checks > 10_000_000


def test_the_year_fits_in_little_memory(year: Run) -> None:
    """At most 600 MB in a process that has done nothing else; here tests have, so 1.2 GB."""
    assert year.peak_mb < 1200
