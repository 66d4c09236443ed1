"""The figure of a claim: its effect in every draw, and in how many it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.claims.register import EXTRAS
from sim.claims.verdict import favoured, told
from sim.metrics import METRICS
from sim.metrics.metric import MONEY
from sim.report.chart import BAND, FAINT, INK, SMALL, commas, without_left
from sim.report.words import words

HOLDS, NOTHING, FAILS, DIM = "#0072B2", "#c9c9c9", "#D55E00", "#8a8a8a"
PARTS = (("holds", HOLDS, "holds", "white"), ("nothing", NOTHING, "nothing that matters", INK),
         ("fails", FAILS, "the opposite", "white"))  # fmt: skip
NAMES = {
    "scope.rest": "remainder", "appointments.booked_pct": "booked visits, %",
    "trust.step": "trust moves by", "volumes": "volumes follow",
}  # fmt: skip
WIDE, HIGH = 7.4, 0.21  # inches: the figure, and one bar
READABLE = 0.12  # share below which a bar holds no figure


def chart_of(claim: Mapping[str, Any]) -> Figure:
    """Effects by draw, from the best to the worst, and bars of shares by structure."""
    figure = Figure(figsize=(WIDE, max(2.5, 1.0 + HIGH * (len(_bars(claim)) + 1))))
    FigureCanvasSVG(figure)
    left, right = figure.subplots(1, 2, width_ratios=(1.0, 1.05))
    draw(left, right, claim)
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=3)
    return figure


def draw(left: Axes, right: Axes, claim: Mapping[str, Any]) -> None:
    """Effects on the left, shares on the right; both may stand on any page."""
    _effects(left, claim)
    _shares(right, _bars(claim))


def triangle_of(claim: Mapping[str, Any]) -> Figure:
    """Where in the triangle of volumes a claim holds: one point a draw."""
    figure = Figure(figsize=(4.4, 3.6))
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    height = np.sqrt(3) / 2
    axes.plot([0, 1, 0.5, 0], [0, 0, height, 0], color=INK, lw=0.8)
    weights = np.array(claim["triangle"])
    x, y = weights[:, 1] + weights[:, 0] / 2, weights[:, 0] * height
    for rows, colour, marker, label in _told(claim["outcomes"][0]):
        axes.plot(x[rows], y[rows], marker, color=colour, ms=5, label=label)
    axes.text(0.5, height + 0.03, "cases follow service types", ha="center", fontsize=SMALL)
    axes.text(0.0, -0.03, "residents\n(alike for all)", ha="center", va="top", fontsize=SMALL)
    axes.text(1.0, -0.03, "staff", ha="center", va="top", fontsize=SMALL)
    axes.set_xlim(-0.15, 1.15)
    axes.set_ylim(-0.16, height + 0.1)
    axes.set_aspect("equal")
    axes.axis("off")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def _told(outcome: Mapping[str, Any]) -> list[tuple[Any, str, str, str]]:
    """Draws in which a claim holds, in which nothing happens, and in which the opposite does."""
    rule = outcome["matters"], outcome["predicted"]
    good, bad = told(favoured(np.array(outcome["effects"], dtype=float), *rule), *rule)
    return [
        (good, HOLDS, "o", "holds"),
        (~good & ~bad, DIM, "s", "nothing that matters"),
        (bad, FAILS, "^", "the opposite"),
    ]


def _effects(axes: Axes, claim: Mapping[str, Any]) -> None:
    """Each draw as a point over the band in which nothing matters."""
    outcome = claim["outcomes"][0]
    values = np.array(outcome["effects"], dtype=float)
    order = np.argsort(values)
    matters = outcome["matters"]
    axes.axvspan(-matters, matters, color=BAND, zorder=0)
    axes.axvline(0, color=FAINT, lw=0.8, zorder=1)
    for rows, colour, marker, _ in _told(outcome):
        here = np.flatnonzero(rows[order])
        axes.plot(values[order][here], here, marker, color=colour, ms=3.6, zorder=3)
    axes.plot([outcome["low"], outcome["high"]], [-2.5, -2.5], color=INK, lw=2.2)
    axes.plot(outcome["mean"], -2.5, "D", color=INK, ms=4.5)
    axes.set_yticks([-2.5, len(values) / 2], ["mean, 95 %", f"{len(values)} draws"])
    axes.set_ylim(-4.5, len(values) + 0.5)
    said = _short(f"{label(outcome['metric'])}, {unit(outcome['metric'], MONEY)}")
    axes.set_xlabel(f"{said}\npredicted: {outcome['predicted']}; grey band: too small to matter")
    commas(axes)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    without_left(axes)


def _bars(claim: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Shares over all draws, with the claim's own numbers at no effect, and by structure."""
    found = [("all draws", claim["outcomes"][0]["shares"])]
    if claim["zero"]:
        found.append(("own numbers at no effect", claim["zero"]))
    for name, levels in claim["levels"].items():
        for level, shares in levels.items():
            found.append((f"{NAMES.get(name, name)}: {words(level)}", shares))
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


def label(metric: str) -> str:
    """What people call an outcome."""
    return METRICS[metric].label if metric in METRICS else EXTRAS[metric][0]


def unit(metric: str, currency: str) -> str:
    """The unit of an outcome."""
    return METRICS[metric].unit_in(currency) if metric in METRICS else EXTRAS[metric][1]


def _short(text: str, most: int = 52) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
