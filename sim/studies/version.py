"""Which program this is: its version, its sources, and the commit they come from."""

from __future__ import annotations

import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sim.sources import digest

SOURCES = Path(__file__).resolve().parents[1]


def version_of(name: str) -> str:
    """The installed version of a library."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


@cache
def own_version() -> str:
    """The version of this program."""
    return version_of("kezek")


@cache
def program() -> str:
    """One word for all sources that a run depends on: results of two are never mixed."""
    return digest(SOURCES / "studies" / "task.py")[:16]


@cache
def commit() -> str:
    """The commit of the working copy, if it is one."""
    here = SOURCES.parent
    if not (here / ".git").exists():
        return "unknown"
    try:
        found = subprocess.run(
            ["git", "-C", str(here), "rev-parse", "--short=12", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return found.stdout.strip()
