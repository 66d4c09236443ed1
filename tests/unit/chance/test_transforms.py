"""From words to numbers: the laws that the inverse transforms must follow."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.chance.kernels import (
    exponential,
    half_uniforms,
    lognormal,
    normal,
    pick,
    sigma_of,
    uniform,
    weibull,
)

LARGEST = 2**64 - 1
words = st.integers(0, LARGEST)
U = np.concatenate(
    [
        10.0 ** np.linspace(-300, -1, 3_000),
        np.linspace(0.001, 0.999, 4_000),
        1 - 10.0 ** -np.linspace(1, 15.9, 300),
        [0.074999, 0.075, 0.075001, 0.924999, 0.925, 0.925001, 1e-16, 1 - 2.0**-53],
        np.exp(-25.0) * np.array([0.999999, 1.0, 1.000001]),  # where the approximation changes
    ]
)
U.sort()


def of(transform: Callable[..., float], *settings: float) -> np.ndarray:
    return np.array([transform(float(u), *settings) for u in U])


def test_the_smallest_word_is_more_than_nothing() -> None:
    assert 0 < uniform(np.uint64(0)) < 2.0**-52


@given(word=words)
def test_a_uniform_is_its_word_over_the_largest(word: int) -> None:
    """Within the grain of double precision, computed here in whole numbers."""
    gap = Fraction(float(uniform(np.uint64(word)))) - Fraction(word, 2**64)
    assert abs(gap) <= Fraction(1, 2**52)


@given(one=words, two=words)
def test_a_larger_word_is_no_smaller_uniform(one: int, two: int) -> None:
    low, high = sorted((one, two))
    assert uniform(np.uint64(low)) <= uniform(np.uint64(high))


@given(word=words)
def test_half_uniforms_are_the_halves_of_a_word(word: int) -> None:
    """The low 32 bits are the first, the high 32 bits the second, both strictly inside."""
    for half, found in zip((word % 2**32, word >> 32), half_uniforms(np.uint64(word)), strict=True):
        assert Fraction(float(found)) == Fraction(2 * half + 1, 2**33)
        assert 0 < found < 1


@pytest.mark.parametrize("bit", range(64))
def test_half_uniforms_use_every_bit(bit: int) -> None:
    """Turning one bit over moves one of the two numbers and leaves the other."""
    word = 0x0123456789ABCDEF
    before = half_uniforms(np.uint64(word))
    after = half_uniforms(np.uint64(word ^ 1 << bit))
    assert [a != b for a, b in zip(before, after, strict=True)] == [bit < 32, bit >= 32]


def test_normal_is_the_quantile_of_the_normal_law() -> None:
    """Against SciPy, from 1e-300 to the last number before one."""
    np.testing.assert_allclose(of(normal), stats.norm.ppf(U), rtol=1e-14, atol=1e-300)


@given(k=st.integers(1, 2**52))
def test_normal_is_odd_about_one_half(k: int) -> None:
    u = k * 2.0**-53  # u and 1 - u are both exact
    assert normal(u) == -normal(1.0 - u)


@pytest.mark.parametrize(("scale", "shape"), [(1.0, 1.0), (3600.0, 1.5), (0.2, 0.7), (5.0, 4.0)])
def test_weibull_is_the_upper_quantile_of_the_weibull_law(scale: float, shape: float) -> None:
    expected = stats.weibull_min.isf(U, shape, scale=scale)
    np.testing.assert_allclose(of(weibull, scale, shape), expected, rtol=1e-13)


def test_exponential_is_the_upper_quantile_of_the_exponential_law() -> None:
    np.testing.assert_allclose(of(exponential), stats.expon.isf(U), rtol=1e-14)


def test_weibull_of_shape_one_is_exponential() -> None:
    np.testing.assert_allclose(of(weibull, 7.0, 1.0), 7.0 * of(exponential), rtol=1e-15)


def test_lognormal_is_the_quantile_of_the_lognormal_law() -> None:
    """A normal law with standard deviation s, of which the mean of the exponential is given."""
    mean, s = 846.0, 0.7
    expected = stats.lognorm.ppf(U, s, scale=mean / np.exp(s * s / 2))
    np.testing.assert_allclose(of(lognormal, mean, s), expected, rtol=1e-12)


@pytest.mark.parametrize("cv", [0.1, 0.6, 1.0, 1.5])
@pytest.mark.parametrize("mean", [0.5, 900.0])
def test_lognormal_has_the_mean_and_the_variation_it_is_given(mean: float, cv: float) -> None:
    """Integrated numerically over u; the step is taken in the normal score of u."""
    z = np.linspace(-8.0, 8.0, 4_001)
    weight = stats.norm.pdf(z) * (z[1] - z[0])
    x = np.array([lognormal(float(u), mean, sigma_of(cv)) for u in stats.norm.cdf(z)])
    first, second = float(weight @ x), float(weight @ x**2)
    assert first == pytest.approx(mean, rel=1e-6)
    assert (second - first**2) ** 0.5 / first == pytest.approx(cv, rel=1e-5)


@given(u=st.floats(1e-300, 1, exclude_max=True))
def test_without_variation_a_lognormal_is_its_mean(u: float) -> None:
    assert lognormal(u, 846.0, sigma_of(0.0)) == 846.0


@pytest.mark.parametrize(
    ("transform", "settings", "rises"),
    [
        (normal, (), True),
        (lognormal, (60.0, 0.8), True),
        (exponential, (), False),
        (weibull, (60.0, 1.5), False),
    ],
)
def test_transforms_are_monotone(
    transform: Callable[..., float], settings: tuple[float, ...], rises: bool
) -> None:
    """Common random numbers need it: more luck is never less time, or never more."""
    steps = np.diff(of(transform, *settings))
    assert (steps >= 0).all() if rises else (steps <= 0).all()


shares = st.lists(st.integers(0, 5), min_size=1, max_size=8).filter(any)


@given(weights=shares, u=st.floats(0, 1, exclude_min=True, exclude_max=True), data=st.data())
def test_pick_finds_what_a_search_in_the_sorted_shares_finds(
    weights: list[int], u: float, data: st.DataObject
) -> None:
    """NumPy's search from the right, within any stretch of a column; the last if none exceeds u."""
    cumulative = np.cumsum(weights) / sum(weights)
    low = data.draw(st.integers(0, len(weights) - 1))
    high = data.draw(st.integers(low + 1, len(weights)))
    expected = low + int(np.searchsorted(cumulative[low:high], u, side="right"))
    assert pick(u, cumulative, low, high) == min(expected, high - 1)


@given(weights=shares, u=st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_what_has_no_share_is_never_picked(weights: list[int], u: float) -> None:
    cumulative = np.cumsum(weights) / sum(weights)
    assert weights[pick(u, cumulative, 0, len(weights))] > 0


@given(weights=shares)
def test_each_is_picked_as_often_as_its_share(weights: list[int]) -> None:
    """Over an even grid of u, exactly."""
    total = sum(weights)
    cumulative = np.cumsum(weights) / total
    grid = (np.arange(4 * total) + 0.5) / (4 * total)
    picked = [int(pick(u, cumulative, 0, len(weights))) for u in grid]
    assert np.bincount(picked, minlength=len(weights)).tolist() == [4 * w for w in weights]
