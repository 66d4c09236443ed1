"""A map without borders: one square for each place, on a grid, about where it lies."""

from __future__ import annotations

from math import ceil, cos, radians, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

ROOM = 1.6  # cells of the grid for each place


def grid_of(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.int64]:
    """Column and row of a square for each place: the layout that moves places least.

    Returns
    -------
    (n, 2) int64
        Row 0 lies in the north; no two places share a square.

    Examples
    --------
    >>> grid_of(np.array([50.0, 48.0]), np.array([50.0, 50.0])).tolist()
    [[0, 0], [0, 3]]
    """
    x = longitude * cos(radians(float(latitude.mean())))
    width, height = max(float(np.ptp(x)), 1e-3), max(float(np.ptp(latitude)), 1e-3)
    n = len(x)
    columns = int(np.clip(round(sqrt(n * ROOM * width / height)), 1, ceil(n * ROOM)))
    rows = ceil(n * ROOM / columns)
    across = (x - x.min()) / width * (columns - 1)
    down = (latitude.max() - latitude) / height * (rows - 1)
    cells = np.array([(column, row) for row in range(rows) for column in range(columns)])
    far = (across[:, None] - cells[:, 0]) ** 2 + (down[:, None] - cells[:, 1]) ** 2
    _, chosen = linear_sum_assignment(far)
    found = cells[chosen]
    return np.asarray(found - found.min(axis=0), dtype=np.int64)
