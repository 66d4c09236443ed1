"""What people know and can when a run ends."""

from __future__ import annotations

import numpy as np

from sim.metrics.metric import Tables, metric, ratio, total


def _at_the_end(tables: Tables, table: str, column: str) -> float:
    """A count of the last month over all who may apply."""
    rows, people = tables[table], tables["people"]
    last, there = (one["month"] == np.unique(one["month"])[-1:] for one in (rows, people))
    return ratio(total(rows, column, last), total(people, "applicants", there))


@metric("Applicants of weak digital skill", unit="%", better="lower", matters=0.5)
def weak_skill(tables: Tables) -> float:
    """Share of all who may apply whose skill does not suffice to go online alone, at the end."""
    return 100 * _at_the_end(tables, "learning", "weak_skill")


@metric("Digital skill", unit="points of 100", better="higher", matters=0.5)
def digital_skill(tables: Tables) -> float:
    """Mean skill of all who may apply, at the end."""
    return _at_the_end(tables, "learning", "skill_per_mille") / 10


@metric("Applicants who know the portal", unit="%", better="higher", matters=0.5)
def portal_known(tables: Tables) -> float:
    """Share of all who may apply who know the portal, at the end."""
    return 100 * _at_the_end(tables, "people", "aware")


@metric("Applicants with a digital signature", unit="%", better="higher", matters=0.5)
def signature_held(tables: Tables) -> float:
    """Share of all who may apply who hold a valid signature, at the end."""
    return 100 * _at_the_end(tables, "people", "eds")
