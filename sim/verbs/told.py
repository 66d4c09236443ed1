"""What the command line said, beside the verb."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """Settings and options, as every verb that runs something is given them."""

    settings: tuple[str, ...] = ()
    study: str = ""
    json: bool = False
    strict: bool = False
    shard: str = ""
    retry: bool = False
    unlock: bool = False
    anew: bool = False
