"""What is allowed but doubtful: said as a warning, and refused under ``--strict``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.compose import composed
from sim.studies.doubts import doubts
from sim.studies.run import region_of
from tests.conftest import Said

Kezek = Callable[[str], Said]
FEW = "region=teaching run.days=2 run.run_in_days=0"


def _said(*overrides: str, region: str = "teaching") -> list[str]:
    return list(doubts(composed([f"region={region}", *overrides])))


@pytest.mark.parametrize("region", ["teaching", "west_kazakhstan"])
def test_regions_that_ship_with_the_project_raise_no_doubts(region: str) -> None:
    assert _said(region=region) == []


DOUBTS = [
    ("demand.factor=1.4", "`demand.factor` = 1.4 ratio to the base year lies outside its plausible "
     "range 0.8 to 1.3"),
    ("mobile.units=4", "`mobile.units` = 4 vehicles lies outside its plausible range 0 to 3"),
    ("tables.services.tsa.counter_minutes=241",
     "service 'tsa': mean counter time 241 min; check the unit."),
    ("tables.services.tsa.touch_minutes=4900",
     "service 'tsa': the desk needs 10.2 days on average, the limit is 10: most requests will"),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "said"), DOUBTS)
def test_a_doubtful_value_is_said_in_one_sentence(setting: str, said: str) -> None:
    (sentence,) = _said(setting)
    assert said in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    "setting",
    [
        "demand.factor=0.8",
        "demand.factor=1.3",
        "tables.services.tsa.counter_minutes=240",
        "tables.services.tsa.touch_minutes=4800",
        "run.days=2",
        "office.lunch_cover=false",
    ],
)
def test_a_value_at_the_end_of_its_range_is_not_doubtful(setting: str) -> None:
    assert _said(setting) == []


def test_a_body_that_no_request_reaches_is_named() -> None:
    routing = region_of(composed(["region=teaching"]).config).tables["routing"]
    moved = [
        f"tables.routing.{row}.body=SOCIAL"
        for row, body in zip(routing.rows, routing.words("body"), strict=True)
        if body == "LAND"
    ]
    assert len(moved) > 1
    assert _said(*moved[1:]) == []  # one service is work enough
    assert _said(*moved) == ["body 'LAND' receives no work: no row of routing.csv leads there."]


def _elsewhere(swapped: str) -> list[str]:
    """The real region moved twenty degrees to the east, one district with its numbers swapped."""
    districts = region_of(composed(["region=west_kazakhstan"]).config).tables["districts"]
    settings = []
    for code in districts.rows:
        row = districts.index[code]
        north = float(districts.numbers("latitude_deg")[row])
        east = float(districts.numbers("longitude_deg")[row]) + 20
        if code == swapped:
            north, east = east, north
        settings += [
            f"tables.districts.{code}.latitude_deg={north}",
            f"tables.districts.{code}.longitude_deg={east}",
        ]
    return settings


def test_a_district_with_latitude_and_longitude_swapped_is_named() -> None:
    (sentence,) = _said(*_elsewhere("BAI"), region="west_kazakhstan")
    assert sentence == (
        "district 'BAI' lies far from the others; are latitude and longitude swapped?"
    )


def test_a_region_that_lies_elsewhere_as_a_whole_is_not_doubtful() -> None:
    assert _said(*_elsewhere(""), region="west_kazakhstan") == []


def test_a_doubt_is_a_warning_and_the_run_goes_on(kezek: Kezek) -> None:
    found = kezek(f"run {FEW} demand.factor=1.4")
    assert found.code == 0
    assert "warning: `demand.factor` = 1.4" in found.err
    assert Path("outputs/base/metrics.csv").is_file()


def test_no_doubt_no_warning(kezek: Kezek) -> None:
    found = kezek(f"run {FEW} --strict")
    assert found.code == 0
    assert "warning" not in found.err


@pytest.mark.usefixtures("no_report")
@pytest.mark.parametrize("verb", ["run", "compare base rural_access", "run -m"])
def test_strict_refuses_every_doubt_with_code_3(kezek: Kezek, verb: str) -> None:
    """All of them at once, before anything is run or written."""
    verb, options = verb.removesuffix(" -m"), " -m" * verb.endswith(" -m")
    found = kezek(
        f"{verb} {FEW} demand.factor=1.4 tables.services.tsa.counter_minutes=250 --strict{options}"
    )
    assert found.code == 3
    assert "2 problems in the configuration (warnings refused by --strict)" in found.err
    assert "demand.factor" in found.err
    assert "service 'tsa'" in found.err
    assert "Traceback" not in found.err
    assert found.out == ""
    assert not Path("outputs").exists()


def test_an_overloaded_base_is_refused_by_name_even_without_strict(kezek: Kezek) -> None:
    found = kezek(f"run {FEW} demand.factor=3")
    assert found.code == 2
    assert "the base, which cannot be served" in found.err
    assert re.search(r"SOCIAL: expected load 1\.\d\d \(.* hours of work on .*\)", found.err)
    assert "set back_office.allow_overload=true" in found.err
    assert not Path("outputs").exists()
