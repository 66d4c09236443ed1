"""``fit``: laws of arrivals, services and patience from tickets, as own data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sim.calendars.civil import Calendar
from sim.compose import Composed, composed
from sim.errors import InputError
from sim.region.own import PARAMETERS
from sim.region.region import Region
from sim.report.words import parameter
from sim.results.write import atomically, write_csv, write_json
from sim.studies.run import region_of
from sim.tickets.fitted import Fitted, fitted, with_times
from sim.tickets.read import Tickets, read_tickets
from sim.tickets.services import ServiceFit
from sim.verbs.new import refuse, template
from sim.verbs.screen import number, out, say_json, show

FIGURES = "fit.json"
EPOCH = date(1970, 1, 1)
LETTERS = re.compile(r"[^\w.() -]")  # of a file's name, where others would mean something in YAML


def run(name: str, overrides: Sequence[str], where: str, as_json: bool) -> None:
    """Fit what the model draws to tickets, say how well, and write own data if asked."""
    one = composed(overrides)
    region = region_of(one.config)
    path = Path(name)
    if not path.is_file():
        raise InputError([f"there is no file {path}."], where="the command line")
    tickets = read_tickets(path)
    tickets = replace(tickets, file=LETTERS.sub("_", tickets.file))
    units = {key: passport.unit for key, passport in one.passports.items()}
    services = region.files["services"]
    found = fitted(tickets, one.config, services, units, _after_holidays(region, tickets))
    written = _write(Path(where), found, region) if where else []
    if as_json:
        files = [str(path) for path in written]
        say_json({**asdict(found), "left_out": tickets.left_out, "files": files})
    else:
        _say(found, tickets, one, where, [path.name for path in written])


def _after_holidays(region: Region, tickets: Tickets) -> list[int]:
    """Days since 1970 on which more people come, because offices were shut before."""
    first, last = int(tickets.day.min()), int(tickets.day.max())
    begin = first - 14  # a day off before the first ticket counts as well
    calendar = Calendar.of(date.fromordinal(EPOCH.toordinal() + begin), last - begin + 1,
                           region.special_days)  # fmt: skip
    return [begin + day for day, after in enumerate(calendar.after_holiday) if after]


def _write(folder: Path, found: Fitted, region: Region) -> list[Path]:
    """Own data: the parameters, the table of services if a time in it changed, and all figures."""
    table, changed = with_times(region.files["services"], found)
    names = [FIGURES, *[PARAMETERS] * bool(found.parameters), *["services.csv"] * bool(changed)]
    refuse(folder, names)
    written = [write_json(folder / FIGURES, asdict(found))]
    if found.parameters:
        tree: dict[str, dict[str, Any]] = {}
        for key, node in found.parameters.items():
            section, _, name = key.partition(".")
            tree.setdefault(section, {})[name] = node
        text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=10_000)
        at = folder / PARAMETERS
        written.append(atomically(at, lambda to: to.write_text(text, encoding="utf-8")))
    if changed:
        sheet = template(table)
        written.append(write_csv(folder / "services.csv", sheet.header, sheet.rows))
    return written


def _say(
    found: Fitted, tickets: Tickets, one: Composed, where: str, written: Sequence[str]
) -> None:
    out.print(found.source[0].upper() + found.source[1:])
    if found.parameters:
        rows = [
            (f"{key}\n  {node['unit']}", _before(one, key), parameter(node["value"]), _ends(node))
            for key, node in found.parameters.items()
        ]
        show(("parameter", "region", "tickets", "95 % interval"), rows, left=4)
    if found.services:
        header = ("service", "n", "minutes", "CV", "KS", "best law by AIC")
        show(header, [_row(fit) for fit in found.services])
    for said in _sentences(found, tickets):
        out.print(said, soft_wrap=True)
    if written:
        out.print(f"\n{', '.join(written)} in {where}/; next: kezek check data.dir={where}")
    else:
        out.print("\nNothing was written; with --out DIR it becomes own data.")


def _row(fit: ServiceFit) -> tuple[Any, ...]:
    laws = {"lognormal": fit.aic_lognormal, "gamma": fit.aic_gamma,
            "exponential": fit.aic_exponential}  # fmt: skip
    minutes = f"{fit.minutes:.3g} ({fit.minutes_low:.3g} to {fit.minutes_high:.3g})"
    spread = f"{fit.cv:.2g} ({fit.cv_low:.2g} to {fit.cv_high:.2g})"
    return fit.service, fit.n, minutes, spread, fit.ks, min(laws, key=laws.__getitem__)


def _before(one: Composed, key: str) -> str:
    section, _, name = key.partition(".")
    return parameter(getattr(getattr(one.config, section), name))


def _ends(node: dict[str, Any]) -> str:
    if "low" in node:
        return f"{number(node['low'])} to {number(node['high'])}"
    return str(node["note"]).rpartition("; ")[2]


def _sentences(found: Fitted, tickets: Tickets) -> Iterator[str]:
    if (p := found.patience) is not None:
        gap = "not known, for leaving was not noted" if p.gap != p.gap else f"{p.gap:.3f}"
        yield (
            f"Patience: {p.left + p.missed:,} left, {p.served:,} were called first; gap from "
            f"Kaplan and Meier's curve {gap}; AIC {p.aic:.0f}, exponential {p.aic_exponential:.0f}."
        )
    yield from (f"Left out: {said}" for said in tickets.left_out)
    yield from (f"Stays the region's: {said}" for said in found.left)
    yield from (f"Doubtful: {said}" for said in found.doubts)
