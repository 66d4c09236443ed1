"""Who gains and who loses: online share and time for each need, by group of citizens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from sim.analysis.compare import Effect
from sim.metrics import METRICS
from sim.report.frames import paired_by
from sim.report.study import Study
from sim.report.words import between, signed

DIMENSIONS = {"place": "Place of residence", "skill": "Digital skill", "age_band": "Age"}
COUNTS = ("needs", "online", "travel_seconds", "wait_seconds")
MEASURES = {
    "minutes": ("minutes on the road and in line for each need", "min", METRICS["rural_urban_gap"]),
    "online": ("needs that go online first", "%", METRICS["online_share"]),
}
ORDER = ("urban", "rural", "high", "sufficient", "weak")


@dataclass(frozen=True)
class Group:
    """A group of citizens: its share of all needs, and effects by measure, one a reform."""

    dimension: str
    name: str
    share: float
    effects: dict[str, list[Effect]]

    def base(self, measure: str) -> float:
        """What the base shows."""
        return self.effects[measure][0].base


def groups_of(study: Study) -> list[Group]:
    """All groups that have needs, by dimension."""
    return [group for key in DIMENSIONS for group in _along(study, key)] if study.reforms else []


def _along(study: Study, key: str) -> Iterator[Group]:
    frame = study.frames.sums("groups", (key,), COUNTS)
    frame = frame[frame.groupby(key)["needs"].transform("min") > 0]
    spent = (frame["travel_seconds"] + frame["wait_seconds"]) / 60
    frame = frame.assign(
        minutes=spent / frame["needs"], online=100 * frame["online"] / frame["needs"]
    )
    effects = {name: paired_by(frame, key, name, study.base) for name in MEASURES}
    base = frame[frame["scenario"] == study.base]
    shares = 100 * base.groupby(key)["needs"].sum() / base["needs"].sum()
    for name in sorted(shares.index, key=_rank):
        each = {measure: effects[measure][name] for measure in MEASURES}
        yield Group(DIMENSIONS[key], str(name), float(shares[name]), each)


def _rank(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def word_of(measure: str, effect: Effect) -> str:
    """Gains, loses, or neither, of a group under a reform; more online is no gain by itself."""
    matters = MEASURES[measure][2].matters
    if not isfinite(effect.low):
        return "no interval"
    if max(abs(effect.low), abs(effect.high)) < matters:
        return "no difference that matters"
    if not effect.is_clear:
        return "not clear"
    if measure == "online":
        return "more" if effect.mean > 0 else "less"
    return "gains" if effect.mean < 0 else "loses"


def warnings_of(study: Study, groups: Sequence[Group]) -> list[str]:
    """Reforms under which the average citizen saves time while some group spends more."""
    found = []
    for k, reform in enumerate(study.reforms):
        losers = [g.name for g in groups if word_of("minutes", g.effects["minutes"][k]) == "loses"]
        mean = next(
            e.mean for e in study.effects if e.scenario == reform and e.metric == "citizen_hours"
        )
        if losers:
            said = (
                "while citizens together spend less" if mean < 0 else "and citizens together more"
            )
            found.append(
                f"{study.title(reform)}: {', '.join(losers)} spend more time for each need {said}."
            )
    return found


HEADER = (
    "dimension", "group", "share_of_needs_pct", "measure", "unit", "scenario", "base", "difference",
    "low_95", "high_95", "in_words",
)  # fmt: skip


def rows_of(groups: Sequence[Group]) -> list[tuple[str | float, ...]]:
    """Groups as rows, one a measure and reform."""
    return [
        (group.dimension, group.name, group.share, MEASURES[name][0], MEASURES[name][1],
         effect.scenario, effect.base, effect.mean, effect.low, effect.high, word_of(name, effect))
        for name in MEASURES
        for group in groups
        for effect in group.effects[name]
    ]  # fmt: skip


def said(effect: Effect) -> tuple[str, str]:
    """A difference of a group, and its interval."""
    return signed(effect.mean, 2), between(effect, 2)
