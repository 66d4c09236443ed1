"""What a person sees in the terminal: progress, tables, numbers."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

if TYPE_CHECKING:
    from sim.studies.conduct import Watched

YEAR = 365  # days
LINE_EVERY = 5.0  # seconds between lines of progress where there is no terminal
PIPED = 160  # columns where there is no terminal


def _console(is_error: bool) -> Console:
    """Titles are anybody's, so nothing in them is markup."""
    stream = sys.stderr if is_error else sys.stdout
    told = stream is None or stream.isatty() or "COLUMNS" in os.environ
    width = None if told else PIPED
    return Console(stderr=is_error, highlight=False, markup=False, width=width)


out, err = _console(is_error=False), _console(is_error=True)


class Meter:
    """Progress with rate and time left: a bar in a terminal, a line now and then elsewhere."""

    def __init__(self, title: str, quiet: bool = False) -> None:
        self._title, self._quiet = title, quiet
        self._bar: Progress | None = None
        self._said = time.monotonic() - LINE_EVERY

    def __enter__(self) -> Meter:
        if not self._quiet and err.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[said]}"),
                console=err,
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(self._title, total=None, said="starting")
        elif not self._quiet:
            err.print(f"{self._title}: starting")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, seen: Watched) -> None:
        """Show how far a comparison has come."""
        if self._quiet or seen.days == 0:
            return
        left = seen.seconds_left if seen.days > seen.days_in_all / 50 else float("inf")
        said = (
            f"{seen.done}/{seen.runs} runs, {seen.days:,}/{seen.days_in_all:,} days, "
            f"{seen.rate:.0f} days/s, {_clock(left)} left"
        )
        if self._bar is not None:
            self._bar.update(self._task, total=seen.days_in_all, completed=seen.days, said=said)
        elif time.monotonic() >= self._said + LINE_EVERY or seen.done == seen.runs:
            self._said = time.monotonic()
            err.print(f"{self._title}: {said}")


def _clock(seconds: float) -> str:
    """Minutes and seconds.

    >>> _clock(75)
    '1:15'
    """
    if seconds == float("inf"):
        return "?"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def number(value: Any) -> str:
    """A figure with as many digits as a reader can use.

    >>> number(1234567.0), number(3.14159), number(0.01234), number(float("nan"))
    ('1,234,567', '3.14', '0.0123', '-')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isnan(value):
        return "-"
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 100:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 or value == 0 else f"{value:.3g}"


def show(
    header: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "", left: int = 1
) -> None:
    """Print a table; the first ``left`` columns are text, the others figures."""
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for i, name in enumerate(header):
        table.add_column(
            name, justify="left" if i < left else "right", overflow="fold", no_wrap=i == 0
        )
    for row in rows:
        table.add_row(*(cell if isinstance(cell, str) else number(cell) for cell in row))
    out.print(table)


def say_scaled(days: int) -> None:
    """A part of a year is no year: winters are busier than summers."""
    if days < YEAR:
        out.print(
            f"Figures a year are those of {days} days, scaled up without a correction for the "
            "season; compare only runs over the same days."
        )


def say_json(document: Any) -> None:
    """Print one JSON document and nothing else."""
    import json

    from sim.results.write import plain

    sys.stdout.write(json.dumps(_finite(document), ensure_ascii=False, default=plain) + "\n")


def _finite(value: Any) -> Any:
    """JSON has no not-a-number: it becomes null."""
    if isinstance(value, float) and (isnan(value) or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
