"""Errors a user can act on: what, where, why, and what to do; all problems at once."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from difflib import get_close_matches

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # what a full disk says


class SimError(Exception):
    """Base of every error this package raises on purpose; ``code`` is the exit status."""

    code = 4


class InputError(SimError):
    """Something the user wrote cannot be used; lists every problem at once."""

    code = 2

    def __init__(
        self, problems: Iterable[str], where: str = "the configuration", advice: str = ""
    ) -> None:
        self.problems, self.where, self.advice = list(problems), where, advice
        noun = "problem" if len(self.problems) == 1 else "problems"
        lines = [f"{len(self.problems)} {noun} in {where}:", *(f"  - {p}" for p in self.problems)]
        super().__init__("\n".join([*lines, *filter(None, [advice])]))

    def __reduce__(self) -> tuple[object, ...]:
        """Cross to another process whole."""
        return type(self), (self.problems, self.where, self.advice)


class WarningError(InputError):
    """Doubtful input under ``--strict``, where a warning stops the run."""

    code = 3


class ModelError(SimError):
    """The model met a state it cannot go on from."""

    code = 4


class FolderError(SimError):
    """A folder cannot be used for results."""

    code = 5


class DiskError(SimError):
    """Results could not be written; what was finished is kept."""

    code = 6


class WorkerError(SimError):
    """A worker process was lost."""

    code = 7


class SomeRunsFailedError(SimError):
    """Some runs failed; the results of the others are kept."""

    code = 8


def nearest(name: str, known: Iterable[str]) -> str:
    """A guess at what was meant, as the end of a sentence, or nothing.

    >>> nearest("staf", ["staff", "desks"])
    " Did you mean 'staff'?"
    >>> nearest("xyz", ["staff", "desks"])
    ''
    """
    matches = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{matches[0]}'?" if matches else ""
