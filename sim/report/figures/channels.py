"""Which channel needs take first, month by month."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sim.report.chart import HALF, INK, Chart, end_labels, looks_of, panel, svg
from sim.report.frames import cells, mean_by
from sim.report.study import Study
from sim.report.words import capital, fixed

COLOURS = {
    "web": ("#0072B2", ""),
    "app": ("#56B4E9", ""),
    "office": ("#E69F00", "//"),
    "van": ("#D55E00", "xx"),
    "body": ("#009E73", ".."),
}  # colour and hatch
CHANNELS = tuple(COLOURS)
HEIGHT = 2.9  # inches


def by_month(study: Study) -> Chart | None:
    """Shares of channels in the base, and the share online of each scenario."""
    frame = study.frames.sums("services", ("month",), ("needs", *CHANNELS))
    means = mean_by(frame, ["scenario", "month"])
    means = means[means["needs"] > 0]
    if means.empty:
        return None
    base = means[means["scenario"] == study.base]
    online = 100 * base[["web", "app"]].to_numpy().sum() / base["needs"].sum()
    for name in CHANNELS:
        means[name] = 100 * means[name] / means["needs"]
    means["online"] = means["web"] + means["app"]
    means["name"] = means["scenario"].map(study.title)
    words = _words(study)
    lines = (_lines(study, means),) if means["month"].nunique() > 1 else ()
    return Chart(
        slug="channels",
        title=f"Where needs go first: {fixed(online, 0)} % go online in the base",
        says="Channel of the first request of each need, all services, by month. The scale of the "
        "lines does not begin at zero.",
        alt="Stacked shares of channels by month in the base, and lines of the share online by "
        "month for each scenario.",
        panels=(_stack(study, means[means["scenario"] == study.base]), *lines),
        header=("scenario", "month", *(f"{capital(words[name])}, %" for name in CHANNELS)),
        rows=cells(means, "name", "month", *CHANNELS),
    )


def _words(study: Study) -> dict[str, str]:
    """What people call the channels there."""
    words = study.config.place.words
    names = (words.portal, words.app, words.office, words.van, "provider or body itself")
    return dict(zip(CHANNELS, names, strict=True))


def _stack(study: Study, base: pd.DataFrame) -> str:
    figure, axes = panel(HALF, HEIGHT)
    x, below = np.arange(len(base)), np.zeros(len(base))
    labels = []
    for name, word in _words(study).items():
        share, (colour, hatch) = base[name].to_numpy(float), COLOURS[name]
        if share.any():
            axes.bar(x, share, 0.92, below, color=colour, hatch=hatch, edgecolor="white", lw=0.4)
            said = f"{_brief(word)} {fixed(share.mean(), 1)} %"
            labels.append((said, float(below[-1] + share[-1] / 2), INK))
            below += share
    axes.set_ylim(0, 100)
    axes.set_xticks(x, [_month(month) for month in base["month"]])
    axes.set_title("Base: first channel, % of needs")
    end_labels(axes, labels, gap=0.075)
    return svg(figure, "channels-base")


def _brief(word: str) -> str:
    """The abbreviation of a word, if it has one, else what stands before brackets.

    >>> _brief("Office of Public Services (OPS)"), _brief("one-stop shop (in town)")
    ('OPS', 'one-stop shop')
    """
    found = re.search(r"\(([A-Z]{2,})\)", word)
    plain = found[1] if found else word.split("(", maxsplit=1)[0].strip()
    return plain.replace("provider or body itself", "provider or body")


def _month(month: str) -> str:
    """The first letter of a month."""
    return "JFMAMJJASOND"[int(month[5:7]) - 1]


def _lines(study: Study, means: pd.DataFrame) -> str:
    figure, axes = panel(HALF, HEIGHT)
    labels = []
    for label, look in looks_of(study).items():
        rows = means[means["scenario"] == label]
        axes.plot(range(len(rows)), rows["online"], color=look.colour, ls=look.line)
        labels.append((study.title(label), float(rows["online"].iloc[-1]), look.colour))
    months = means[means["scenario"] == study.base]["month"]
    axes.set_xticks(range(len(months)), [_month(month) for month in months])
    axes.set_title("Needs that go online first, %")
    end_labels(axes, labels, gap=0.075)
    return svg(figure, "channels-online")
