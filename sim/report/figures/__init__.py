"""All figures of a report in the order of the page; one that has nothing to show is left out."""

from __future__ import annotations

import matplotlib as mpl

from sim.report.chart import STYLE, Chart
from sim.report.figures import bodies, channels, cost, effects, places, waiting
from sim.report.study import Study

DRAWN = (
    effects.headline,
    waiting.by_hour,
    waiting.by_office,
    waiting.distribution,
    channels.by_month,
    places.tile_map,
    places.rural_urban,
    cost.by_item,
    bodies.load_and_coefficient,
)


def all_charts(study: Study) -> dict[str, Chart]:
    """The figures that this study has, by name."""
    with mpl.rc_context(STYLE):
        found = [draw(study) for draw in DRAWN]
    return {chart.slug: chart for chart in found if chart is not None}
