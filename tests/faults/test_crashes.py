"""A crash or a full disk at any step of writing: nothing lost, nothing twice, the same tables."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

import sim.results.write
from sim.errors import DiskError, SimError
from tests.faults.ledger import note
from tests.faults.quick import begin, finished, go_on, plan_for, tables


class Crash(BaseException):
    """The machine stops: nothing after this line is carried out, not even tidying up."""


@contextmanager
def failing_at(
    k: int, error: Callable[[], BaseException], patch: pytest.MonkeyPatch
) -> Iterator[list[int]]:
    """Let the k-th step that touches the disk fail, and all later ones if the machine stopped."""
    seen = [0]

    def wrap(real: Callable[..., Any], half: bool) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            seen[0] += 1
            if seen[0] == k or (seen[0] > k and isinstance(error(), Crash)):
                if half and seen[0] == k:  # half of it is there
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2], **named)
                raise error()
            return real(*arguments, **named)

        return step

    with patch.context() as patched:
        patched.setattr(Path, "write_bytes", wrap(Path.write_bytes, half=True))
        patched.setattr(Path, "write_text", wrap(Path.write_text, half=True))
        patched.setattr(Path, "replace", wrap(Path.replace, half=False))
        patched.setattr(Path, "unlink", wrap(Path.unlink, half=False))
        patched.setattr(os, "fsync", wrap(os.fsync, half=False))
        yield seen


def _full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _tried(tmp_path: Path, k: int, error: Callable[[], BaseException], patch: Any) -> bool:
    """Fail at step k, then resume; whether there was such a step."""
    plan = plan_for(26)  # 52 runs: enough to be put into a part
    folder = begin(plan, tmp_path / "study")
    with failing_at(k, error, patch) as seen, suppress(Crash, SimError, OSError):
        go_on(plan, folder)
    if seen[0] < k:
        return False
    before = finished(folder)
    found = go_on(plan, folder)
    kind = "machine stops at the k-th step of writing"
    kind = kind if isinstance(error(), Crash) else "disk full at the k-th step of writing"
    lost = int(not before <= finished(folder)) + int(tables(folder) != EXPECTED[tmp_path.parent])
    doubled = int(found.lived + len(before) != 52)
    hidden = [path.name for path in folder.rglob(".*") if path.is_file()]
    assert set(hidden) <= {".catalogue"}, hidden
    note(kind, 1, lost=lost, doubled=doubled)
    assert (lost, doubled) == (0, 0), k
    return True


EXPECTED: dict[Path, object] = {}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("every", [31, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("error", [Crash, _full], ids=["crash", "full"])
def test_a_failure_at_any_step_costs_only_what_was_not_finished(
    tmp_path: Path,
    error: Callable[[], BaseException],
    every: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each step of writing runs, their part, the catalogue, and of tidying up between them."""
    plan = plan_for(26)
    whole = begin(plan, tmp_path / "whole")
    go_on(plan, whole)
    EXPECTED[tmp_path] = tables(whole)
    counted = begin(plan, tmp_path / "counted")
    with failing_at(10**9, error, monkeypatch) as seen:
        go_on(plan, counted)
    steps = seen[0]
    assert steps > 150
    for k in range(1, steps + 1, every):
        assert _tried(tmp_path / str(k), k, error, monkeypatch)


@pytest.mark.usefixtures("quick")
def test_a_full_disk_is_said_with_code_6(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_for(3)
    folder = begin(plan, tmp_path / "study")
    with failing_at(4, _full, monkeypatch), pytest.raises(DiskError, match="No space left") as one:
        go_on(plan, folder)
    assert one.value.code == 6


def test_files_are_put_in_place_by_the_steps_that_are_failed_here() -> None:
    """If writing went another way, these tests would inject nothing."""
    text = Path(sim.results.write.__file__).read_text(encoding="utf-8")
    assert "os.fsync(file.fileno())" in text
    assert "temporary.replace(path)" in text
