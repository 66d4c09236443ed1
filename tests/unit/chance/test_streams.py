"""One decision, one stream: keys come from names, and streams know nothing of each other."""

from __future__ import annotations

from enum import StrEnum
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from sim.chance.streams import Stream, stream_key, uniforms

DRAWS = 20_000
LEAST = 1e-6  # a smaller p-value would be chance once in a million; seeds are fixed


class Renamed(StrEnum):
    """Streams in another order, under other names in the code, with the same words."""

    LAST = "awareness"
    FIRST = "need"
    MIDDLE = "visit"


def test_no_two_streams_share_a_key() -> None:
    assert len({int(stream_key(stream)) for stream in Stream}) == len(Stream)


@pytest.mark.parametrize("renamed", Renamed)
def test_a_key_comes_from_the_word_alone(renamed: Renamed) -> None:
    """Moving or renaming a member of the enumeration moves nobody's luck."""
    assert stream_key(renamed) == stream_key(Stream(renamed.value))  # type: ignore[arg-type]


def test_keys_are_far_apart() -> None:
    """Any two keys differ in bits by the dozen, however alike the words they come from."""
    keys = [int(stream_key(stream)) for stream in Stream]
    assert min((one ^ two).bit_count() for one, two in combinations(keys, 2)) >= 12


def test_words_of_a_block_are_uniform() -> None:
    """Kolmogorov and Smirnov find nothing in any of the four words of neighbouring addresses."""
    drawn = uniforms(3, Stream.PERSON, np.arange(DRAWS))
    for column in drawn.T:
        assert stats.kstest(column, "uniform").pvalue > LEAST


def test_words_of_a_block_know_nothing_of_each_other() -> None:
    """Ranks of the four words, of neighbours and of two streams are not correlated."""
    drawn = uniforms(3, Stream.PERSON, np.arange(DRAWS))
    for one, two in combinations(drawn.T, 2):
        assert stats.spearmanr(one, two).pvalue > LEAST
    assert stats.spearmanr(drawn[1:, 0], drawn[:-1, 0]).pvalue > LEAST
    other = uniforms(3, Stream.VISIT, np.arange(DRAWS))
    assert stats.spearmanr(drawn[:, 0], other[:, 0]).pvalue > LEAST


def test_replications_are_as_different_as_people() -> None:
    """The mean over replications of one person's luck is a half, within four standard errors."""
    drawn = np.concatenate(
        [uniforms(3, Stream.NEED, np.array([77]), replication=k) for k in range(2_000)]
    )
    assert abs(float(drawn.mean()) - 0.5) < 4 / (12 * drawn.size) ** 0.5
