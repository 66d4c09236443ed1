"""What a study runs: arms times replications, written down before the first run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.compose import Composed, composed
from sim.errors import FolderError, InputError
from sim.results.content import RESULTS_VERSION, digest_of
from sim.results.write import write_json
from sim.studies.run import MOVES_NOTHING, contents_of, key_of, region_of, timeline_of
from sim.studies.task import Task
from sim.studies.version import own_version, program

FILE = "study.json"
LET_BE = {*MOVES_NOTHING} - {"tables"}  # may differ from one time to the next
SHOWN = 12  # differences named


@dataclass(frozen=True)
class Arm:
    """One configuration of a study; ``settings`` compose it, ``base`` is what it is held against.

    ``point`` are the values a design has given it.
    """

    label: str
    composed: Composed
    settings: tuple[str, ...]
    base: str = ""
    point: Mapping[str, Any] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls, label: str, settings: Sequence[str], base: str = "",
        point: Mapping[str, Any] | None = None,
    ) -> Arm:  # fmt: skip
        """Compose an arm; problems of its levers are found here as well."""
        found = cls(label, composed(settings), tuple(settings), base, point or {})
        timeline_of(found.composed.config)
        return found

    @property
    def own(self) -> int:
        """The replication of its configuration."""
        return self.composed.config.run.replication

    def task(self, replication: int, folder: Path | None) -> Task:
        """One of its runs."""
        config = self.composed.config
        run = config.run.model_copy(update={"replication": replication})
        config = config.model_copy(update={"run": run})
        if replication not in self.keys:  # to work it out takes half a millisecond
            self.keys[replication] = key_of(config)
        return Task(self.label, config, self.keys[replication], folder)


@dataclass(frozen=True)
class Plan:
    """All arms of a study, and how often each is run."""

    verb: str
    arms: tuple[Arm, ...]
    replications: int
    about: Mapping[str, Any] = field(default_factory=dict)  # design and points, in words
    paired: bool = True  # replications 0, 1, ...; else one run of each arm, its own replication

    @property
    def composed(self) -> dict[str, Composed]:
        """The configuration of each arm."""
        return {arm.label: arm.composed for arm in self.arms}

    def tasks(self, folder: Path | None, first: int = 0, last: int | None = None) -> Iterator[Task]:
        """Runs in order: all arms of a replication before the next one."""
        for replication in range(first, self.replications if last is None else last):
            for arm in self.arms:
                yield arm.task(replication if self.paired else arm.own, folder)

    def _replications(self, arm: Arm) -> Sequence[int]:
        return range(self.replications) if self.paired else (arm.own,)

    def again(self, settings: Sequence[str]) -> Plan:
        """The same plan with further settings in every arm, such as other workers."""
        if not settings:
            return self
        keys = {text.partition("=")[0] for text in settings}
        arms = tuple(
            Arm.of(
                arm.label,
                [*(one for one in arm.settings if one.partition("=")[0] not in keys), *settings],
                arm.base,
                arm.point,
            )
            for arm in self.arms
        )
        if self.paired and "run.replications" in keys:
            return replace(self, arms=arms, replications=arms[0].composed.config.run.replications)
        return replace(self, arms=arms)  # precision may have made it longer than its settings say

    def document(self) -> dict[str, Any]:
        """The plan as JSON, with all that its results depend on."""
        regions = {arm.composed.config.region: arm.composed.config for arm in self.arms}
        as_read = {
            name: region_of(one.model_copy(update={"tables": {}})) for name, one in regions.items()
        }  # cells that an arm sets stand in its configuration
        return {
            "verb": self.verb,
            "replications": self.replications,
            "paired": self.paired,
            "about": dict(self.about),
            "kezek": own_version(),
            "program": program(),
            "results_version": RESULTS_VERSION,
            "tables": {name: contents_of(one) for name, one in as_read.items()},
            "arms": [
                {
                    "label": arm.label,
                    "base": arm.base,
                    "point": dict(arm.point),
                    "settings": list(arm.settings),
                    "keys": {one: arm.task(one, None).key for one in self._replications(arm)},
                    "config": arm.composed.config.model_dump(mode="json"),
                }
                for arm in self.arms
            ],
        }

    def write(self, folder: Path) -> None:
        """Write the plan down."""
        said = json.loads(json.dumps(self.document()))
        write_json(folder / FILE, {**said, "checksum": digest_of(said)})


def read_document(folder: Path) -> dict[str, Any]:
    """The plan that a folder holds; raises ``FolderError`` unless it is whole."""
    path = folder / FILE
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        checksum = said.pop("checksum")
    except FileNotFoundError:
        raise FolderError(f"{folder} holds no study; there is no {FILE} in it.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FolderError(f"{path} {DAMAGED} ({error}).") from None
    if digest_of(said) != checksum:
        raise FolderError(f"{path} {DAMAGED} (its checksum is wrong).")
    return said


DAMAGED = (
    "is damaged. Give the command that began the study once more: the plan is written anew, and "
    "finished runs are kept"
)


def read_plan(folder: Path) -> Plan:
    """The plan of a folder, composed anew; refused if anything it depends on has changed."""
    said = read_document(folder)
    try:
        arms = tuple(
            Arm.of(one["label"], one["settings"], one["base"], one["point"]) for one in said["arms"]
        )
    except InputError as error:
        raise FolderError(f"{folder} cannot go on, {error}") from None
    plan = Plan(said["verb"], arms, said["replications"], said["about"], said["paired"])
    refuse_differences(folder, said, plan)
    return plan


def planned(document: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Label, replication and key of each run of a written plan, arm by arm.

    What was run can be looked at for ever, also by a program that could not go on with it.
    """
    return [
        (arm["label"], int(replication), key)
        for arm in document["arms"]
        for replication, key in arm["keys"].items()
    ]


def refuse_differences(folder: Path, before: Mapping[str, Any], plan: Plan) -> None:
    """Raise ``FolderError`` naming what differs between a written plan and one of now."""
    found = list(differences(before, json.loads(json.dumps(plan.document()))))
    if found:
        more = [f"  ... and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        raise FolderError(
            "\n".join(
                [
                    f"{folder} holds another study than this one would be:",
                    *(f"  - {one}" for one in found[:SHOWN]),
                    *more,
                    "Undo what has changed, or give another name; --anew deletes the old one.",
                ]
            )
        )


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Everything that tells two plans apart and could move results."""
    for name in ("verb", "paired"):
        if before[name] != now[name]:
            yield f"{name}: was {before[name]}, is {now[name]}"
    if before["results_version"] != now["results_version"]:
        yield f"version of results: was {before['results_version']}, is {now['results_version']}"
    if before["program"] != now["program"]:
        yield (
            f"the program: was {before['kezek']} with sources {before['program']}, is "
            f"{now['kezek']} with {now['program']}"
        )
    for region in before["tables"].keys() & now["tables"].keys():
        was, is_ = before["tables"][region], now["tables"][region]
        changed = sorted(name for name in was.keys() | is_.keys() if was.get(name) != is_.get(name))
        yield from (f"table {name} of region {region}: its content has changed" for name in changed)
    was, is_ = ({arm["label"]: arm for arm in plan["arms"]} for plan in (before, now))
    if gone := sorted(was.keys() - is_.keys()):
        yield f"arms that are gone: {', '.join(gone[:SHOWN])}"  # new ones extend a study
    told: dict[str, int] = {}
    for label in was.keys() & is_.keys():
        for said in _leaves(was[label]["config"], is_[label]["config"], ""):
            told[said] = told.get(said, 0) + 1
    for said, n in sorted(told.items()):
        yield said if n == len(is_) else f"{said} (in {n} of {len(is_)} arms)"


def _leaves(before: Any, now: Any, at: str) -> Iterator[str]:
    """Settings that differ, with both values."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted(before.keys() | now.keys()):
            where = f"{at}.{key}" if at else key
            if where not in LET_BE:
                yield from _leaves(before.get(key), now.get(key), where)
    elif before != now:
        yield f"{at}: was {_short(before)}, is {_short(now)}"


def _short(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= 80 else f"{said[:77]}..."
