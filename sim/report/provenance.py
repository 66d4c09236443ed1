"""Where the figures come from: everything needed to run the same again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.report.proof import proved_of
from sim.report.study import Study

SHORT = 12  # hexadecimal digits of a key or hash on the page


def provenance(study: Study) -> Sequence[tuple[str, str]]:
    """Everything needed to run the same again."""
    said = study.manifest
    runs = said["runs"]
    seconds = [run["seconds"] + run["run_in_seconds"] for run in runs]
    libraries = ", ".join(f"{name} {number}" for name, number in said["libraries"].items())
    return (
        ("Region", f"{study.config.place.title} ({study.config.region})"),
        ("Scenarios", ", ".join(said["scenarios"])),
        ("Seed of the study", f"{said['seed']}; the scenario is not part of chance"),
        ("Measured", f"{said['days']} days from {study.config.place.starts}"),
        ("Run-in", f"{said['run_in_days']} days before, levers off, not measured"),
        ("Engine", said["engine"]),
        (
            "Program",
            f"kezek {said['kezek']}, commit {said['commit']}, results {said['results_version']}",
        ),
        ("Platform", f"Python {said['python']}, {said['platform']}"),
        ("Libraries", libraries),
        ("Runs", f"{len(runs)} finished, {study.missing} missing"),
        ("Identities checked", f"{sum(run['identities_checked'] for run in runs):,}, all held"),
        ("Engines", proved_of(said.get("engines", ""))),
        ("Time", f"{said['seconds']:,.0f} s in all; {max(seconds):,.1f} s the slowest run"),
        ("Memory", f"{max(run['peak_mb'] for run in runs):,.0f} MB at most in a process"),
    )


def runs(study: Study) -> Iterator[tuple[str, ...]]:
    """Each run: scenario, replication, key, seconds, memory, and the hash of each table."""
    for run in study.manifest["runs"]:
        hashes = (f"{name} {said['sha256'][:SHORT]}" for name, said in run["tables"].items())
        yield (
            study.title(run["scenario"]), str(run["replication"]), run["key"],
            f"{run['seconds']:.1f}", f"{run['peak_mb']:,.0f}",
            f"{run['identities_checked']:,}", ", ".join(hashes),
        )  # fmt: skip
