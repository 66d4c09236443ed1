"""How a case is tried: a pilot says how long, fresh replications give the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from math import inf, isfinite, sqrt

import numpy as np
from scipy.stats import t as student

from sim.engine import ENGINES, Engine
from sim.laws.expressed import NotExpressedError
from sim.laws.families import Living, system_of
from sim.laws.law import Law
from sim.laws.measures import Measure, measure_of
from sim.laws.seen import Floats

FAMILY_ERROR = 0.001  # chance that a right engine fails anywhere in a file
PILOT, REPLICATIONS = 40, 120
UNKNOWN = 100.0  # times the pilot, where it saw nothing
APART = (0.0, 3e7, 3e8, 1e9, inf)  # cases: laws that need so many are not tried with quicker ones
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
    for one in _measured(known, system, terms, engine) if known else ():
        found[id(one.law)] = one
    return [found[id(law)] for law in laws]


def _measure(law: Law, system: Living) -> Measure:
    if law.exact == 0:
        raise NotExpressedError("a tolerance is relative, and the exact value is 0")
    return measure_of(law.metric, law.exact, system)


Known = Sequence[tuple[Law, Measure]]


def _measured(known: Known, system: Living, terms: Terms, engine: Engine) -> list[Trial]:
    """A pilot says how long each law needs; the quick ones do not wait for the slow ones."""
    life = Life(system, engine, terms.seed, _address(known[0][0]))
    length = max(4_000, int(4 * system.settles * system.rate))
    if PILOT * length > terms.most:
        said = f"the line forgets its beginning only after {system.settles * system.rate:.1g} cases"
        return [Trial(law, INCONCLUSIVE, reason=said) for law, _ in known]
    figures = life.figures(known, range(PILOT), length)
    needed = [min(terms.most, PILOT * length * _factor(law, figure, terms.tolerance))
              for (law, _), figure in zip(known, figures, strict=True)]  # fmt: skip
    found: list[Trial] = []
    begin = PILOT
    for low, high in pairwise(APART):
        group = [one for one, n in zip(known, needed, strict=True) if low <= n < high]
        if group:
            longest = max(n for n in needed if low <= n < high)
            cases = max(length, int(longest / REPLICATIONS))
            found += _group(group, life, begin, cases, terms)
            begin += 2 * REPLICATIONS
    return found


def _group(known: Known, life: Life, begin: int, length: int, terms: Terms) -> list[Trial]:
    """Fresh replications; what is not settled is tried once more, with longer ones.

    The verdict is that of a law's last try alone, so that looking twice favours nobody.
    """
    found: dict[int, Trial] = {}
    for first in (begin, begin + REPLICATIONS):
        replications = range(first, first + REPLICATIONS)
        figures = life.figures(known, replications, length)
        for (law, _), figure in zip(known, figures, strict=True):
            found[id(law)] = _judged(law, figure, len(replications) * length, terms)
        known = [one for one in known if found[id(one[0])].verdict != PASS]
        if not known:
            break
        length = int(length * max(_longer(found[id(law)], terms.tolerance) for law, _ in known))
    return list(found.values())


def _longer(tried_once: Trial, tolerance: float) -> float:
    """How many times longer the second try is: four times after a failure, else as it takes."""
    wanted = tolerance * abs(tried_once.law.exact) / PER_TOLERANCE
    if tried_once.verdict == FAIL or not isfinite(tried_once.se):
        return MOST_AGAIN
    return min(MOST_AGAIN, max(1.5, (tried_once.se / wanted) ** 2))


def _address(law: Law) -> int:
    """What gives a case luck of its own."""
    return int.from_bytes(blake2b(repr(law.case).encode(), digest_size=7).digest(), "little")


@dataclass(frozen=True)
class Life:
    """A system as one engine lives it."""

    system: Living
    engine: Engine
    seed: int
    case: int

    def figures(self, known: Known, replications: Iterable[int], n_cases: int) -> list[Figure]:
        """Estimates from some replications of so many cases each."""
        rows: list[list[Floats]] = [[] for _ in range(len(known) + 1)]
        for replication in replications:
            total: list[Floats] = [np.zeros(1) for _ in rows]
            for seen in self.system.lived(self.engine, self.seed, self.case, replication, n_cases):
                found = [*(measure.sums(seen) for _, measure in known), seen.controls]
                total = [row + sums for row, sums in zip(total, found, strict=True)]
            for row, sums in zip(rows, total, strict=True):
                row.append(sums)
        *sums_of, controls = (np.array(row) for row in rows)
        return [figure_of(sums, measure, controls)
                for (_, measure), sums in zip(known, sums_of, strict=True)]  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """An estimate, its standard error and the degrees of freedom of that."""

    value: float
    se: float
    freedom: int


def figure_of(sums: Floats, measure: Measure, controls: Floats) -> Figure:
    """A figure from sums of replications, with what luck explains taken away.

    Leaving out each replication in turn gives its share in the figure; a regression of the shares
    on the controls, whose expectations are known to be zero, gives the figure without their luck.
    """
    n, total = len(sums), sums.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):  # of nobody, a share is not a number
        whole = float(measure.value(total[None])[0])
        shares = n * whole - (n - 1) * measure.value(total - sums)
    if not np.isfinite(shares).all():
        return Figure(np.nan, np.nan, n - 1)
    columns = np.column_stack([np.ones(n), controls / (np.abs(controls).max(axis=0) + 1e-300)])
    if columns.shape[1] > n // 4:
        columns = columns[:, :1]
    weights, _, rank, _ = np.linalg.lstsq(columns, shares, rcond=None)
    rest = shares - columns @ weights
    freedom = n - int(rank)
    scale = float(np.linalg.pinv(columns.T @ columns)[0, 0])
    return Figure(float(weights[0]), sqrt(float(rest @ rest) / freedom * scale), freedom)


def _factor(law: Law, found: Figure, tolerance: float) -> float:
    """How many times longer than the pilot, to have the wanted standard error."""
    wanted = tolerance * abs(law.exact) / PER_TOLERANCE
    return (found.se / wanted) ** 2 if isfinite(found.se) else UNKNOWN


def _judged(law: Law, found: Figure, n: int, terms: Terms) -> Trial:
    off, allowed = abs(found.value - law.exact), terms.tolerance * abs(law.exact)
    reach = found.se * float(student.ppf(1 - FAMILY_ERROR / (2 * terms.laws), found.freedom))
    if not isfinite(found.value):
        verdict = INCONCLUSIVE
    elif off + reach <= allowed:
        verdict = PASS
    elif off > reach:
        verdict = FAIL
    else:
        verdict = INCONCLUSIVE
    return Trial(law, verdict, found.value, found.se, n)
