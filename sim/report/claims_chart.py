"""The figure of a claim: its effect in every draw, and in how many it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from sim.metrics import METRICS
from sim.report.chart import BAND, FAINT, INK, SMALL, commas, without_left

HOLDS, NOTHING, FAILS = "#0072B2", "#c9c9c9", "#D55E00"
PARTS = (("holds", HOLDS, "holds", "white"), ("nothing", NOTHING, "nothing that matters", INK),
         ("fails", FAILS, "the opposite", "white"))  # fmt: skip
NAMES = {
    "scope.rest": "remainder", "appointments.booked_pct": "booked visits, %",
    "trust.step": "trust moves by", "volumes": "volumes follow",
}  # fmt: skip
WIDE, HIGH = 7.4, 0.21  # inches: the figure, and one bar
READABLE = 0.12  # share below which a bar holds no figure


def chart_of(claim: Mapping[str, Any]) -> Figure:
    """Effects by draw, from the best to the worst, over bars of shares by structure."""
    bars = _bars(claim)
    tall = 1.0 + HIGH * (len(bars) + 1)
    figure = Figure(figsize=(WIDE, max(2.5, tall)))
    FigureCanvasSVG(figure)
    left, right = figure.subplots(1, 2, width_ratios=(1.0, 1.05))
    _effects(left, claim)
    _shares(right, bars)
    return figure


def _effects(axes: Axes, claim: Mapping[str, Any]) -> None:
    """Each draw as a point over the band in which nothing matters."""
    outcome = claim["outcomes"][0]
    values = np.array(outcome["effects"], dtype=float)
    order = np.argsort(values)
    matters, predicted = outcome["matters"], outcome["predicted"]
    axes.axvspan(-matters, matters, color=BAND, zorder=0)
    axes.axvline(0, color=FAINT, lw=0.8, zorder=1)
    sign = -1 if predicted == "lower" else 1
    good = np.abs(values) < matters if predicted == "none" else sign * values >= matters
    bad = ~good if predicted == "none" else sign * values <= -matters
    for rows, colour, marker in (
        (good, HOLDS, "o"), (~good & ~bad, "#8a8a8a", "s"), (bad, FAILS, "^"),
    ):  # fmt: skip
        here = np.flatnonzero(rows[order])
        axes.plot(values[order][here], here, marker, color=colour, ms=3.6, zorder=3)
    axes.plot([outcome["low"], outcome["high"]], [-2.5, -2.5], color=INK, lw=2.2)
    axes.plot(outcome["mean"], -2.5, "D", color=INK, ms=4.5)
    axes.set_yticks([-2.5, len(values) / 2], ["mean, 95 %", f"{len(values)} draws"])
    axes.set_ylim(-4.5, len(values) + 0.5)
    name = outcome["metric"]
    said = f"{METRICS[name].label}, {METRICS[name].unit}" if name in METRICS else name
    way = {"lower": "predicted: lower", "higher": "predicted: higher", "none": "predicted: none"}
    axes.set_xlabel(f"{_short(said)}\n{way[predicted]}; grey band: too small to matter")
    commas(axes)
    axes.xaxis.set_major_locator(_ticks())
    without_left(axes)


def _ticks() -> Any:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 -- used by this figure alone

    return MaxNLocator(5)


def _bars(claim: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Shares over all draws, with the claim's own numbers at no effect, and by structure."""
    found = [("all draws", claim["outcomes"][0]["shares"])]
    if claim["zero"]:
        found.append(("own numbers at no effect", claim["zero"]))
    for name, levels in claim["levels"].items():
        for level, shares in levels.items():
            found.append((f"{NAMES.get(name, name)}: {level.replace('_', ' ')}", shares))
    return found


def _shares(axes: Axes, bars: list[tuple[str, Mapping[str, Any]]]) -> None:
    for y, (_, shares) in enumerate(bars):
        left = 0.0
        for key, colour, label, ink in PARTS:
            width = 100 * shares[key]
            axes.barh(y, width, left=left, height=0.72, color=colour,
                      label=label if y == 0 else None)  # fmt: skip
            if shares[key] >= READABLE:
                axes.text(left + width / 2, y, f"{width:.0f}", color=ink, fontsize=SMALL,
                          ha="center", va="center")  # fmt: skip
            left += width
    names = [f"{name} (n {shares['draws']})" for name, shares in bars]
    axes.set_yticks(range(len(bars)), names)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xlabel("percent of draws")
    without_left(axes)
    axes.figure.legend(*axes.get_legend_handles_labels(), loc="outside lower right", ncols=3)


def _short(text: str, most: int = 52) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
