"""Ctrl-C with several processes: one hears it, and tells the others."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def deaf() -> Iterator[None]:
    """Ctrl-C waits; processes started meanwhile never hear it, and stop when they are told to.

    The first process of all would: Python's tracker of resources starts with it, and lets Ctrl-C
    through again. So it is started before.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
