"""In which order desks call: by joining, or by the last day of the limit."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import ServiceModel
from sim.service.cases import NEVER
from sim.service.network import Role
from tests.model.town import hashes_of, lived, model, town

BUSY = ("demand.factor=1.6", "back_office.touch_cv=1.5", "back_office.allow_overload=true")


class Overtaken:
    """Counts who was called before somebody in line who joined earlier, or is due earlier."""

    def __init__(self) -> None:
        self.joined_earlier = self.due_earlier = 0

    def __call__(self, one: ServiceModel) -> None:
        cases, about, log = one.served
        case = np.repeat(np.arange(len(cases.id)), np.diff(cases.first))
        due, rank = about["due"][case], cases.priority[case]
        for desk in one.network.of(Role.DESK):
            here = (cases.station == desk) & (log.joined != NEVER)
            for visit in np.flatnonzero(here & (log.started >= one.day * 86_400)):
                at = log.started[visit]
                waits = here & ((log.started > at) | (log.started == NEVER)) & (log.joined < at)
                waits &= rank == rank[visit]
                self.joined_earlier += int((log.joined[waits] < log.joined[visit]).sum())
                self.due_earlier += int((due[waits] < due[visit]).sum())


@pytest.mark.parametrize("order", ["joined", "due"])
def test_desks_call_in_the_order_of_the_rule(order: str) -> None:
    """Nobody is overtaken by the rule's own measure, and somebody is by the other's."""
    one, seen = model(*BUSY, f"back_office.call_order={order}"), Overtaken()
    one.observers.append(seen)
    one.run()
    wrong = {"joined": seen.joined_earlier, "due": seen.due_earlier}
    assert wrong.pop(order) == 0
    assert wrong.popitem()[1] > 0


def test_the_order_of_desks_moves_no_line_at_a_counter_on_the_first_day() -> None:
    """What is filed, and who waits at offices, is the same until decisions come back."""
    tables = [
        hashes_of(
            lived(model("run.days=1", "run.run_in_days=0", f"back_office.call_order={order}"))
        )
        for order in ("joined", "due")
    ]
    assert tables[0]["counters"] == tables[1]["counters"]


def test_both_engines_call_by_due_day_alike() -> None:
    """To the second, in every table."""
    found = [
        hashes_of(lived(model(*BUSY, "back_office.call_order=due", f"engine={engine}")))
        for engine in ("compiled", "simpy")
    ]
    assert found[0] == found[1]
    assert town("back_office.call_order=due").config.back_office.call_order == "due"
