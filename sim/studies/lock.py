"""One study, one process that runs it: a lock that names its owner and dies with it."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.errors import FolderError
from sim.results.write import refusal

LOCK = ".lock"


@contextmanager
def locked(folder: Path, shard: str = "", unlock: bool = False) -> Iterator[None]:
    """Hold a study's folder; shards of one study hold it together, each shard once.

    The operating system frees the lock when its owner dies, however that happens. Only a lock from
    another machine is believed by its text; ``unlock`` says that this owner is gone.
    """
    with _held(folder / LOCK, bool(shard), unlock):
        if not shard:
            yield
            return
        with _held(folder / f"{LOCK}-{shard.replace('/', '-of-')}", False, unlock):
            yield


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for the others that begin in the same folder."""
    handle = os.open(folder / f"{LOCK}-begin", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _held(path: Path, shared: bool, unlock: bool) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise refusal(error, f"Cannot use {path.parent}") from None
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            raise FolderError(
                f"{path.parent} is in use by {_words(_owner(handle))}. Wait until it is done, or "
                "give another name."
            ) from None
        owner = _owner(handle)
        if owner.get("host") not in (None, socket.gethostname()) and not (shared or unlock):
            raise FolderError(
                f"{path.parent} was taken by {_words(owner)}, which never gave it back. If that "
                "process is gone, say --unlock."
            )
        _write(handle, _me())
        try:
            yield
        finally:
            _write(handle, {})
    finally:
        os.close(handle)


def _me() -> dict[str, Any]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"host": socket.gethostname(), "pid": os.getpid(), "since": since}


def _owner(handle: int) -> dict[str, Any]:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        found = json.loads(os.read(handle, 4096) or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _words(owner: dict[str, Any]) -> str:
    """Who holds a lock.

    >>> _words({"host": "here", "pid": 7, "since": "2024-01-01"})
    'process 7 on here, since 2024-01-01'
    """
    if not owner:
        return "another process"
    return f"process {owner.get('pid')} on {owner.get('host')}, since {owner.get('since')}"


def _write(handle: int, owner: dict[str, Any]) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(owner).encode() if owner else b"", 0)
