"""The levers by theme; importing this package declares them all."""

from __future__ import annotations

from sim.scenarios.levers import (
    access,
    bodies,
    demand,
    learning,
    offices,
    online,
    oversight,
    people,
    staff,
    stress,
)

__all__ = [
    "access", "bodies", "demand", "learning", "offices", "online", "oversight", "people", "staff",
    "stress",
]  # fmt: skip
