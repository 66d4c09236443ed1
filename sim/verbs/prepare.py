"""Everything that can be found wrong before a run begins."""

from __future__ import annotations

from collections.abc import Sequence

from sim.compose import Composed, composed
from sim.errors import WarningError
from sim.studies.doubts import doubts, refuse_overload
from sim.studies.run import timeline_of
from sim.verbs.screen import err


def prepared(overrides: Sequence[str], strict: bool) -> Composed:
    """A configuration that can be run; what is doubtful is said, or refused if strict."""
    one = composed(overrides)
    timeline_of(one.config)
    refuse_overload(one)
    found = list(doubts(one))
    if found and strict:
        raise WarningError(found, where="the configuration (warnings refused by --strict)")
    for said in found:
        err.print(f"warning: {said}", style="yellow")
    return one
