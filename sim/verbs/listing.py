"""``list``: scenarios, levers, metrics, regions and claims."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from sim.compose import composed, names
from sim.errors import InputError, nearest
from sim.verbs.screen import number, out, say_json, show

Row = dict[str, object]


def run(kind: str, as_json: bool) -> None:
    """Print what there is of a kind."""
    if kind not in KINDS:
        problem = f"nothing called '{kind}' to list; there are {', '.join(KINDS)}."
        raise InputError([problem + nearest(kind, KINDS)], where="the command line")
    rows = KINDS[kind]()
    if as_json:
        say_json(rows)
        return
    SHOWN.get(kind, _table)(rows)
    out.print(f"\n{len(rows)} {kind}")


def _table(rows: list[Row]) -> None:
    header = list(rows[0])
    show(header, [tuple(row.values()) for row in rows], left=len(header))


def _show_levers(rows: list[Row]) -> None:
    """What it does, then what it may be set to and what that costs: fits into 80 columns."""
    said = [f"{one['says']}\n{one['values']} ({one['unit']}). Cost: {one['cost']}." for one in rows]
    show(
        ("lever", ""), [(row["lever"], text) for row, text in zip(rows, said, strict=True)], left=2
    )


def _show_metrics(rows: list[Row]) -> None:
    """Theme by theme, the unit below the name."""
    for theme, group in groupby(rows, key=itemgetter("theme")):
        show(
            (str(theme), "", "better", "matters from"),
            [
                (m["metric"], f"{m['label']}\n  {m['unit']}", m["better"], m["matters"])
                for m in group
            ],
            left=3,
        )
        out.print()


def scenarios() -> list[Row]:
    """Scenarios with what they say and the levers they set."""
    found: list[Row] = []
    for name in names("scenario"):
        try:
            one = composed([f"scenario={name}"])
        except InputError as error:
            said = f"cannot be used: {len(error.problems)} problems; see kezek explain {name}"
            found.append({"scenario": name, "says": said, "levers": ""})
            continue
        moved = ", ".join(dict.fromkeys(lever.name for lever in one.config.levers))
        found.append({"scenario": name, "says": one.says, "levers": moved or "none"})
    return found


def levers() -> list[Row]:
    """Levers with unit, bounds and cost."""
    from sim.scenarios.lever import LEVERS
    from sim.scenarios.levers import __all__ as _declared  # noqa: F401 -- declares them

    found: list[Row] = []
    for name, lever in sorted(LEVERS.items()):
        if lever.choices:
            bounds = ", ".join(lever.choices)
        elif lever.fields is not None:
            bounds = ", ".join(lever.fields.model_fields)
        else:
            bounds = f"{number(lever.low)} to {number(lever.high)}"
        found.append(
            {"lever": name, "says": lever.says, "unit": lever.unit, "values": bounds,
             "cost": lever.cost}
        )  # fmt: skip
    return found


def metrics() -> list[Row]:
    """Metrics with unit, direction and the smallest difference that matters."""
    from sim.metrics import METRICS

    return [
        {"metric": name, "label": metric.label, "unit": metric.unit, "better": metric.better,
         "matters": metric.matters, "theme": metric.theme}
        for name, metric in METRICS.items()
    ]  # fmt: skip


def regions() -> list[Row]:
    """Regions with their size."""
    from sim.studies.run import region_of

    found = []
    for name in names("region"):
        config = composed([f"region={name}"]).config
        tables = region_of(config).tables
        people = int(tables["settlements"].numbers("residents").sum())
        found.append(
            {"region": name, "title": config.place.title, "residents": people,
             "settlements": len(tables["settlements"]), "offices": len(tables["offices"]),
             "bodies": len(tables["bodies"]), "services": len(tables["services"])}
        )  # fmt: skip
    return found


def claims() -> list[Row]:
    """Claims of the papers with what decides each, or the datum without which nothing can."""
    from sim.claims.draws import factors_of
    from sim.claims.register import register

    found: list[Row] = []
    for name, claim in register(names("scenario"), [f.name for f in factors_of()]).items():
        decides = f"{claim.main.metric} {claim.main.predicted}" if claim.outcomes else ""
        found.append(
            {"claim": name, "title": claim.title, "paper": ", ".join(claim.papers),
             "decided by": decides or f"cannot be judged: {claim.missing}"}
        )  # fmt: skip
    return found


KINDS = {
    "scenarios": scenarios,
    "levers": levers,
    "metrics": metrics,
    "regions": regions,
    "claims": claims,
}
SHOWN = {"levers": _show_levers, "metrics": _show_metrics}
