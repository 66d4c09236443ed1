"""Units of time in whole seconds."""

from __future__ import annotations

MINUTE = 60  # seconds
HOUR = 3_600  # seconds
HALF_HOUR = 1_800  # seconds, the grain of rosters
DAY = 86_400  # seconds
SLOTS = DAY // HALF_HOUR  # roster slots of a civil day
