"""The levers by theme; importing this package declares them all."""

from __future__ import annotations

from sim.scenarios.levers import access, demand, learning, offices, online, oversight, people, staff

__all__ = ["access", "demand", "learning", "offices", "online", "oversight", "people", "staff"]
