"""What is assumed: parameters with their passports, and what each scenario changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sim.compose import Composed, Passport, region_folders
from sim.metrics import METRICS
from sim.region.own import CONFIDENCE
from sim.report.files import Rows, newest, rows_of
from sim.report.study import Study
from sim.report.words import parameter
from sim.studies.changed import Changed, changed
from sim.studies.run import timeline_of

PAPERS, EVIDENCE, UNKNOWNS = "papers.csv", "evidence.csv", "unknowns.csv"
UNSURE = ("assumption", "recall")
HEADER = ("parameter", "value", "unit", "low", "high", "source", "confidence", "note")
MOST = 10  # unknowns shown


def parameters(study: Study) -> list[tuple[Any, ...]]:
    """All parameters of the base: value in force, unit, range, source, confidence."""
    settings = study.config.model_dump()
    rows = []
    for path, passport in study.composed[study.base].passports.items():
        section, _, key = path.partition(".")
        value = settings.get(section, {}).get(key, passport.value)
        rows.append((path, *_passport(passport, value)))
    return rows


def _passport(passport: Passport, value: Any) -> tuple[Any, ...]:
    """Cells of a parameter; a list becomes text."""
    note = passport.note
    if value != passport.value:
        note = f"set to {parameter(value)} instead of {parameter(passport.value)}. {note}".strip()
    low, high = ("" if end is None else end for end in (passport.low, passport.high))
    shown = parameter(value) if isinstance(value, list | dict) else value
    return shown, passport.unit, low, high, passport.source, passport.confidence, note


def counts(study: Study) -> dict[str, int]:
    """How many parameters there are of each confidence, surest first."""
    passports = study.composed[study.base].passports.values()
    found = Counter(passport.confidence for passport in passports)
    order = [*CONFIDENCE, *sorted(set(found) - set(CONFIDENCE))]
    return {name: found[name] for name in order if found[name]}


def tables(study: Study) -> list[tuple[str, int, dict[str, int]]]:
    """The tables of the region: rows, and how many of each confidence."""
    rows = []
    for name, table in study.tables.items():
        said = table.columns.get("confidence")
        if isinstance(said, tuple):
            found = Counter(word or "not said" for word in said)
            rows.append((name.replace("_", " "), len(table), dict(found)))
    return rows


def changes(study: Study) -> dict[str, list[Changed]]:
    """Every cell that a scenario or the command line changes, alike rows of a table as one."""
    return {label: _changes(study.composed[label]) for label in study.labels}


def _changes(one: Composed) -> list[Changed]:
    return changed(one, timeline_of(one.config)[1])


def papers(study: Study) -> Rows:
    """The sources by number, where the region lists them."""
    return rows_of(newest(study.config, PAPERS))


def evidence(study: Study) -> Rows:
    """The findings that numbers stand on, by the number that a source names, as P36."""
    return rows_of(newest(study.config, EVIDENCE))


def unknowns(study: Study) -> Rows:
    """The assumptions that move results most, where somebody has screened them."""
    currency = study.config.place.currency
    path = region_folders(study.config)[-1] / UNKNOWNS  # another region's say nothing
    rows = rows_of(path if path.is_file() else None)[:MOST]
    found = ((row, METRICS[row["metric"]]) for row in rows if row["metric"] in METRICS)
    return [{**row, "metric": one.label, "of": one.unit_in(currency)} for row, one in found]


def may_be_zero(study: Study) -> list[str]:
    """Behaviours nobody measured, whose plausible range includes no effect."""
    found = study.composed[study.base].passports.items()
    return [
        path
        for path, one in found
        if one.confidence in UNSURE and "unmeasured" in f"{one.source} {one.note}"
    ]


def value_of(study: Study, path: str) -> Mapping[str, Any]:
    """A parameter's value and range, empty if it has no passport."""
    passport = study.composed[study.base].passports.get(path)
    if passport is None:
        return {}
    section, _, key = path.partition(".")
    value = getattr(getattr(study.config, section), key)
    return dict(zip(HEADER[1:], _passport(passport, value), strict=True))


def share_unsure(found: Mapping[str, int]) -> tuple[int, int]:
    """Parameters that are assumption or recall, and all."""
    return sum(found.get(name, 0) for name in UNSURE), sum(found.values())
