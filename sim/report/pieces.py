"""What a report holds before it is laid out: figures, checks, groups, and all as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from sim.metrics import METRICS
from sim.report import assumptions, groups
from sim.report.chart import Chart
from sim.report.groups import Group
from sim.report.sheet import Checked
from sim.report.study import Study
from sim.report.words import parameter
from sim.report.workbook import Sheet


@dataclass(frozen=True)
class Pieces:
    """A study with what was computed from it."""

    study: Study
    charts: Mapping[str, Chart]
    checks: Sequence[Checked]
    groups: Sequence[Group]

    def sheets(self) -> list[Sheet]:
        """All numbers of the report as tables."""
        found = [_effects(self.study), _metrics(self.study)]
        if self.groups:
            found.append(Sheet("groups", groups.HEADER, groups.rows_of(self.groups)))
        if self.checks:
            header = tuple(field.name for field in fields(Checked))
            found.append(Sheet("base-check", header, [astuple(check) for check in self.checks]))
        found.append(Sheet("parameters", assumptions.HEADER, assumptions.parameters(self.study)))
        found.append(_changes(self.study))
        found += [Sheet(chart.slug, chart.header, chart.rows) for chart in self.charts.values()]
        return found


def _effects(study: Study) -> Sheet:
    currency = study.config.place.currency
    header = (
        "scenario", "metric", "label", "unit", "better", "base", "difference", "low_95", "high_95",
        "replications", "smallest_that_matters", "in_words", "interval", "p_value",
        "p_value_holm", "p_value_sign",
    )  # fmt: skip
    rows = [
        (e.scenario, e.metric, METRICS[e.metric].label, METRICS[e.metric].unit_in(currency),
         METRICS[e.metric].better, e.base, e.mean, e.low, e.high, e.n, METRICS[e.metric].matters,
         e.words, e.interval, e.p_value, e.adjusted_p_value, e.sign_p_value)
        for e in study.effects
    ]  # fmt: skip
    return Sheet("effects", header, rows)


def _metrics(study: Study) -> Sheet:
    currency = study.config.place.currency
    header = ("scenario", "replication", "metric", "label", "value", "unit", "better", "theme")
    rows = [
        (label, replication, name, METRICS[name].label, value, METRICS[name].unit_in(currency),
         METRICS[name].better, METRICS[name].theme)
        for (label, replication), values in study.measured.items()
        for name, value in values.items()
    ]  # fmt: skip
    return Sheet("metrics", header, rows)


def _changes(study: Study) -> Sheet:
    header = (
        "scenario", "what", "where", "base", "becomes", "unit", "from_day", "source", "confidence",
        "by",
    )  # fmt: skip
    rows = [
        (study.title(label), c.what, "; ".join(c.names), parameter(c.base), parameter(c.becomes),
         c.unit, c.day, c.source, c.confidence, c.by)
        for label, changes in assumptions.changes(study).items()
        for c in changes
    ]  # fmt: skip
    return Sheet("changed-assumptions", header, rows)
