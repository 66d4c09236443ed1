"""Questions that the ensemble of claims answers: reforms side by side on the same draws.

    python -m experiments.questions.answers [outputs/claims]

Each table shows a reform against the base in every draw: mean effect, its 95 % interval over
draws, and in how many draws it is better than the first reform of its question.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from sim.analysis.interval import mean_interval
from sim.claims.ensemble import Ensemble, ensemble_of
from sim.claims.setups import QUICK_DAYS, QUICK_LONGER, Setup
from sim.metrics import METRICS
from sim.studies.kept import Kept

QUESTIONS = {
    "Does reallocating by the papers' coefficient help?": (
        ("reallocation_by_coefficient", "reallocation_by_utilisation",
         "reallocation_by_square_root"),
        ("processing_days_local", "on_time", "desk_utilisation_max", "desk_utilisation_spread"),
        QUICK_DAYS,
    ),
    "Means or peaks: a counter more, or the same hours where most come?": (
        ("one_counter_more", "peak_roster"),
        ("within_standard_worst_hour", "wait_p95", "wait_mean", "overtime", "public_cost"),
        QUICK_DAYS,
    ),
    "Does digital intake without automatic decisions only move the queue?": (
        ("easier_filing", "automatic_decisions"),
        ("office_visits", "desk_utilisation", "processing_days", "backlog", "failure_visits",
         "public_cost"),
        QUICK_DAYS,
    ),
    "One budget for the remote: app, vans, connections, consultants or courses?": (
        ("budget_app", "budget_vans", "budget_connections", "budget_consultants",
         "budget_courses"),
        ("rural_travel", "rural_urban_gap", "online_share", "citizen_hours", "public_cost"),
        QUICK_LONGER,
    ),
}  # fmt: skip


def main(folder: str = "outputs/claims") -> None:
    ensemble = ensemble_of([Kept.of(Path(folder))], {})
    print(f"{len(ensemble.draws)} draws")
    for question, (reforms, metrics, days) in QUESTIONS.items():
        print(f"\n{question} ({days} days)")
        for metric in metrics:
            _show(ensemble, reforms, metric, days)
    _triangle(ensemble)


def _gap(ensemble: Ensemble, reform: str, metric: str, days: int) -> np.ndarray:
    values = ensemble.values(Setup(reform, days), metric)
    return values - ensemble.values(Setup("base", days), metric)


def _show(ensemble: Ensemble, reforms: tuple[str, ...], metric: str, days: int) -> None:
    one = METRICS[metric]
    print(f"  {one.label} ({one.unit}; {one.better} is better; matters from {one.matters:g})")
    sign = -1 if one.better == "lower" else 1
    first = _gap(ensemble, reforms[0], metric, days)
    for reform in reforms:
        gap = _gap(ensemble, reform, metric, days)
        low, high, _ = mean_interval(gap)
        better = 100 * (sign * (gap - first) > 0).mean()
        worth = 100 * (sign * gap >= one.matters).mean()
        print(
            f"    {reform:30} {gap.mean():+9.3f} [{low:+.3f}, {high:+.3f}]  worth it in "
            f"{worth:3.0f} %, better than the first in {better:3.0f} % of draws"
        )


def _triangle(ensemble: Ensemble) -> None:
    """Where in the triangle of volumes each rule is the best."""
    rules = QUESTIONS["Does reallocating by the papers' coefficient help?"][0]
    level = np.array(ensemble.structures["volumes"])
    for metric in ("processing_days_local", "desk_utilisation_max"):
        gaps = np.array([_gap(ensemble, rule, metric, QUICK_DAYS) for rule in rules])
        print(f"\nVolumes follow ...: mean change of {metric}")
        for corner in np.unique(level):
            here = level == corner
            cells = ", ".join(
                f"{rule.removeprefix('reallocation_by_')} {gap[here].mean():+.4f}"
                for rule, gap in zip(rules, gaps, strict=True)
            )
            print(f"  {corner:10} ({here.sum():2} draws): {cells}")


if __name__ == "__main__":
    main(*sys.argv[1:])
