"""``lesson``: what a class sees, made from runs; the text lies in ``docs/lessons/``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from sim.compose import Composed
from sim.errors import InputError, nearest
from sim.report.hall import LOG, clock, write_hall
from sim.results.hall import figures_of
from sim.results.write import write_json
from sim.studies.conduct import Watched
from sim.studies.lesson import Arm, two_halls
from sim.studies.manifest import manifest
from sim.studies.run import Progress
from sim.studies.task import done_of
from sim.units import HOUR
from sim.verbs.folders import folder_of
from sim.verbs.prepare import prepared
from sim.verbs.screen import Meter, out, say_json, show

LESSONS = {"01": "Why queues explode"}
TEXTS = Path(__file__).resolve().parents[2] / "docs/lessons"
TOWN = "region=teaching"
FEWER = "one_counter_fewer"
SHOWN = {  # figures of a hall, and their names on the screen
    "counters": "Counters",
    "load": "Load: work over time of counters",
    "served": "Served",
    "left_without_service": "Left without service",
    "mean_wait_minutes": "Mean wait of those served, min",
    "longest_wait_minutes": "Longest wait of anybody, min",
    "longest_line": "Longest line, people",
}


def run(
    names: Sequence[str], overrides: Sequence[str], study: str, as_json: bool, strict: bool
) -> None:
    """Live the town's busiest day twice, with a counter fewer the second time, and show both."""
    lesson = _lesson(names)
    _refuse_scenario(overrides)
    base, fewer = (
        prepared([TOWN, *overrides, f"scenario={name}"], strict) for name in ("base", FEWER)
    )
    folder = folder_of(study or f"lesson-{lesson}")
    begun = time.perf_counter()
    with Meter(f"Lesson {lesson}, {base.config.place.title}", quiet=as_json) as meter:
        arms = two_halls(base, fewer, _watched(base, meter))
    page = write_hall(arms, folder)
    told = manifest(
        "lesson",
        {arm.label: arm.composed for arm in arms},
        [done_of(arm.run, arm.label) for arm in arms],
        time.perf_counter() - begun,
    )
    write_json(folder / "manifest.json", told)
    if as_json:
        halls = {arm.label: {"title": arm.title, **figures_of(arm.hall)} for arm in arms}
        on = arms[0].hall.on.isoformat()
        say_json({"lesson": lesson, "page": str(page), "date": on, "halls": halls})
    else:
        _say(lesson, arms, page)


def _lesson(names: Sequence[str]) -> str:
    """The lesson asked for; the first, if none is named."""
    name, *more = names or ["01"]
    if more or name not in LESSONS:
        there = ", ".join(f"{number} ({title})" for number, title in LESSONS.items())
        asked = " ".join(names)
        problem = f"no lesson called '{asked}'; there is {there}.{nearest(asked, LESSONS)}"
        raise InputError([problem], where="the command line")
    return name


def _refuse_scenario(overrides: Sequence[str]) -> None:
    """The lesson is about two scenarios of its own."""
    if any(one.startswith("scenario=") for one in overrides):
        problem = f"`scenario` cannot be set here: the lesson compares base with {FEWER}."
        raise InputError([problem], where="the command line")


def _watched(base: Composed, meter: Meter) -> Progress:
    """Progress over both runs; the second is no longer than the first."""
    days = base.config.run.days + base.config.run.run_in_days
    seen = Watched(0, 2 * days, 0, 2)

    def lived(day: int, _: int) -> None:
        seen.days = seen.days + 1
        if day % 5 == 0:
            meter(seen)

    return lived


def _say(lesson: str, arms: Sequence[Arm], page: Path) -> None:
    """The two halls side by side, and where to look."""
    first = arms[0].hall
    figures = [figures_of(arm.hall) for arm in arms]
    show(
        ("", *(arm.title for arm in arms)),
        [(label, *(one[name] for one in figures)) for name, label in SHOWN.items()],
        title=f"{LESSONS[lesson]}: {arms[0].composed.config.place.title}, "
        f"{first.on:%A}, {first.on.day} {first.on:%B %Y}",
    )
    hours = first.work.sum() / HOUR
    out.print(
        f"\nThe same {len(first)} visitors with the same {hours:.1f} hours of work come to both, "
        f"from {clock(int(first.came[0]))} to {clock(int(first.came[-1]))}."
    )
    out.print(f"See the halls: open {page} in a browser; it needs no network.", soft_wrap=True)
    out.print(f"The log behind them: {page.parent / LOG}", soft_wrap=True)
    text = TEXTS / lesson / "README.md"
    if text.exists():
        out.print(f"The lesson: {text}", soft_wrap=True)
