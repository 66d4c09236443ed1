"""What has to be run for claims: distinct setups, each once a draw, shared by all claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.claims.claim import SHORT, Claim, Trial
from sim.claims.draws import Draw, Factor
from sim.claims.register import trials_of
from sim.results.content import digest_of
from sim.studies.plan import Arm
from sim.written import overrides, written

DRAWN, ZERO, LOW, HIGH = "drawn", "zero", "low", "high"
ENDS = {LOW: "low", HIGH: "high"}
RUN_IN_DAYS = 21  # more than the window of visits and most limits: lines and desks have settled
QUICK_DAYS, QUICK_LONGER = 30, 60  # of the quick tier: where a claim has the usual days, and more
Part = tuple[str, str]  # the part an arm plays in a claim, and how its own numbers are set


@dataclass(frozen=True, order=True)
class Setup:
    """A scenario over some days with settings on top of a draw."""

    scenario: str
    days: int
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """What its runs are called, whatever the draw."""
        more = f"-{digest_of({'settings': dict(self.settings)})[:6]}" if self.settings else ""
        return f"{self.scenario}-{self.days}{more}"


def setups_of(claim: Claim, factors: Mapping[str, Factor], is_full: bool) -> dict[Part, Setup]:
    """All setups of a claim; its own numbers as drawn, at no effect, and in full at both ends.

    The quick tier lives fewer days.
    """
    found = {}
    days = claim.days if is_full else QUICK_DAYS if claim.days <= SHORT else QUICK_LONGER
    for part, trial in trials_of(claim).items():
        found[part, DRAWN] = _setup(claim, trial, {}, days)
        if part.startswith("instead ") or not claim.own_numbers:
            continue
        found[part, ZERO] = _setup(claim, trial, claim.own_numbers, days)
        for end, name in ENDS.items() if is_full else ():
            ends = {key: getattr(factors[key].range, name) for key in claim.own_numbers}
            found[part, end] = _setup(claim, trial, ends, days)
    return found


def _setup(claim: Claim, trial: Trial, numbers: Mapping[str, float], days: int) -> Setup:
    settings = {**claim.settings, **trial.settings, **numbers}
    said = tuple(sorted((key, written(value)) for key, value in settings.items()))
    return Setup(trial.scenario, days, said)


def label_of(draw: int, setup: Setup) -> str:
    """The label of a run."""
    return f"d{draw:04d}-{setup.label}"


def arms_of(draws: Sequence[Draw], setups: Iterable[Setup], given: Sequence[str]) -> Iterator[Arm]:
    """One arm for each draw and setup, all setups of a draw before the next one."""
    once = sorted(set(setups))
    fixed = {text.partition("=")[0] for text in given}
    told = {"run.run_in_days": RUN_IN_DAYS}
    for draw in draws:
        for setup in once:
            settings = {
                **draw.settings, **told, "run.days": setup.days, **dict(setup.settings),
                "scenario": setup.scenario,
            }  # fmt: skip
            mine = {key: value for key, value in settings.items() if key not in fixed}
            point = {**draw.point, **{f"structure.{k}": v for k, v in draw.structures.items()}}
            yield Arm.of(label_of(draw.number, setup), [*overrides(mine), *given], point=point)
