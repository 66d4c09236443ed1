"""What is said where pairing widens an interval."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.compare import paired_effect
from sim.analysis.pairing import doubts_of_pairing


def test_pairs_that_hurt_are_said_and_others_are_not() -> None:
    """A reform under which bad luck becomes good: differences vary four times as one arm does."""
    base = np.array([1.0, 2.0, 3.0])
    hurt = paired_effect("mirror", "wait_mean", 4 - base, base)
    helped = paired_effect("copy", "wait_mean", base + np.array([0.0, 0.1, 0.0]), base)
    alone = paired_effect("alone", "wait_mean", base[:1], base[:1])
    assert hurt.gain == pytest.approx(0.5)
    (said,) = doubts_of_pairing([hurt, helped, alone])
    assert "mirror" in said
    assert "0.50" in said
