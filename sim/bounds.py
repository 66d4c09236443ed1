"""What must hold between numbers of a configuration, beyond the bounds of each."""

from __future__ import annotations

from itertools import pairwise


def some_weight(weights: list[float]) -> list[float]:
    """Refuse a profile without any weight, which has no shares."""
    if not any(weights):
        raise ValueError("all its weights are 0; at least one must be more.")
    return weights


def rise(section: object, *keys: str) -> None:
    """Refuse hours and bounds that do not come one after the other."""
    for before, after in pairwise(keys):
        low, high = getattr(section, before), getattr(section, after)
        if low > high:
            raise ValueError(f"`{before}` is {low:g}, after `{after}`, which is {high:g}.")


def open_some_time(section: object, opens: str, closes: str) -> None:
    """Refuse a door that shuts as it opens."""
    hour = getattr(section, opens)
    if hour == getattr(section, closes):
        raise ValueError(f"`{opens}` and `{closes}` are both {hour:g}; they must be hours apart.")
