"""``run``: one configuration, or a small study of several with ``-m``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from sim.compose import Composed
from sim.errors import InputError, SomeRunsFailedError
from sim.metrics import METRICS
from sim.metrics.headline import HEADLINE
from sim.results.tables import write_table
from sim.results.write import arrow_table, write_json
from sim.studies.conduct import Conducted, Watched, conduct
from sim.studies.execution import STOPPING
from sim.studies.kept import Kept
from sim.studies.manifest import manifest, tables_of
from sim.studies.plan import Arm, Plan
from sim.studies.run import execute
from sim.studies.task import Done, done_of
from sim.verbs.folders import folder_of, study_folder
from sim.verbs.prepare import prepared
from sim.verbs.results import failed_words, say_rest, write_metrics, write_tables
from sim.verbs.screen import Meter, err, number, out, say_json, say_scaled, show
from sim.verbs.told import Told
from sim.verbs.words import execution_of

UNSAFE = re.compile(r"[^A-Za-z0-9_.=+-]")


def run(overrides: Sequence[str], study: str, as_json: bool, strict: bool) -> None:
    """Run one configuration, keep its tables and say what came out."""
    one = prepared(overrides, strict)
    folder = folder_of(study or one.config.scenario)
    with Meter(f"{one.config.scenario}, {one.config.place.title}", quiet=as_json) as meter:
        seen = Watched(0, one.config.run.days + one.config.run.run_in_days, 0, 1)

        def lived(day: int, _: int) -> None:
            seen.days = day
            if day % 5 == 0:
                meter(seen)

        finished = execute(one, lived, folder)
    for table, columns in finished.tables.items():
        part = (one.config.scenario, one.config.run.replication, arrow_table(columns))
        write_table(folder, table, [part])
    done = done_of(finished, one.config.scenario)
    write_metrics(folder, [done], one.config.place.currency)
    everything = manifest("run", {done.label: one}, [done], done.seconds + done.run_in_seconds)
    write_json(folder / "manifest.json", everything)
    if as_json:
        say_json(document(done, one))
        return
    say_run(done, one, folder)


def document(done: Done, one: Composed) -> dict[str, Any]:
    """What a run says in JSON."""
    currency = one.config.place.currency
    return {
        "scenario": done.label,
        "replication": done.replication,
        "key": done.key,
        "seconds": done.seconds,
        "run_in_seconds": done.run_in_seconds,
        "peak_mb": done.peak_mb,
        "identities_checked": done.checks,
        "metrics": {
            name: {
                "value": done.metrics[name],
                "unit": metric.unit_in(currency),
                "direction": metric.better,
            }
            for name, metric in METRICS.items()
        },
        "tables": tables_of(done),
        "counts": done.counts,
    }


def say_run(done: Done, one: Composed, folder: Path) -> None:
    """A short table at the end, and where the rest is."""
    currency, days = one.config.place.currency, one.config.run.days
    rows = [
        (METRICS[name].label, number(done.metrics[name]), METRICS[name].unit_in(currency))
        for name in HEADLINE
    ]
    show(
        ("", "", ""),
        rows,
        title=f"{one.title or done.label}: {one.config.place.title}, {days} days",
    )
    say_scaled(days)
    out.print()
    scopes = {"local": one.config.place.words.local, "state": one.config.place.words.state}
    header = ("", *(scopes.get(scope, scope) for scope in next(iter(done.counts.values()))))
    show(header, [(name.replace("_", " "), *by.values()) for name, by in done.counts.items()])
    out.print(
        f"\n{done.seconds:.1f} s measured, {done.run_in_seconds:.1f} s run-in, "
        f"{done.peak_mb:.0f} MB, {done.checks:,} identities held, key {done.key[:12]}"
    )
    out.print(f"Tables in {folder}/, all {len(METRICS)} metrics in {folder}/metrics.csv")


def run_many(told: Told) -> None:
    """Run every combination of comma-separated values as one tidy study."""
    execution, settings = execution_of(told.settings, told.shard, told.retry, told.unlock)
    choices = [_choices(text) for text in settings]
    combinations = [tuple(one) for one in product(*choices)]
    if len(combinations) > 500:
        problem = f"{len(combinations)} runs; at most 500 with -m."
        raise InputError([problem], where="the command line")
    varied = [i for i, values in enumerate(choices) if len(values) > 1]
    labels = ["+".join(_short(one[i]) for i in varied) or "run" for one in combinations]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        problem = f"the same run stands twice: {', '.join(twice)}."
        raise InputError([problem], where="the command line")
    every = [prepared(one, told.strict) for one in combinations]
    alike = [one.config.model_dump_json() for one in every]
    if len(set(alike)) < len(alike):
        raise InputError(["the same run stands twice, in other words."], where="the command line")
    arms = tuple(Arm.of(label, one) for label, one in zip(labels, combinations, strict=True))
    plan = Plan("run -m", arms, 1, {STOPPING: execution.stopping}, paired=False)
    name = told.study or "multirun"
    with study_folder(name, plan, execution, bool(told.study), told.anew) as folder:
        with Meter(name, quiet=told.json) as meter:
            found = conduct(plan, folder, execution, meter, err.print)
        finish_many(plan, found, folder, told.json)


def finish_many(plan: Plan, found: Conducted, folder: Path, as_json: bool) -> None:
    """Write tables and metrics of runs that stand beside one another, and say what came out."""
    if found.missing:
        say_rest(folder.name, found.missing, as_json)
        return
    done = found.runs
    write_tables(Kept.of(folder))
    write_metrics(folder, done, plan.arms[0].composed.config.place.currency)
    seconds = sum(one.seconds + one.run_in_seconds for one in done)
    write_json(folder / "manifest.json", manifest(plan.verb, plan.composed, done, seconds))
    if as_json:
        runs = [document(one, plan.composed[one.label]) for one in done]
        say_json({"runs": runs, "failed": dict(found.failed)})
    else:
        show(
            ("", *(METRICS[name].label for name in HEADLINE[:6])),
            [(one.label, *(one.metrics[name] for name in HEADLINE[:6])) for one in done],
        )
        out.print(f"\n{len(done)} runs; tables in {folder}/, metrics in {folder}/metrics.csv")
    if found.failed:
        raise SomeRunsFailedError(failed_words(folder.name, found.failed))


def _choices(text: str) -> list[str]:
    """``key=a,b`` as two settings; lists in brackets stay whole."""
    key, equals, value = text.partition("=")
    if not equals or value[:1] in "[{":
        return [text]
    return [f"{key}={one}" for one in value.split(",")]


def _short(text: str) -> str:
    """A setting as part of a label, which names files as well."""
    key, _, value = text.partition("=")
    said = value if key == "scenario" else f"{key.rsplit('.', 1)[-1]}={value}"
    return UNSAFE.sub("_", said)
