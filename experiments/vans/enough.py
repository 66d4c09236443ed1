"""What each further van brings and costs, from the sweep of `run.sh`."""

from __future__ import annotations

import itertools
import sys

import numpy as np

import sim

SHOWN = ("rural_travel", "rural_urban_gap", "van_cases", "van_cost_per_case", "public_cost",
         "citizen_hours", "travel")  # fmt: skip


def main(folder: str = "outputs/vans_enough") -> None:
    runs = sim.study(folder).runs
    by = runs.groupby("mobile.units")[list(SHOWN)].agg(["mean", "sem"])
    print("vans " + " ".join(f"{name:>22}" for name in SHOWN))
    for units, row in by.iterrows():
        cells = (f"{row[name, 'mean']:,.3f} ({row[name, 'sem']:.3f})" for name in SHOWN)
        print(f"{units:4} " + " ".join(f"{cell:>22}" for cell in cells))
    wide = {n: runs.pivot_table(n, "replication", "mobile.units") for n in SHOWN}
    steps = list(wide["travel"].columns)
    for fewer, more in itertools.pairwise(steps):
        cost = 1e6 * (wide["public_cost"][more] - wide["public_cost"][fewer])
        saved = 1e6 * (wide["travel"][fewer] - wide["travel"][more])
        hours = 1e3 * (wide["citizen_hours"][fewer] - wide["citizen_hours"][more])
        per_km = cost.mean() / saved.mean() if saved.mean() > 0 else np.inf
        error = np.abs(per_km) * np.hypot(cost.sem() / cost.mean(), saved.sem() / saved.mean())
        print(
            f"{fewer} to {more}: {cost.mean() / (more - fewer) / 1e6:.1f} million a van, "
            f"{saved.mean() / (more - fewer):,.0f} km and {hours.mean() / (more - fewer):,.0f} "
            f"hours less a van; {per_km:,.0f} ({error:,.0f}) money a km not travelled"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
