"""The smallest tables that tell all metrics apart: a few rows of small whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.results.schema import TABLES

Columns = dict[str, NDArray[Any]]
Tables = dict[str, Columns]

KEYS: Mapping[str, Mapping[str, list[Any]]] = {
    "services": {
        "date": ["2023-03-01", "2023-03-02", "2023-03-02"],
        "service": ["permit", "permit", "passport"],
        "scope": ["local", "local", "state"],
    },
    "counters": {
        "date": ["2023-03-01", "2023-03-02", "2023-03-02", "2023-03-02"],
        "station": ["A", "B", "van_1/stop_1", "clinics/TWN/counter"],
        "role": ["office", "office", "van", "provider"],
        "district": ["N", "S", "-", "TWN"],
    },
    "desks": {
        "date": ["2023-03-01", "2023-03-02", "2023-03-01", "2023-03-02", "2023-03-01"],
        "station": ["LAND", "LAND", "TAX", "TAX", "clinics/TWN/desk"],
        "role": ["desk", "desk", "desk", "desk", "provider_desk"],
        "district": ["-", "-", "-", "-", "TWN"],
    },
    "calls": {"date": ["2023-03-01", "2023-03-02"]},
    "vans": {"date": ["2023-03-01", "2023-03-02"], "unit": [1, 1]},
    "groups": {
        "month": ["2023-03"] * 4,
        "district": ["N", "N", "S", "S"],
        "place": ["rural", "rural", "urban", "urban"],
        "age_band": ["25-44", "60-74", "25-44", "75+"],
        "skill": ["high", "weak", "weak", "high"],
    },
    "hours": {
        "station": ["A", "A", "B", "B"],
        "district": ["N", "N", "S", "S"],
        "day_kind": ["ordinary"] * 4,
        "hour": [9, 10, 10, 11],
    },
    "waits": {
        "station": ["A", "A", "B", "B", "B"],
        "district": ["N", "N", "S", "S", "S"],
        "minutes": [0, 1, 1, 2, 3],
    },
    "waits_by_day": {"date": ["2023-03-01", "2023-03-01", "2023-03-02"], "minutes": [0, 1, 3]},
    "people": {
        "month": ["2023-02", "2023-02", "2023-03", "2023-03"],
        "district": ["N"] * 4,
        "place": ["rural", "urban"] * 2,
    },
    "learning": {
        "month": ["2023-02", "2023-02", "2023-03", "2023-03"],
        "district": ["N"] * 4,
        "place": ["rural", "urban"] * 2,
    },
    "oversight": {
        "month": ["2023-02", "2023-03", "2023-03"],
        "station": ["LAND", "LAND", "TAX"],
        "service": ["permit", "permit", "passport"],
        "scope": ["local", "local", "state"],
    },
    "survey": {"month": ["2023-02", "2023-03", "2023-04"]},
    "posts": {"month": ["2023-03"], "body": ["LAND"], "employer": ["town"]},
    "staff": {
        "month": ["2023-02", "2023-02", "2023-03", "2023-03"],
        "station": ["A", "LAND"] * 2,
        "role": ["office", "desk"] * 2,
    },
    "bill": {
        "item": [
            "office posts",
            "desk posts on services",
            "mobile crews",
            "mobile road",
            "mobile vehicles",
        ]
    },
}
COUNTS: Mapping[str, Mapping[str, list[int]]] = {
    "services": {
        "needs": [10, 30, 60],
        "web": [5, 10, 25],
        "app": [0, 5, 15],
        "attempts": [8, 20, 52],
        "outages": [0, 1, 3],
        "gave_up": [1, 0, 1],
        "auto": [0, 0, 30],
        "desk": [5, 10, 5],
        "issued": [5, 25, 45],
        "refused": [0, 1, 2],
        "returned": [1, 0, 1],
        "on_time": [5, 8, 5],
        "overdue": [0, 2, 0],
        "working_days": [10, 20, 50],
        "office_visits": [6, 4, 30],
        "van_visits": [1, 1, 3],
        "body_visits": [2, 2, 1],
        "assisted_visits": [1, 1, 3],
        "return_visits": [0, 2, 4],
        "calls": [0, 5, 15],
    },
    "counters": {
        "arrived": [20, 20, 10, 99],
        "served": [18, 12, 8, 99],
        "balked": [1, 2, 0, 9],
        "reneged": [1, 3, 1, 9],
        "turned_away": [0, 3, 1, 9],
        "wait_seconds": [1800, 5400, 600, 9999],
        "within_standard": [18, 9, 8, 99],
        "busy_seconds": [3600, 7200, 60, 9],
        "duty_seconds": [14400, 7200, 99, 9],
        "overtime_seconds": [600, 1200, 60, 9],
    },
    "desks": {
        "ended": [2, 1, 1, 1, 9],
        "wait_seconds": [3600, 7200, 0, 7200, 9],
        "busy_seconds": [1000, 2000, 250, 750, 999],
        "duty_seconds": [2000, 2000, 2000, 2000, 999],
        "backlog": [4, 6, 1, 3, 50],
    },
    "calls": {"offered": [12, 8], "answered": [10, 5], "wait_seconds": [100, 200]},
    "vans": {"stops": [2, 3]},
    "groups": {
        "needs": [20, 20, 40, 20],
        "online": [18, 6, 18, 10],
        "visits": [10, 10, 10, 5],
        "travel_metres": [30_000, 10_000, 8_000, 2_000],
        "travel_seconds": [3600, 1200, 600, 600],
        "wait_seconds": [1200, 1200, 1200, 1200],
        "score_per_mille": [3500, 5500, 8500, 3500],
        "scored": [5, 10, 10, 5],
        "pleased": [2, 3, 5, 2],
        "displeased": [1, 1, 1, 0],
        "bad_experiences": [1, 2, 1, 1],
        "complaints": [0, 1, 0, 1],
    },
    "hours": {"served": [10, 5, 5, 0], "within_standard": [9, 4, 2, 0]},
    "waits": {"served": [8, 1, 3, 4, 4]},
    "waits_by_day": {"served": [8, 4, 8]},
    "learning": {"weak_skill": [9, 9, 1, 1], "skill_per_mille": [9, 9, 2000, 1500]},
    "people": {
        "aware": [1, 1, 3, 1],
        "eds": [1, 1, 2, 1],
        "applicants": [7, 7, 3, 2],
        "trust_centre_per_mille": [1, 1, 2400, 1600],
        "trust_portal_per_mille": [1, 1, 2100, 900],
    },
    "oversight": {
        "decided": [40, 160, 99],
        "late": [1, 2, 9],
        "violations": [1, 3, 9],
        "inspected": [10, 40, 9],
        "found": [0, 2, 9],
        "answered": [2, 6, 9],
        "upheld": [1, 1, 9],
        "restored": [0, 1, 9],
    },
    "survey": {
        "users": [8, 10, 10],
        "answered": [2, 3, 0],
        "score_per_mille": [1500, 2700, 0],  # 70, 80; 90, 90, 90 points
        "score_squares": [1_130_000, 2_430_000, 0],
        "true_score_per_mille": [5600, 8000, 8000],
    },
    "staff": {
        "posts": [8, 22, 8, 22],
        "vacant": [0, 3, 2, 5],
        "novices": [2, 4, 2, 2],
        "experience_months": [200, 400, 250, 350],
        "left": [0, 0, 1, 1],
    },
    "bill": {"paid": [600, 200, 100, 60, 40], "followed_work": [300, 100, 100, 60, 40]},
}


def _counts(name: str) -> tuple[str, ...]:
    return TABLES[name].counts if name in TABLES else ("paid", "followed_work")


def small() -> Tables:
    """All tables of a run; columns of which nothing is said are zero."""
    found: Tables = {}
    for name, keys in KEYS.items():
        rows = len(next(iter(keys.values())))
        found[name] = {key: np.array(values) for key, values in keys.items()}
        for count in _counts(name):
            values = COUNTS.get(name, {}).get(count, [0] * rows)
            found[name][count] = np.array(values, dtype=np.int64)
    return found


def idle() -> Tables:
    """The same days on which nothing happened: all counts are zero."""
    return {
        name: {c: v * 0 if c in _counts(name) else v for c, v in columns.items()}
        for name, columns in small().items()
    }


def empty() -> Tables:
    """The same tables without a row."""
    return {name: {c: v[:0] for c, v in columns.items()} for name, columns in small().items()}


def shuffled(seed: int) -> Tables:
    """The same rows in another order; those of people stay, as their last month counts."""
    rng = np.random.default_rng(seed)
    found = small()
    for name, columns in found.items():
        if name != "people":
            order = rng.permutation(len(next(iter(columns.values()))))
            found[name] = {c: v[order] for c, v in columns.items()}
    return found
