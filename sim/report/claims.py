"""The report of verdicts: one page of all words, then one a claim with the figure behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.figure import Figure

from sim.claims.sentences import NAMES
from sim.claims.verdict import Word
from sim.report.chart import STYLE, svg
from sim.report.claims_chart import chart_of, label, triangle_of, unit
from sim.report.claims_print import write_print
from sim.report.html import room_of
from sim.report.words import NO_FIGURE, capital, decimals_of, figure, parameter, signed, words
from sim.report.workbook import Sheet, write_workbook
from sim.results.write import atomically, write_csv

PAGE, PRINT, BOOK, TABLE = "claims.html", "claims.pdf", "claims.xlsx", "claims.csv"
STEADY = 0.95  # share of resampled draws in which a settled word comes again
TONES = {  # of a word, for the eye
    Word.SUPPORTED: "good", Word.LIKELY: "good", Word.AGAINST: "bad",
    Word.NOT_SUPPORTED: "bad", Word.UNLIKELY: "bad",
}  # fmt: skip


def write_claims(document: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write page, print, workbook and table of verdicts; returns them, the page first."""
    text = rendered(document)
    sheets = sheets_of(document)
    return [
        atomically(folder / PAGE, lambda at: at.write_text(text, encoding="utf-8")),
        write_print(document, folder / PRINT),
        write_workbook(folder / BOOK, sheets),
        write_csv(folder / TABLE, sheets[0].header, sheets[0].rows),
    ]


def rendered(document: Mapping[str, Any]) -> str:
    """The page as text: nothing loaded, all text escaped."""
    room = room_of()
    currency = document["currency"]
    names = {f["name"]: f["says"] or words(f["name"]) for f in document["factors"]}
    room.filters.update(
        named=lambda name: names.get(name, NAMES.get(name, words(name))),
        unit=lambda name: unit(name, currency),
        capital=capital,
        drawn=Markup,
        figure=figure,
        parameter=parameter,
        percent=percent,
        tone=tone,
        label=label,
        effect=effect,
        words=words,
    )
    tried = [one for one in document["claims"] if "steadiness" in one]
    said = {
        "found": document,
        "claims": document["claims"],
        "counts": Counter(str(one["word"]) for one in document["claims"]),
        "order": [str(word) for word in Word],
        "charts": {one["claim"]: _drawn(one) for one in document["claims"] if "levels" in one},
        "tried": tried,
        "steady": sum(one["steadiness"] >= STEADY for one in tried),
        "alike": sum(one["halves"] == [one["word"]] * 2 for one in tried),
        "triangles": {
            one["claim"]: _drawn(one, triangle_of, "-volumes")
            for one in document["claims"]
            if one.get("triangle")
        },
    }
    return room.get_template("claims.html.j2").render(said) + "\n"


def _drawn(
    claim: Mapping[str, Any],
    chart: Callable[[Mapping[str, Any]], Figure] = chart_of,
    name: str = "",
) -> str:
    with rc_context(STYLE):
        return svg(chart(claim), claim["claim"].lower() + name)


def percent(share: float | None) -> str:
    """A share as a whole percentage.

    >>> percent(0.954), percent(None)
    ('95 %', '–')
    """
    return NO_FIGURE if share is None else f"{100 * share:.0f} %"


def tone(word: str) -> str:
    """The class of a word on the page."""
    return TONES.get(Word(word), "")


def effect(outcome: Mapping[str, Any], name: str = "mean") -> str:
    """An effect with its sign and the digits that matter."""
    value = outcome.get(name)
    return NO_FIGURE if value is None else signed(value, decimals_of(outcome["matters"]))


HEADER = (
    "claim", "title", "paper", "verdict", "says", "provisional", "outcome", "unit", "predicted",
    "effect", "low_95", "high_95", "q05", "median", "q95", "matters", "holds", "nothing", "fails",
    "worst_decile", "steadiness", "own_share", "falsifier", "draws", "days",
)  # fmt: skip


def sheets_of(document: Mapping[str, Any]) -> list[Sheet]:
    """All numbers of the report as tables; verdicts come first."""
    claims, currency = document["claims"], document["currency"]
    rows = [_row(one, one["outcomes"][0] if one["outcomes"] else {}, currency) for one in claims]
    outcomes = [_row(one, outcome, currency) for one in claims for outcome in one["outcomes"]]
    draws = [
        (one["claim"], outcome["metric"], i, value)
        for one in claims
        for outcome in one["outcomes"]
        for i, value in enumerate(outcome["effects"])
    ]
    levels = [
        (one["claim"], name, level, s["draws"], s["holds"], s["nothing"], s["fails"], s["word"])
        for one in claims
        for name, each in one.get("levels", {}).items()
        for level, s in each.items()
    ]
    carried = [
        (one["claim"], c["factor"], c["share"], c["p_value"], c["is_clear"])
        for one in claims
        for c in one.get("carried", [])
    ]
    instead = [
        (one["claim"], a["name"], a["effect"], a["better"], a["regret"], a["cost"],
         a["cost_of_reform"])
        for one in claims
        for a in one.get("alternatives", [])
    ]  # fmt: skip
    factors = [
        (f["name"], f["says"], f["kind"], f["low"], f["high"], ", ".join(f["choices"]), f["unit"],
         f["why"]) for f in document["factors"]
    ]  # fmt: skip
    return [
        Sheet("verdicts", HEADER, rows),
        Sheet("outcomes", HEADER, outcomes),
        Sheet("effects by draw", ("claim", "metric", "draw", "effect"), draws),
        Sheet("structures", ("claim", "structure", "level", "draws", "holds", "nothing", "fails",
                             "word"), levels),
        Sheet("shares of variance", ("claim", "factor", "share", "p_value", "is_clear"), carried),
        Sheet("alternatives", ("claim", "instead", "effect", "better_share", "regret",
                               "public_cost", "public_cost_of_reform"), instead),
        Sheet("draws", ("factor", "says", "kind", "low", "high", "choices", "unit", "source"),
              factors),
    ]  # fmt: skip


def _row(one: Mapping[str, Any], outcome: Mapping[str, Any], currency: str) -> tuple[Any, ...]:
    quantiles = outcome.get("quantiles") or (None, None, None)
    shares = outcome.get("shares") or {}
    metric = outcome.get("metric", "")
    return (
        one["claim"], one["title"], ", ".join(one["paper"]), str(one["word"]), one["says"],
        one["provisional"], metric, unit(metric, currency) if metric else "",
        outcome.get("predicted", ""), outcome.get("mean"), outcome.get("low"), outcome.get("high"),
        *quantiles, outcome.get("matters"), shares.get("holds"), shares.get("nothing"),
        shares.get("fails"), outcome.get("worst_decile"), one.get("steadiness"),
        one.get("own_share"), one.get("falsifier", ""), one["draws"], one["days"],
    )  # fmt: skip
