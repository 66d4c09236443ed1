"""What changes and by how much: sentences and tables made from the effects, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.compare import Effect
from sim.metrics import METRICS
from sim.report.study import Study
from sim.report.words import (
    NO_FIGURE,
    base_of,
    capital,
    difference,
    interval,
    listed,
    plural,
    unit_of_difference,
    weight,
)

BIG = {
    "wait_mean": "Waiting",
    "citizen_hours": "Access",
    "satisfaction": "Satisfaction",
    "public_cost_per_need": "Cost",
}
THEMES = {
    "waiting": "Waiting at offices",
    "counters": "Work at counters",
    "processing": "Decisions at desks",
    "channels": "Channels",
    "access": "Access",
    "equity": "Gaps between groups",
    "quality": "Satisfaction, trust, complaints",
    "learning": "Skill and access to the portal",
    "survey": "A survey of visitors",
    "oversight": "Violations, inspections, rights",
    "mobile": "Mobile units",
    "workload": "Load of departments",
    "staff": "People who work there",
    "cost": "Public cost",
}
INCOMPLETE = "incomplete"  # pairs are missing
SILENT = (
    "no difference that matters", "not clear", "not measured", "one replication: no interval",
    INCOMPLETE,
)  # fmt: skip
GOOD, BAD = ("better", "slightly better"), ("worse", "slightly worse")
NAMED, RANKED = 3, 10  # figures named in a sentence; rows of a ranked table


@dataclass(frozen=True)
class Line:
    """An effect ready to print."""

    label: str
    unit: str
    base: str
    difference: str
    interval: str
    words: str
    weight: float

    @property
    def is_idle(self) -> bool:
        """Whether there was nothing to measure: a survey of nobody, a van that never drove."""
        return self.base == NO_FIGURE and self.words == "not measured"

    @property
    def tone(self) -> str:
        """How the word is drawn: good, bad, plain, or soft where nothing is to be said."""
        if self.words in SILENT:
            return "soft"
        return "good" if self.words in GOOD else "bad" if self.words in BAD else "plain"


@dataclass(frozen=True)
class Finding:
    """What one reform does, in sentences, and its largest effects."""

    title: str
    says: str
    tally: str
    sentences: list[tuple[str, str]]  # a word, and what it is said of
    ranked: list[Line]


@dataclass(frozen=True)
class Big:
    """A big number: the base, and a line for each reform."""

    theme: str
    label: str
    unit: str
    base: str
    lines: list[tuple[str, Line]]


def line_of(study: Study, effect: Effect) -> Line:
    """An effect with the digits and the unit of its metric."""
    metric = METRICS[effect.metric]
    return Line(
        metric.label, metric.unit_in(study.config.place.currency), base_of(effect),
        difference(effect), interval(effect), effect.words, weight(effect),
    )  # fmt: skip


def big_numbers(study: Study) -> list[Big]:
    """Four figures that a reader wants first."""
    found = []
    for name, theme in BIG.items():
        lines = [
            (study.title(effect.scenario), line_of(study, effect))
            for effect in study.effects
            if effect.metric == name
        ]
        if lines:
            first = lines[0][1]
            found.append(Big(theme, first.label, first.unit, first.base, lines))
    return found


def findings(study: Study) -> list[Finding]:
    """One for each reform."""
    return [_finding(study, reform) for reform in study.reforms]


def _finding(study: Study, reform: str) -> Finding:
    effects = [effect for effect in study.effects if effect.scenario == reform]
    effects.sort(key=weight, reverse=True)
    lines = [line_of(study, effect) for effect in effects]
    ranked = [line for line in lines if line.words not in SILENT]
    return Finding(
        study.title(reform), study.composed[reform].says, _tally(lines), _sentences(lines),
        ranked[:RANKED],
    )  # fmt: skip


def _sentences(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """The largest moves each way."""
    found = []
    for word, meant in (("Better", GOOD), ("Worse", BAD), ("Not clear", ("not clear",))):
        some = [line for line in lines if line.words in meant]
        if some:
            more = f" and {len(some) - NAMED} more" if len(some) > NAMED else ""
            said = "; ".join(_said(line) for line in some[:NAMED])
            found.append((word, f"{said}{more}."))
    return found


def _tally(lines: Sequence[Line]) -> str:
    lines = [line for line in lines if not line.is_idle]
    number = Counter(line.words for line in lines)
    if number[INCOMPLETE]:
        return "Incomplete: runs are missing, so nothing is said of what it changes."
    good, bad = (sum(number[word] for word in words) for words in (GOOD, BAD))
    silent = number["no difference that matters"]
    parts = [f"{good} better", f"{bad} worse", f"{silent} without a difference that matters"]
    if number["not clear"]:
        parts.append(f"{number['not clear']} not clear")
    moved = sum(n for word, n in number.items() if word not in (*GOOD, *BAD, *SILENT))
    if moved:
        parts.append(f"{moved} higher or lower where neither is better")
    unsaid = number["not measured"] + number["one replication: no interval"]
    if unsaid:
        parts.append(f"{unsaid} without an interval")
    return f"In this model, of {plural(len(lines), 'figure')}: {listed(parts)}."


def _said(line: Line) -> str:
    label = line.label[:1].lower() + line.label[1:]
    return f"{label} {line.difference} {unit_of_difference(line.unit)} ({line.interval})"


def by_theme(study: Study) -> list[tuple[str, list[tuple[Line, list[Line]]]]]:
    """All metrics by theme; in a theme the one that any reform moves most comes first."""
    rows: dict[str, list[list[Line]]] = {theme: [] for theme in THEMES}
    for name, metric in METRICS.items():
        lines = [line_of(study, effect) for effect in study.effects if effect.metric == name]
        if not all(line.is_idle for line in lines):
            rows.setdefault(metric.theme, []).append(lines)
    found = []
    for theme, each in rows.items():
        each.sort(key=lambda lines: max(line.weight for line in lines), reverse=True)
        title = THEMES.get(theme, capital(theme))
        if each:
            found.append((title, [(lines[0], lines) for lines in each]))
    return found
