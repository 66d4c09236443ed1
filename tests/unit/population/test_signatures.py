"""Signatures that run out: how many, for whom, and who asks for another."""

from __future__ import annotations

import numpy as np
import pytest

from sim.population.demand import NEED
from sim.population.people import Can, People
from sim.population.signature_kernels import LAST, run_out
from tests.model.town import hashes_of, tables_of, town
from tests.unit.population.people import ABLE, people

N, SERVICE = 20_000, 3
SIGNED = int(ABLE | Can.EDS)


def month(crowd: People, chance: float, renewed: float = 1.0) -> np.ndarray:
    """The needs of those whose signature runs out."""
    out = np.empty(len(crowd.can), dtype=NEED)
    first = np.array([0, len(crowd.can)])
    n = run_out(crowd, first, np.uint64(1), np.uint64(0), 24_288, 30, chance,
                renewed, SERVICE, out)  # fmt: skip
    return out[:n]


@pytest.mark.parametrize("renewed", [0.0, 0.6, 1.0])
def test_a_twelfth_of_a_year_takes_its_share(renewed: float) -> None:
    """Of signatures valid for a year a twelfth runs out in a month; some holders want another."""
    crowd = people(N, can=SIGNED)
    needs = month(crowd, 1 / 12, renewed)
    gone = crowd.can & Can.EDS == 0
    assert abs(gone.sum() - N / 12) < 4.5 * np.sqrt(N / 12)
    assert abs(len(needs) - renewed * gone.sum()) < 4.5 * np.sqrt(N / 12)
    assert gone[needs["citizen"]].all()
    assert (needs["service"] == SERVICE).all()
    assert (needs["candidate"] == LAST).all()
    assert set(np.unique(needs["day"])) <= set(range(30))


def test_only_holders_lose_one() -> None:
    crowd = people(N, can=ABLE)
    assert not len(month(crowd, 1.0))
    assert (crowd.can == ABLE).all()


def test_a_shorter_life_takes_whoever_a_longer_one_takes() -> None:
    gone = []
    for years in (3, 2, 1):
        crowd = people(N, can=SIGNED)
        month(crowd, 1 / (12 * years))
        gone.append(crowd.can & Can.EDS == 0)
    assert (gone[0] <= gone[1]).all()
    assert (gone[1] <= gone[2]).all()


def test_renewals_stand_in_place_of_the_rates() -> None:
    """In the town: all that is asked of the service are signatures that ran out."""
    place = ("region=teaching", "run.days=62", "run.run_in_days=0")
    lasting = tables_of(town("signature.valid_years=1e9", place=place))["services"]
    assert lasting["needs"][lasting["service"] == "eds"].sum() == 0
    yearly = tables_of(town("signature.valid_years=1", place=place))["services"]
    asked = yearly["needs"][yearly["service"] == "eds"].sum()
    assert asked > 100
    others = yearly["service"] != "eds"
    np.testing.assert_array_equal(yearly["needs"][others], lasting["needs"][others])


def test_engines_agree_where_signatures_run_out() -> None:
    place = ("region=teaching", "run.days=12", "run.run_in_days=0", "signature.valid_years=1")
    both = [tables_of(town(f"engine={one}", place=place)) for one in ("compiled", "simpy")]
    assert hashes_of(both[0]) == hashes_of(both[1])
