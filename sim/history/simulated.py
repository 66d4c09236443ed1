"""What a run of the history shows year by year, to be held against what was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.metrics.metric import Columns, Tables, ratio

IN_PERSON = ("office", "van", "body")
LOCAL = "local"
NO_COMPLAINT = 1e-9  # a year without any is not divided by
SECTORS = ("health", "housing", "land")  # that the papers name for violations
TABLES = ("services", "groups", "learning", "people")


def outputs_of(tables: Tables, sectors: Mapping[str, str]) -> dict[str, float]:
    """Outputs by name and year, such as ``total_2019``; ``sectors`` gives that of each service."""
    services = tables["services"]
    local = services["scope"] == LOCAL
    year = _years(services["date"])
    found: dict[str, float] = {}
    for one in np.unique(year):
        here = local & (year == one)
        needs = int(services["needs"][here].sum())
        gone = sum(int(services[name][here].sum()) for name in IN_PERSON)
        found[f"total_{one}"], found[f"in_person_{one}"] = float(needs), gone / needs
        found[f"complaints_{one}"] = 1e6 * _of_year(tables["groups"], "complaints", one) / needs
        bad = violations_of(services, here, sectors)
        found |= {f"violations_{name}_{one}": share for name, share in bad.items()}
        found[f"sufficient_{one}"], found[f"trust_{one}"] = _people(tables, one)
    years = [int(one) for one in np.unique(year)]
    return found | _over_years(found, years)


def _over_years(found: Mapping[str, float], years: Sequence[int]) -> dict[str, float]:
    """What changes between any two years: the rise of skill, complaints over those before."""
    said: dict[str, float] = {}
    for first, last in combinations(years, 2):
        skill, complaints = (
            [found[f"{name}_{year}"] for year in (first, last)]
            for name in ("sufficient", "complaints")
        )
        said[f"rise_sufficient_{first}_{last}"] = skill[1] - skill[0]
        said[f"ratio_complaints_{first}_{last}"] = complaints[1] / max(complaints[0], NO_COMPLAINT)
    return said


def violations_of(
    services: Columns, here: NDArray[np.bool_], sectors: Mapping[str, str]
) -> dict[str, float]:
    """Shares of sectors in what was decided late or refused; not a number of nothing."""
    bad = services["overdue"][here] + services["refused"][here]
    of = np.array([sectors[code] for code in services["service"][here]])
    return {name: ratio(bad[of == name].sum(), bad.sum()) for name in SECTORS}


def _people(tables: Tables, year: int) -> tuple[float, float]:
    """Share of applicants with sufficient skill, and mean trust in centres, at the year's end."""
    skills, people = tables["learning"], tables["people"]
    here, there = (_is_last_month(one["month"], year) for one in (skills, people))
    applicants = max(int(people["applicants"][there].sum()), 1)
    trust = int(people["trust_centre_per_mille"][there].sum()) / 1000 / applicants
    return 1 - int(skills["weak_skill"][here].sum()) / applicants, trust


def _is_last_month(months: NDArray[Any], year: int) -> NDArray[np.bool_]:
    last: NDArray[np.bool_] = months == np.unique(months[_years(months) == year])[-1:]
    return last


def _of_year(columns: Columns, name: str, year: int) -> int:
    return int(columns[name][_years(columns["month"]) == year].sum())


def _years(dates: NDArray[Any]) -> NDArray[np.int64]:
    years: NDArray[np.int64] = np.array([text[:4] for text in dates.tolist()]).astype(np.int64)
    return years
