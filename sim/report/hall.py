"""The hall: one HTML page that plays a day of an office again from its log, two arms abreast."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.report.html import TEMPLATES
from sim.report.words import NO_FIGURE, capital, fixed, plural
from sim.results.content import table_hash
from sim.results.hall import HallDay, figures_of
from sim.results.write import atomically, write_csv
from sim.service.cases import NEVER, Outcome
from sim.studies.lesson import Arm
from sim.studies.version import commit, own_version
from sim.units import HALF_HOUR, HOUR, MINUTE

PAGE, LOG = "hall.html", "data/hall.csv"
LOGGED = (
    "scenario", "visitor", "case_id", "called_first", "work_seconds", "came_second",
    "called_second", "left_second", "counter", "outcome",
)  # fmt: skip
GRAIN = 5 * MINUTE  # to which the slider's ends are rounded


def write_hall(arms: Sequence[Arm], folder: Path) -> Path:
    """Write the page and the log it was made of; returns the page."""
    write_csv(folder / LOG, LOGGED, (row for arm in arms for row in log_rows(arm)))
    text = rendered(arms)
    return atomically(folder / PAGE, lambda at: at.write_text(text, encoding="utf-8"))


def log_rows(arm: Arm) -> Iterator[tuple[Any, ...]]:
    """The log of a hall, one row a visitor; empty for what never happened."""
    hall = arm.hall
    for i in range(len(hall)):
        served = bool(hall.served[i])
        yield (
            arm.label, i + 1, int(hall.case_id[i]), _is_urgent(hall, i), int(hall.work[i]),
            int(hall.came[i]), int(hall.called[i]) if served else "", int(hall.left[i]),
            int(hall.counter[i]) + 1 if served else "", _outcome(hall, i),
        )  # fmt: skip


def rendered(arms: Sequence[Arm]) -> str:
    """The page as text; its policy allows its own script and style, and nothing else."""
    room = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.filters.update(clock=clock, tenth=tenth, fixed=fixed, capital=capital, plural=plural)
    style, script = (_template(name) for name in ("hall.css", "hall.js"))
    base = arms[0].composed.config
    return room.get_template("hall.html.j2").render(
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_allowed(style)}; script-src {_allowed(script)}",
        played=Markup(json.dumps(played(arms), separators=(",", ":")).replace("<", "\\u003c")),
        place=base.place,
        standard_minutes=base.office.standard_wait_minutes,
        on=_date(arms[0].hall),
        opens=arms[0].hall.opens,
        halls=[_said(arm) for arm in arms],
        hours=_hours([arm.hall for arm in arms]),
        visitors=_visitors([arm.hall for arm in arms]),
        provenance=_provenance(arms),
    )


def played(arms: Sequence[Arm]) -> dict[str, Any]:
    """What the script plays: the log in seconds of the day, nothing computed beforehand."""
    halls = [arm.hall for arm in arms]
    first, office = halls[0], arms[0].composed.config.office
    return {
        "standard": round(office.standard_wait_minutes * MINUTE),
        "opens": first.opens,
        "closes": first.closes,
        "from": min(first.opens, *(_floor(int(hall.came.min())) for hall in halls)),
        "until": max(first.closes, *(-_floor(-int(hall.left.max())) for hall in halls)),
        "urgent": [_is_urgent(first, i) for i in range(len(first))],
        "halls": [_log(hall) for hall in halls],
    }


def _log(hall: HallDay) -> dict[str, Any]:
    changes = np.flatnonzero(np.diff(hall.roster, prepend=0))
    return {
        "roster": [[int(slot) * HALF_HOUR, int(hall.roster[slot])] for slot in changes],
        "came": hall.came.tolist(),
        "called": [None if second == NEVER else second for second in hall.called.tolist()],
        "left": hall.left.tolist(),
        "counter": [None if number == NEVER else number for number in hall.counter.tolist()],
    }


def _said(arm: Arm) -> dict[str, Any]:
    """A hall in words and figures, for whoever cannot see it move."""
    return {"label": arm.label, "title": arm.title, **figures_of(arm.hall)}


def _hours(halls: Sequence[HallDay]) -> list[dict[str, Any]]:
    """Hour by hour: who came, the counters they would keep busy, and how long they then waited."""
    first = halls[0]
    work = first.hourly_work()
    begins = range(first.opens // HOUR, -(-first.closes // HOUR))
    return [
        {
            "from": hour * HOUR,
            "came": int((first.came // HOUR == hour).sum()),
            "busy": work[hour],
            "halls": [_hour(hall, hour) for hall in halls],
        }
        for hour in begins
    ]


def _hour(hall: HallDay, hour: int) -> dict[str, Any]:
    instants, line = hall.line()
    during = (instants // HOUR) == hour
    before = np.append(0, line)[np.searchsorted(instants, hour * HOUR)]
    mine = (hall.came // HOUR) == hour
    waits = hall.waits[mine]
    return {
        "longest_line": int(max(before, line[during].max(initial=0))),
        "mean_wait_minutes": float(waits.mean()) / MINUTE if mine.any() else float("nan"),
    }


def _visitors(halls: Sequence[HallDay]) -> list[dict[str, Any]]:
    """Visitor by visitor: the same person in each hall."""
    first = halls[0]
    return [
        {
            "number": i + 1,
            "urgent": _is_urgent(first, i),
            "came": int(first.came[i]),
            "work": int(first.work[i]),
            "halls": [(int(hall.waits[i]), _outcome(hall, i)) for hall in halls],
        }
        for i in range(len(first))
    ]


def _provenance(arms: Sequence[Arm]) -> list[tuple[str, str]]:
    """Where the page comes from."""
    config = arms[0].composed.config
    changed = ", ".join(f"{k}={v}" for k, v in arms[0].composed.changed.items()) or "nothing"
    return [
        ("Region", f"{config.place.title} ({config.region})"),
        ("Changed by the user", changed),
        ("Engine", config.engine),
        ("Seed, replication", f"{config.run.seed}, {config.run.replication}"),
        ("Version", f"kezek {own_version()}, commit {commit()}"),
        *((f"Run: {arm.title}", arm.run.key) for arm in arms),
        *((f"Log, SHA-256: {arm.title}", digest_of(arm.hall)) for arm in arms),
    ]


def digest_of(hall: HallDay) -> str:
    """The content hash of a log, so that a page can be told from another."""
    columns = ("case_id", "came", "called", "left", "counter", "outcome")
    return table_hash({name: getattr(hall, name) for name in columns})


def _is_urgent(hall: HallDay, i: int) -> bool:
    """Whether a visitor is called before others."""
    return bool(hall.priority[i] < hall.priority.max())


def _outcome(hall: HallDay, i: int) -> str:
    return Outcome(int(hall.outcome[i])).name.lower().replace("_", " ")


def _date(hall: HallDay) -> str:
    return f"{hall.on:%A}, {hall.on.day} {hall.on:%B %Y}"


def clock(second: int) -> str:
    """A second of the day as hours and minutes.

    >>> clock(9 * 3600), clock(65_159)
    ('9:00', '18:05')
    """
    return f"{second // HOUR}:{second % HOUR // MINUTE:02d}"


def tenth(value: float) -> str:
    """A figure to a tenth, halves upwards as browsers do, so that words and screen agree.

    >>> tenth(14.25), tenth(21.317), tenth(float("nan"))
    ('14.3', '21.3', '–')
    """
    if isnan(value):
        return NO_FIGURE
    return str(Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _floor(second: int) -> int:
    return second // GRAIN * GRAIN


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _allowed(text: str) -> str:
    """The source expression of a content security policy that stands for one inline text."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
