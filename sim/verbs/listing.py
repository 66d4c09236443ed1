"""``list``: scenarios, levers, metrics and regions, one line each."""

from __future__ import annotations

from sim.compose import composed, names
from sim.errors import InputError, nearest
from sim.verbs.screen import number, out, say_json, show

KINDS = ("scenarios", "levers", "metrics", "regions")


def run(kind: str, as_json: bool) -> None:
    """Print what there is of a kind."""
    if kind not in KINDS:
        problem = f"nothing called '{kind}' to list; there are {', '.join(KINDS)}."
        raise InputError([problem + nearest(kind, KINDS)], where="the command line")
    rows = {"scenarios": scenarios, "levers": levers, "metrics": metrics, "regions": regions}[
        kind
    ]()
    if as_json:
        say_json(rows)
        return
    header = list(rows[0])
    show(header, [tuple(row.values()) for row in rows], left=len(header))
    out.print(f"\n{len(rows)} {kind}")


def scenarios() -> list[dict[str, object]]:
    """Scenarios with what they say and the levers they set."""
    found: list[dict[str, object]] = []
    for name in names("scenario"):
        one = composed([f"scenario={name}"])
        moved = ", ".join(dict.fromkeys(lever.name for lever in one.config.levers))
        found.append({"scenario": name, "says": one.says, "levers": moved or "none"})
    return found


def levers() -> list[dict[str, object]]:
    """Levers with unit, bounds and cost."""
    from sim.scenarios.lever import LEVERS
    from sim.scenarios.levers import __all__ as _declared  # noqa: F401 -- declares them

    found: list[dict[str, object]] = []
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


def metrics() -> list[dict[str, object]]:
    """Metrics with unit, direction and the smallest difference that matters."""
    from sim.metrics import METRICS

    return [
        {"metric": name, "label": metric.label, "unit": metric.unit, "better": metric.better,
         "matters": metric.matters, "theme": metric.theme}
        for name, metric in METRICS.items()
    ]  # fmt: skip


def regions() -> list[dict[str, object]]:
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
