"""``conf/``: every number has a passport, every row a source, and tables agree with each other."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from sim.calendars.civil import Calendar
from sim.compose import CONF, Composed, composed, names
from sim.config import Config
from sim.region.region import Region
from sim.region.schema import MONTHS, SCHEMAS
from sim.report.sheet import THREE_POINTS
from sim.scenarios.lever import LEVERS
from sim.service.catalogue import yearly
from sim.studies.run import timeline_of
from tests.unit.scenarios.settings import home_of

REGIONS = names("region")
CONFIDENCE = {"direct", "derived", "analog country", "assumption", "recall"}
NOT_OF_THE_WORLD = {"place", "run", "data"}  # words, how long to run, where own data stand
TABLES = [path for path in sorted(CONF.glob("region/*/*.csv")) if path.stem != "unknowns"]
REAL = CONF / "region/west_kazakhstan"


def rows(name: str, folder: Path = REAL) -> list[dict[str, str]]:
    """A table as it stands in its file."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _at(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("name", REGIONS)
def test_every_parameter_has_a_passport(name: str) -> None:
    """Whatever the schema lets a user set about the world has unit, source and confidence."""
    one = composed([f"region={name}"])
    wanted = {
        f"{section}.{key}"
        for section, value in one.config
        if section not in NOT_OF_THE_WORLD and hasattr(type(value), "model_fields")
        for key in type(value).model_fields
    }
    assert set(one.passports) == wanted
    for path, passport in one.passports.items():
        assert passport.unit, path
        assert passport.source, path
        assert passport.confidence in CONFIDENCE, path


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@pytest.mark.parametrize("name", REGIONS)
def test_a_plausible_range_contains_its_value(name: str) -> None:
    """Both ends or none; only numbers have one; no range ends outside of the hard bounds."""
    one = composed([f"region={name}"])
    ranged = 0
    for path, passport in one.passports.items():
        low, high = passport.low, passport.high
        assert (low is None) == (high is None), path
        if low is None or high is None:
            continue
        ranged += 1
        assert _is_number(passport.value), path
        assert low <= passport.value <= high, path
        section, key = path.split(".")
        settings = one.config.model_dump()
        for end in (low, high):
            whole = type(passport.value)(end)
            settings[section][key] = whole
            if not key.endswith("_weight"):  # which add to one together
                Config.model_validate(settings)
    assert ranged > 80


@pytest.mark.parametrize("name", REGIONS)
def test_a_number_that_is_not_direct_has_a_plausible_range(name: str) -> None:
    """Whoever doubts an assumed number finds how far it may lie."""
    passports = composed([f"region={name}"]).passports
    without = [
        path
        for path, one in passports.items()
        if one.confidence != "direct" and _is_number(one.value) and one.low is None
    ]
    assert not without


@pytest.mark.parametrize("path", TABLES, ids=_at)
def test_every_row_of_a_table_has_source_and_confidence(path: Path) -> None:
    for line, row in enumerate(rows(path.stem, path.parent), start=2):
        assert row["source"], f"{path.name} line {line}"
        assert row["confidence"] in CONFIDENCE, f"{path.name} line {line}"
        assert None not in row, f"{path.name} line {line}: more cells than columns"


@pytest.mark.parametrize("path", TABLES, ids=_at)
def test_plausible_ends_of_a_table_contain_their_column(path: Path) -> None:
    """Columns ``x_low`` and ``x_high`` stand around ``x``."""
    table = rows(path.stem, path.parent)
    for column in table[0]:
        if {f"{column}_low", f"{column}_high"} <= set(table[0]):
            for row in table:
                assert bool(row[f"{column}_low"]) == bool(row[f"{column}_high"]), row
                if row[column] and row[f"{column}_low"]:
                    low, value, high = (
                        float(row[one]) for one in (f"{column}_low", column, f"{column}_high")
                    )
                    assert low <= value <= high, (row, column)


@pytest.mark.parametrize("folder", sorted(CONF.glob("region/*/")), ids=lambda path: path.name)
def test_a_folder_of_tables_belongs_to_a_region(folder: Path) -> None:
    folders = {one for name in REGIONS for one in composed([f"region={name}"]).config.place.folders}
    assert folder.name in folders


@pytest.mark.parametrize("scenario", names("scenario"))
def test_every_scenario_composes_and_names_levers_that_there_are(scenario: str) -> None:
    """With a title and a sentence; its changes can be laid out day by day."""
    one = composed([f"scenario={scenario}", f"region={home_of(scenario)}"])
    assert one.title
    assert one.says.endswith(".")
    assert {lever.name for lever in one.config.levers} <= set(LEVERS)
    changes = timeline_of(one.config)[1].changes
    assert bool(changes or one.changed) == (scenario != "base")


@pytest.mark.parametrize("name", REGIONS)
def test_the_main_job_of_a_region_can_be_done_there(name: str) -> None:
    """Base first, then scenarios whose bodies and offices the region has."""
    shown = composed([f"region={name}"]).config.place.demo
    assert shown[0] == "base"
    assert len(set(shown)) == len(shown) == 4
    for scenario in shown:
        timeline_of(composed([f"region={name}", f"scenario={scenario}"]).config)


@pytest.mark.parametrize("name", REGIONS)
def test_the_first_page_says_what_a_report_is_not(name: str) -> None:
    place = composed([f"region={name}"]).config.place
    for words in ("Not official statistics", "not a forecast", "not an assessment"):
        assert words in place.first_page
    assert all(place.words.model_dump().values())
    assert place.currency


def test_the_first_page_says_that_no_paper_prints_a_waiting_time(base: Composed) -> None:
    """The five papers are silent on waits, on desk times and on cases of a department."""
    said = base.config.place.first_page
    assert "print no waiting times, desk times or cases per department" in said
    assert len(rows("papers")) == 5
    assert "five papers" in said


def test_the_region_is_as_large_as_its_sources_say(region: Region) -> None:
    """13 districts, 413 rural settlements, 63 of them uncovered; 17 offices, 4 vans."""
    tables = region.tables
    assert len(tables["districts"]) == 13
    places = tables["settlements"].words("place")
    assert places.count("rural") == 413
    assert int((tables["settlements"].numbers("covered") == 0).sum()) == 63
    assert int(tables["settlements"].numbers("residents").sum()) == 692_000
    assert len(tables["offices"]) == 17
    assert len(tables["vans"]) == 4


def test_departments_are_those_of_the_paper(region: Region) -> None:
    """15 departments of the region, six of the city and its other staff, 12 districts."""
    bodies = region.tables["bodies"]
    levels, codes = bodies.words("level"), bodies.rows
    assert levels.count("region") == 15
    assert levels.count("district") == 12
    city = [code for code, level in zip(codes, levels, strict=True) if level == "city"]
    assert len(city) == 7
    assert all(code.startswith("U") for code in city)


def test_staff_of_bodies_is_that_of_the_workload_table(region: Region) -> None:
    """Two tables say how many employees and service types a body has: the same."""
    bodies, said = region.tables["bodies"], rows("workload")
    listed = {row["body"]: row for row in said if row["body"]}
    departments = [
        code
        for code, level in zip(bodies.rows, bodies.words("level"), strict=True)
        if level in {"region", "city", "district"} and code != "U99"
    ]
    assert sorted(listed) == sorted(departments)
    for code, row in listed.items():
        i = bodies.index[code]
        assert int(row["employees"]) == bodies.numbers("staff")[i], code
        assert int(row["services"]) == bodies.numbers("service_types")[i], code
    (city,) = (row for row in said if not row["body"])
    employer = np.array(bodies.words("employer")) == "city_ORA"
    assert int(city["employees"]) == bodies.numbers("staff")[employer].sum()
    assert int(city["services"]) == bodies.numbers("service_types")[employer].sum()


@pytest.mark.parametrize("folder", [REAL, REAL.parent / "teaching"], ids=lambda path: path.name)
def test_the_published_coefficient_is_services_per_employee(folder: Path) -> None:
    """To two digits, for every row of the tables of the paper."""
    for row in rows("workload", folder):
        ratio = int(row["services"]) / int(row["employees"])
        assert float(row["coefficient_published"]) == pytest.approx(ratio, abs=0.0051), row["unit"]


def test_every_district_has_an_office_a_body_and_a_van(region: Region) -> None:
    """One office a district and five in the city; each district's body; no district in two vans."""
    tables = region.tables
    districts = tables["districts"]
    rural = [
        code
        for code, kind in zip(districts.rows, districts.words("kind"), strict=True)
        if kind == "district"
    ]
    offices = tables["offices"].words("district")
    assert {code: offices.count(code) for code in rural} == dict.fromkeys(rural, 1)
    assert len(offices) == len(rural) + 5
    assert {f"D_{code}" for code in rural} <= set(tables["bodies"].rows)
    called = [code for words in tables["vans"].words("districts") for code in words.split()]
    assert sorted(called) == sorted(rural)
    for base_of, words in zip(
        tables["vans"].words("base_district"), tables["vans"].words("districts"), strict=True
    ):
        assert base_of in words.split()


@pytest.mark.parametrize("folder", [REAL, REAL.parent / "teaching"], ids=lambda path: path.name)
def test_desks_of_a_body_are_its_staff_times_their_share(folder: Path) -> None:
    """Full-time desks, at least one of whoever gives time to services, as far as both are round."""
    for row in rows("bodies", folder):
        share = float(row["share_of_time"] or 0)
        desks = max(1.0, int(row["staff"]) * share) if share else 0.0
        rounded = 0.051 + 0.0005 * int(row["staff"])
        assert float(row["desks"] or 0) == pytest.approx(desks, abs=rounded), row["code"]


def test_the_fleet_is_that_of_the_vans(base: Composed, region: Region) -> None:
    assert base.config.mobile.units == len(region.tables["vans"])


@pytest.mark.parametrize("name", ["region", "town_region"])
def test_every_sector_has_a_provider_in_every_district(
    name: str, request: pytest.FixtureRequest
) -> None:
    """Services that a provider decides can be decided wherever the applicant lives."""
    tables = request.getfixturevalue(name).tables
    services, providers, routing = tables["services"], tables["providers"], tables["routing"]
    there = set(zip(providers.words("sector"), providers.words("district"), strict=True))
    for service, body in zip(routing.words("service"), routing.words("body"), strict=True):
        if body == "PO_*":
            sector = services.words("provider_sector")[services.index[service]]
            assert all((sector, code) in there for code in tables["districts"].rows), service
    opens, closes = providers.numbers("opens_hour"), providers.numbers("closes_hour")
    assert (opens < closes).all()


def test_yearly_volumes_add_up() -> None:
    """Paper, electronic and remainder are the total of every year that was published."""
    for row in rows("annual_volumes"):
        parts = sum(int(row[name]) for name in ("paper", "electronic", "remainder"))
        assert parts == int(row["total"]), row["year"]


def test_needs_of_local_services_are_the_published_volume(region: Region) -> None:
    """Per-service totals add up to the year 2024 of the published table, within a tenth percent."""
    services = region.tables["services"]
    scope = dict(zip(services.rows, services.words("scope"), strict=True))
    (year,) = (row for row in rows("annual_volumes") if row["year"] == "2024")
    total: dict[str, float] = defaultdict(float)
    for row in rows("service_totals"):
        if scope[row["service"]] == "local":
            for column in row:
                if column.endswith(("per_year", "reading")):
                    total[column] += float(row[column])
    assert total["needs_per_year"] == pytest.approx(int(year["total"]), rel=1e-3)
    in_person = total["in_person_at_provider_per_year"]
    assert in_person == pytest.approx(int(year["remainder"]), rel=1e-3)


def test_needs_of_a_service_are_its_rates_times_people(region: Region) -> None:
    """The table of totals and the table of rates say the same, service by service."""
    expected = yearly(region.tables, "needs_per_1000").sum(axis=1)
    index = region.tables["services"].index
    for row in rows("service_totals"):
        found = expected[index[row["service"]]]
        assert found == pytest.approx(float(row["needs_per_year"]), rel=0.005), row["service"]


def test_the_sheet_expects_what_the_tables_hold(base: Composed, region: Region) -> None:
    """Rows of the acceptance sheet that a table states directly."""
    sheet = {row["code"]: float(row["expected"]) for row in rows("base_sheet")}
    year = next(row for row in rows("annual_volumes") if row["year"] == "2024")
    complaints = next(row for row in rows("complaints") if row["year"] == "2024")
    tables = region.tables
    assert sheet["residents_mid_2024"] == tables["settlements"].numbers("residents").sum()
    assert sheet["local_cases"] == int(year["total"])
    assert sheet["local_cases_paper"] == int(year["paper"])
    assert sheet["local_cases_electronic"] == int(year["electronic"])
    assert sheet["local_cases_remainder"] == int(year["remainder"])
    assert sheet["complaints_local"] == int(complaints["complaints"])
    assert sheet["counters_on_duty"] == tables["offices"].numbers("counters").sum()
    posts = tables["offices"].numbers("operators") + tables["offices"].numbers("other_staff")
    assert sheet["state_corporation_staff"] == pytest.approx(posts.sum(), abs=1)
    weekday = base.config.demand.weekday_weights
    peak = max(weekday) * max(base.config.demand.in_person_hour_weights)
    assert peak > 1.0


@pytest.mark.parametrize("row", rows("base_sheet"), ids=lambda row: row["code"])
def test_a_row_of_the_sheet_lies_within_its_own_bounds(row: Mapping[str, str]) -> None:
    """Except where the three are points of one curve, one after the other."""
    low, expected, high = (float(row[name]) for name in ("low", "expected", "high"))
    if THREE_POINTS in row["note"]:
        points = [expected, low, high]
        assert points in (sorted(points), sorted(points, reverse=True))
    else:
        assert low <= expected <= high


@pytest.mark.parametrize("name", ["region", "town_region"])
def test_profiles_of_the_year_keep_the_years_needs(
    name: str, request: pytest.FixtureRequest
) -> None:
    """Weights of the twelve months average one: a season moves needs, it makes none."""
    months = request.getfixturevalue(name).tables["months"]
    weights = np.array([months.numbers(month) for month in MONTHS])
    assert weights.mean(axis=0) == pytest.approx(1, abs=0.005)


@pytest.mark.parametrize("name", ["region", "town_region"])
def test_shares_of_people_are_nested(name: str, request: pytest.FixtureRequest) -> None:
    """Who has high skill has sufficient skill, and who has sufficient skill is online."""
    groups = request.getfixturevalue(name).tables["groups"]
    online, sufficient, high = (
        groups.numbers(column)
        for column in ("internet_pct", "skill_sufficient_pct", "skill_high_pct")
    )
    assert (high <= sufficient).all()
    assert (sufficient <= online).all()
    assert (
        groups.numbers("applicant")[[band == "0-17" for band in groups.words("age_band")]] == 0
    ).all()


def test_every_schema_has_a_file(base: Composed) -> None:
    """And no file of a region's folder is read by nobody without saying what it is for."""
    files = {path.stem for path in REAL.glob("*.csv")}
    assert set(SCHEMAS) <= files
    beside = {"annual_volumes", "base_sheet", "complaints", "draws", "evidence", "history",
              "history_targets", "inconsistencies", "papers", "patterns", "service_totals",
              "unknowns", "workload"}  # fmt: skip
    assert files - set(SCHEMAS) <= beside


def test_seasons_of_the_real_year_have_249_working_days(region: Region) -> None:
    """Weekdays less holidays and days off, plus Saturdays that were moved."""
    calendar = Calendar.of(region.starts, 366, region.special_days)
    assert int(calendar.works[:366].sum()) == 249


# ------------------------------------------------------------- what the papers print, as data


def test_every_coefficient_of_the_papers_is_reproduced_to_its_rounding() -> None:
    """Tables 1 to 3: services over employees, rounded to two places as printed."""
    said = rows("workload")
    assert Counter(row["table"] for row in said) == {"1": 15, "2": 13, "3": 6}
    for row in said:
        coefficient = Decimal(row["services"]) / Decimal(row["employees"])
        printed = Decimal(row["coefficient_published"])
        assert abs(coefficient - printed) <= Decimal("0.005"), row["unit"]


def test_inconsistencies_follow_from_the_figures_themselves() -> None:
    """What a reader is told to be inconsistent is worked out again from the tables as data."""
    volumes = {int(row["year"]): {k: float(row[k]) for k in ("total", "paper", "electronic")}
               for row in rows("annual_volumes")}  # fmt: skip
    left = {y: v["total"] - v["paper"] - v["electronic"] for y, v in volumes.items()}
    assert (left[2019], left[2024]) == (112_914, 1_497_175)  # I1
    share = {y: round(100 * v["electronic"] / v["total"], 1) for y, v in volumes.items()}
    assert (share[2020], share[2024]) == (94.9, 62.6)  # I2
    assert volumes[2024]["paper"] / volumes[2023]["paper"] > 1.8  # I3
    first = [row for row in rows("workload") if row["table"] == "1"]
    assert sum(int(row["services"]) for row in first) == 119  # I4
    assert sum(int(row["employees"]) for row in first) == 307  # I5
    restored = [float(row["rights_restored_pct"]) / 100 * float(row["complaints"])
                for row in rows("complaints")]  # fmt: skip
    assert restored == pytest.approx([0.8, 5.3, 3.7, 24.9], abs=0.06)  # I9
    numbers = [row["number"] for row in rows("inconsistencies")]
    assert len(set(numbers)) == len(numbers) >= 15
