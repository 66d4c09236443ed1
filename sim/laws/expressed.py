"""What our systems cannot express, said instead of a figure."""

from __future__ import annotations

from sim.errors import SimError


class NotExpressedError(SimError):
    """A law that no service system or choice model of ours can be held against, and why."""
