"""Kezek: a laboratory in which reforms of public service delivery are tried.

>>> import sim
>>> study = sim.run(region="teaching", days=30)  # doctest: +SKIP
>>> study.frames["services"].head()  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "run": "sim.api",
    "compare": "sim.api",
    "study": "sim.api",
    "RunResult": "sim.api",
    "CompareResult": "sim.api",
    "StudyResult": "sim.api",
    "METRICS": "sim.metrics",
    "LEVERS": "sim.scenarios.lever",
    "ENGINES": "sim.engine",
    "ServiceModel": "sim.model",
    "SimError": "sim.errors",
    "InputError": "sim.errors",
}
__all__ = [
    "ENGINES",
    "LEVERS",
    "METRICS",
    "CompareResult",
    "InputError",
    "RunResult",
    "ServiceModel",
    "SimError",
    "StudyResult",
    "compare",
    "run",
    "study",
]


def __getattr__(name: str) -> Any:
    """Public names are found when they are asked for, so that ``--help`` pays for nothing."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return __all__
