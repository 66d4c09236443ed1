"""The generator is the published one, and a block is a function of its address alone."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.chance.kernels import philox
from sim.chance.streams import Stream, uniforms

LARGEST = 2**64 - 1
words = st.one_of(st.sampled_from([0, 1, 2**63, LARGEST]), st.integers(0, LARGEST))

# Known answers of the Random123 library for philox4x64, ten rounds: counter, key, output.
PUBLISHED = [
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B),
    ),
    (
        (LARGEST, LARGEST, LARGEST, LARGEST),
        (LARGEST, LARGEST),
        (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
    ),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
]


def block(key: tuple[int, ...], counter: tuple[int, ...]) -> tuple[int, ...]:
    """Our four words at an address."""
    return tuple(int(word) for word in philox(*map(np.uint64, (*key, *counter))))


def numpys(key: tuple[int, ...], counter: tuple[int, ...]) -> tuple[int, ...]:
    """NumPy's four words; it counts one on, with carry, before it gives anything."""
    before = (sum(word << 64 * i for i, word in enumerate(counter)) - 1) % 2**256
    limbs = [before >> 64 * i & LARGEST for i in range(4)]
    generator = np.random.Philox(
        counter=np.array(limbs, dtype=np.uint64), key=np.array(key, dtype=np.uint64)
    )
    return tuple(generator.random_raw(4).tolist())


@pytest.mark.parametrize(("counter", "key", "output"), PUBLISHED)
def test_known_answers_are_given(
    counter: tuple[int, ...], key: tuple[int, ...], output: tuple[int, ...]
) -> None:
    """Zeros, ones and the digits of pi give the words that the authors of Philox published."""
    assert block(key, counter) == output


def test_philox_is_numpys_at_thousands_of_addresses() -> None:
    random = Random(10)
    for _ in range(3_000):
        key = (random.getrandbits(64), random.getrandbits(64))
        counter = tuple(random.getrandbits(64) for _ in range(4))
        assert block(key, counter) == numpys(key, counter)


@given(key=st.tuples(words, words), counter=st.tuples(words, words, words, words))
@example(key=(0, 0), counter=(0, 1, 0, 0))
@example(key=(0, 0), counter=(0, 0, 0, 1))
def test_philox_is_numpys_at_the_ends_of_words(
    key: tuple[int, ...], counter: tuple[int, ...]
) -> None:
    """Also where a word is zero or full and NumPy's counter carries into the next."""
    assert block(key, counter) == numpys(key, counter)


@given(
    key=st.tuples(words, words),
    one=st.tuples(words, words, words, words),
    other=st.tuples(words, words, words, words),
)
def test_two_addresses_never_share_a_block(
    key: tuple[int, ...], one: tuple[int, ...], other: tuple[int, ...]
) -> None:
    """Under one key the generator is one to one."""
    assert (block(key, one) == block(key, other)) == (one == other)


addresses = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**63 - 1),
        "stream": st.sampled_from(Stream),
        "other": st.integers(0, 2**62),
        "occasion": st.integers(0, 2**31),
        "replication": st.integers(0, 2**31 - 1),
    }
)
people = st.lists(st.integers(0, 2**40), min_size=1, max_size=20)


@given(address=addresses, who=people, data=st.data())
def test_the_order_of_asking_changes_no_block(
    address: dict[str, int], who: list[int], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(who))))
    asked = np.array(who)
    expected = uniforms(**address, who=asked)[order]
    np.testing.assert_array_equal(uniforms(**address, who=asked[order]), expected)


@given(address=addresses, who=people, more=people, cut=st.integers(0, 20))
def test_splitting_or_adding_people_changes_no_block(
    address: dict[str, int], who: list[int], more: list[int], cut: int
) -> None:
    """Whoever else is asked, together or apart, a person's luck is their own."""
    alone = uniforms(**address, who=np.array(who))
    crowd = uniforms(**address, who=np.array([*who, *more]))
    parts = [uniforms(**address, who=np.array(one)) for one in (who[:cut], who[cut:]) if one]
    np.testing.assert_array_equal(crowd[: len(who)], alone)
    np.testing.assert_array_equal(np.concatenate(parts), alone)


@pytest.mark.parametrize("part", ["seed", "stream", "who", "other", "occasion", "replication"])
def test_every_part_of_an_address_counts(part: str) -> None:
    """Changing one part gives a block that shares no number with the first."""
    address = {
        "seed": 1,
        "stream": Stream.NEED,
        "who": np.array([5]),
        "other": 6,
        "occasion": 7,
        "replication": 8,
    }
    moved = Stream.VISIT if part == "stream" else address[part] + 1
    one, two = uniforms(**address), uniforms(**{**address, part: moved})
    assert not set(one.ravel().tolist()) & set(two.ravel().tolist())
