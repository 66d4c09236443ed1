"""The manifest of a study: everything needed to know where its figures come from."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from typing import Any

from sim.compose import Composed
from sim.engine import made_of
from sim.results.content import RESULTS_VERSION
from sim.studies.task import Done
from sim.studies.version import commit, own_version, program, version_of

LIBRARIES = ("mesa", "simpy", "numpy", "numba", "pandas", "scipy", "hydra-core", "pydantic")


def origin(verb: str, seconds: float) -> dict[str, Any]:
    """What made some results: verb, versions, machine and time."""
    return {
        "status": "finished",
        "verb": verb,
        "kezek": own_version(),
        "results_version": RESULTS_VERSION,
        "commit": commit(),
        "program": program(),
        "engines": made_of(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "libraries": {name: version_of(name) for name in LIBRARIES},
        "seconds": round(seconds, 3),
    }


def manifest(
    verb: str, composed: Mapping[str, Composed], runs: Sequence[Done], seconds: float
) -> dict[str, Any]:
    """Configuration, seeds, versions, times and content of all runs."""
    first = next(iter(composed.values())).config
    return {
        **origin(verb, seconds),
        "seed": first.run.seed,
        "days": first.run.days,
        "run_in_days": first.run.run_in_days,
        "engine": first.engine,
        "scenarios": {
            name: {
                "title": one.title,
                "changed": dict(one.changed),
                "config": one.config.model_dump(),
            }
            for name, one in composed.items()
        },
        "runs": [
            {
                "scenario": run.label,
                "replication": run.replication,
                "key": run.key,
                "seconds": round(run.seconds, 3),
                "run_in_seconds": round(run.run_in_seconds, 3),
                "peak_mb": round(run.peak_mb, 1),
                "identities_checked": run.checks,
                "tables": tables_of(run),
            }
            for run in runs
        ],
    }


def tables_of(run: Done) -> dict[str, dict[str, Any]]:
    """Rows and content hash of each table."""
    return {name: {"rows": run.rows[name], "sha256": run.hashes[name]} for name in run.hashes}
