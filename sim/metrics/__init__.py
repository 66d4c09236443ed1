"""Outcome measures by theme; importing this package registers them all in ``METRICS``."""

from __future__ import annotations

from sim.metrics import (
    access,
    channels,
    cost,
    counters,
    equity,
    headline,
    learning,
    mobile,
    oversight,
    processing,
    quality,
    staff,
    survey,
    waiting,
    workload,
)
from sim.metrics.metric import METRICS, Metric, measured

__all__ = [
    "METRICS",
    "Metric",
    "access",
    "channels",
    "cost",
    "counters",
    "equity",
    "headline",
    "learning",
    "measured",
    "mobile",
    "oversight",
    "processing",
    "quality",
    "staff",
    "survey",
    "waiting",
    "workload",
]
