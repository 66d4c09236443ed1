"""The page of a history: what was fitted, what was predicted, what failed, and on what it rests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.chart import BAND, FAINT, INK, STYLE, Chart, panel, svg
from sim.report.html import room_of
from sim.report.words import NO_FIGURE, capital, words
from sim.results.write import atomically

PAGE, KEPT = "history.html", "history.json"
SAID = ("name", "kind", "target", "prior", "posterior", "verdict")
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#8a8a8a"
TITLES = {
    "total": ("Services of local bodies a year", 1e6, "millions"),
    "in_person": ("Share of them in person", 0.01, "percent"),
}
READINGS = {
    "at_provider": "all of the remainder was met in person",
    "mixed": "half of it was met in person",
    "portal": "all of it was electronic elsewhere",
}


def write_history(document: Mapping[str, Any], folder: Path) -> Path:
    """Write the page of a fitted history into a folder; returns it."""
    text = rendered(document)
    return atomically(folder / PAGE, lambda at: at.write_text(text, encoding="utf-8"))


def kept_patterns() -> list[dict[str, Any]]:
    """Patterns of the history that is kept with this program (``make history``), or none."""
    path = Path(__file__).with_name(KEPT)
    if not path.exists():
        return []
    document = json.loads(path.read_text(encoding="utf-8"))
    return [{name: one[name] for name in SAID} for one in document["patterns"]]


def rendered(document: Mapping[str, Any]) -> str:
    """The page as text: nothing loaded, all text escaped."""
    main = document["readings"][document["main_reading"]]
    room = room_of()
    room.filters.update(capital=capital, drawn=Markup, three=three, ends=ends, words=words)
    said = {
        "found": document,
        "main": main,
        "readings": READINGS,
        "charts": [*_years(main), *_numbers(main)],
        "evidence": [one for one in document["patterns"] if one["kind"] == "evidence"],
        "built_in": [one for one in document["patterns"] if one["kind"] == "built in"],
    }
    return room.get_template("history.html.j2").render(said) + "\n"


def three(value: float | None) -> str:
    """A figure with three digits that a reader can use.

    >>> three(3958089.0), three(0.37261), three(None), three(6.49)
    ('3,960,000', '0.373', '–', '6.49')
    """
    if value is None:
        return NO_FIGURE
    if abs(value) >= 1000:
        digits = len(f"{abs(value):.0f}")
        return f"{round(value, 3 - digits):,.0f}"
    return f"{value:.3g}"


def ends(interval: Sequence[float] | None) -> str:
    """The ends of an interval.

    >>> ends((0.1, 0.2, 0.3)), ends(None)
    ('0.1 to 0.3', '–')
    """
    return NO_FIGURE if interval is None else f"{three(interval[0])} to {three(interval[-1])}"


def _years(main: Mapping[str, Any]) -> list[Chart]:
    """One figure for each output: published values on what prior and fit say of them."""
    charts = []
    for output, (title, unit, name) in TITLES.items():
        rows = [one for one in main["figures"] if one["output"] == output]
        with rc_context(STYLE):
            drawn = svg(_bands(rows, unit, name), output.replace("_", "-"))
        charts.append(
            Chart(
                slug=output.replace("_", "-"),
                title=f"{title}: published, and what the model says",
                says="Grey: the ranges alone. Blue: after the fit to filled points. Open points "
                "were not fitted. Bars are the middle nine tenths, the stated error of the model "
                "included.",
                alt=f"{title} from {rows[0]['year']} to {rows[-1]['year']}.",
                panels=(drawn,),
                header=("year", "role", "published", "before the fit", "after the fit"),
                rows=tuple(
                    (one["year"], one["role"], three(one["published"]), ends(one["prior"]),
                     ends(one["posterior"])) for one in rows
                ),
            )
        )  # fmt: skip
    return charts


def _bands(rows: Sequence[Mapping[str, Any]], unit: float, name: str) -> Figure:
    figure, axes = panel(5.6, 3.0)
    for one in rows:
        _bar(axes, one["year"] - 0.14, one["prior"], unit, GREY, "before the fit")
        if one["posterior"]:
            _bar(axes, one["year"] + 0.14, one["posterior"], unit, BLUE, "after the fit")
        is_fitted = one["role"] == "fitted"
        axes.plot(one["year"], one["published"] / unit, "o", color=ORANGE, zorder=4,
                  mfc=ORANGE if is_fitted else "white",
                  label="published, fitted" if is_fitted else "published, not fitted")  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_ylabel(name)
    axes.set_xticks([one["year"] for one in rows])
    axes.grid(axis="y", color=FAINT, lw=0.5)
    axes.set_axisbelow(True)
    _once(figure, axes)
    return figure


def _bar(
    axes: Axes, x: float, interval: Sequence[float], unit: float, colour: str, label: str
) -> None:
    low, middle, high = (value / unit for value in interval)
    axes.plot([x, x], [low, high], color=colour, lw=4, alpha=0.55, solid_capstyle="butt")
    axes.plot(x, middle, "_", color=colour, ms=10, mew=2, label=label)


def _once(figure: Figure, axes: Axes) -> None:
    """A legend with each label once."""
    handles, labels = axes.get_legend_handles_labels()
    first = {label: handle for handle, label in zip(handles, labels, strict=True)}
    figure.legend(first.values(), first.keys(), loc="outside lower left", ncols=2)


def _numbers(main: Mapping[str, Any]) -> list[Chart]:
    """How far the fit narrows each number down."""
    rows = main["numbers"]
    if not rows:
        return []
    with rc_context(STYLE):
        drawn = svg(_narrowed(rows), "numbers")
    informed = sum(one["informed"] for one in rows)
    return [
        Chart(
            slug="numbers",
            title=f"The published figures inform {informed} of {len(rows)} numbers",
            says="Grey: the range before. Blue: the middle nine tenths after the fit. A number "
            "that loses less than a tenth of its variance is not informed by data.",
            alt="Ranges of the drawn numbers before and after the fit.",
            panels=(drawn,),
            header=("number", "role", "before", "after", "variance taken away, percent"),
            rows=tuple(
                (words(one["name"]), one["role"], ends(one["prior"]), ends(one["posterior"]),
                 round(100 * max(0.0, one["contraction"]))) for one in rows
            ),
        )
    ]  # fmt: skip


def _narrowed(rows: Sequence[Mapping[str, Any]]) -> Figure:
    figure, axes = panel(5.6, 0.7 + 0.24 * len(rows))
    for y, one in enumerate(rows):
        share = _share(*one["prior"])
        low, middle, high = (share(value) for value in one["posterior"])
        axes.plot([0, 1], [y, y], color=BAND, lw=7, solid_capstyle="butt")
        colour, label = (BLUE, "informed") if one["informed"] else (GREY, "not informed by data")
        axes.plot([low, high], [y, y], color=colour, lw=4, solid_capstyle="butt", label=label)
        axes.plot(middle, y, "|", color=INK, ms=8)
    axes.set_yticks(range(len(rows)), [f"{words(one['name'])} ({one['role']})" for one in rows])
    axes.invert_yaxis()
    axes.set_xticks([0, 0.5, 1], ["low end", "middle", "high end of its range"])
    _once(figure, axes)
    return figure


def _share(low: float, high: float) -> Callable[[float], float]:
    return lambda value: (value - low) / (high - low)
