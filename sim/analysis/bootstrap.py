"""Bootstrap of a mean: the bias-corrected and accelerated interval, the same for the same values.

Resampling takes its indices by address: they hang on the number of values and on nothing else.
Values are sorted first and every resample has a mirror image, so the order of values does not
matter, and values of the other sign have the interval of the other sign.
"""

from __future__ import annotations

from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

Floats = NDArray[np.float64]
PAIRS = 2_500  # of a resample and its mirror image; a multiple of four
SEED = 1  # of resampling; no seed of a study moves it


def bca(values: Floats, confidence: float) -> tuple[float, float]:
    """Efron's BCa interval of a mean, its levels widened as Student's are (Hesterberg 2015).

    Without that a bootstrap takes the spread of n values for that of their source, and is short
    by a factor of sqrt(1 - 1 / n) and by what Student adds.
    """
    n = len(values)
    level = ndtr(sqrt(n / (n - 1)) * stdtrit(n - 1, (1 + confidence) / 2))
    return bca_at(values, float(1 - level), float(level))


def bca_at(values: Floats, lower: float, upper: float) -> tuple[float, float]:
    """Quantiles of resampled means at two levels, corrected for bias and for skewness."""
    ordered = np.sort(values)
    means, centre = resampled_means(ordered), ordered.mean()
    below = (means < centre).mean() + (means == centre).mean() / 2
    bias = ndtri(np.clip(below, 0.5 / len(means), 1 - 0.5 / len(means)))
    z = bias + ndtri(np.array([lower, upper]))
    corrected = ndtr(bias + z / (1 - acceleration(ordered) * z))
    low, high = np.quantile(means, corrected)
    return float(low), float(high)


def acceleration(values: Floats) -> float:
    """A sixth of the skewness of the mean, by leaving out one value at a time."""
    gap = values - values.mean()
    gap = gap / np.abs(gap).max()
    return float((gap**3).sum() / (6 * (gap**2).sum() ** 1.5))


def resampled_means(ordered: Floats) -> Floats:
    """Means of resamples of sorted values and of their mirror images: (2 * PAIRS,)."""
    which = _indices(len(ordered))
    return np.concatenate([ordered[which].mean(axis=1), ordered[::-1][which].mean(axis=1)])


@lru_cache(maxsize=4)
def _indices(n: int) -> NDArray[np.intp]:
    """Which of ``n`` values stand in each resample: (PAIRS, n)."""
    from sim.chance.streams import Stream, uniforms  # noqa: PLC0415 -- most intervals need no chance

    drawn = uniforms(SEED, Stream.RESAMPLE, np.arange(PAIRS * n // 4), other=n)  # four each
    return (drawn * n).astype(np.intp).reshape(PAIRS, n)
