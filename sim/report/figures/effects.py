"""How far each reform moves the headline metrics, in the units of a planner."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from sim.analysis.compare import Effect
from sim.metrics import METRICS
from sim.report.chart import (
    BAND,
    HALF,
    INK,
    SMALL,
    Chart,
    commas,
    looks_of,
    panel,
    slug_of,
    svg,
    without_left,
)
from sim.report.study import Study
from sim.report.words import difference, listed, plural

HEADLINE = (
    "wait_mean",
    "within_standard",
    "citizen_hours",
    "rural_urban_gap",
    "online_share",
    "processing_days",
    "satisfaction",
    "public_cost_per_need",
)
WAYS = {
    "lower": "\N{LEFTWARDS ARROW} better",
    "higher": "better \N{RIGHTWARDS ARROW}",
    "neither": "neither way is better",
}


def headline(study: Study) -> Chart | None:
    """Differences with intervals, one panel a metric, each on its own scale."""
    shown = {name: _effects(study, name) for name in HEADLINE}
    shown = {name: effects for name, effects in shown.items() if effects}
    if not shown:
        return None
    reforms = listed([study.title(reform) for reform in study.reforms])
    header = ("reform", "metric", "unit", "base", "difference", "low 95 %", "high 95 %", "in words")
    return Chart(
        slug="headline-effects",
        title=f"How far each reform moves {plural(len(shown), 'headline figure')} in this model",
        says=f"Marks: mean difference from the base over {plural(study.replications, 'pair')} of "
        "runs; bars: 95 % intervals, often narrower than the mark. Each figure has its own scale. "
        "The grey band holds differences too small to matter.",
        alt=f"Differences from the base with 95 % intervals under {reforms}; the numbers stand "
        "in the table below.",
        panels=tuple(_panel(study, effects) for effects in shown.values()),
        header=header,
        rows=tuple(
            (study.title(e.scenario), METRICS[e.metric].label, _unit(study, e), e.base, e.mean,
             e.low, e.high, e.words)
            for effects in shown.values()
            for e in effects
        ),
    )  # fmt: skip


def _effects(study: Study, name: str) -> list[Effect]:
    return [e for e in study.effects if e.metric == name and isfinite(e.mean)]


def _unit(study: Study, effect: Effect) -> str:
    return METRICS[effect.metric].unit_in(study.config.place.currency)


def _panel(study: Study, effects: Sequence[Effect]) -> str:
    metric, looks = METRICS[effects[0].metric], looks_of(study)
    figure, axes = panel(HALF, 0.95 + 0.27 * len(effects))
    axes.axvspan(-metric.matters, metric.matters, color=BAND, lw=0)
    axes.axvline(0, color=INK, lw=0.8)
    for y, effect in enumerate(effects):
        look = looks[effect.scenario]
        if isfinite(effect.low):
            axes.plot([effect.low, effect.high], [y, y], color=look.colour, lw=2.2)
        axes.plot(effect.mean, y, look.marker, color=look.colour, ms=5)
        axes.annotate(
            difference(effect), (1.02, y), xycoords=("axes fraction", "data"), va="center",
            fontsize=SMALL,
        )  # fmt: skip
    axes.set_xlim(*_limits(effects, metric.matters))
    axes.set_ylim(len(effects) - 0.5, -0.5)
    axes.set_yticks(range(len(effects)), [study.title(e.scenario) for e in effects])
    without_left(axes)
    axes.locator_params(axis="x", nbins=4)
    commas(axes)
    axes.set_title(metric.label)
    axes.set_xlabel(f"{_unit(study, effects[0])}   ({WAYS[metric.better]})")
    return svg(figure, f"effect-{slug_of(metric.name)}")


def _limits(effects: Sequence[Effect], matters: float) -> tuple[float, float]:
    """Ends of the axis: all intervals, zero, and some room."""
    ends = [v for e in effects for v in (e.mean, e.low, e.high, 0.0) if isfinite(v)]
    room = 0.12 * max(max(ends) - min(ends), matters)
    return min(ends) - room, max(ends) + room
