"""How a case is tried: a pilot says how long, fresh replications give the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from sim.engine import ENGINES, Engine
from sim.laws.expressed import NotExpressedError
from sim.laws.families import Living, system_of
from sim.laws.kernels import CONTROLS
from sim.laws.law import Law
from sim.laws.measure import Measure
from sim.laws.measures import measure_of
from sim.laws.seen import Floats

TINY = 1e-300  # keeps a scale from being zero
FAMILY_ERROR = 0.001  # chance that a right engine fails anywhere in a file
PILOT, REPLICATIONS = 120, 120
UNKNOWN = 100.0  # times the pilot, where it saw nothing
SHORTEST = 4_000  # cases of a replication
PER_TOLERANCE = 8.0  # standard errors in the tolerance: a right engine then nearly always passes
MOST_AGAIN = 4.0  # times longer, at the second try
PASS, FAIL, INCONCLUSIVE, NOT_EXPRESSED = "PASS", "FAIL", "INCONCLUSIVE", "NOT_EXPRESSED"


@dataclass(frozen=True)
class Trial:
    """What became of a law."""

    law: Law
    verdict: str
    estimate: float = np.nan
    se: float = np.nan
    n: int = 0  # cases that came
    reason: str = ""

    @property
    def z(self) -> float:
        """Standard errors from the exact value."""
        return (self.estimate - self.law.exact) / self.se if self.se > 0 else np.nan


@dataclass(frozen=True)
class Terms:
    """How hard to try."""

    tolerance: float = 0.02  # of the exact value
    laws: int = 100  # in the whole file: the family error is shared among them
    most: float = 4e9  # cases of one case
    seed: int = 1


def tried(laws: Sequence[Law], terms: Terms, engine: Engine = ENGINES["compiled"]) -> list[Trial]:
    """Try the laws of one case on the same runs."""
    try:
        system = system_of(laws[0].family, laws[0].parameters)
    except NotExpressedError as error:
        return [Trial(law, NOT_EXPRESSED, reason=str(error)) for law in laws]
    known: list[tuple[Law, Measure]] = []
    found: dict[int, Trial] = {}
    for law in laws:
        try:
            known.append((law, _measure(law, system)))
        except NotExpressedError as error:
            found[id(law)] = Trial(law, NOT_EXPRESSED, reason=str(error))
    for one in _judgements(known, system, terms, engine) if known else ():
        found[id(one.law)] = one
    return [found[id(law)] for law in laws]


def _measure(law: Law, system: Living) -> Measure:
    if law.exact == 0:
        raise NotExpressedError("a tolerance is relative, and the exact value is 0")
    return measure_of(law.metric, law.exact, system)


def _judgements(
    known: Sequence[tuple[Law, Measure]], system: Living, terms: Terms, engine: Engine
) -> list[Trial]:
    """A pilot says how long it takes and what luck is worth; fresh replications give the figures.

    What is not settled is tried once more, with longer ones. The verdict is that of a law's last
    try alone, so that looking twice favours nobody.
    """
    life = Life(system, engine, terms.seed, _address(known[0][0]))
    forgotten = int(system.settles * system.rate)
    length = max(SHORTEST, forgotten)
    if PILOT * length > terms.most:
        said = f"the line forgets its beginning only after {forgotten:.1g} cases"
        return [Trial(law, INCONCLUSIVE, reason=said) for law, _ in known]
    pilot = life.lived([measure for _, measure in known], range(PILOT), length)
    asked = [Asked(law, measure, worth_of(pilot.controls, sums, measure))
             for (law, measure), sums in zip(known, pilot.sums, strict=True)]  # fmt: skip
    needed = max(_factor(one.law, figure, terms) for one, figure in pilot.figures(asked, own=True))
    length = int(max(length, min(terms.most, PILOT * length * needed) / REPLICATIONS))
    found: dict[int, Trial] = {}
    for first in (PILOT, PILOT + REPLICATIONS):
        measures = [one.measure for one in asked]
        fresh = life.lived(measures, range(first, first + REPLICATIONS), length)
        for one, figure in fresh.figures(asked):
            found[id(one.law)] = _judged(one.law, figure, REPLICATIONS * length, terms)
        asked = [one for one in asked if found[id(one.law)].verdict != PASS]
        if not asked:
            break
        length = int(length * max(_longer(found[id(one.law)], terms) for one in asked))
    return list(found.values())


def _factor(law: Law, found: Figure, terms: Terms) -> float:
    """How many times longer, to have the wanted standard error."""
    wanted = terms.tolerance * abs(law.exact) / PER_TOLERANCE
    return (found.se / wanted) ** 2 if isfinite(found.se) else UNKNOWN


def _longer(tried_once: Trial, terms: Terms) -> float:
    """How many times longer the second try is: four times after a failure, else as it takes."""
    if tried_once.verdict == FAIL:
        return MOST_AGAIN
    figure = Figure(tried_once.estimate, tried_once.se, 1)
    return min(MOST_AGAIN, max(1.5, _factor(tried_once.law, figure, terms)))


def _address(law: Law) -> int:
    """What gives a case luck of its own."""
    return int.from_bytes(blake2b(repr(law.case).encode(), digest_size=7).digest(), "little")


class Asked(NamedTuple):
    """A law, what is summed for it, and how much of these sums each control explains."""

    law: Law
    measure: Measure
    worth: Floats  # (n_controls, n_sums)


class Lived(NamedTuple):
    """What replications add up to, a row each."""

    sums: Sequence[Floats]  # for each law: (n, n_sums)
    controls: Floats  # (n, n_controls)

    def figures(self, asked: Sequence[Asked], own: bool = False) -> Iterator[tuple[Asked, Figure]]:
        """Each law's figure, with what luck is worth taken away.

        Unless the worth is these replications' own, it does not know them, and the controls have
        no expectation: however poor it is, the figure is the engine's, its error that of a mean.
        """
        for one, sums in zip(asked, self.sums, strict=True):
            used = int(np.count_nonzero(one.worth.any(axis=1))) if own else 0
            yield one, figure_of(sums - self.controls @ one.worth, one.measure, 1 + used)


@dataclass(frozen=True)
class Life:
    """A system as one engine lives it."""

    system: Living
    engine: Engine
    seed: int
    case: int

    def lived(self, measures: Sequence[Measure], replications: Iterable[int], n: int) -> Lived:
        """Some replications of ``n`` cases each."""
        rows: list[list[Floats]] = [[] for _ in range(len(measures) + 1)]
        for replication in replications:
            total: list[Floats] = [np.zeros(1) for _ in rows]
            for seen in self.system.lived(self.engine, self.seed, self.case, replication, n):
                found = [*(measure.sums(seen) for measure in measures), seen.controls]
                total = [row + sums for row, sums in zip(total, found, strict=True)]
            for row, sums in zip(rows, total, strict=True):
                row.append(sums)
        *sums_of, controls = (np.array(row) for row in rows)
        return Lived(sums_of, controls)


class Figure(NamedTuple):
    """An estimate, its standard error and the degrees of freedom of that."""

    value: float
    se: float
    freedom: int


def worth_of(controls: Floats, sums: Floats, measure: Measure) -> Floats:
    """How much each control adds to each sum, (n_controls, n_sums): a regression over a pilot.

    Nothing is taken away where the controls do not help to foretell the share in the figure of a
    replication that was left out.
    """
    n, k = len(sums), min(CONTROLS[measure.order], controls.shape[1])
    worth, shares = np.zeros((controls.shape[1], sums.shape[1])), shares_of(sums, measure)
    if k == 0 or k >= n // 4 or not np.isfinite(shares).all():
        return worth
    scale = np.abs(controls[:, :k]).max(axis=0) + TINY
    columns = np.column_stack([np.ones(n), controls[:, :k] / scale])
    if _missed(columns, shares) < _missed(columns[:, :1], shares):
        worth[:k] = np.linalg.lstsq(columns, sums, rcond=None)[0][1:] / scale[:, None]
    return worth


def _missed(columns: Floats, shares: Floats) -> float:
    """Squared errors of a regression, each in foretelling a row that was left out of it."""
    hat = columns @ np.linalg.pinv(columns)
    rest = (shares - hat @ shares) / (1 - np.diag(hat))
    return float(rest @ rest)


def shares_of(sums: Floats, measure: Measure) -> Floats:
    """The share of each replication in a figure, by leaving it out: their mean is the figure."""
    n, total = len(sums), sums.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):  # of nobody, a share is not a number
        whole = measure.value(total[None])[0]
        shares: Floats = n * whole - (n - 1) * measure.value(total - sums)
    return shares


def figure_of(sums: Floats, measure: Measure, spent: int = 1) -> Figure:
    """A figure from sums of replications; ``spent`` degrees of freedom went into them."""
    n, shares = len(sums), shares_of(sums, measure)
    if not np.isfinite(shares).all():
        return Figure(np.nan, np.nan, n - spent)
    rest = shares - shares.mean()
    se = sqrt(float(rest @ rest) / (n - spent) / n)
    return Figure(float(shares.mean()), se, n - spent)


def _judged(law: Law, found: Figure, n: int, terms: Terms) -> Trial:
    off, allowed = abs(found.value - law.exact), terms.tolerance * abs(law.exact)
    reach = found.se * float(stdtrit(found.freedom, 1 - FAMILY_ERROR / (2 * terms.laws)))
    said = ""
    if not isfinite(found.value):
        verdict, said = INCONCLUSIVE, f"nobody was seen whom the metric is about, in {n:,} cases"
    elif off + reach <= allowed:
        verdict = PASS
    elif off > reach:
        verdict = FAIL
        said = f"off by {_percent(off, law)}, where chance explains {_percent(reach, law)}"
    else:
        verdict = INCONCLUSIVE
        said = (
            f"known to {_percent(reach, law)}, off by {_percent(off, law)}: more cases are needed"
        )
    return Trial(law, verdict, found.value, found.se, n, said)


def _percent(off: float, law: Law) -> str:
    return f"{100 * off / abs(law.exact):.3g} %"
