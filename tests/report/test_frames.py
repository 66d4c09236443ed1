"""Sums read from files, and squares instead of a map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compose import composed
from sim.errors import FolderError
from sim.report.frames import Frames, cells, mean_by, paired_by
from sim.report.tiles import grid_of
from sim.results.schema import TABLES
from sim.studies.run import region_of
from tests.report.conftest import Study

LABELS, PAIRS = ("base", "rural_access", "mine"), (0, 1)


@pytest.fixture(scope="module")
def frames(small: Study) -> Frames:
    return Frames(small.folder, LABELS, PAIRS)


def _whole(small: Study, table: str) -> pd.DataFrame:
    """All runs of a table, read at once."""
    found = pd.read_parquet(small.folder / "tables" / f"{table}.parquet")
    if "date" in found:
        found["month"] = found["date"].str[:7]
    return found


ASKED: list[tuple[str, Sequence[str], Sequence[str], dict[str, str]]] = [
    ("services", (), (), {}),
    ("services", ("scope",), ("needs", "attempts"), {}),
    ("services", ("month", "service"), (), {"scope": "local"}),
    ("counters", ("station",), ("served", "wait_seconds"), {"role": "office"}),
    ("desks", ("district", "station"), (), {"role": "desk"}),
    ("groups", ("place", "skill"), ("needs", "travel_seconds"), {}),
    ("hours", ("day_kind", "hour"), (), {}),
    ("waits", ("minutes",), (), {}),
    ("people", ("month", "place"), ("citizens",), {}),
    ("bill", ("item",), ("paid",), {}),
    ("calls", ("month",), (), {}),
]


@pytest.mark.parametrize(("table", "by", "counts", "only"), ASKED)
def test_sums_of_parts_are_sums_of_the_whole(
    small: Study, frames: Frames, table: str, by: Sequence[str], counts: Sequence[str],
    only: dict[str, str],
) -> None:  # fmt: skip
    """Read run by run and column by column, or all at once: the same sums, to the unit."""
    found = frames.sums(table, by, counts, only)
    whole = _whole(small, table)
    for key, value in only.items():
        whole = whole[whole[key] == value]
    columns = list(counts) or list(
        TABLES[table].counts if table in TABLES else ("paid", "followed_work")
    )
    keys = ["scenario", "replication", *by]
    expected = whole.groupby(keys, sort=False)[columns].sum()
    pd.testing.assert_frame_equal(
        found.set_index(keys)[columns].sort_index(), expected.sort_index(), check_dtype=False
    )
    assert list(found.columns) == [*keys, *columns]
    assert found["scenario"].drop_duplicates().tolist() == list(LABELS)
    assert int(found[columns].to_numpy().sum()) > 0


def test_nothing_that_is_done_to_sums_moves_the_next_ones(frames: Frames) -> None:
    first = frames.sums("services", ("scope",), ("needs",))
    first["needs"] = 0
    assert frames.sums("services", ("scope",), ("needs",))["needs"].sum() > 0


def test_a_table_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"cannot be read .* Run the comparison again"):
        Frames(tmp_path, ("base",), (0,)).sums("services")


def test_means_over_replications_are_means(frames: Frames) -> None:
    sums = frames.sums("services", ("scope",), ("needs",))
    means = mean_by(sums, ["scenario", "scope"])
    assert "replication" not in means
    expected = sums.groupby(["scenario", "scope"])["needs"].mean()
    pd.testing.assert_series_equal(
        means.set_index(["scenario", "scope"])["needs"].sort_index(), expected.sort_index()
    )
    assert len(cells(means, "scope", "needs")) == len(means)


def test_pairs_are_made_of_runs_that_shared_their_luck(frames: Frames) -> None:
    """The mean of differences is the difference of means; the base is compared with nobody."""
    sums = frames.sums("groups", ("place",), ("needs", "online"))
    means = mean_by(sums, ["scenario", "place"]).set_index(["place", "scenario"])["online"]
    found = paired_by(sums, "place", "online", "base")
    assert set(found) == {"urban", "rural"}
    for place, effects in found.items():
        assert [one.scenario for one in effects] == ["rural_access", "mine"]
        for one in effects:
            assert one.n == 2
            assert one.base == pytest.approx(means[place, "base"])
            gap = means[place, one.scenario] - means[place, "base"]
            assert one.mean == pytest.approx(gap)
            assert one.low <= one.mean <= one.high


places = st.lists(
    st.tuples(st.floats(40, 60), st.floats(20, 90)), min_size=1, max_size=20, unique=True
)


@given(places=places)
def test_no_two_places_share_a_square(places: list[tuple[float, float]]) -> None:
    """Every place has one; the map begins in the north-west corner and has little idle room."""
    latitude, longitude = np.array(places).T
    squares = grid_of(latitude, longitude)
    assert squares.shape == (len(places), 2)
    assert len({tuple(square) for square in squares.tolist()}) == len(places)
    assert squares.min(axis=0).tolist() == [0, 0]
    columns, rows = squares.max(axis=0) + 1
    assert columns * rows <= 1.6 * len(places) + max(columns, rows)


def test_every_district_has_one_tile_where_it_lies() -> None:
    """North above south, west before east, for the district in each corner."""
    districts = region_of(composed().config).tables["districts"]
    latitude, longitude = districts.numbers("latitude_deg"), districts.numbers("longitude_deg")
    squares = grid_of(latitude, longitude)
    assert len({tuple(square) for square in squares.tolist()}) == len(districts) == 13
    column, row = squares.T
    assert np.corrcoef(column, longitude)[0, 1] > 0.9
    assert np.corrcoef(row, -latitude)[0, 1] > 0.8
    assert column[np.argmax(longitude)] == column.max()
    assert row[np.argmin(latitude)] == row.max()
