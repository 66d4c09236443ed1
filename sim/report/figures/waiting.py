"""Waiting at offices: by hour, by office, and how long the long waits are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sim.report.base_year import share
from sim.report.chart import (
    HALF,
    INK,
    SMALL,
    WHOLE,
    Chart,
    Look,
    dots,
    legend_below,
    looks_of,
    panel,
    svg,
)
from sim.report.frames import cells, mean_by
from sim.report.study import Study
from sim.report.words import fixed, short

FEWEST = 0.01  # of all served: hours with fewer are not shown
LONGER = (1, 5, 10, 15, 20, 30, 45, 60)  # minutes
KINDS = {"other": "other days", "monday": "Mondays", "after_holiday": "first days after a holiday"}
KIND_LOOKS = (
    Look("#3d3d3d", "-", "o"),
    Look("#0072B2", (0, (5, 1.5)), "s"),
    Look("#D55E00", (0, (1.2, 1.2)), "^"),
)
COUNTS = ("served", "wait_seconds", "within_standard")


def by_hour(study: Study) -> Chart | None:
    """Mean wait and share within the standard by hour of joining."""
    hours, kinds = _by_scenario(study), _by_kind(study)
    if hours.empty:
        return None
    within = f"within {study.config.office.standard_wait_minutes:g} min, %"
    looks = {study.title(label): look for label, look in looks_of(study).items()}
    days = dict(zip(KINDS.values(), KIND_LOOKS, strict=True))
    base = hours[hours["scenario"] == study.base]
    worst = base.loc[base["wait"].idxmax()]
    return Chart(
        slug="waiting-by-hour",
        title=f"When people wait: longest from {worst['hour']} to {worst['hour'] + 1} h, "
        f"{fixed(worst['wait'], 1)} minutes on average in the base",
        says="By hour of joining the line; visits that reached a counter, all offices. The lower "
        "charts show the base by kind of day. Scales of percent do not begin at zero.",
        alt="Lines of mean wait and of the share within the standard by hour of the day, for each "
        "scenario and, in the base, for each kind of day.",
        panels=(
            _lines(hours, looks, "wait", "Mean wait, min"),
            _lines(hours, looks, "within", f"Served {within}"),
            _lines(kinds, days, "wait", "Base by kind of day: mean wait, min"),
            _lines(kinds, days, "within", f"Base by kind of day: {within}"),
        ),
        header=("scenario or days", "hour", "mean wait, min", "within the standard, %"),
        rows=cells(pd.concat([hours, kinds]), "name", "hour", "wait", "within"),
    )


def _by_scenario(study: Study) -> pd.DataFrame:
    """Rates by scenario and hour, all days together."""
    frame = _rates(mean_by(study.frames.sums("hours", ("hour",), COUNTS), ["scenario", "hour"]))
    return frame.assign(name=frame["scenario"].map(study.title))


def _by_kind(study: Study) -> pd.DataFrame:
    """Rates by kind of day and hour in the base."""
    frame = study.frames.sums("hours", ("day_kind", "hour"), COUNTS)
    frame = _rates(mean_by(frame[frame["scenario"] == study.base], ["day_kind", "hour"]))
    return frame.assign(name=frame["day_kind"].map(KINDS))


def _rates(frame: pd.DataFrame) -> pd.DataFrame:
    """Mean wait in minutes and percent within the standard, where enough were served."""
    enough = frame["served"] > FEWEST * frame.groupby(frame.columns[0])["served"].transform("sum")
    frame = frame[enough]
    return frame.assign(
        wait=frame["wait_seconds"] / frame["served"] / 60,
        within=100 * frame["within_standard"] / frame["served"],
    )


def _lines(frame: pd.DataFrame, looks: Mapping[str, Look], value: str, title: str) -> str:
    """One line a name over the hours of the day."""
    figure, axes = panel(HALF, 2.7)
    for name, look in looks.items():
        rows = frame[frame["name"] == name]
        if len(rows):
            axes.plot(rows["hour"] + 0.5, rows[value], color=look.colour, ls=look.line, label=name)
    axes.set_title(title)
    axes.set_xlabel("hour of joining the line")
    if value == "wait":
        axes.set_ylim(0, None)
    else:
        axes.set_ylim(min(99.0, axes.get_ylim()[0]), 100)
    axes.locator_params(axis="x", integer=True)
    legend_below(figure, axes)
    return svg(figure, f"{'kind' if 'Mondays' in looks else 'hour'}-{value}")


def by_office(study: Study) -> Chart | None:
    """Share within the standard at each office, in alphabetical order."""
    counts, only = ("served", "within_standard"), {"role": "office"}
    means = mean_by(
        study.frames.sums("counters", ("station",), counts, only), ["scenario", "station"]
    )
    means = means[means["served"] > 0]
    table = study.tables["offices"]
    called = {code: table.words("name")[table.index[code]] for code in means["station"].unique()}
    if len(called) < 2:
        return None
    called = dict(sorted(called.items(), key=lambda pair: pair[1]))
    means["name"], means["office"] = (
        means["scenario"].map(study.title),
        means["station"].map(called),
    )
    means["share"] = 100 * means["within_standard"] / means["served"]
    standard = study.config.office.standard_wait_minutes
    names = {code: short(name) for code, name in called.items()}
    figure, axes = dots(study, means, "share", "station", names, WHOLE)
    axes.set_xlabel(f"visits served within {standard:g} minutes, %")
    base = means[means["scenario"] == study.base]["share"]
    return Chart(
        slug="within-standard-by-office",
        title=f"Offices differ: {fixed(base.min(), 0)} to {fixed(base.max(), 0)} % of visits are "
        f"served within {standard:g} minutes in the base",
        says="Offices in alphabetical order. Their counters are assumed: differences between "
        "offices show what the assumptions imply and assess no office. The scale does not begin "
        "at zero.",
        alt="A mark for each office and scenario on a scale of percent served within the standard.",
        panels=(svg(figure, "office"),),
        header=("scenario", "office", "within the standard, %"),
        rows=cells(means, "name", "office", "share"),
    )


def distribution(study: Study) -> Chart | None:
    """Share of visits that wait at least so many minutes."""
    frame = mean_by(study.frames.sums("waits", ("minutes",)), ["scenario", "minutes"])
    if not frame["served"].sum():
        return None
    shares = {
        label: [
            100 * share(one["served"][one["minutes"] >= m].sum(), one["served"].sum())
            for m in LONGER
        ]
        for label, one in frame.groupby("scenario", sort=False)
    }
    base = dict(zip(LONGER, shares[study.base], strict=True))
    return Chart(
        slug="distribution-of-waits",
        title=f"Most wait little, a few wait long: in the base {fixed(base[1], 0)} % wait a minute "
        f"or more and {fixed(base[30], 1)} % half an hour or more",
        says="Visits that reached a counter, all offices and days together.",
        alt="Falling lines, one for each scenario: share of visits that wait at least 1 to 60 "
        "minutes.",
        panels=(_falling(study, shares),),
        header=("scenario", "minutes", "wait at least so long, %"),
        rows=tuple(
            (study.title(label), m, share)
            for label, each in shares.items()
            for m, share in zip(LONGER, each, strict=True)
        ),
    )


def _falling(study: Study, shares: Mapping[str, list[float]]) -> str:
    figure, axes = panel(WHOLE, 2.9)
    standard = study.config.office.standard_wait_minutes
    axes.axvline(standard, color=INK, lw=0.8, ls=(0, (2, 2)))
    for label, look in looks_of(study).items():
        axes.plot(
            LONGER, shares[label], color=look.colour, ls=look.line, marker=look.marker,
            label=study.title(label),
        )  # fmt: skip
    axes.annotate(
        f"standard, {standard:g} min", (standard, 0.97), xycoords=("data", "axes fraction"),
        xytext=(4, 0), textcoords="offset points", va="top", fontsize=SMALL,
    )  # fmt: skip
    axes.set_ylim(0, None)
    axes.set_xticks(LONGER)
    axes.set_xlabel("minutes")
    axes.set_title("Visits that wait at least so long, %")
    legend_below(figure, axes)
    return svg(figure, "waits")
