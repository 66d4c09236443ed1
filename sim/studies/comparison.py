"""Comparisons: scenarios times replications that share their luck, and effects against base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path

from sim.analysis.compare import Effect, effects
from sim.analysis.family import with_family
from sim.compose import Composed
from sim.errors import DiskError, SomeRunsFailedError
from sim.metrics import METRICS
from sim.metrics.headline import HEADLINE
from sim.studies.conduct import Conducted, Say, Watch, conduct
from sim.studies.execution import STOPPING, Execution
from sim.studies.plan import Arm, Plan
from sim.studies.precision import Reached
from sim.studies.task import Done

BASE = "base"


@dataclass(frozen=True)
class Comparison:
    """Runs of several scenarios that share their luck, and the effects against base."""

    labels: tuple[str, ...]
    composed: Mapping[str, Composed]
    runs: tuple[Done, ...]
    seconds: float
    failed: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    missing: int = 0
    replications: int = 0  # pairs that were asked for
    precision: Reached | None = None

    @classmethod
    def of(cls, plan: Plan, found: Conducted, folder: Path | None) -> Comparison:
        """What was conducted by a plan; raises if no run succeeded."""
        if not found.runs and found.failed:
            alike = {type(error) for error in found.errors}
            kind = DiskError if alike == {DiskError} else SomeRunsFailedError
            raise kind("No run succeeded:\n" + "\n".join(found.failed.values()))
        return cls(
            tuple(arm.label for arm in plan.arms), plan.composed, found.runs, found.seconds,
            found.failed, folder, found.missing, found.replications, found.precision,
        )  # fmt: skip

    @property
    def base(self) -> str:
        """What the others are held against: base, or else the first."""
        return base_of(self.labels)

    @property
    def effects(self) -> list[Effect]:
        """Paired differences of all metrics; headline metrics are tested as one family."""
        by_run = {(run.label, run.replication): run.metrics for run in self.runs}
        return with_family(effects(by_run, self.base, self.labels, self.replications), HEADLINE)

    @property
    def holes(self) -> list[str]:
        """Figures that some runs have and others lack, and where they are missing."""
        found = []
        for name in METRICS:
            lacking = [run for run in self.runs if isnan(run.metrics[name])]
            if 0 < len(lacking) < len(self.runs):
                where = "; ".join(f"{run.label}, replication {run.replication}" for run in lacking)
                found.append(f"{name}: nothing was there to measure in {where}.")
        return found


def base_of(labels: Sequence[str]) -> str:
    """The label that the others are held against."""
    return BASE if BASE in labels else labels[0]


def plan_of(
    scenarios: Sequence[str], overrides: Sequence[str] = (), execution: Execution | None = None
) -> Plan:
    """Compose each scenario once; all problems are found here."""
    base = base_of(scenarios)
    arms = tuple(
        Arm.of(name, [*overrides, f"scenario={name}"], base if name != base else "")
        for name in scenarios
    )
    about = {STOPPING: (execution or Execution()).stopping}
    return Plan("compare", arms, arms[0].composed.config.run.replications, about)


def compare(
    scenarios: Sequence[str],
    overrides: Sequence[str] = (),
    folder: Path | None = None,
    watch: Watch | None = None,
    execution: Execution | None = None,
    say: Say = lambda _: None,
) -> Comparison:
    """Run scenarios with paired replications; with a folder, keep their tables there."""
    plan = plan_of(scenarios, overrides, execution)
    if folder is not None:
        plan.write(folder)
    return Comparison.of(plan, conduct(plan, folder, execution, watch, say), folder)
