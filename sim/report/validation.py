"""The page of proofs: exact laws, both engines against each other, and what nobody has proved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.report.chart import INK, STYLE, Chart, legend_below, panel, svg
from sim.report.html import room_of
from sim.report.words import NO_FIGURE, capital
from sim.results.write import atomically
from sim.studies.twins import Twinned

PAGE = "validation.html"
VERDICTS = ("PASS", "FAIL", "INCONCLUSIVE", "NOT_EXPRESSED")
BIN = 0.5  # standard errors
MILLIONS = 10_000_000  # from here on counts are told in millions
REACH = 4.0  # of the histogram; what lies beyond is counted in its last bars


@dataclass(frozen=True)
class Validation:
    """Everything that the page says.

    Attributes
    ----------
    laws : list of dict
        As ``kezek laws --json`` prints them under ``trials``.
    told : dict
        What made them: tolerance, family error, seed, seconds, versions.
    twins : list of Twinned
        Runs with all engines at once.
    """

    laws: Sequence[Mapping[str, Any]]
    told: Mapping[str, Any]
    twins: Sequence[Twinned]

    @property
    def counts(self) -> dict[str, int]:
        """Laws by verdict."""
        found = Counter(law["verdict"] for law in self.laws)
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def zs(self) -> list[float]:
        """Distances from the exact values in standard errors, of the laws that were measured."""
        found = [law["z"] for law in self.laws if law["z"] is not None]
        return [z for z in found if isfinite(z)]

    @property
    def lived(self) -> int:
        """Cases that were lived for laws; laws of one system share theirs."""
        longest: dict[tuple[str, str], int] = {}
        for law in self.laws:
            system = law["family"], str(law["parameters"])
            longest[system] = max(longest.get(system, 0), law["n"] or 0)
        return sum(longest.values())

    def document(self) -> dict[str, Any]:
        """The page as a document."""
        return {
            "counts": self.counts,
            "lived": self.lived,
            "largest_z": max(map(abs, self.zs), default=None),
            "engines": [vars(one) for one in self.twins],
            "laws": list(self.laws),
        }


def write_validation(found: Validation, folder: Path) -> Path:
    """Write the page into a folder; returns it."""
    text = rendered(found)
    return atomically(folder / PAGE, lambda at: at.write_text(text, encoding="utf-8"))


def rendered(found: Validation) -> str:
    """The page as text: nothing loaded, all text escaped."""
    by_family: dict[str, list[Mapping[str, Any]]] = {}
    for law in found.laws:
        by_family.setdefault(law["family"], []).append(law)
    said = {
        "found": found,
        "told": found.told,
        "chart": histogram(found.zs),
        "families": [_family(name, laws) for name, laws in by_family.items()],
        "not_expressed": _reasons(found.laws),
        "inconclusive": [law for law in found.laws if law["verdict"] == "INCONCLUSIVE"],
        "failed": [law for law in found.laws if law["verdict"] == "FAIL"],
    }
    room = room_of()
    room.filters.update(six=six, many=many, capital=capital, drawn=Markup)
    return room.get_template("validation.html.j2").render(said) + "\n"


def _family(name: str, laws: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    by = Counter(law["verdict"] for law in laws)
    zs = [abs(law["z"]) for law in laws if law["z"] is not None]
    return {
        "name": name,
        "laws": laws,
        "counts": [by[verdict] for verdict in VERDICTS],
        "largest": max(zs, default=None),
    }


def _reasons(laws: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Why laws could not be tried: family, reason, and how many."""
    found = Counter(
        (law["family"], law["reason"]) for law in laws if law["verdict"] == "NOT_EXPRESSED"
    )
    return [(family, reason, n) for (family, reason), n in sorted(found.items())]


def six(value: float | None) -> str:
    """A figure with six digits, or a dash.

    >>> six(0.1234567), six(None), six(1234567.0)
    ('0.123457', '–', '1.23457e+06')
    """
    return NO_FIGURE if value is None or not isfinite(value) else f"{value:.6g}"


def many(n: int) -> str:
    """A count in a few characters.

    >>> many(12345), many(23456789), many(4800000000)
    ('12,345', '23 million', '4,800 million')
    """
    return f"{n:,}" if n < MILLIONS else f"{n / 1e6:,.0f} million"


def histogram(zs: Sequence[float]) -> Chart | None:
    """How far estimates lie from the exact values, against what a right engine would show."""
    if not zs:
        return None
    edges = np.arange(-REACH, REACH + BIN, BIN)
    counts, _ = np.histogram(np.clip(zs, -REACH, REACH), edges)
    with rc_context(STYLE):
        drawn = svg(_bars(edges, counts, len(zs)), "z-scores")
    largest = max(map(abs, zs))
    return Chart(
        slug="z-scores",
        title=f"Estimates lie where chance puts them: the farthest is {largest:.1f} standard "
        "errors away",
        says="A right engine gives bars that follow the dashed line. Laws of one system are "
        "measured on the same runs, so that the bars move together a little.",
        alt=f"Histogram of {len(zs)} distances between -4 and 4 standard errors.",
        panels=(drawn,),
        header=("from", "to", "laws"),
        rows=tuple(
            (float(low), float(low + BIN), int(n)) for low, n in zip(edges, counts, strict=False)
        ),
    )


def _bars(edges: NDArray[np.float64], counts: NDArray[np.int64], n: int) -> Figure:
    figure, axes = panel(5.6, 3.0)
    axes.bar(edges[:-1], counts, BIN, align="edge", color="#56B4E9", edgecolor="white", lw=0.6,
             label="laws")  # fmt: skip
    x = np.linspace(-REACH, REACH, 161)
    normal = n * BIN * np.exp(-(x**2) / 2) / sqrt(2 * pi)
    axes.plot(x, normal, color=INK, lw=1.4, ls=(0, (4, 2)), label="a standard normal law")
    axes.set_xlabel("estimate less exact value, standard errors")
    axes.set_ylabel("laws")
    axes.set_xlim(-REACH, REACH)
    legend_below(figure, axes)
    return figure
