"""The words of verdicts: every rule at its border, in the order of the rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.claims.verdict import (
    Evidence,
    Shares,
    Word,
    conflict,
    is_provisional,
    shares_of,
    steadiness,
    word_of,
)


def effects(holds: int, nothing: int, fails: int) -> np.ndarray:
    return np.concatenate([np.full(holds, 2.0), np.zeros(nothing), np.full(fails, -2.0)])


def evidence(favour: np.ndarray, at_zero: np.ndarray | None = None, **structures: list[str]):
    return Evidence(favour, at_zero, structures, 1.0, "higher")


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ((95, 5, 0), Word.SUPPORTED),
        ((94, 6, 0), Word.LIKELY),
        ((80, 0, 20), Word.LIKELY),
        ((79, 21, 0), Word.DEPENDS),
        ((0, 5, 95), Word.AGAINST),
        ((5, 0, 95), Word.AGAINST),
        ((0, 80, 20), Word.NO_EFFECT),
        ((20, 80, 0), Word.NO_EFFECT),
        ((5, 40, 55), Word.UNLIKELY),
        ((19, 60, 21), Word.UNLIKELY),
        ((20, 60, 20), Word.DEPENDS),
        ((4, 60, 36), Word.NOT_SUPPORTED),
        ((0, 6, 94), Word.NOT_SUPPORTED),
    ],
)
def test_shares_alone_give_one_word(counts: tuple[int, int, int], word: Word) -> None:
    assert word_of(evidence(effects(*counts))) is word


def test_an_effect_of_just_the_smallest_size_that_matters_counts() -> None:
    assert shares_of(np.array([1.0, 0.999, -1.0]), 1.0, "higher") == Shares(1 / 3, 1 / 3, 1 / 3, 3)


def test_a_claim_of_no_effect_holds_where_the_effect_is_small() -> None:
    left_over = 1.0 - np.abs(np.array([0.2, -0.9, 1.5]))  # what matters less the size
    assert shares_of(left_over, 1.0, "none") == Shares(2 / 3, 0.0, 1 / 3, 3)


def test_an_assumption_is_named_where_its_zero_changes_the_word() -> None:
    rng = np.random.default_rng(1)
    favour = 2.0 + rng.normal(0, 0.3, 60)
    assert word_of(evidence(favour, np.zeros(60))) is Word.ASSUMED
    # the same word at zero: no assumption decides
    assert word_of(evidence(favour, favour - 0.01)) is Word.SUPPORTED


def test_an_assumption_that_carries_little_variance_does_not_decide() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(0, 5.0, 400)
    at_zero = noise - 6.0
    found = evidence(noise + 14.0, at_zero)
    assert found.own_share < 0.5
    assert word_of(found) is not Word.ASSUMED


def test_structures_that_tell_different_stories_make_it_depend() -> None:
    favour = np.concatenate([np.full(20, 2.0), np.zeros(20)])
    levels = ["a"] * 20 + ["b"] * 20
    assert word_of(evidence(favour, rest=levels)) is Word.DEPENDS
    assert conflict(evidence(favour, rest=levels).levels()["rest"])


def test_a_structure_in_which_a_likely_claim_does_nothing_makes_it_depend() -> None:
    """Over all draws it holds in 85 percent; with one way to build the model it never does."""
    favour = np.concatenate([np.full(68, 2.0), np.zeros(12)])
    found = evidence(favour, rest=["a"] * 68 + ["b"] * 12)
    assert found.shares.word is Word.LIKELY
    assert word_of(found) is Word.DEPENDS


def test_levels_with_few_draws_cannot_tell_a_story() -> None:
    favour = np.concatenate([np.full(91, 2.0), np.zeros(9)])
    levels = ["a"] * 91 + ["b"] * 9
    found = evidence(favour, rest=levels)
    assert word_of(found) is Word.LIKELY
    assert is_provisional(found)


def test_supported_needs_every_level() -> None:
    favour = np.concatenate([np.full(96, 2.0), np.zeros(4)])
    levels = ["a"] * 80 + ["b"] * 20  # all four failures are with b: 80 percent there
    assert word_of(evidence(favour, rest=levels)) is Word.LIKELY
    assert word_of(evidence(favour, rest=["a", "b"] * 50)) in {Word.SUPPORTED, Word.LIKELY}
    assert word_of(evidence(np.full(100, 2.0), rest=levels)) is Word.SUPPORTED


def test_a_clear_case_is_steady_and_a_border_case_is_not() -> None:
    clear, border = evidence(effects(50, 0, 0)), evidence(effects(40, 10, 0))
    assert steadiness(clear, word_of(clear)) == 1.0
    assert steadiness(border, word_of(border)) < 0.95


@given(st.tuples(*[st.integers(0, 60)] * 3).filter(lambda counts: sum(counts) > 0))
def test_shares_add_to_one_and_every_mix_has_a_word(counts: tuple[int, int, int]) -> None:
    found = evidence(effects(*counts))
    assert found.shares.holds + found.shares.nothing + found.shares.fails == pytest.approx(1.0)
    assert word_of(found) in set(Word) - {Word.CANNOT, Word.BLOCKED, Word.ASSUMED}


@given(st.integers(0, 100), st.integers(0, 100))
def test_more_draws_that_hold_never_make_the_word_less_favourable(a: int, b: int) -> None:
    order = [Word.NOT_SUPPORTED, Word.NO_EFFECT, Word.UNLIKELY, Word.DEPENDS, Word.LIKELY,
             Word.SUPPORTED]  # fmt: skip
    low, high = sorted((a, b))
    ranks = [order.index(word_of(evidence(effects(k, 0, 100 - k)))) if k > 5 else -1
             for k in (low, high)]  # fmt: skip
    assert ranks[0] <= ranks[1]
