"""Who is left behind when the ten most asked services go online: groups and offices by size.

    python -m experiments.left_behind.groups [days=60] [replications=6]

The counters of these services close for ``closure_pct`` of those able to go online: 0, 90 and 100.
Each row is a paired difference to the base, with its standard error in brackets.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.compose import composed
from sim.studies.run import execute

CLOSED = ("veterinary", "realty_certificates", "eds", "criminal_record", "residence_reg",
          "social_benefits_state", "school")  # fmt: skip
ONLINE = ("clinic_appointment", "medical_certificate", "employment")
CLOSURES = (0, 90, 100)


def main() -> None:
    told = dict(one.split("=", 1) for one in sys.argv[1:])
    days, replications = told.get("days", "60"), int(told.get("replications", "6"))
    found: dict[str, list[pd.Series]] = {}
    for replication in range(replications):
        rest = [f"run.days={days}", "run.run_in_days=21", f"run.replication={replication}"]
        base = _seen(rest)
        for closure in CLOSURES:
            reform = _seen([*rest, f"levers={_levers(closure)}"])
            found.setdefault(f"closed for {closure} %", []).append(reform - base)
        print(f"{replication + 1} of {replications}", file=sys.stderr, flush=True)
    for name, gaps in found.items():
        table = pd.DataFrame(gaps)
        print(f"\n{name}")
        for column in table:
            mean, error = table[column].mean(), table[column].sem()
            print(f"  {column:52} {mean:+9.3f} ({error:.3f})")


def _levers(closure: int) -> str:
    closed = f"{{services:[{','.join(CLOSED)}],ease:0.5,closure_pct:{closure}}}"
    online = f"{{services:[{','.join(ONLINE)}],ease:0.5}}"
    return f"[{{name:services.online,value:{closed}}},{{name:services.online,value:{online}}}]"


def _seen(settings: list[str]) -> pd.Series:
    tables = execute(composed(settings)).tables
    return pd.Series({**_by_group(tables["groups"]), **_by_office(tables["counters"])})


def _by_group(groups: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Visits, travel and needs given up, by skill, place and age."""
    frame = pd.DataFrame(groups)
    found = {}
    for key in ("skill", "place", "age_band"):
        for value, rows in frame.groupby(key):
            needs = rows["needs"].sum()
            if not needs:
                continue
            name = f"{key} {value}"
            found[f"{name}: visits per 100 needs"] = 100 * rows["visits"].sum() / needs
            found[f"{name}: given up per 1,000 needs"] = 1000 * rows["gave_up"].sum() / needs
            found[f"{name}: km per need"] = rows["travel_metres"].sum() / 1000 / needs
    return found


def _by_office(counters: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Waits and load of offices by how many are served in a day."""
    frame = pd.DataFrame(counters)
    frame = frame[frame["role"] == "office"]
    each = frame.groupby("station")[
        ["served", "wait_seconds", "busy_seconds", "duty_seconds"]
    ].sum()
    rank = each["served"].rank(pct=True)
    found = {}
    for name, rows in (("small offices", each[rank <= 0.5]), ("large offices", each[rank > 0.5])):
        found[f"{name}: mean wait, min"] = rows["wait_seconds"].sum() / rows["served"].sum() / 60
        load = rows["busy_seconds"].sum() / rows["duty_seconds"].sum()
        found[f"{name}: utilisation, %"] = 100 * load
    return found


if __name__ == "__main__":
    main()
