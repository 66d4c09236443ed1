"""Where people live: minutes for each need by district, and the gap of rural residents."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import Normalize, TwoSlopeNorm
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.report.chart import (
    FAINT,
    HALF,
    INK,
    SMALL,
    WHOLE,
    Chart,
    looks_of,
    panel,
    slug_of,
    svg,
    without_left,
)
from sim.report.frames import cells, mean_by, paired_by
from sim.report.study import Study
from sim.report.tiles import grid_of
from sim.report.words import fixed, short, signed

COUNTS = ("needs", "travel_seconds", "wait_seconds")


def minutes_by(study: Study, key: str) -> pd.DataFrame:
    """Minutes on the road and in line for each need, by run and a key of the table of groups."""
    frame = study.frames.sums("groups", (key,), COUNTS)
    frame = frame[frame["needs"] > 0]
    spent = frame["travel_seconds"] + frame["wait_seconds"]
    return frame.assign(minutes=spent / frame["needs"] / 60)


def tile_map(study: Study) -> Chart | None:
    """One square a district, laid out as they lie; the base, and what each reform changes."""
    frame, table = minutes_by(study, "district"), study.tables["districts"]
    codes = [code for code in table.rows if code in set(frame["district"])]
    if len(codes) < 2:
        return None
    names = {code: table.words("name")[table.index[code]] for code in codes}
    base = mean_by(frame[frame["scenario"] == study.base], ["district"]).set_index("district")
    effects = paired_by(frame, "district", "minutes", study.base)
    values = pd.DataFrame({"base": base["minutes"]}).reindex(codes)
    for k, reform in enumerate(study.reforms):
        values[reform] = [effects[code][k].mean for code in codes]
    low, high = (fixed(values["base"].agg(end), 1) for end in ("min", "max"))
    reforms = [study.title(reform) for reform in study.reforms]
    return Chart(
        slug="district-map",
        title=f"Time for each need by district: {low} to {high} minutes in the base",
        says="Minutes on the road and in line for each need of residents, whether met in person or "
        "online. One square a district, placed about as it lies, north above. The reforms share "
        "one scale of colours: purple is less time than in the base, orange more.",
        alt="Tile maps of districts with the value printed in each tile; the table lists them by "
        "name.",
        panels=_panels(study, values, [short(name) for name in names.values()]),
        header=("district", "base, min per need", *(f"{name}, difference" for name in reforms)),
        rows=cells(values.assign(name=names).sort_values("name"), "name", "base", *study.reforms),
    )


def _panels(study: Study, values: pd.DataFrame, names: list[str]) -> tuple[str, ...]:
    table = study.tables["districts"]
    rows = [table.index[code] for code in values.index]
    squares = grid_of(table.numbers("latitude_deg")[rows], table.numbers("longitude_deg")[rows])
    base = values["base"].to_numpy(float)
    changes = values[list(study.reforms)]
    reach = max(float(changes.abs().to_numpy().max(initial=0.0)), 1e-9)
    even, both = Normalize(0, 1.15 * float(base.max())), TwoSlopeNorm(0, -reach, reach)
    found = [_tiles("Base: minutes per need", names, squares, base, even)]
    for reform in study.reforms:
        title = f"{study.title(reform)}: difference, min"
        found.append(_tiles(title, names, squares, changes[reform].to_numpy(float), both))
    return tuple(found)


def _tiles(
    title: str,
    names: list[str],
    squares: NDArray[np.int64],
    values: NDArray[np.float64],
    norm: Normalize,
) -> str:
    """Squares with name and value; a norm around zero shows differences with their sign."""
    is_change = isinstance(norm, TwoSlopeNorm)
    colours = colormaps["PuOr_r" if is_change else "Blues"]
    columns, rows = squares.max(axis=0) + 1
    figure, axes = panel(HALF, 0.35 + HALF * rows / columns)
    for name, (x, y), value in zip(names, squares, values, strict=True):
        fill = colours(norm(value))
        ink = "white" if _luminance(fill) < 0.18 else INK
        tile = Rectangle((x + 0.03, y + 0.03), 0.94, 0.94, fc=fill, ec=FAINT, lw=0.5)
        axes.add_patch(tile)
        said = signed(value, 2) if is_change else fixed(value, 1)
        axes.text(x + 0.5, y + 0.34, name, ha="center", va="center", fontsize=6, color=ink)
        axes.text(
            x + 0.5, y + 0.66, said, ha="center", va="center", fontsize=8.5, color=ink,
            fontweight="bold",
        )  # fmt: skip
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_title(title)
    return svg(figure, f"tiles-{slug_of(title)}")


def _luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance of an sRGB colour; below 0.18 white letters read better than black."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def rural_urban(study: Study) -> Chart | None:
    """Minutes for each need of rural and of urban residents, by scenario."""
    means = mean_by(minutes_by(study, "place"), ["scenario", "place"])
    wide = means.pivot(index="scenario", columns="place", values="minutes")
    if set(wide.columns) != {"rural", "urban"}:
        return None
    wide = wide.reindex(list(looks_of(study)))
    wide["gap"] = wide["rural"] - wide["urban"]
    wide["name"] = [study.title(label) for label in wide.index]
    gap = float(wide.loc[study.base, "gap"])
    more = "more" if gap > 0 else "less"
    return Chart(
        slug="rural-urban-gap",
        title=f"Rural residents spend {fixed(abs(gap), 1)} minutes {more} for each need than urban "
        "ones in the base",
        says="Open circles: urban residents; full circles: rural residents.",
        alt="Two circles for each scenario, urban and rural minutes for each need, joined by a "
        "line.",
        panels=(_gap(study, wide),),
        header=("scenario", "urban, min per need", "rural, min per need", "gap, min"),
        rows=cells(wide, "name", "urban", "rural", "gap"),
    )


def _gap(study: Study, wide: pd.DataFrame) -> str:
    figure, axes = panel(WHOLE, 0.9 + 0.36 * len(wide))
    for y, (label, look) in enumerate(looks_of(study).items()):
        ends = {"urban": float(wide.loc[label, "urban"]), "rural": float(wide.loc[label, "rural"])}
        axes.plot(list(ends.values()), [y, y], color=look.colour, lw=1.4)
        for place, value in ends.items():
            fill = "white" if place == "urban" else look.colour
            side = -1 if value == min(ends.values()) else 1
            axes.plot(value, y, "o", color=look.colour, mfc=fill, ms=6)
            axes.annotate(
                fixed(value, 2), (value, y), xytext=(7 * side, 0), textcoords="offset points",
                ha="right" if side < 0 else "left", va="center", fontsize=SMALL,
            )  # fmt: skip
            if y == 0:
                axes.annotate(place, (value, -0.5), ha="center", va="center", fontweight="bold")
    axes.set_xlim(0, 1.15 * max(0.1, float(wide[["urban", "rural"]].to_numpy().max())))
    axes.set_ylim(len(wide) - 0.5, -0.85)
    axes.set_yticks(range(len(wide)), list(wide["name"]))
    without_left(axes)
    axes.set_xlabel("minutes on the road and in line for each need")
    return svg(figure, "gap")
