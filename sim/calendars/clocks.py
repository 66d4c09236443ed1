"""Working clocks of stations: a growing list of intervals; the past is fixed, tomorrow is open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Spans = Sequence[tuple[int, int]]  # seconds of the day, [opens, closes), ascending


class Clocks:
    """Several working clocks in columns, as the kernels of ``sim.calendars`` read them."""

    def __init__(self, n_clocks: int) -> None:
        self._opens: list[list[int]] = [[] for _ in range(n_clocks)]
        self._closes: list[list[int]] = [[] for _ in range(n_clocks)]
        self._done: list[list[int]] = [[] for _ in range(n_clocks)]

    def work(self, clock: int, midnight: int, spans: Spans) -> None:
        """Add the working intervals of the day that begins at second ``midnight``."""
        for opens, closes in spans:
            done = 0
            if self._opens[clock]:
                done = self._done[clock][-1] + self._closes[clock][-1] - self._opens[clock][-1]
            self._opens[clock].append(midnight + opens)
            self._closes[clock].append(midnight + closes)
            self._done[clock].append(done)

    def columns(self) -> tuple[NDArray[np.int64], ...]:
        """``first``, ``opens``, ``closes`` and ``done`` of all clocks."""
        first = np.cumsum([0, *map(len, self._opens)]).astype(np.int64)
        return first, _flat(self._opens), _flat(self._closes), _flat(self._done)


def _flat(lists: list[list[int]]) -> NDArray[np.int64]:
    return np.array([x for one in lists for x in one], dtype=np.int64)
