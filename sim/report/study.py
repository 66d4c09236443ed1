"""A finished comparison as a report needs it: from memory, or again from its folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.analysis.compare import Effect, effects
from sim.analysis.family import with_family
from sim.compose import Composed, composed
from sim.config import Config
from sim.errors import FolderError, InputError, SomeRunsFailedError
from sim.metrics import METRICS
from sim.metrics.headline import HEADLINE
from sim.region.table import Table
from sim.report.frames import Frames
from sim.studies.comparison import BASE, Comparison
from sim.studies.run import timeline_of

MANIFEST, METRICS_FILE = "manifest.json", "metrics.csv"
OTHER_VERSION = "was written by another version of this program; run the comparison again."
Measured = Mapping[tuple[str, int], Mapping[str, float]]


@dataclass(frozen=True)
class Study:
    """Scenarios that were run, their metrics by scenario and replication, and their manifest."""

    folder: Path
    composed: Mapping[str, Composed]
    measured: Measured
    manifest: Mapping[str, Any]

    @classmethod
    def of_comparison(cls, found: Comparison, folder: Path) -> Study:
        """What has just been run, in the folder that holds its tables and its manifest."""
        measured = {(run.label, run.replication): run.metrics for run in found.runs}
        return cls(folder, found.composed, measured, _manifest(folder))

    @classmethod
    def of_folder(cls, folder: Path) -> Study:
        """What a folder holds, or a sentence on why it holds no comparison."""
        said = _manifest(folder)
        measured = _measured(folder / METRICS_FILE)
        try:
            scenarios = {name: _composed(name, one) for name, one in said["scenarios"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise FolderError(f"{folder} {OTHER_VERSION}") from None
        if any(set(values) != set(METRICS) for values in measured.values()):
            raise FolderError(f"{folder} {OTHER_VERSION}")
        return cls(folder, scenarios, measured, said)

    @property
    def labels(self) -> tuple[str, ...]:
        """Scenarios of which at least one run was finished."""
        finished = {label for label, _ in self.measured}
        return tuple(label for label in self.composed if label in finished)

    @property
    def base(self) -> str:
        """What the others are held against: base, or else the first."""
        base = BASE if BASE in self.composed else next(iter(self.composed))
        if base not in self.labels:
            raise SomeRunsFailedError(f"No run of '{base}' was finished: nothing to compare with.")
        return base

    @property
    def reforms(self) -> tuple[str, ...]:
        """All scenarios but the base."""
        return tuple(label for label in self.labels if label != self.base)

    @property
    def config(self) -> Config:
        """The configuration of the base."""
        return self.composed[self.base].config

    @property
    def replications(self) -> int:
        """Replications that every scenario finished."""
        return len(self.pairs)

    @cached_property
    def pairs(self) -> tuple[int, ...]:
        """The replications that every scenario finished; figures show these."""
        each = [{r for label, r in self.measured if label == one} for one in self.labels]
        return tuple(sorted(set.intersection(*each)))

    @property
    def missing(self) -> int:
        """Runs that were asked for and are not there."""
        return self.asked * len(self.composed) - len(self.measured)

    @property
    def asked(self) -> int:
        """Replications of each scenario; where precision decided, as many as there are."""
        return max(self.config.run.replications, *(r + 1 for _, r in self.measured))

    @cached_property
    def effects(self) -> list[Effect]:
        """Paired differences of all metrics against base."""
        found = effects(self.measured, self.base, self.labels, self.asked)
        return with_family(found, HEADLINE)

    @cached_property
    def frames(self) -> Frames:
        """The tables of the paired runs."""
        return Frames(self.folder, self.labels, self.pairs)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The region's tables before any lever."""
        _, timeline = timeline_of(self.config)
        return timeline.at(-1)[0]

    def title(self, label: str) -> str:
        """What people call a scenario, with its own name where two are called the same."""
        titles = [one.title for one in self.composed.values()]
        title = self.composed[label].title or label.replace("_", " ").capitalize()
        return title if titles.count(title) < 2 else f"{title} ({label})"


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished comparison."""
    path = folder / MANIFEST
    if not path.is_file():
        raise FolderError(f"{folder} holds no results; there is no {MANIFEST} in it.")
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        status, verb = found["status"], found.get("verb", "")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderError(f"{path} cannot be read ({error}).") from None
    if status != "finished":
        raise FolderError(f"{folder} was not finished; go on with: kezek resume {folder.name}")
    if verb != "compare":
        raise FolderError(
            f"{folder} was written by `{verb}`; a report needs a comparison, such as: "
            "kezek compare base rural_access"
        )
    return found


def _composed(name: str, said: Mapping[str, Any]) -> Composed:
    """A scenario as the manifest holds it; its words and passports from the files of today."""
    config = Config.model_validate(said["config"])
    try:
        choices = (f"region={config.region}", f"scenario={name}", f"data.dir={config.data.dir}")
        today = composed(choices)
    except InputError:
        return Composed(config, {}, said["title"], "", said["changed"])
    return Composed(config, today.passports, said["title"], today.says, said["changed"])


def _measured(path: Path) -> Measured:
    if not path.is_file():
        raise FolderError(f"{path} is missing; run the comparison again.")
    found: dict[tuple[str, int], dict[str, float]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                run = found.setdefault((row["scenario"], int(row["replication"])), {})
                run[row["metric"]] = float(row["value"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderError(f"{path} cannot be read ({error}); run the comparison again.") from None
    if not found:
        raise FolderError(f"{path} is empty; run the comparison again.")
    return found
