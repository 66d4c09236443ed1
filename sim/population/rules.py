"""Rules of behaviour, a line each: citizens follow them, and laws are held against them."""

import math

import numpy as np

from sim.chance.kernels import exponential
from sim.compiled import formula


@formula
def arrives(u, utility):
    """Logarithm of an alternative's race time, which is exponential with rate exp(utility).

    The first to arrive is taken, which is the logit; the logarithm knows no utility too large.
    """
    return math.log(exponential(u)) - utility


@formula
def move_trust(trust, citizen, score, behaviour):
    """Trust moves a step towards what was met."""
    held = np.float64(trust[citizen])  # a step in single precision would be another one
    trust[citizen] = held + behaviour.trust_step * (score - held)
