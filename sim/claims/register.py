"""The register: one file a claim, all problems of all files at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from sim.claims.claim import Claim, Trial
from sim.conf_files import check
from sim.errors import InputError, nearest
from sim.metrics import METRICS
from sim.problems import problems_of

HERE = Path(__file__).resolve().parents[1]
FOLDERS = (HERE.parent / "experiments" / "claims", HERE / "register")
FOLDER = next((at for at in FOLDERS if at.is_dir()), FOLDERS[-1])
VIOLATIONS = "violations_health_housing_land"
EXTRAS = {  # outcomes that no metric holds: what people call them, and their units
    VIOLATIONS: ("Health, housing and land in violations", "% of refused and late cases"),
}
NUMBER = re.compile(r"C(\d+)([a-z]?)")


def register(
    scenarios: Collection[str], drawn: Collection[str], folder: Path = FOLDER
) -> dict[str, Claim]:
    """All claims by name, in order; ``scenarios`` and ``drawn`` numbers are what they may name."""
    paths = sorted(folder.glob("C*.yaml"), key=lambda path: order(path.stem))
    if not paths:
        raise InputError([f"no claims in {folder}."], where="the register")
    check(paths, folder)
    problems: list[str] = []
    found: dict[str, Claim] = {}
    for path in paths:
        said = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        wrong, claim = _read(path, said)
        wrong += list(_unknown(claim, scenarios, drawn)) if claim else []
        problems += [f"{path.name}: {one}" for one in wrong]
        if claim:
            found[claim.claim] = claim
    if problems:
        raise InputError(problems, where="the register of claims")
    return found


def chosen(claims: Mapping[str, Claim], names: Sequence[str]) -> dict[str, Claim]:
    """Some claims, or all if none is named."""
    unknown = [name for name in names if name not in claims]
    if unknown:
        raise InputError(
            [f"no claim '{name}'.{nearest(name, claims)}" for name in unknown],
            where="the command line",
        )
    return {name: claims[name] for name in claims if not names or name in names}


def order(name: str) -> tuple[int, str]:
    """Claims stand in the order of their numbers.

    >>> sorted(["C10", "C6b", "C6a"], key=order)
    ['C6a', 'C6b', 'C10']
    """
    found = NUMBER.fullmatch(name)
    return (int(found[1]), found[2]) if found else (10_000, name)


def _read(path: Path, said: Any) -> tuple[list[str], Claim | None]:
    if not isinstance(said, dict):
        return ["holds no keys."], None
    try:
        claim = Claim.model_validate(said)
    except ValidationError as error:
        return list(problems_of(error, Claim)), None
    if claim.claim != path.stem:
        return [f"holds claim {claim.claim}; name the file {claim.claim}.yaml."], None
    return [], claim


def _unknown(
    claim: Claim, scenarios: Collection[str], drawn: Collection[str]
) -> Iterator[str]:  # fmt: skip
    for outcome in claim.outcomes:
        if outcome.metric not in METRICS and outcome.metric not in EXTRAS:
            yield f"no metric '{outcome.metric}'.{nearest(outcome.metric, METRICS)}"
        elif outcome.metric in EXTRAS and outcome.matters is None:
            yield f"'{outcome.metric}' needs `matters`."
    for trial in trials_of(claim).values():
        if trial.scenario not in scenarios:
            yield f"no scenario '{trial.scenario}'.{nearest(trial.scenario, scenarios)}"
    for name in claim.own_numbers:
        if name not in drawn:
            yield f"own number '{name}' is not drawn.{nearest(name, drawn)}"


def trials_of(claim: Claim) -> dict[str, Trial]:
    """All arms of a claim by the part they play; alternatives under their own names."""
    if claim.arms is None:
        return {}
    arms = claim.arms
    pairs = {"first": arms.first, "second": arms.second}
    found = {"with": arms.reform}
    if claim.contrast != "level":
        found["without"] = arms.without
    found |= {name: trial for name, trial in pairs.items() if trial is not None}
    return found | {f"instead {name}": trial for name, trial in claim.alternatives.items()}
