"""``status``, ``resume`` and ``replay``: studies that were begun before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.compose import Composed
from sim.errors import InputError, ModelError, nearest
from sim.results.store import Store
from sim.results.write import write_json
from sim.studies.conduct import conduct, extended
from sim.studies.execution import STOPPING
from sim.studies.kept import Kept
from sim.studies.plan import Plan, read_document, read_plan
from sim.studies.run import execute
from sim.studies.task import Task
from sim.verbs import calibrate, claims, compare, run, sweep
from sim.verbs.folders import held, put_away, there
from sim.verbs.screen import Meter, err, out, say_json, show
from sim.verbs.told import Told
from sim.verbs.words import WHERE, execution_of

FINISH = {
    "compare": compare.finish,
    "sweep": sweep.finish,
    "run -m": run.finish_many,
    "calibrate": calibrate.finish,
    "claims": claims.finish,
}
SHORT = 12  # digits of a key that people are shown
MERELY = ("run.workers", "run.replications")  # settings that resume may change


def resume(name: str, told: Told) -> None:
    """Go on with a study: what is finished stays, what is missing or damaged is run."""
    execution, settings = execution_of(told.settings, told.shard, told.retry, told.unlock)
    with held(name, execution) as folder:
        plan = _with(read_plan(folder), settings)
        put_away(folder, execution)
        execution = execution.with_stopping(plan.about.get(STOPPING, {}))
        if plan.document() != read_document(folder):
            plan.write(folder)
        with Meter(name, quiet=told.json) as meter:
            found = conduct(plan, folder, execution, meter, err.print)
        plan = extended(plan, found, folder)
        FINISH[plan.verb](plan, found, folder, told.json)


def status(name: str, as_json: bool) -> None:
    """How far a study is: planned, finished, failed and damaged runs."""
    kept = Kept.of(there(name))
    failed = kept.store.failed()
    wrong = {key: failed[key] for key in kept.keys if key in failed}
    said: dict[str, Any] = {
        "study": name,
        "verb": kept.document["verb"],
        "planned": len(kept.keys),
        "done": len(kept.runs),
        "failed": [
            {"run": f"{one['label']}, replication {one['replication']}", "key": key,
             "seed": one["seed"], "reason": one["reason"]}
            for key, one in wrong.items()
        ],
        "damaged": dict(kept.store.contents.damaged),
    }  # fmt: skip
    if as_json:
        say_json({**said, "tables": kept.contents()})
    else:
        _say(said)


def replay(name: str, key: str, as_json: bool) -> None:
    """Run one run of a study again, with its full log of events, and see whether it is the same."""
    folder = there(name)
    plan, store = read_plan(folder), Store(folder)
    store.look()
    task = _task(plan, key)
    run_ = task.config.run.model_copy(update={"keep": ["visits", "cases"]})
    config = task.config.model_copy(update={"run": run_})
    into = folder / "replay" / task.key[:SHORT]
    with Meter(f"{name}, {task.name}", quiet=as_json):
        found = execute(Composed(config, {}), None, into, task.label)
    known = store.contents.runs.get(task.key)
    hashes = known.packed.head["hashes"] if known else {}
    differ = [table for table, sha256 in hashes.items() if found.hashes.get(table) != sha256]
    said = {
        "study": name, "run": task.name, "key": task.key, "log": str(into / "tables"),
        "events": {table: rows for table, (rows, _) in found.kept.items()},
        "same": not differ if known else None,
    }  # fmt: skip
    write_json(into / "manifest.json", {**said, "config": config.model_dump(mode="json")})
    if differ:
        raise ModelError(f"{task.name}: tables differ from those kept: {', '.join(differ)}.")
    if as_json:
        say_json(said)
        return
    out.print(f"{task.name}, key {task.key[:SHORT]}")
    for table, (rows, _) in found.kept.items():
        out.print(f"{rows:,} {table} in {into}/tables/{table}/")
    out.print("All tables are those of the study." if known else "The study has no such run yet.")


def _say(said: Mapping[str, Any]) -> None:
    missing = said["planned"] - said["done"] - len(said["failed"])
    out.print(f"{said['study']} ({said['verb']})")
    show(
        ("", "runs"),
        [("planned", said["planned"]), ("done", said["done"]), ("failed", len(said["failed"])),
         ("to do", missing), ("damaged files", len(said["damaged"]))],
    )  # fmt: skip
    for one in said["failed"]:
        about = f"{one['run']}, seed {one['seed']}, {one['key'][:SHORT]}"
        out.print(f"failed: {about}: {one['reason']}")
    for name, why in said["damaged"].items():
        out.print(f"damaged: {name}: {why}")
    if missing or said["damaged"]:
        out.print(f"To go on: kezek resume {said['study']}")
    if said["failed"]:
        out.print(f"To try failed runs again: kezek resume {said['study']} --retry")


def _task(plan: Plan, key: str) -> Task:
    """The run whose key begins so."""
    tasks = list(plan.tasks(None))
    found = {task.key: task for task in reversed(tasks) if key and task.key.startswith(key)}
    if len(found) == 1:
        return next(iter(found.values()))
    keys = [task.key[:SHORT] for task in tasks]
    many = f"{len(found)} runs begin with '{key}'" if found else f"no run '{key}'"
    raise InputError([f"{many}; write more of run=KEY.{nearest(key, keys)}"], where=WHERE)


def _with(plan: Plan, settings: Sequence[str]) -> Plan:
    """A plan with other workers or more replications."""
    other = [text for text in settings if text.partition("=")[0] not in MERELY]
    if other:
        said = f"resume takes {' and '.join(MERELY)} and how to run, not {', '.join(other)}."
        raise InputError([said], where=WHERE)
    return plan.again(settings)
