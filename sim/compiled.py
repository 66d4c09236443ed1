"""How Numba compiles our loops, in one place.

``_nrt=False`` leaves out reference counting: with it on, every call that passes columns counts
each of them up and down, and the day's loop over citizens is ten times slower. Such a function may
use arrays but not make them; what makes arrays is ``making``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
njit: Any = numba.njit


def loop(function: Function) -> Function:
    """Compile a loop over columns that makes no arrays."""
    return cast(Function, njit(cache=True, _nrt=False)(function))


def inline(function: Function) -> Function:
    """Compile a few lines that are put in place of each call."""
    return cast(Function, njit(cache=True, forceinline=True, _nrt=False)(function))


def making(function: Function) -> Function:
    """Compile a function that makes arrays."""
    return cast(Function, njit(cache=True)(function))
