"""What an ensemble shows: metrics by draw and setup, and the effect of a claim in each draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.analysis.interval import Floats
from sim.claims.claim import Claim, Outcome
from sim.claims.register import VIOLATIONS
from sim.claims.setups import DRAWN, Part, Setup, label_of
from sim.claims.verdict import favoured
from sim.history.simulated import LOCAL, violations_of
from sim.metrics import METRICS
from sim.results.packed import columns_of
from sim.studies.kept import Kept
from sim.studies.plan import planned

STRUCTURE = "structure."
COST = "public_cost"


@dataclass(frozen=True)
class Ensemble:
    """All finished runs, by label, and what was drawn for each draw."""

    draws: Sequence[int]
    points: Mapping[int, Mapping[str, Any]]
    metrics: Mapping[str, Mapping[str, float]]  # by label of a run
    failed: Mapping[str, str] = field(default_factory=dict)  # label: why

    @cached_property
    def factors(self) -> dict[str, list[Any]]:
        """What was drawn, by factor, in the order of draws; structures stand apart."""
        return self._columns(lambda name: not name.startswith(STRUCTURE))

    @cached_property
    def structures(self) -> dict[str, list[str]]:
        """The level of each structural factor, in the order of draws."""
        found = self._columns(lambda name: name.startswith(STRUCTURE))
        return {name.removeprefix(STRUCTURE): values for name, values in found.items()}

    def _columns(self, wanted: Any) -> dict[str, list[Any]]:
        first = self.points[self.draws[0]] if self.draws else {}
        return {n: [self.points[d][n] for d in self.draws] for n in first if wanted(n)}

    def values(self, setup: Setup, metric: str) -> Floats:
        """A metric in each draw; not a number where its run is missing."""
        labels = (label_of(draw, setup) for draw in self.draws)
        return np.array([self.metrics.get(one, {}).get(metric, np.nan) for one in labels])

    def trouble(self, setups: Sequence[Setup]) -> list[str]:
        """Runs of these setups that failed or are missing."""
        labels = [label_of(draw, setup) for setup in setups for draw in self.draws]
        return [one for one in labels if one not in self.metrics]


def ensemble_of(
    studies: Sequence[Kept], sectors: Mapping[str, str], extra: Sequence[str] = ()
) -> Ensemble:
    """Read studies; labels in ``extra`` also get outcomes that no metric holds.

    A draw of which some run has not been lived yet is left out; one with a failed run stays, and
    blocks the claims that need the run.
    """
    points: dict[int, Mapping[str, Any]] = {}
    metrics: dict[str, Mapping[str, float]] = {}
    failed: dict[str, str] = {}
    unfinished: set[int] = set()
    for kept in studies:
        points |= {draw_of(arm["label"]): arm["point"] for arm in kept.document["arms"]}
        for run in kept.runs:
            found = dict(run.metrics)
            if run.label in extra:
                services = columns_of(kept.store.table(run.key, "services"))
                found[VIOLATIONS] = violations(services, sectors)
            metrics[run.label] = found
        wrong = kept.store.failed()
        for label, _, key in planned(kept.document):
            if key in wrong:
                failed[label] = str(wrong[key]["reason"])
            elif label not in metrics:
                unfinished.add(draw_of(label))
    return Ensemble(sorted(points.keys() - unfinished), points, metrics, failed)


def draw_of(label: str) -> int:
    """The number of the draw, which the label of a run begins with.

    >>> draw_of("d0012-base-30")
    12
    """
    return int(label[1:].partition("-")[0])


def violations(services: Mapping[str, Any], sectors: Mapping[str, str]) -> float:
    """Percent of refused and late cases of local bodies that are of health, housing and land."""
    shares = violations_of(services, services["scope"] == LOCAL, sectors)
    return 100 * sum(shares.values())


def effect(
    ensemble: Ensemble, claim: Claim, setups: Mapping[Part, Setup], outcome: Outcome,
    numbers: str = DRAWN,
) -> Floats:  # fmt: skip
    """What the reform does in each draw, with the claim's own numbers as drawn or set."""

    def seen(part: str) -> Floats:
        return ensemble.values(setups[part, numbers], outcome.metric)

    if claim.contrast == "level":
        return seen("with") - claim.threshold
    if claim.contrast == "interaction":
        return seen("with") - seen("first") - seen("second") + seen("without")
    return seen("with") - seen("without")


def instead(ensemble: Ensemble, setups: Mapping[Part, Setup], name: str, metric: str) -> Floats:
    """What an alternative does in each draw, against the same comparator."""
    without = ensemble.values(setups["without", DRAWN], metric)
    return ensemble.values(setups[f"instead {name}", DRAWN], metric) - without


def favour(outcome: Outcome, values: Floats) -> Floats:
    """Effects on an outcome with the direction that a claim predicts positive."""
    return favoured(values, matters(outcome), outcome.predicted)


def matters(outcome: Outcome) -> float:
    """The smallest effect that matters."""
    return outcome.matters or METRICS[outcome.metric].matters
