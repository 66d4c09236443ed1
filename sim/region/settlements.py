"""Settlements of a region: towns and centres as given, villages drawn from a recipe.

No list of villages with their populations is public, so villages are synthetic and carry codes.
A village is drawn by its own address: one more village of a district moves none of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi, radians, sin

import numpy as np
from numpy.typing import NDArray

from sim.chance.kernels import lognormal, sigma_of
from sim.chance.streams import Stream, uniforms
from sim.region.table import Table

KM_PER_DEGREE = 111.19  # of latitude
MOST_RESIDENTS = 50_000_000
SEED = 0  # settlements belong to the region, not to a study


def misfits(districts: Table, recipe: Table) -> Iterator[str]:
    """What keeps a recipe from placing exactly the residents of its districts."""
    total = float(districts.numbers("residents").sum())
    if total == 0:
        yield f"{districts.file}: nobody lives in the region; `residents` are 0 everywhere."
    if total > MOST_RESIDENTS:
        yield f"{districts.file}: {total:,.0f} residents; the limit is {MOST_RESIDENTS:,}."
    for code in districts.rows:
        if code not in recipe.index:
            yield f"{recipe.file}: no row for district '{code}'."
    for i, code in enumerate(recipe.words("district")):
        residents = float(districts.numbers("residents")[districts.index[code]])
        centre = float(recipe.numbers("centre_residents")[i])
        covered = float(recipe.numbers("villages_covered")[i])
        hidden = float(recipe.numbers("villages_uncovered")[i])
        outside = residents - centre
        least = covered * float(recipe.numbers("minimum_residents")[i])
        least += hidden * float(recipe.numbers("uncovered_mean_residents")[i])
        if covered + hidden and outside < least:
            yield (
                f"{recipe.file}: of {residents:,.0f} residents of '{code}' {centre:,.0f} "
                f"live in its centre; its villages need {least:,.0f}."
            )
        elif not covered + hidden and outside != 0:
            yield (
                f"{recipe.file}: '{code}' has {residents:,.0f} residents, a centre of "
                f"{centre:,.0f} and no village for the others."
            )


def settle(districts: Table, recipe: Table) -> Table:
    """One row per settlement: centres and towns first within a district, then its villages.

    Sizes of covered villages follow rank-size within the district, at most a share of its centre;
    uncovered villages are lognormal. Distances from the centre are ``radius * sqrt(u)``.
    """
    uncovered = _uncovered_sizes(recipe)
    rows: list[tuple[str, str, str, int, int, float, float, float]] = []
    for i, code in enumerate(recipe.words("district")):
        d = districts.index[code]
        one = {name: float(recipe.numbers(name)[i]) for name in NUMBERS}
        at = (districts.numbers("latitude_deg")[d], districts.numbers("longitude_deg")[d])
        place = recipe.words("centre_place")[i]
        centre = int(one["centre_residents"])
        rows.append((f"{code}_C", code, place, centre, 1, 0.0, *at))
        n_covered, n_uncovered = int(one["villages_covered"]), int(one["villages_uncovered"])
        if n_covered + n_uncovered == 0:
            continue
        hidden = uncovered[code]
        people = int(districts.numbers("residents")[d]) - centre - int(hidden.sum())
        sizes = np.concatenate([_rank_size(n_covered, people, centre, one), hidden])
        covered = np.arange(len(sizes)) < n_covered
        u = uniforms(SEED, Stream.SETTLEMENT, np.arange(len(sizes)) + 10_000 * d, occasion=1)
        factor = np.where(covered, one["covered_distance_factor"], one["uncovered_distance_factor"])
        line_km = one["radius_km"] * np.minimum(np.sqrt(u[:, 0]) * factor, one["distance_cut"])
        bearing = 2 * pi * u[:, 1]
        for k, size in enumerate(sizes):
            north, east = line_km[k] * cos(bearing[k]), line_km[k] * sin(bearing[k])
            latitude = at[0] + north / KM_PER_DEGREE
            longitude = at[1] + east / (KM_PER_DEGREE * cos(radians(at[0])))
            road_km = line_km[k] * one["road_factor"]
            row = (int(size), int(covered[k]), road_km, latitude, longitude)
            rows.append((f"{code}_V{k + 1:03d}", code, "rural", *row))
    return _table(rows)


NUMBERS = (
    "villages_covered",
    "villages_uncovered",
    "centre_residents",
    "rank_size_exponent",
    "cap_share_of_centre",
    "minimum_residents",
    "radius_km",
    "covered_distance_factor",
    "uncovered_distance_factor",
    "distance_cut",
    "road_factor",
)


def _table(rows: list[tuple[str, str, str, int, int, float, float, float]]) -> Table:
    codes, district, place, residents, covered, road, latitude, longitude = zip(*rows, strict=True)
    return Table.of(
        "settlements",
        codes,
        {
            "district": district,
            "place": place,
            "residents": np.array(residents, dtype=np.float64),
            "covered": np.array(covered, dtype=np.float64),
            "road_km_to_centre": np.array(road),
            "latitude_deg": np.array(latitude),
            "longitude_deg": np.array(longitude),
        },
    )


def _uncovered_sizes(recipe: Table) -> dict[str, NDArray[np.int64]]:
    """Residents of villages without mobile coverage, by district; the region's total is given."""
    n = recipe.wholes("villages_uncovered")
    mean, cv = recipe.numbers("uncovered_mean_residents"), recipe.numbers("uncovered_cv")
    drawn = []
    for i in range(len(recipe)):
        u = uniforms(SEED, Stream.SETTLEMENT, np.arange(n[i]) + 10_000 * i)[:, 0]
        drawn.append(np.array([lognormal(x, mean[i], sigma_of(cv[i])) for x in u]))
    sizes = np.concatenate(drawn)
    wanted = float((n * mean).sum())
    least = recipe.numbers("minimum_residents").max()
    sizes = np.maximum(sizes * wanted / sizes.sum() if wanted else sizes, least)
    whole = largest_remainder(sizes * wanted / sizes.sum()) if wanted else sizes.astype(np.int64)
    cuts = np.cumsum(n)[:-1]
    return dict(zip(recipe.words("district"), np.split(whole, cuts), strict=True))


def _rank_size(n: int, people: int, centre: int, one: dict[str, float]) -> NDArray[np.int64]:
    """Sizes proportional to rank^-exponent, none above its cap, adding up to ``people``."""
    weight = np.array([pow(rank, -one["rank_size_exponent"]) for rank in range(1, n + 1)])
    cap = one["cap_share_of_centre"] * centre
    sizes = people * weight / weight.sum()
    for _ in range(n):
        above = sizes > cap
        if not above.any() or above.all():
            break
        rest = people - cap * above.sum()
        sizes = np.where(above, cap, rest * weight / weight[~above].sum())
    return largest_remainder(sizes)


def largest_remainder(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round to whole numbers that keep the sum.

    >>> largest_remainder(np.array([1.4, 1.4, 1.2])).sum()
    np.int64(4)
    """
    whole = np.floor(values).astype(np.int64)
    short = round(float(values.sum())) - int(whole.sum())
    first = np.argsort(whole - values, kind="stable")[:short]
    whole[first] += 1
    return whole
