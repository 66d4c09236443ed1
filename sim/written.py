"""Settings as the command line would write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def written(value: Any) -> str:
    """A value in the grammar of settings.

    >>> written([{"name": "a", "value": {"services": ["x"], "factor": 0.5}}]), written(True)
    ('[{name:a,value:{services:[x],factor:0.5}}]', 'true')
    """
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(written(one) for one in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def overrides(settings: Mapping[str, Any]) -> Iterator[str]:
    """Settings by dotted key, one text each.

    >>> list(overrides({"run.days": 3}))
    ['run.days=3']
    """
    return (f"{key}={written(value)}" for key, value in settings.items())
