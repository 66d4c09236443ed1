"""``compare`` and ``demo``: scenarios against base, with intervals and a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.analysis.compare import Effect
from sim.compose import composed
from sim.errors import InputError, SomeRunsFailedError, WarningError
from sim.metrics import METRICS
from sim.report.findings import SILENT
from sim.report.words import base_of, difference, interval
from sim.results.write import write_csv, write_json
from sim.studies.comparison import Comparison, compare
from sim.studies.manifest import manifest
from sim.verbs.folders import folder_of
from sim.verbs.prepare import prepared
from sim.verbs.run import HEADLINE, document, write_metrics
from sim.verbs.screen import Meter, err, out, say_json, say_scaled, show

FEWEST_PAIRS = 8


def demo(overrides: Sequence[str], study: str, as_json: bool, strict: bool) -> None:
    """The main job of a region: its base year and some reforms, paired, with a report."""
    scenarios = composed(overrides).config.place.demo
    run(scenarios, overrides, study or "demo", as_json, strict)


def run(
    scenarios: Sequence[str], overrides: Sequence[str], study: str, as_json: bool, strict: bool
) -> None:
    """Compare scenarios with base, write tables, figures and a report."""
    from sim.report.page import write_report

    if len(scenarios) < 2:
        problem = "name at least two scenarios, such as: kezek compare base rural_access"
        raise InputError([problem], where="the command line")
    if len(set(scenarios)) < len(scenarios):
        raise InputError(["a scenario stands twice."], where="the command line")
    checked = [prepared([*overrides, f"scenario={name}"], strict) for name in scenarios]
    run, place = checked[0].config.run, checked[0].config.place
    _doubt_few_pairs(run.replications, strict)
    folder = folder_of(study or "-".join(scenarios)[:64])
    title = f"{len(scenarios)} scenarios x {run.replications} replications, {place.title}"
    if not as_json:
        err.print(f"{title}, {run.days} days after {run.run_in_days} of run-in")
    with Meter(study or "compare", quiet=as_json) as meter:
        found = compare(scenarios, overrides, folder, meter)
    write_metrics(folder, found.runs, place.currency)
    write_effects(folder, found)
    write_json(
        folder / "manifest.json",
        manifest("compare", found.composed, found.runs, found.seconds),
    )
    report = write_report(found, folder)
    if as_json:
        say_json(comparison_document(found, report))
    else:
        say_effects(found)
        out.print(f"\n{len(found.runs)} runs in {found.seconds:.0f} s; tables in {folder}/")
        out.print(f"Report: {report}")
    if found.failed:
        raise SomeRunsFailedError("\n".join(found.failed.values()))


def _doubt_few_pairs(replications: int, strict: bool) -> None:
    if replications < FEWEST_PAIRS:
        said = f"{replications} pairs of runs; intervals want {FEWEST_PAIRS} or more."
        if strict:
            raise WarningError([said], where="the configuration (warnings refused by --strict)")
        err.print(f"warning: {said}", style="yellow")


def say_effects(found: Comparison) -> None:
    """Effects in the planner's units: base, then differences with 95 % intervals."""
    currency = found.composed[found.base].config.place.currency
    others = [label for label in found.labels if label != found.base]
    by_key = {(e.scenario, e.metric): e for e in found.effects}
    rows = []
    for name in HEADLINE:
        metric, first = METRICS[name], by_key[others[0], name]
        cells = (_cell(by_key[other, name]) for other in others)
        rows.append((f"{metric.label}\n  {metric.unit_in(currency)}", base_of(first), *cells))
    titles = [found.composed[label].title or label for label in others]
    show(("", found.composed[found.base].title or found.base, *titles), rows)
    out.print(
        "Differences are paired with base, 95 % intervals below them. * clear and large enough to "
        "matter."
    )
    say_scaled(found.composed[found.base].config.run.days)


def _cell(effect: Effect) -> str:
    mark = "" if effect.words in SILENT else " *"
    return f"{difference(effect)}{mark or '  '}\n{interval(effect)}  "


def write_effects(folder: Path, found: Comparison) -> Path:
    """All effects, one row a scenario and metric."""
    currency = found.composed[found.base].config.place.currency
    header = (
        "scenario", "metric", "label", "unit", "better", "base", "difference", "low_95", "high_95",
        "replications", "smallest_that_matters", "in_words", "gain_from_pairing",
    )  # fmt: skip
    rows = (
        (e.scenario, e.metric, METRICS[e.metric].label, METRICS[e.metric].unit_in(currency),
         METRICS[e.metric].better, e.base, e.mean, e.low, e.high, e.n, METRICS[e.metric].matters,
         e.words, e.gain)
        for e in found.effects
    )  # fmt: skip
    return write_csv(folder / "effects.csv", header, rows)


def comparison_document(found: Comparison, report: Path) -> dict[str, Any]:
    """What a comparison says in JSON."""
    return {
        "base": found.base,
        "scenarios": list(found.labels),
        "seconds": found.seconds,
        "report": str(report),
        "effects": [{**vars(effect), "in_words": effect.words} for effect in found.effects],
        "runs": [document(run, found.composed[run.label]) for run in found.runs],
        "failed": dict(found.failed),
    }
