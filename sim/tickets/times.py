"""Points in time as machines and people write them; what could be two is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sim.errors import InputError

DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}),?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?")
LOOSE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?")
SUMMER = timedelta(hours=1)  # by which the two offsets of one place differ


def moment(text: str) -> datetime | None:
    """The time that a text says, to the second, or nothing.

    >>> moment("05.03.2024 9:12") == moment("2024-03-05T09:12:00")
    True
    >>> moment("03/05/2024 09:12") is None
    True
    """
    try:
        if found := DOTTED.fullmatch(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second)
        if found := LOOSE.fullmatch(text):
            return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
        read = datetime.fromisoformat(text) if ":" in text else None
    except ValueError:
        return None
    return _to_second(read) if read else None


def _to_second(read: datetime) -> datetime:
    """Spreadsheets keep times as parts of a day, and miss whole seconds by a little."""
    return (read + timedelta(microseconds=500_000)).replace(microsecond=0)


def one_zone(times: Sequence[datetime], file: str) -> list[str]:
    """Refuse clocks of several places; what remains doubtful about the zone is returned."""
    offsets = {time.utcoffset() for time in times}
    known = sorted(offset for offset in offsets if offset is not None)
    if known and len(known) < len(offsets):
        raise InputError([f"{file}: some times name a zone and some do not."], where=file)
    if len(known) > 2 or (len(known) == 2 and known[1] - known[0] != SUMMER):
        raise InputError([f"{file}: times of {len(known)} zones; write those of one place."],
                         where=file)  # fmt: skip
    if known == [timedelta(0)]:
        return ["all times are UTC; the hours of the day are then UTC's, not the offices'."]
    return []


def seconds(time: datetime) -> int:
    """Seconds since 1970 by the clock on the wall.

    >>> seconds(datetime(1970, 1, 2, 0, 0, 3))
    86403
    """
    since = time.replace(tzinfo=None) - datetime(1970, 1, 1)
    return since.days * 86_400 + since.seconds
