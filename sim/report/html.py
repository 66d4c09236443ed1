"""From pieces to one HTML file: no script, nothing loaded, all text escaped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from sim.report import assumptions, findings, groups, provenance
from sim.report.pieces import Pieces
from sim.report.sheet import Checked
from sim.report.study import Study
from sim.report.words import capital, figure, fixed, parameter, plural

TEMPLATES = Path(__file__).parent / "templates"
FEWEST_PAIRS = 8  # below which intervals are wide


def rendered(pieces: Pieces) -> str:
    """The page as text."""
    room = room_of()
    room.filters.update(
        figure=figure, capital=capital, drawn=Markup, breakable=breakable, parameter=parameter
    )
    return room.get_template("report.html.j2").render(_said(pieces)) + "\n"


def room_of() -> Environment:
    """Where templates become pages: all text escaped, nothing left undefined."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _said(pieces: Pieces) -> dict[str, Any]:
    """All that the template prints."""
    study = pieces.study
    return {
        "title": title_of(study),
        "place": study.config.place,
        "words": study.config.place.words,
        "study": study,
        "run": _run(study),
        "few": study.replications < FEWEST_PAIRS,
        "scenarios": [(study.title(label), study.composed[label]) for label in study.labels],
        "reforms": [study.title(label) for label in study.reforms],
        "bigs": findings.big_numbers(study),
        "findings": findings.findings(study),
        "themes": findings.by_theme(study),
        "charts": pieces.charts,
        "people": _people(pieces),
        "losers": groups.warnings_of(study, pieces.groups),
        "areas": _areas(study, pieces.checks),
        "tally": Counter(check.status for check in pieces.checks),
        "outside": [check for check in pieces.checks if check.status == "outside"],
        "confidence": assumptions.counts(study),
        "unsure": assumptions.share_unsure(assumptions.counts(study)),
        "parameters": _by_section(assumptions.parameters(study)),
        "tables": assumptions.tables(study),
        "changes": {study.title(k): v for k, v in assumptions.changes(study).items()},
        "papers": assumptions.papers(study),
        "evidence": assumptions.evidence(study),
        "unknowns": assumptions.unknowns(study),
        "may_be_zero": assumptions.may_be_zero(study),
        "moved_post": assumptions.value_of(study, "back_office.moved_post_share"),
        "provenance": provenance.provenance(study),
        "runs": list(provenance.runs(study)),
    }


def breakable(name: str) -> Markup:
    """A dotted name that may break after dots and underscores."""
    return Markup(re.sub(r"([._/])", r"\1<wbr>", str(escape(name))))


def title_of(study: Study) -> str:
    """What the page is called."""
    reforms = plural(len(study.reforms), "reform")
    return f"{study.config.place.title}: {reforms} compared with the base year"


def _run(study: Study) -> dict[str, str]:
    """What was run, in words."""
    begin = date.fromisoformat(study.config.place.starts)
    end = begin + timedelta(days=study.config.run.days - 1)
    return {
        "scenarios": plural(len(study.labels), "scenario"),
        "replications": plural(study.replications, "replication"),
        "missing": plural(study.missing, "run"),
        "days": plural(study.config.run.days, "day"),
        "begin": f"{begin.day} {begin:%B %Y}",
        "end": f"{end.day} {end:%B %Y}",
        "run_in": plural(study.config.run.run_in_days, "day"),
    }


def _people(pieces: Pieces) -> list[dict[str, Any]]:
    """Groups of citizens by measure, each with a cell for every reform."""
    return [
        {
            "measure": measure,
            "unit": unit,
            "rows": [
                {
                    "group": group,
                    "base": fixed(group.base(name), 2 if name == "minutes" else 1),
                    "cells": [
                        (*groups.said(effect), groups.word_of(name, effect))
                        for effect in group.effects[name]
                    ],
                }
                for group in pieces.groups
            ],
        }
        for name, (measure, unit, _) in groups.MEASURES.items()
        if pieces.groups
    ]


def _areas(study: Study, checks: Sequence[Checked]) -> dict[str, list[Checked]]:
    """Rows of the sheet by area, in the words of the place."""
    found: dict[str, list[Checked]] = {}
    for check in checks:
        found.setdefault(_area(study, check.area), []).append(check)
    return found


def _area(study: Study, area: str) -> str:
    words = study.config.place.words.model_dump()
    if area.upper() in words["office"]:
        return str(words["offices"])
    said = words.get(area) or words.get(f"{area}_centre") or area
    return capital(str(said).replace("backoffice", "back office"))


def _by_section(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for path, *rest in rows:
        section, _, key = path.partition(".")
        found.setdefault(section, []).append((key, *rest))
    return found
