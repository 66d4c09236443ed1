"""Effects of rural access at each point of the sweep, and which assumption they follow."""

from __future__ import annotations

import sys

import numpy as np
from scipy.stats import spearmanr

import sim

WATCHED = ("rural_travel", "office_visits", "public_cost_per_need")


def main(folder: str = "outputs/rural_access_in_doubt") -> None:
    runs = sim.study(folder).runs
    runs["point"] = runs["label"].str.partition("+")[2]
    varied = [name for name in runs if "." in name]
    values = runs.groupby("point")[varied].first()
    print(f"{len(runs)} runs, {len(values)} points")
    for metric in WATCHED:
        wide = runs.pivot_table(metric, ["point", "replication"], "scenario")
        gap = wide["rural_access"] - wide["base"]
        effect = gap.groupby("point").agg(["mean", "sem"])
        matters = sim.METRICS[metric].matters
        beyond = (effect["mean"].abs() >= matters).mean()
        print(
            f"\n{metric} ({sim.METRICS[metric].unit}): effect {effect['mean'].mean():+.3g} on "
            f"average, {effect['mean'].min():+.3g} to {effect['mean'].max():+.3g} over points, "
            f"standard error of a point {effect['sem'].mean():.2g}; at least {matters:g} either "
            f"way at {100 * beyond:.0f} % of points, base {wide['base'].mean():.4g}"
        )
        ranks = {name: spearmanr(values[name], effect["mean"]).statistic for name in varied}
        for name, rank in sorted(ranks.items(), key=lambda one: -abs(one[1])):
            print(f"  {name:45} rank correlation {rank:+.2f}")
        noise = 1.96 / np.sqrt(len(values) - 1)
        print(f"  (below {noise:.2f} is noise)")


if __name__ == "__main__":
    main(*sys.argv[1:])
