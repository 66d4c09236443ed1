"""The same rise of complaints from two known causes: which figures tell them apart?

python -m experiments.complaints.tell_apart [days=120] [replications=8]
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from sim.compose import composed
from sim.metrics import measured
from sim.studies.run import execute

WATCHED = ("oversight.inspections_per_year=160", "survey.sample=500", "run.run_in_days=30",
           "back_office.allow_overload=true")  # fmt: skip
FIGURES = ("complaints", "violations_found", "complaints_upheld", "survey_score",
           "violations", "satisfaction")  # fmt: skip
FEWER_DESKS = "back_office.minutes_per_person_year=85000"  # instead of 105,600
FEWER_COUNTERS = "levers=[{name: offices.counters, value: {office: all, add: -1}}]"
EVERYBODY_COMPLAINS = ("complaints.propensity=1", "complaints.aware_share=1")


def figures(*settings: str) -> dict[str, float]:
    """The measures of a run that is watched closely."""
    return measured(execute(composed([*WATCHED, *settings])).tables)


def main(days: int, replications: int) -> None:
    """Print a row of figures for each cause: mean and standard error over replications."""
    long = f"run.days={days}"
    good = figures(long, *EVERYBODY_COMPLAINS)["complaints"]  # bad experiences per million
    bad = figures(long, *EVERYBODY_COMPLAINS, FEWER_DESKS)["complaints"]
    aware = composed().config.complaints.aware_share * bad / good
    arms = {
        "base": (),
        "fewer desks": (FEWER_DESKS,),
        "more who know where": (f"complaints.aware_share={aware:.4f}",),
        "fewer counters": (FEWER_COUNTERS,),
    }
    print("| cause | setting |", " | ".join(FIGURES), "|")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for arm, settings in arms.items():
            jobs = [
                pool.submit(figures, long, f"run.replication={k}", *settings)
                for k in range(replications)
            ]
            rows = np.array([[job.result()[name] for name in FIGURES] for job in jobs])
            error = rows.std(axis=0, ddof=1) / replications**0.5
            cells = (f"{m:.2f} ({e:.2f})" for m, e in zip(rows.mean(axis=0), error, strict=True))
            print(f"| {arm} | {' '.join(settings)} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    told = dict(one.split("=", 1) for one in sys.argv[1:])
    main(int(told.get("days", 120)), int(told.get("replications", 8)))
