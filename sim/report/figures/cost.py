"""Public cost of a need by item: everything paid, and what follows the work."""

from __future__ import annotations

import pandas as pd

from sim.report.chart import Chart, dots, svg
from sim.report.frames import RUN, cells, mean_by
from sim.report.study import Study
from sim.report.words import capital, fixed

DONE = ("issued", "refused", "gave_up")
KINDS = {"paid": "Average", "followed_work": "Avoidable"}


def by_item(study: Study) -> Chart | None:
    """Money for each need by item; items on which nothing is spent anywhere are left out."""
    means = _per_need(study)
    spent = means.groupby("item", sort=False)["paid"].max() > 0
    items = {str(item): capital(str(item)) for item in spent.index[spent]}
    means = means[means["item"].isin(list(items))]
    if means.empty:
        return None
    currency = study.config.place.currency
    base = means[means["scenario"] == study.base][list(KINDS)].sum()
    return Chart(
        slug="public-cost",
        title=f"Public cost of a need in the base: {fixed(base['paid'], 0)} {currency} on average, "
        f"of which {fixed(base['followed_work'], 0)} follow the work",
        says="Average counts all posts, busy or not. Avoidable counts only hours of work, road and "
        "single cases: it is saved only if posts close.",
        alt="A mark for each item of cost and scenario, on average and avoidable.",
        panels=tuple(_panel(study, means, items, name) for name in KINDS),
        header=("scenario", "item", *(f"{kind.lower()}, {currency}" for kind in KINDS.values())),
        rows=cells(means, "name", "item", *KINDS),
    )


def _per_need(study: Study) -> pd.DataFrame:
    """Money over needs that came to an end, by scenario and item."""
    needs = study.frames.sums("services", (), DONE)
    needs["needs"] = needs[list(DONE)].sum(axis=1)
    frame = study.frames.sums("bill", ("item",)).merge(needs[[*RUN, "needs"]], on=list(RUN))
    frame = frame[frame["needs"] > 0]
    for name in KINDS:
        frame[name] = frame[name] / frame["needs"]
    means = mean_by(frame.drop(columns="needs"), ["scenario", "item"])
    return means.assign(name=means["scenario"].map(study.title))


def _panel(study: Study, means: pd.DataFrame, items: dict[str, str], name: str) -> str:
    figure, axes = dots(study, means, name, "item", items)
    most = max(1.0, float(means["paid"].max()))
    axes.set_xlim(-0.02 * most, 1.05 * most)
    axes.set_xlabel(f"{study.config.place.currency} per need")
    axes.set_title(KINDS[name])
    return svg(figure, f"cost-{name.replace('_', '-')}")
