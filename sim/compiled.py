"""How Numba compiles our loops, in one place.

``_nrt=False`` leaves out reference counting: with it on, every call that passes columns counts
each of them up and down, and the day's loop over citizens is ten times slower. Such a function may
use arrays but not make them; what makes arrays is ``making``. What only compiled code calls goes
without the way in from Python, which would be half of all compilation: ``inner`` and ``inline``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

import numba
from numba.core.registry import CPUDispatcher

from sim.sources import digest

Function = TypeVar("Function", bound=Callable[..., Any])
njit: Any = numba.njit


def compiled(function: Function, **options: Any) -> Function:
    """Compile a function when it is first called, and keep the outcome beside its file.

    Numba would go on using it when a file has changed whose lines or constants were taken over.
    """
    dispatcher = njit(cache=True, no_cfunc_wrapper=True, **options)(function)
    if dispatcher is not function:  # the compiler may be off
        made_of = digest(Path(function.__code__.co_filename))
        dispatcher._cache._cache_file._source_stamp = made_of
    return cast(Function, dispatcher)


def loop(function: Function) -> Function:
    """Compile a loop over columns that makes no arrays."""
    return compiled(function, _nrt=False)


def making(function: Function) -> Function:
    """Compile a function that makes arrays."""
    return compiled(function)


def formula(function: Function) -> Function:
    """Compile a few lines over numbers: put in place of each call, and callable from Python."""
    return compiled(function, _nrt=False, forceinline=True)


def inner(function: Function) -> Function:
    """Compile a loop that only compiled functions call."""
    return without_way_in(compiled(function, _nrt=False, no_cpython_wrapper=True))


def inline(function: Function) -> Function:
    """Compile a few lines that are put in place of each call, in compiled functions alone."""
    return without_way_in(compiled(function, _nrt=False, no_cpython_wrapper=True, forceinline=True))


def without_way_in(function: Function) -> Function:
    """Refuse to be called from Python, where Numba would jump to nowhere."""
    if isinstance(function, CPUDispatcher):
        function.__class__ = Inner
    return function


class Inner(CPUDispatcher):
    """What Numba compiles, called by compiled functions alone."""

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        """Raise ``TypeError``."""
        raise TypeError(f"{self.py_func.__name__} has no way in from Python; call its py_func.")
