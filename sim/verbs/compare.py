"""``compare`` and ``demo``: scenarios against base, with intervals and a report."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from sim.analysis.compare import Effect
from sim.analysis.pairing import doubts_of_pairing
from sim.compose import composed
from sim.errors import InputError, SomeRunsFailedError, WarningError
from sim.metrics import METRICS
from sim.metrics.headline import HEADLINE
from sim.report.findings import SILENT
from sim.report.words import base_of, difference, interval
from sim.results.write import write_csv, write_json
from sim.studies.comparison import Comparison, plan_of
from sim.studies.conduct import Conducted, conduct, extended
from sim.studies.kept import Kept
from sim.studies.manifest import manifest
from sim.studies.plan import Plan
from sim.verbs.folders import study_folder
from sim.verbs.prepare import prepared
from sim.verbs.results import (
    failed_words,
    precision_document,
    say_precision,
    say_rest,
    write_metrics,
    write_tables,
)
from sim.verbs.run import document
from sim.verbs.screen import Meter, err, out, say_json, say_scaled, show
from sim.verbs.told import Told
from sim.verbs.words import execution_of

FEWEST_PAIRS = 8
ALPHA = 0.05  # of a false alarm in the whole family of headline figures


def demo(told: Told) -> None:
    """The main job of a region: its base year and some reforms, paired, with a report."""
    _, settings = execution_of(told.settings)
    run(composed(settings).config.place.demo, told, told.study or "demo")


def run(scenarios: Sequence[str], told: Told, name: str = "") -> None:
    """Compare scenarios with base, write tables, figures and a report."""
    if len(scenarios) < 2:
        problem = "name at least two scenarios, such as: kezek compare base rural_access"
        raise InputError([problem], where="the command line")
    if len(set(scenarios)) < len(scenarios):
        raise InputError(["a scenario stands twice."], where="the command line")
    execution, settings = execution_of(told.settings, told.shard, told.retry, told.unlock)
    for scenario in scenarios:
        prepared([*settings, f"scenario={scenario}"], told.strict)
    plan = plan_of(scenarios, settings, execution)
    if execution.precision is None:
        _doubt_few_pairs(plan.replications, told.strict)
    name = name or told.study or "-".join(scenarios)[:64]
    if not told.json:
        run_, place = plan.arms[0].composed.config.run, plan.arms[0].composed.config.place
        title = f"{len(scenarios)} scenarios x {plan.replications} replications, {place.title}"
        err.print(f"{title}, {run_.days} days after {run_.run_in_days} of run-in")
    with study_folder(name, plan, execution, bool(told.study), told.anew) as folder:
        with Meter(name, quiet=told.json) as meter:
            found = conduct(plan, folder, execution, meter, err.print)
        finish(extended(plan, found, folder), found, folder, told.json)


def finish(plan: Plan, conducted: Conducted, folder: Path, as_json: bool) -> None:
    """Write everything that is made of the runs of a comparison, and say what came out."""
    from sim.report.page import write_report

    found = Comparison.of(plan, conducted, folder)
    if found.missing:
        say_rest(folder.name, found.missing, as_json)
        return
    currency = found.composed[found.base].config.place.currency
    write_tables(Kept.of(folder))
    write_metrics(folder, found.runs, currency)
    write_effects(folder, found)
    write_json(
        folder / "manifest.json",
        manifest("compare", found.composed, found.runs, found.seconds),
    )
    report = write_report(found, folder)
    for said in found.holes:
        err.print(f"warning: {said}", style="yellow")
    if as_json:
        say_json(comparison_document(found, report))
    else:
        say_effects(found)
        if found.precision is not None:
            say_precision(found.precision, found.replications)
        out.print(f"\n{len(found.runs)} runs in {found.seconds:.0f} s; tables in {folder}/")
        out.print(f"Report: {report}")
    if found.failed:
        raise SomeRunsFailedError(failed_words(folder.name, found.failed))


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
        "matter; (*) no longer so when all figures of this table are tested as one family (Holm)."
    )
    say_gain([by_key[other, name] for other in others for name in HEADLINE])
    say_scaled(found.composed[found.base].config.run.days)


def say_gain(effects: Sequence[Effect]) -> None:
    """How many unpaired runs the shared luck is worth, and where it does harm."""
    gains = sorted(effect.gain for effect in effects if isfinite(effect.gain))
    if gains:
        out.print(
            f"Shared luck: variances {gains[len(gains) // 2]:.3g} times smaller than unpaired ones "
            f"(median; {gains[0]:.2g} to {gains[-1]:.2g})."
        )
    for said in doubts_of_pairing(effects):
        err.print(f"warning: {said}", style="yellow")


def _cell(effect: Effect) -> str:
    mark = "" if effect.words in SILENT else " *" if effect.adjusted_p_value < ALPHA else "(*)"
    return f"{difference(effect)}{mark or '  '}\n{interval(effect)}  "


def write_effects(folder: Path, found: Comparison) -> Path:
    """All effects, one row a scenario and metric."""
    currency = found.composed[found.base].config.place.currency
    header = (
        "scenario", "metric", "label", "unit", "better", "base", "difference", "low_95", "high_95",
        "replications", "smallest_that_matters", "in_words", "gain_from_pairing", "interval",
        "p_value", "p_value_holm", "p_value_sign",
    )  # fmt: skip
    rows = (
        (e.scenario, e.metric, METRICS[e.metric].label, METRICS[e.metric].unit_in(currency),
         METRICS[e.metric].better, e.base, e.mean, e.low, e.high, e.n, METRICS[e.metric].matters,
         e.words, e.gain, e.interval, e.p_value, e.adjusted_p_value, e.sign_p_value)
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
        **precision_document(found.precision),
    }
