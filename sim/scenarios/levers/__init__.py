"""The levers by theme; importing this package declares them all."""

from __future__ import annotations

from sim.scenarios.levers import access, offices, online, people, staff

__all__ = ["access", "offices", "online", "people", "staff"]
