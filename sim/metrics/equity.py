"""Gaps between groups of citizens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.metrics.metric import Columns, Tables, metric, ratio, total


def _share(groups: Columns, part: str, where: NDArray[np.bool_]) -> float:
    return 100 * ratio(total(groups, part, where), total(groups, "needs", where))


@metric("Rural-urban gap in time", unit="min per need", better="lower", matters=0.1)
def rural_urban_gap(tables: Tables) -> float:
    """Minutes on the road and in line for each need: rural residents less urban ones."""
    groups = tables["groups"]
    rural = groups["place"] == "rural"

    def minutes(where: NDArray[np.bool_]) -> float:
        spent = total(groups, "travel_seconds", where) + total(groups, "wait_seconds", where)
        return ratio(spent, total(groups, "needs", where)) / 60

    return minutes(rural) - minutes(~rural)


@metric("Skill gap online", unit="points", better="lower", matters=1.0)
def skill_gap(tables: Tables) -> float:
    """Share of needs that go online first: high digital skill less weak."""
    groups = tables["groups"]
    weak = groups["skill"] == "weak"
    return _share(groups, "online", groups["skill"] == "high") - _share(groups, "online", weak)


@metric("Age gap online", unit="points", better="lower", matters=1.0)
def age_gap(tables: Tables) -> float:
    """Share of needs that go online first: 25 to 44 years less 60 and older."""
    groups = tables["groups"]
    old = np.isin(groups["age_band"], ["60-74", "75+"])
    return _share(groups, "online", groups["age_band"] == "25-44") - _share(groups, "online", old)


def minutes_by_district(tables: Tables) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Minutes on the road and in line for each need, by district."""
    groups = tables["groups"]
    names, row = np.unique(groups["district"], return_inverse=True)
    spent = np.bincount(row, weights=groups["travel_seconds"] + groups["wait_seconds"])
    needs = np.bincount(row, weights=groups["needs"])
    return names, spent / np.maximum(needs, 1) / 60


@metric("Inequality of access over districts", unit="Gini", better="lower", matters=0.005)
def access_gini(tables: Tables) -> float:
    """Gini of the minutes for each need, a district weighing as many needs as it has."""
    groups = tables["groups"]
    names, minutes = minutes_by_district(tables)
    weight = np.array([total(groups, "needs", groups["district"] == name) for name in names])
    return gini(minutes, weight.astype(np.float64))


def gini(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Gini coefficient of weighted values.

    >>> gini(np.array([1.0, 1.0]), np.array([1.0, 3.0])), gini(np.array([0.0, 1.0]), np.ones(2))
    (0.0, 0.5)
    """
    order = np.argsort(values, kind="stable")
    value, weight = values[order], weights[order]
    if not (value * weight).sum():
        return float("nan")
    people = np.concatenate([[0.0], np.cumsum(weight)]) / weight.sum()
    held = np.concatenate([[0.0], np.cumsum(value * weight)]) / (value * weight).sum()
    area = float((np.diff(people) * (held[1:] + held[:-1]) / 2).sum())
    return 1.0 - 2.0 * area
