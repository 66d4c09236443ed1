"""``days``: what the single days of a study say, beside what its replications say."""

from __future__ import annotations

from sim.analysis.interval import CONFIDENCE
from sim.studies.days import SHARES, Days, days_of
from sim.verbs.folders import there
from sim.verbs.screen import number, out, say_json, show


def run(name: str, as_json: bool) -> None:
    """Quantiles of waits with intervals over days, and what the mean wait settles to."""
    found = days_of(there(name))
    if as_json:
        say_json(
            {"study": name, "confidence": CONFIDENCE, "arms": [_document(one) for one in found]}
        )
        return
    show(
        ("wait, min", "runs", "days", "load", *(f"p{100 * s:g}" for s in SHARES),
         "settles to", "cut off"),
        [_row(one) for one in found],
        title=f"{name}: its days, with {CONFIDENCE:.0%} intervals",
    )  # fmt: skip
    out.print(
        "Quantiles: all days pooled; intervals from sections of consecutive days. Load: work "
        "brought to the busiest office over its time on duty."
    )
    for one in found:
        for reason in one.refused:
            out.print(f"{one.label}: {reason}")


def _row(one: Days) -> tuple[str | int | float, ...]:
    quantiles = [
        _interval(*one.quantiles[share]) if share in one.quantiles else "-" for share in SHARES
    ]
    settled = one.settled
    tail = (
        (_interval(settled.mean, settled.low, settled.high), f"{settled.cut} days")
        if settled
        else ("-", "-")
    )
    return one.label, one.replications, one.days, one.load, *quantiles, *tail


def _interval(point: float, low: float, high: float) -> str:
    return f"{number(point)} [{number(low)}, {number(high)}]"


def _document(one: Days) -> dict[str, object]:
    return {
        **one._asdict(),
        "quantiles": {f"p{100 * share:g}": q._asdict() for share, q in one.quantiles.items()},
        "settled": one.settled._asdict() if one.settled else None,
    }
