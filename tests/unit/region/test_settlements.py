"""Settlements: every resident lives somewhere, and a village stays where it was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from math import asin, cos, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.region.region import Region
from sim.region.settlements import largest_remainder, misfits, settle
from sim.region.table import Table


def residents_by_district(region: Region) -> dict[str, int]:
    settlements = region.tables["settlements"]
    found: dict[str, int] = {}
    for code, n in zip(settlements.words("district"), settlements.wholes("residents"), strict=True):
        found[code] = found.get(code, 0) + int(n)
    return found


def villages(region: Region) -> Iterator[tuple[str, dict[str, float | str]]]:
    """Settlements that are drawn: all but the centres."""
    settlements = region.tables["settlements"]
    for i, code in enumerate(settlements.rows):
        if not code.endswith("_C"):
            yield code, {name: values[i] for name, values in settlements.columns.items()}


@pytest.mark.parametrize("name", ["region", "town_region"])
def test_settlements_add_up_to_the_residents_of_their_district(
    name: str, request: pytest.FixtureRequest
) -> None:
    region: Region = request.getfixturevalue(name)
    districts = region.tables["districts"]
    given_ = dict(zip(districts.rows, districts.wholes("residents").tolist(), strict=True))
    assert residents_by_district(region) == given_


def test_there_are_as_many_rural_settlements_as_published(region: Region) -> None:
    """413, of which 63 without mobile coverage; Oral and Aksai are towns."""
    settlements = region.tables["settlements"]
    places, covered = settlements.words("place"), settlements.numbers("covered")
    assert places.count("rural") == 413
    assert int((covered == 0).sum()) == 63
    assert [code for code, place in zip(settlements.rows, places, strict=True)
            if place == "urban"] == ["BOR_C", "ORA_C"]  # fmt: skip


def test_villages_without_coverage_hold_the_people_the_recipe_gives_them(region: Region) -> None:
    """63 villages of 79 on average are 4,977 people; sizes vary, the sum does not."""
    settlements = region.tables["settlements"]
    hidden = settlements.numbers("residents")[settlements.numbers("covered") == 0]
    assert int(hidden.sum()) == 63 * 79
    assert len(set(hidden.tolist())) > 30


def test_centres_are_as_given(region: Region) -> None:
    """One a district, at its point, covered, with the residents of the recipe."""
    settlements, recipe = region.tables["settlements"], region.tables["settlement_recipe"]
    rows = [settlements.index[f"{code}_C"] for code in recipe.rows]
    assert settlements.wholes("residents")[rows].tolist() == (
        recipe.wholes("centre_residents").tolist()
    )
    assert settlements.numbers("covered")[rows].all()
    assert not settlements.numbers("road_km_to_centre")[rows].any()


def test_no_covered_village_is_larger_than_its_cap(region: Region) -> None:
    """A share of the centre's residents, in whole people."""
    recipe = region.tables["settlement_recipe"]
    cap = recipe.numbers("cap_share_of_centre") * recipe.numbers("centre_residents")
    for code, village in villages(region):
        if village["covered"]:
            assert village["residents"] <= cap[recipe.index[str(village["district"])]] + 1, code


def test_covered_villages_follow_rank_and_size(region: Region) -> None:
    """The k-th largest is the largest over k to the exponent, to one person, where none is capped.

    Baiterek: 58 villages, exponent 0.7.
    """
    sizes = [
        float(village["residents"])
        for _, village in villages(region)
        if village["district"] == "BAI" and village["covered"]
    ]
    expected = [sizes[0] / rank**0.7 for rank in range(1, 59)]
    np.testing.assert_allclose(sizes, expected, atol=1.5)


def kilometres(north: float, east: float, other_north: float, other_east: float) -> float:
    """Great circle on a sphere of 6,371 km."""
    a, b, c, d = map(radians, (north, east, other_north, other_east))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * 6_371 * asin(sqrt(half))


def test_a_village_lies_as_far_from_its_centre_as_its_road_says(region: Region) -> None:
    """Road over line distance is the district's factor; none lies beyond the cut of the radius."""
    tables = region.tables
    recipe, districts = tables["settlement_recipe"], tables["districts"]
    for code, village in villages(region):
        i, d = recipe.index[str(village["district"])], districts.index[str(village["district"])]
        line = kilometres(
            float(districts.numbers("latitude_deg")[d]),
            float(districts.numbers("longitude_deg")[d]),
            float(village["latitude_deg"]),
            float(village["longitude_deg"]),
        )
        road = float(village["road_km_to_centre"])
        assert road == pytest.approx(line * recipe.numbers("road_factor")[i], rel=0.03), code
        assert line <= 1.03 * recipe.numbers("radius_km")[i] * recipe.numbers("distance_cut")[i]


@pytest.mark.parametrize("district", ["AKZ", "ZHB"])
def test_one_more_village_moves_no_other(region: Region, district: str) -> None:
    """A village without coverage more: all the others lie where they lay."""
    recipe = region.tables["settlement_recipe"]
    n = int(recipe.wholes("villages_uncovered")[recipe.index[district]])
    wider = region.with_cells({"settlement_recipe": {district: {"villages_uncovered": n + 1}}})
    before, after = region.tables["settlements"], wider.tables["settlements"]
    rows = [after.index[code] for code in before.rows]
    assert len(after) == len(before) + 1
    for column in ("latitude_deg", "longitude_deg", "road_km_to_centre", "covered"):
        np.testing.assert_array_equal(after.numbers(column)[rows], before.numbers(column))


def town(**cells: float) -> tuple[Table, Table]:
    """A district of 10,000 with a centre of 4,000, and the recipe for its villages."""
    values = {
        "villages_covered": 6, "villages_uncovered": 3, "centre_residents": 4_000,
        "rank_size_exponent": 0.7, "cap_share_of_centre": 1.0, "uncovered_mean_residents": 80,
        "uncovered_cv": 0.6, "minimum_residents": 15, "radius_km": 30,
        "covered_distance_factor": 0.8, "uncovered_distance_factor": 1.1, "distance_cut": 1.3,
        "road_factor": 1.2, "residents": 10_000,
    } | cells  # fmt: skip
    columns = {name: np.array([float(value)]) for name, value in values.items()}
    words = {"district": ("T",), "centre_place": ("urban",)}
    at = {"latitude_deg": np.array([50.0]), "longitude_deg": np.array([50.0])}
    return Table.of("districts", ["T"], columns | at), Table.of(
        "settlement_recipe", ["T"], columns | words
    )


@given(
    covered=st.integers(1, 40),
    uncovered=st.integers(0, 15),
    exponent=st.floats(0, 2),
    cv=st.floats(0, 2),
    minimum=st.integers(1, 30),
)
def test_a_recipe_without_misfits_places_everybody(
    covered: int, uncovered: int, exponent: float, cv: float, minimum: int
) -> None:
    """As many villages as asked for, codes all different, nobody lost and nobody made."""
    districts, recipe = town(
        villages_covered=covered,
        villages_uncovered=uncovered,
        rank_size_exponent=exponent,
        uncovered_cv=cv,
        minimum_residents=minimum,
    )
    assert not list(misfits(districts, recipe))
    settlements = settle(districts, recipe)
    assert int(settlements.wholes("residents").sum()) == 10_000
    assert int((settlements.numbers("covered") == 0).sum()) == uncovered
    assert len(set(settlements.rows)) == 1 + covered + uncovered
    assert (settlements.numbers("residents") >= 0).all()


MISFITS = [
    ({"residents": 0, "centre_residents": 0}, "nobody lives in the region"),
    ({"residents": 60_000_000}, "the limit is 50,000,000"),
    ({"centre_residents": 9_800}, "its villages need 330"),  # 6 of 15 and 3 of 80 at the least
    ({"centre_residents": 10_001}, "live in its centre"),
    ({"villages_covered": 0, "villages_uncovered": 0}, "no village for the others"),
]


@pytest.mark.parametrize(("cells", "said"), MISFITS)
def test_a_recipe_that_cannot_place_everybody_is_refused(
    cells: dict[str, float], said: str
) -> None:
    assert said in " ".join(misfits(*town(**cells)))


def test_a_district_without_a_recipe_is_refused() -> None:
    districts, recipe = town()
    two = districts.with_row("U", {"residents": 10})
    assert list(misfits(two, recipe)) == ["settlement_recipe.csv: no row for district 'U'."]


@given(
    weights=st.lists(st.floats(0, 1), min_size=1, max_size=30).filter(any),
    total=st.integers(0, 10_000),
)
def test_rounding_by_largest_remainder_keeps_the_sum(weights: list[float], total: int) -> None:
    """Each number moves by less than one."""
    values = np.array(weights) / sum(weights) * total
    rounded = largest_remainder(values)
    assert int(rounded.sum()) == total
    assert (np.abs(rounded - values) < 1 + 1e-9).all()


def test_the_largest_remainders_are_rounded_up() -> None:
    """Of 2.6, 2.5 and 1.9, which are 7, the 1.9 and the 2.6 gain what the floors 2, 2, 1 lack."""
    assert largest_remainder(np.array([2.6, 2.5, 1.9])).tolist() == [3, 2, 2]
