"""What all figures share: looks that survive print and colour blindness, and clean SVG."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.report.study import Study
from sim.report.words import parameter

INK, FAINT, BAND = "#222222", "#c4c4c4", "#ececec"
HALF, WHOLE = 3.5, 4.6  # inches wide: one of two panels in a row, or alone
SMALL = 7.5  # points, of labels in a chart
ROW, ROOM = 0.29, 0.7  # inches: a row of dots, and its axis
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kezek",
    "text.parse_math": False,  # a dollar sign in a title is a dollar sign
    "text.color": INK,
    "font.family": "DejaVu Sans",
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 8.0,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#666666",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "legend.handlelength": 2.6,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "figure.constrained_layout.use": True,
}
Cell = str | float | int


@dataclass(frozen=True)
class Look:
    """How a scenario is drawn: colour, line style and marker, each enough by itself."""

    colour: str
    line: Any
    marker: str


BASE_LOOK = Look("#3d3d3d", "-", "o")
LOOKS = (  # colours of Okabe and Ito
    Look("#0072B2", (0, (5, 1.5)), "s"),
    Look("#D55E00", (0, (1.2, 1.2)), "^"),
    Look("#009E73", (0, (5, 1.5, 1, 1.5)), "D"),
    Look("#CC79A7", (0, (3, 1)), "v"),
    Look("#E69F00", (0, (7, 2)), "P"),
    Look("#56B4E9", (0, (2, 2)), "X"),
)


@dataclass(frozen=True)
class Chart:
    """A figure for the page: panels in SVG, what it shows in words, and its numbers."""

    slug: str
    title: str
    says: str
    alt: str
    panels: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def layout(self) -> str:
        """Whether panels stand two in a row or one alone."""
        return "pair" if len(self.panels) > 1 else "single"


def looks_of(study: Study) -> dict[str, Look]:
    """A look for each scenario; the base is dark and solid."""
    looks = {study.base: BASE_LOOK}
    for i, label in enumerate(study.reforms):
        looks[label] = LOOKS[i % len(LOOKS)]
    return looks


def panel(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure with one pair of axes, inches."""
    figure = Figure(figsize=(width, height))
    FigureCanvasSVG(figure)
    return figure, figure.add_subplot()


def legend_below(figure: Figure, axes: Axes, columns: int = 2) -> None:
    """A legend under the axes, where it can cover nothing."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=columns)


def dots(
    study: Study,
    frame: pd.DataFrame,
    value: str,
    row: str,
    names: Mapping[str, str],
    width: float = HALF,
) -> tuple[Figure, Axes]:
    """Dots by row and scenario, a little apart so that equal values stay visible.

    Parameters
    ----------
    frame
        One line for each scenario and ``row``; ``value`` goes across.
    names
        What the rows are called, from the top.
    """
    looks = looks_of(study)
    figure, axes = panel(width, ROOM + 0.17 * ((len(looks) + 1) // 2) + ROW * len(names))
    places = {key: float(y) for y, key in enumerate(names)}
    axes.grid(axis="y", color=FAINT, lw=0.5)
    axes.set_axisbelow(True)
    commas(axes)
    for k, (label, look) in enumerate(looks.items()):
        rows = frame[frame["scenario"] == label]
        apart = 0.5 * ((k + 0.5) / len(looks) - 0.5)
        heights = rows[row].map(places).astype(float) + apart
        axes.plot(rows[value], heights, look.marker, color=look.colour, label=study.title(label))
    axes.set_yticks(list(places.values()), list(names.values()))
    axes.set_ylim(len(names) - 0.4, -0.6)
    without_left(axes)
    legend_below(figure, axes)
    return figure, axes


def without_left(axes: Axes) -> None:
    """Rows with names need neither ticks nor a line."""
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def commas(axes: Axes) -> None:
    """Figures across with commas and true minus signs, as in the tables."""
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: parameter(float(x))))


def svg(figure: Figure, prefix: str) -> str:
    """A figure as an SVG element that scales, without fonts, dates, links or idle ids."""
    text = StringIO()
    empty = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(text, format="svg", metadata=empty)
    found = text.getvalue()
    found = found[found.index("<svg") :]
    found = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", found, flags=re.DOTALL)
    found = re.sub(r'\s(?:xmlns(?::xlink)?|version)="[^"]*"', "", found)
    found = found.replace("xlink:href", "href")
    head, rest = found.split(">", 1)
    head = re.sub(r'\s(?:width|height)="[^"]*"', "", head)
    head = head.replace("<svg", '<svg aria-hidden="true" focusable="false"')
    return _own_ids(re.sub(r"\n\s*", "\n", f"{head}>{rest}"), prefix).strip()


def _own_ids(found: str, prefix: str) -> str:
    """Keep only ids that something refers to, each with the figure's own prefix."""
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", found))
    found = re.sub(
        r'\sid="([^"]*)"', lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", found
    )
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", found)


def slug_of(text: str) -> str:
    """Letters, digits and dashes.

    >>> slug_of("Rural access: difference, min")
    'rural-access-difference-min'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def end_labels(axes: Axes, labels: Sequence[tuple[str, float, str]], gap: float) -> None:
    """Names at the right end of lines: (text, height, colour), moved apart where they would touch.

    ``gap`` is a share of the height of the axes; no label rises above them.
    """
    low, high = axes.get_ylim()
    heights = np.array(spread([height for _, height, _ in labels], gap * (high - low)))
    heights -= max(0.0, heights.max() - (high - gap / 2 * (high - low)))
    for (text, _, colour), height in zip(labels, heights, strict=True):
        axes.annotate(
            text, (1.02, float(height)), xycoords=("axes fraction", "data"), color=colour,
            va="center", fontsize=SMALL,
        )  # fmt: skip


def spread(values: Sequence[float], gap: float) -> list[float]:
    """Positions near some values, at least ``gap`` apart, in the same order.

    >>> spread([1.0, 1.0, 5.0], 1.0)
    [0.5, 1.5, 5.0]
    """
    order = np.argsort(values, kind="stable")
    clusters: list[list[float]] = []
    for i in order:
        clusters.append([float(values[i])])
        while len(clusters) > 1 and _ends(clusters[-1], gap)[0] < _ends(clusters[-2], gap)[1] + gap:
            last = clusters.pop()
            clusters[-1] += last
    places = [_ends(one, gap)[0] + k * gap for one in clusters for k in range(len(one))]
    found = np.zeros(len(values))
    found[order] = places
    return [float(place) for place in found]


def _ends(cluster: Sequence[float], gap: float) -> tuple[float, float]:
    """Lowest and highest place of values that stand ``gap`` apart around their mean."""
    middle, reach = sum(cluster) / len(cluster), gap * (len(cluster) - 1) / 2
    return middle - reach, middle + reach
