"""The word of a claim, by fixed rules from the shares of draws in which it holds.

The words and their order are fixed once for all claims. *Holds* is an effect of at least the
smallest size that matters in the predicted direction; *fails* is one of that size the other way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.interval import Floats

Bools = NDArray[np.bool_]
SURE, LIKELY, MOSTLY_NONE = 0.95, 0.80, 0.80
RARE, SELDOM = 0.05, 0.20
LEVEL_DRAWS = 10  # draws of a level before it is judged by itself
HALF = 0.5  # of the variance


class Word(StrEnum):
    """What may be said of a claim."""

    CANNOT = "cannot be judged from the papers"
    BLOCKED = "no verdict: runs are missing"
    ASSUMED = "follows from an assumption"
    SUPPORTED = "supported in the model"
    LIKELY = "likely"
    AGAINST = "works against its aim in the model"
    NO_EFFECT = "no practical effect"
    UNLIKELY = "unlikely"
    NOT_SUPPORTED = "not supported in the model, under these ranges"
    DEPENDS = "depends"


KINDS = {
    Word.SUPPORTED: "helps", Word.LIKELY: "helps", Word.AGAINST: "harms",
    Word.NO_EFFECT: "does little", Word.UNLIKELY: "does little",
    Word.NOT_SUPPORTED: "does little", Word.DEPENDS: "depends",
}  # fmt: skip


class Shares(NamedTuple):
    """Shares of draws in which a claim holds, nothing that matters happens, and it fails."""

    holds: float
    nothing: float
    fails: float
    draws: int

    @property
    def word(self) -> Word:
        """The word that the shares alone give, structures apart.

        >>> Shares(0.96, 0.04, 0.0, 100).word.value, Shares(0.1, 0.9, 0.0, 100).word.value
        ('supported in the model', 'no practical effect')
        """
        if self.holds >= SURE:
            return Word.SUPPORTED
        if self.holds >= LIKELY:
            return Word.LIKELY
        if self.fails >= SURE:
            return Word.AGAINST
        if self.nothing >= MOSTLY_NONE:
            return Word.NO_EFFECT
        if RARE <= self.holds < SELDOM:
            return Word.UNLIKELY
        return Word.NOT_SUPPORTED if self.holds < RARE else Word.DEPENDS


def favoured(effects: Floats, matters: float, predicted: str) -> Floats:
    """Effects with the predicted direction positive; of none, what matters less the size.

    >>> favoured(np.array([-2.0, 0.5]), 1.0, "lower"), favoured(np.array([-2.0]), 1.0, "none")
    (array([ 2. , -0.5]), array([-1.]))
    """
    if predicted == "none":
        return matters - np.abs(effects)
    return effects if predicted == "higher" else -effects


def told(favour: Floats, matters: float, predicted: str) -> tuple[Bools, Bools]:
    """In which draws a claim holds, and in which it fails.

    A claim of no effect holds where the effect is smaller than what matters, and else fails.
    """
    if predicted == "none":
        return favour > 0, favour <= 0
    return favour >= matters, favour <= -matters


def shares_of(favour: Floats, matters: float, predicted: str) -> Shares:
    """Shares of draws from effects whose predicted direction is positive."""
    n = len(favour)
    up, down = (int(rows.sum()) for rows in told(favour, matters, predicted))
    return Shares(up / n, (n - up - down) / n, down / n, n)


@dataclass(frozen=True)
class Evidence:
    """Effects of a claim by draw, and what else its word follows from.

    Attributes
    ----------
    favour : (n,) float64
        Effects with the predicted direction positive.
    at_zero : (n,) float64 or None
        The same with the claim's own numbers at no effect.
    structures : mapping of (n,)
        Level of each structural factor.
    """

    favour: Floats
    at_zero: Floats | None
    structures: Mapping[str, Sequence[str]]
    matters: float
    predicted: str

    def of(self, rows: NDArray[np.int64]) -> Evidence:
        """The same for some draws."""
        structures = {k: [v[i] for i in rows] for k, v in self.structures.items()}
        at_zero = None if self.at_zero is None else self.at_zero[rows]
        return Evidence(self.favour[rows], at_zero, structures, self.matters, self.predicted)

    @property
    def holds(self) -> Bools:
        """In which draws the claim holds."""
        return told(self.favour, self.matters, self.predicted)[0]

    @property
    def shares(self) -> Shares:
        """Over all draws."""
        return shares_of(self.favour, self.matters, self.predicted)

    @property
    def zero_shares(self) -> Shares | None:
        """With the claim's own numbers at no effect."""
        if self.at_zero is None:
            return None
        return shares_of(self.at_zero, self.matters, self.predicted)

    @property
    def own_share(self) -> float:
        """The share of variance that goes when the claim's own numbers are at no effect."""
        if self.at_zero is None:
            return 0.0
        whole = float(self.favour.var())
        return max(0.0, 1 - float(self.at_zero.var()) / whole) if whole else 0.0

    def levels(self) -> dict[str, dict[str, Shares]]:
        """Shares at each level of each structural factor."""
        found: dict[str, dict[str, Shares]] = {}
        for name, values in self.structures.items():
            each = np.asarray(values)
            found[name] = {
                str(level): shares_of(self.favour[each == level], self.matters, self.predicted)
                for level in np.unique(each)
            }
        return found


def word_of(evidence: Evidence) -> Word:
    """The word, in the order of the rules: assumption, structure, then the shares."""
    whole, zero = evidence.shares, evidence.zero_shares
    if zero is not None and KINDS[zero.word] != KINDS[whole.word] and evidence.own_share > HALF:
        return Word.ASSUMED
    levels = evidence.levels()
    if any(conflict(each) for each in levels.values()):
        return Word.DEPENDS
    if whole.word is Word.SUPPORTED:
        everywhere = all(s.holds >= SURE for each in levels.values() for s in each.values())
        return Word.SUPPORTED if everywhere else Word.LIKELY
    return whole.word


def conflict(levels: Mapping[str, Shares]) -> bool:
    """Whether levels of a structure, with draws enough, tell different stories."""
    told = {KINDS[s.word] for s in levels.values() if s.draws >= LEVEL_DRAWS}
    return len(told - {"depends"}) > 1


def is_provisional(evidence: Evidence) -> bool:
    """Whether a level of a structure has too few draws to be judged by itself."""
    return any(s.draws < LEVEL_DRAWS for each in evidence.levels().values() for s in each.values())


def steadiness(evidence: Evidence, word: Word, resamples: int = 200) -> float:
    """Share of resampled ensembles that give the same word."""
    n = len(evidence.favour)
    rng = np.random.default_rng([17, n])
    picks = [rng.integers(0, n, n) for _ in range(resamples)]
    return float(np.mean([word_of(evidence.of(rows)) is word for rows in picks]))
