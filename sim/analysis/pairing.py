"""Pairs that hurt: common luck narrows a difference only where both arms take it alike."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.compare import Effect


def doubts_of_pairing(effects: Sequence[Effect]) -> list[str]:
    """Sentences on effects whose interval common luck has widened: a gain below one."""
    return [
        f"{effect.scenario}, {effect.metric}: pairing widens the interval (gain {effect.gain:.2f} "
        f"of {effect.n} pairs); what is luck under base is bad luck here."
        for effect in effects
        if effect.gain < 1
    ]
