"""Load of departments beside the coefficient that the sources compute: services per employee."""

from __future__ import annotations

from math import isfinite

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from sim.report.chart import LOOKS, WHOLE, Chart, legend_below, panel, svg
from sim.report.files import newest, rows_of
from sim.report.frames import cells
from sim.report.study import Study
from sim.report.words import fixed, short

FEWEST = 3  # bodies below which ranks say nothing
NAMED = 12  # points that may have a name in the chart
MARK, LETTER = 0.022, 0.0125  # half a mark and a letter, shares of the axes
Box = tuple[float, float, float, float]  # left, low, right, high
COLUMNS = (
    "table", "unit", "employees", "services", "coefficient", "load", "by_coefficient", "by_load",
)  # fmt: skip


def load_and_coefficient(study: Study) -> Chart | None:
    """Utilisation in the base against services per employee, with the correlation of ranks."""
    frame = _points(study)
    if len(frame) < 2:
        return None
    rank = rank_correlation(frame)
    said = "" if np.isnan(rank) else f": rank correlation {fixed(rank, 2)}"
    return Chart(
        slug="load-and-coefficient",
        title=f"Services per employee beside the load of {len(frame)} departments{said}; the loads "
        "follow from assumptions",
        says="Load: work over time on duty of desks in the base. Volumes, minutes and shares of "
        "time are assumed, most of them so that departments stand at about the same load: the "
        "figure shows what the assumptions imply and cannot test the coefficient. Tables are "
        "those of the sources." + _each(frame),
        alt="A mark for each department: services per employee across, utilisation upwards.",
        panels=(_scatter(frame),),
        header=("table", "department", "employees", "services", "services per employee",
                "utilisation in the base, %", "rank by coefficient", "rank by utilisation"),
        rows=cells(frame, *COLUMNS),
    )  # fmt: skip


def _points(study: Study) -> pd.DataFrame:
    """One row a department that has a coefficient and was sent work."""
    counts = ["busy_seconds", "duty_seconds"]
    desks = study.frames.sums("desks", ("station",), counts, {"role": "desk"})
    desks = desks[desks["scenario"] == study.base].groupby("station")[counts].sum()
    desks = desks[(desks > 0).all(axis=1)]
    load = 100 * desks["busy_seconds"] / desks["duty_seconds"]
    rows = [
        (row["table"], row["unit"], int(row["employees"]), int(row["services"]),
         int(row["services"]) / int(row["employees"]), float(load[row["body"]]))
        for row in rows_of(newest(study.config, "workload.csv"))
        if row["body"] in load.index
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(COLUMNS[:6]))
    for name, by in (("by_coefficient", "coefficient"), ("by_load", "load")):
        frame[name] = frame[by].rank(ascending=False, method="min").astype(int)
    return frame


def rank_correlation(frame: pd.DataFrame) -> float:
    """Spearman's, not a number where there are too few departments or all are alike."""
    varies = frame["coefficient"].nunique() > 1 and frame["load"].nunique() > 1
    if len(frame) < FEWEST or not varies:
        return float("nan")
    return float(spearmanr(frame["coefficient"], frame["load"]).statistic)


def _each(frame: pd.DataFrame) -> str:
    """The correlation in each table of the sources, if there are several."""
    found = {str(table): rank_correlation(rows) for table, rows in frame.groupby("table")}
    said = [f"{fixed(rank, 2)} in table {table}" for table, rank in found.items() if isfinite(rank)]
    return f" Rank correlations: {', '.join(said)}." if len(said) > 1 else ""


def _scatter(frame: pd.DataFrame) -> str:
    figure, axes = panel(WHOLE, 3.4)
    for k, (table, rows) in enumerate(frame.groupby("table")):
        look = LOOKS[k % len(LOOKS)]
        axes.plot(
            rows["coefficient"], rows["load"], look.marker, color=look.colour, mfc="none", ms=5.5,
            mew=1.3, label=f"table {table}",
        )  # fmt: skip
    widest, highest = 1.05 * float(frame["coefficient"].max()), 1.15 * float(frame["load"].max())
    for name, x, y, side in _named(frame, widest, highest):
        axes.annotate(
            name, (x, y), xytext=(6 * side, 0), textcoords="offset points", fontsize=7,
            va="center", ha="left" if side > 0 else "right",
        )  # fmt: skip
    axes.set_xlim(0, widest)
    axes.set_ylim(0, highest)
    axes.set_xlabel("services in the register per employee")
    axes.set_title("Utilisation of desks in the base, %")
    if frame["table"].nunique() > 1:
        legend_below(figure, axes, columns=3)
    return svg(figure, "load")


def _named(
    frame: pd.DataFrame, widest: float, highest: float
) -> list[tuple[str, float, float, int]]:
    """Names with the side on which they stand, of points far out, where they cover nothing."""
    points = frame[["coefficient", "load"]].to_numpy(float) / (widest, highest)
    far = np.abs((points - np.median(points, axis=0)) / np.maximum(points.std(axis=0), 1e-9))
    taken = [(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in points]
    kept: list[tuple[str, float, float, int]] = []
    for i in np.argsort(-far.max(axis=1), kind="stable")[:NAMED]:
        name = short(frame["unit"][i]).removeprefix("Department of ")
        for side in (1, -1):
            box = _box(points[i], LETTER * len(name), side)
            others = taken[:i] + taken[i + 1 :]
            if box[0] >= 0 and box[2] <= 1 and not any(_meet(box, other) for other in others):
                taken.append(box)
                kept.append((name, frame["coefficient"][i], frame["load"][i], side))
                break
    return kept


def _box(point: NDArray[np.float64], width: float, side: int) -> Box:
    """Where a name would stand beside a point, shares of the axes."""
    near, far = sorted((point[0] + 1.2 * MARK * side, point[0] + (1.2 * MARK + width) * side))
    return float(near), float(point[1] - MARK), float(far), float(point[1] + MARK)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
