"""Violations by local bodies, and what inspections and complaints say of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.metrics.metric import Columns, Tables, metric, ratio, total


def _local(tables: Tables) -> tuple[Columns, NDArray[np.bool_]]:
    """The table of oversight and which of its rows are about services of local bodies."""
    oversight = tables["oversight"]
    return oversight, oversight["scope"] == "local"


@metric("Violations by local bodies", unit="per 1,000 decisions", better="lower", matters=1.0)
def violations(tables: Tables) -> float:
    """Decisions at desks that came late or refused wrongly, whether anybody noticed or not."""
    oversight, local = _local(tables)
    return 1000 * ratio(total(oversight, "violations", local), total(oversight, "decided", local))


@metric("Violations that are late decisions", unit="%", better="neither", matters=5.0)
def violations_late(tables: Tables) -> float:
    """Share of violations with a late decision; the rest are wrong refusals alone."""
    oversight, local = _local(tables)
    return 100 * ratio(total(oversight, "late", local), total(oversight, "violations", local))


@metric("Violations found", unit="per 1,000 cases inspected", better="neither", matters=2.0)
def violations_found(tables: Tables) -> float:
    """What inspections see; more of them by luck, by better eyes or by worse work."""
    oversight, local = _local(tables)
    return 1000 * ratio(total(oversight, "found", local), total(oversight, "inspected", local))


@metric("Complaints upheld", unit="% of those answered", better="neither", matters=5.0)
def complaints_upheld(tables: Tables) -> float:
    """A higher share may come of more violations, of other complainers, or of better answers."""
    oversight, local = _local(tables)
    return 100 * ratio(total(oversight, "upheld", local), total(oversight, "answered", local))


@metric("Rights restored", unit="% of complaints answered", better="neither", matters=5.0)
def rights_restored(tables: Tables) -> float:
    """Refusals overturned by a complaint."""
    oversight, local = _local(tables)
    return 100 * ratio(total(oversight, "restored", local), total(oversight, "answered", local))
