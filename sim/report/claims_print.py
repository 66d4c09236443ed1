"""The report of verdicts on paper: A4 pages as PDF, the same words and figures as the page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from sim.report.chart import INK, STYLE
from sim.report.claims_chart import FAILS, HOLDS, NOTHING, draw
from sim.results.write import atomically

A4 = (8.27, 11.69)  # inches
LEFT, TOP, LINE = 0.09, 0.945, 0.0155  # shares of the page
ROWS = 17  # verdicts on a page
ABOUT = {"Title": "Verdicts on the claims of the papers", "Creator": "Kezek", "CreationDate": None}


def write_print(document: Mapping[str, Any], path: Path) -> Path:
    """Write all pages."""
    return atomically(path, lambda at: _write(document, at))


def _write(document: Mapping[str, Any], path: Path) -> None:
    claims = document["claims"]
    with rc_context({**STYLE, "pdf.fonttype": 42}), PdfPages(path, metadata=ABOUT) as pages:
        for first in range(0, len(claims), ROWS):
            pages.savefig(_verdicts(document, claims[first : first + ROWS], first == 0))
        for claim in claims:
            pages.savefig(_claim(claim))


class Sheet:
    """A page that is written from the top down."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=A4)
        self.figure.set_layout_engine("none")
        self.y = TOP

    def write(
        self, text: str, size: float = 9.0, weight: str = "normal", colour: str = INK,
        columns: int = 96, x: float = LEFT, gap: float = 0.4,
    ) -> None:  # fmt: skip
        """Put down a paragraph, and leave a gap below it, in lines."""
        lines = textwrap.wrap(text, columns) or [""]
        step = LINE * size / 9.0
        for one in lines:
            self.figure.text(x, self.y, one, fontsize=size, fontweight=weight, color=colour,
                             va="top", parse_math=False)  # fmt: skip
            self.y -= step
        self.y -= gap * step


def _verdicts(
    document: Mapping[str, Any], claims: Sequence[Mapping[str, Any]], is_first: bool
) -> Figure:
    sheet = Sheet()
    if is_first:
        sheet.write("Verdicts on the claims of the papers", 16, "bold", columns=50)
        sheet.write(_about(document), 8.5, columns=104, gap=0.6)
        sheet.write(document["first_page"], 8.5, columns=104, gap=0.9)
    sheet.write("Blue: share of draws in which it holds; grey: nothing that matters; orange: the "
                "opposite.", 7.5, colour="#555555", columns=120)  # fmt: skip
    for claim in claims:
        top = sheet.y
        sheet.write(f"{claim['claim']}  {claim['title']}", 8.5, "bold", columns=92, gap=0)
        sheet.write(claim["says"], 8.0, columns=98, x=LEFT + 0.02, gap=0.9)
        shares = claim["outcomes"][0].get("shares") if claim["outcomes"] else None
        if shares:
            _bar(sheet.figure, top, shares)
    return sheet.figure


def _bar(figure: Figure, top: float, shares: Mapping[str, float]) -> None:
    axes = figure.add_axes((0.8, top - 0.011, 0.12, 0.009))
    left = 0.0
    for key, colour in (("holds", HOLDS), ("nothing", NOTHING), ("fails", FAILS)):
        axes.barh(0, shares[key], left=left, color=colour)
        left += shares[key]
    axes.set_xlim(0, 1)
    axes.axis("off")


def _about(document: Mapping[str, Any]) -> str:
    return (
        f"{document['region']}: {document['draws']} draws of everything that nobody has measured, "
        f"{document['runs']:,} runs, tier {document['tier']}. "
        + ("" if document["tier"] == "full" else "All words are provisional. ")
        + "Always: in this model, under these ranges."
    )


def _claim(claim: Mapping[str, Any]) -> Figure:
    sheet = Sheet()
    sheet.write(f"{claim['claim']}  {claim['title']}", 14, "bold", columns=58, gap=0.6)
    for head, text in _parts(claim):
        if text:
            sheet.write(head, 8.0, "bold", "#0b4f6c", gap=0)
            sheet.write(text, 9.0, columns=94, gap=0.6)
    if "levels" in claim:
        figure = sheet.figure
        left = figure.add_axes((LEFT + 0.09, 0.09, 0.27, 0.22))
        right = figure.add_axes((0.66, 0.09, 0.26, 0.22))
        draw(left, right, claim)
        handles = right.get_legend_handles_labels()
        figure.legend(*handles, loc="lower right", bbox_to_anchor=(0.93, 0.025), ncols=3)
    return sheet.figure


def _parts(claim: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    said = f"“{claim['sentence']}” (paper {', '.join(claim['paper'])}, {claim['place']})"
    yield "VERDICT", claim["says"]
    yield "WHAT WOULD CHANGE IT", claim.get("falsifier", "")
    yield "THE PAPER'S OWN SENTENCE", said
    yield "REPORTED FROM", claim["reported_from"]
    yield "IN OUR WORDS", claim["paraphrase"]
    yield "HOW IT WOULD ACT", claim["mechanism"]
    yield "WHAT COULD REVERSE IT", claim["threat"]
    yield "HOW IT IS JUDGED HERE", claim["judged_here"]
    for one in claim.get("alternatives", []):
        yield (
            f"INSTEAD: {one['name'].replace('_', ' ')}",
            f"does better in {100 * one['better']:.0f} % of draws.",
        )
    yield (
        "REPLY OF THE AUTHORS",
        claim["reply"] or "None yet: the file of the claim has room for one.",
    )
