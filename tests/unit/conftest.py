"""The regions that ship with the project, composed and loaded once."""

from __future__ import annotations

import pytest

from sim.compose import Composed, composed
from sim.region.region import Region
from sim.studies.run import region_of


@pytest.fixture(scope="session")
def base() -> Composed:
    """The default configuration: the real region, nothing changed."""
    return composed()


@pytest.fixture(scope="session")
def region(base: Composed) -> Region:
    """Tables of the real region."""
    return region_of(base.config)


@pytest.fixture(scope="session")
def town() -> Composed:
    """The configuration of the teaching town."""
    return composed(["region=teaching"])


@pytest.fixture(scope="session")
def town_region(town: Composed) -> Region:
    """Tables of the teaching town."""
    return region_of(town.config)
