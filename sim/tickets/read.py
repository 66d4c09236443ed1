"""A file of tickets, one row each: what is read, what is left out and said, what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, nearest
from sim.region.book import book_sheets
from sim.region.sheet import Sheet, csv_sheet
from sim.tickets.times import moment, one_zone, seconds
from sim.units import DAY, HOUR, MINUTE

NEVER = -1
NEEDED, OPTIONAL = ("opened", "called", "ended", "service"), ("office", "ticket", "outcome")
OUTCOMES = ("", "served", "left", "no_show")
LONGEST_SERVICE = 10 * HOUR
MOST_BAD_SHARE = 0.05  # of the rows; beyond, the file says something else than it seems to
SHOWN = 3  # rows named in a sentence


@dataclass(frozen=True)
class Tickets:
    """Tickets of a line as columns; times are seconds by the clock on the wall, ``NEVER`` if not.

    Who was called but did not come is ``no_show``; ``grain`` is the unit of the clock, in seconds.
    """

    file: str
    opened: NDArray[np.int64]  # (n,)
    called: NDArray[np.int64]  # (n,)
    ended: NDArray[np.int64]  # (n,)
    service: NDArray[np.str_]  # (n,)
    office: NDArray[np.str_]  # (n,) empty where the file names none
    no_show: NDArray[np.bool_]  # (n,)
    grain: int = 1
    left_out: tuple[str, ...] = field(default=())
    doubts: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.opened)

    @property
    def day(self) -> NDArray[np.int64]:
        """Days since 1970 on which tickets were opened."""
        return self.opened // DAY

    @property
    def source(self) -> str:
        """Where figures from these tickets come from."""
        first, last = (
            str(np.datetime64(int(day), "D")) for day in (self.day.min(), self.day.max())
        )
        return f"own tickets, {self.file}, {len(self):,} rows, {first} to {last}"


def read_tickets(path: Path) -> Tickets:
    """Read a CSV file or a workbook with one sheet; say what is wrong, row by row."""
    sheet = _sheet(path)
    problems = list(_columns(sheet))
    outcomes = sheet.cells("outcome")
    problems += (
        f"{sheet.file}: outcome '{word}' is none of {', '.join(OUTCOMES[1:])}."
        f"{nearest(word, OUTCOMES)}"
        for word in dict.fromkeys(outcomes)
        if word not in OUTCOMES
    )
    if not sheet.rows:
        problems.append(f"{sheet.file}: no tickets.")
    if problems:
        raise InputError(problems, where=sheet.file)
    read = {name: [moment(cell) for cell in sheet.cells(name)] for name in NEEDED[:3]}
    doubts = one_zone([time for times in read.values() for time in times if time], sheet.file)
    doubts += [f"column `{name}` is not read.{nearest(name, (*NEEDED, *OPTIONAL))}"
               for name in sheet.header if name and name not in NEEDED + OPTIONAL]  # fmt: skip
    faults = _faults(sheet, read)
    left_out = _said(sheet, faults)
    if len(faults) > MOST_BAD_SHARE * len(sheet.rows) or len(faults) == len(sheet.rows):
        advice = f"At most {MOST_BAD_SHARE:.0%} of the rows may be left out."
        raise InputError(left_out, where=sheet.file, advice=advice)
    return _tickets(
        sheet, read, sorted(set(range(len(sheet.rows))) - set(faults)), left_out, doubts
    )


def _sheet(path: Path) -> Sheet:
    if path.suffix.lower() != ".xlsx":
        return csv_sheet(path)
    found, problems = book_sheets(path)
    if problems or len(found) != 1:
        raise InputError(problems or [f"{path.name} has {len(found)} sheets; keep one."],
                         where=path.name)  # fmt: skip
    return next(iter(found.values()))


def _columns(sheet: Sheet) -> Iterator[str]:
    for name in NEEDED:
        if name not in sheet.header:
            spare = [found for found in sheet.header if found not in NEEDED]
            guess = nearest(name, spare).replace("Did you mean", "Found")
            yield f"{sheet.file}: missing column `{name}`.{guess}"


def _faults(sheet: Sheet, read: dict[str, list[datetime | None]]) -> dict[int, str]:
    """Rows that cannot be used, each with its first fault."""
    cells = {name: sheet.cells(name) for name in (*NEEDED, *OPTIONAL)}
    to_the_minute = _grain(read) == MINUTE
    found: dict[int, str] = {}
    seen: set[tuple[str, ...]] = set()
    for i in range(len(sheet.rows)):
        texts = tuple(cells[name][i] for name in cells)
        times = [read[name][i] for name in NEEDED[:3]]
        fault = next(_fault({name: cells[name][i] for name in cells}, *times), "")
        if not fault and texts in seen and (cells["ticket"][i] or not to_the_minute):
            fault = "stand twice"
        seen.add(texts)
        if fault:
            found[i] = fault
    return found


def _fault(
    cell: dict[str, str], opened: datetime | None, called: datetime | None, ended: datetime | None
) -> Iterator[str]:
    """What is wrong with a row, as the end of a sentence about several."""
    for name, time in zip(NEEDED[:3], (opened, called, ended), strict=True):
        if cell[name] and time is None:
            yield f"have a `{name}` that is no time, or may be two (write 2024-03-05 09:12)"
    if opened is None:
        yield "were never opened"
        return
    if not cell["service"]:
        yield "name no service"
    if called and called < opened:
        yield "were called before they were opened"
    if ended and ended < (called or opened):
        yield "ended before they were called or opened"
    if any(time and time.date() != opened.date() for time in (called, ended)):
        yield "lie on two days"
    if called and ended and (ended - called).total_seconds() > LONGEST_SERVICE:
        yield "were served for more than ten hours"
    if cell["outcome"] == "no_show" and not called:
        yield "did not come, but were never called"


def _said(sheet: Sheet, faults: dict[int, str]) -> list[str]:
    """A sentence a fault: how many rows have it, and the first of them."""
    kinds: dict[str, list[int]] = {}
    for row, fault in faults.items():
        kinds.setdefault(fault, []).append(row)
    return [
        f"{len(rows):,} of {len(sheet.rows):,} tickets {fault}: "
        f"{'; '.join(sheet.places[row] for row in rows[:SHOWN])}{', ...' * (len(rows) > SHOWN)}."
        for fault, rows in kinds.items()
    ]


def _grain(read: dict[str, list[datetime | None]]) -> int:
    """A minute if no time has seconds, else a second."""
    whole = all(time.second == 0 for times in read.values() for time in times if time)
    return MINUTE if whole else 1


def _tickets(
    sheet: Sheet, read: dict[str, list[datetime | None]], rows: Sequence[int],
    left_out: Iterable[str], doubts: Iterable[str],
) -> Tickets:  # fmt: skip
    def times(name: str) -> NDArray[np.int64]:
        found = (read[name][i] for i in rows)
        return np.array([seconds(time) if time else NEVER for time in found], dtype=np.int64)

    def words(name: str) -> NDArray[np.str_]:
        cells = sheet.cells(name)
        return np.array([cells[i] for i in rows])

    return Tickets(
        sheet.file.partition(" sheet ")[0], times("opened"), times("called"), times("ended"),
        words("service"), words("office"), words("outcome") == "no_show", _grain(read),
        tuple(left_out), tuple(doubts),
    )  # fmt: skip
