"""Philox 4x64-10 and inverse transforms: a random number is a pure function of its address.

Nothing here holds state. A caller asks for the block at an address and turns its four words
into what it needs, so a draw that is added, moved or dropped shifts no other draw.

Source: Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3; constants of Random123.
"""

import math

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import config
from numba.extending import intrinsic

from sim.compiled import formula, making

MULTIPLIER_0 = np.uint64(0xD2E7470EE14C6C93)
MULTIPLIER_1 = np.uint64(0xCA5A826395121157)
WEYL_0 = np.uint64(0x9E3779B97F4A7C15)
WEYL_1 = np.uint64(0xBB67AE8584CAA73B)
ROUNDS = 10
SHIFT_53 = np.uint64(11)
SHIFT_32 = np.uint64(32)
LOW_32 = np.uint64(0xFFFFFFFF)

if getattr(config, "DISABLE_JIT", 0):

    def product(a, b):
        """Upper and lower 64 bits of the 128-bit product of two unsigned 64-bit numbers."""
        wide = int(a) * int(b)
        return np.uint64(wide >> 64), np.uint64(wide & (2**64 - 1))

else:

    @intrinsic
    def product(typing_context, a, b):
        """Upper and lower 64 bits of the 128-bit product of two unsigned 64-bit numbers.

        Both from one multiplication: asked for one by one they cost two, and multiplications are
        what a block takes its time for.
        """

        def generate(context, builder, signature, arguments):
            narrow, wide = ir.IntType(64), ir.IntType(128)
            factors = [builder.zext(argument, wide) for argument in arguments]
            both = builder.mul(*factors)
            upper = builder.trunc(builder.lshr(both, ir.Constant(wide, 64)), narrow)
            return context.make_tuple(
                builder, signature.return_type, [upper, builder.trunc(both, narrow)]
            )

        return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), generate


@formula
def philox(key_0, key_1, who_low, who_high, occasion, replication):
    """Return the four 64-bit words at an address.

    Parameters
    ----------
    key_0, key_1 : uint64 -- study seed, stream
    who_low, who_high, occasion, replication : uint64 -- whom the draw belongs to, which time round

    Returns
    -------
    tuple of 4 uint64
    """
    a, b, c, d = who_low, who_high, occasion, replication
    for _ in range(ROUNDS):
        high_a, low_a = product(MULTIPLIER_0, a)
        high_c, low_c = product(MULTIPLIER_1, c)
        a, b, c, d = high_c ^ b ^ key_0, low_c, high_a ^ d ^ key_1, low_a
        key_0 += WEYL_0
        key_1 += WEYL_1
    return a, b, c, d


@formula
def uniform(word):
    """A word as a number strictly between 0 and 1, with 53 bits."""
    return (np.float64(word >> SHIFT_53) + 0.5) * 2.0**-53


@formula
def half_uniforms(word):
    """A word as two numbers strictly between 0 and 1, with 32 bits each."""
    low, high = word & LOW_32, word >> SHIFT_32
    return (np.float64(low) + 0.5) * 2.0**-32, (np.float64(high) + 0.5) * 2.0**-32


@formula
def exponential(u):
    """Exponential with mean 1."""
    return -math.log(u)


@formula
def weibull(u, scale, shape):
    """Weibull by inversion; shape 1 is exponential."""
    return scale * math.pow(-math.log(u), 1.0 / shape)


@formula
def normal(u):
    """Standard normal quantile: Wichura (1988), algorithm AS 241, relative error about 1e-16."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * (
            (((((((2509.0809287301226727 * r + 33430.575583588128105) * r
            + 67265.770927008700853) * r + 45921.953931549871457) * r
            + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608)
            / (((((((5226.495278852545925 * r + 28729.085735721942674) * r
            + 39307.89580009271061) * r + 21213.794301586595867) * r
            + 5394.1960214247511077) * r + 687.1870074920579083) * r
            + 42.313330701600911252) * r + 1.0)
        )  # fmt: skip
    r = math.sqrt(-math.log(min(u, 1.0 - u)))
    if r <= 5.0:
        r -= 1.6
        z = (
            (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r
            + 0.24178072517745061177) * r + 1.27045825245236838258) * r
            + 3.64784832476320460504) * r + 5.7694972214606914055) * r
            + 4.6303378461565452959) * r + 1.42343711074968357734)
            / (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r
            + 0.0151986665636164571966) * r + 0.14810397642748007459) * r
            + 0.68976733498510000455) * r + 1.6763848301838038494) * r
            + 2.05319162663775882187) * r + 1.0)
        )  # fmt: skip
    else:
        r -= 5.0
        z = (
            (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
            + 0.0012426609473880784386) * r + 0.026532189526576123093) * r
            + 0.29656057182850489123) * r + 1.7848265399172913358) * r
            + 5.4637849111641143699) * r + 6.6579046435011037772)
            / (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r
            + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r
            + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
            + 0.59983220655588793769) * r + 1.0)
        )  # fmt: skip
    return -z if q < 0.0 else z


def sigma_of(cv: float) -> float:
    """Shape of a lognormal law with a given coefficient of variation."""
    return math.sqrt(math.log(1.0 + cv * cv))


@formula
def lognormal(u, mean, sigma):
    """Lognormal with a given mean and shape, see ``sigma_of``."""
    return mean * math.exp(sigma * (normal(u) - 0.5 * sigma))


@formula
def pick(u, cumulative, low, high):
    """First index in ``[low, high)`` whose cumulative share exceeds ``u``; the last if none."""
    while low < high - 1 and cumulative[low] <= u:
        low += 1
    return low


@making
def blocks(seed, key, who, other, occasion, replication):
    """Four uniforms for each of ``who``: (n, 4) float64."""
    drawn = np.empty((len(who), 4), np.float64)
    for i in range(len(who)):
        words = philox(seed, key, np.uint64(who[i]), other, occasion, replication)
        for k in range(4):
            drawn[i, k] = uniform(words[k])
    return drawn
