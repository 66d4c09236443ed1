"""Full disks, for real: exit code 6, a sentence, and the files of before."""

from __future__ import annotations

import gc
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import DiskError
from sim.report.workbook import Sheet, write_workbook
from sim.results.write import write_csv, write_json, write_parquet
from sim.studies.run import execute
from tests.conftest import Said
from tests.model.town import town
from tests.results.disks import fill, small_disk, small_files

Kezek = Callable[[str], Said]
RUN = "run region=teaching run.days=5 run.run_in_days=1 --study full"
NOISE = np.random.default_rng(1).integers(0, 2**60, 20_000)  # 160 kB that cannot be compressed
WRITERS: dict[str, Callable[[Path], Path]] = {
    "json": lambda at: write_json(at, NOISE.tolist()),
    "csv": lambda at: write_csv(at, ["n"], NOISE.reshape(-1, 1).tolist()),
    "parquet": lambda at: write_parquet(at, {"n": NOISE}),
    "xlsx": lambda at: write_workbook(at, [Sheet("n", ("n",), NOISE.reshape(-1, 1).tolist())]),
}


def _old(folder: Path, kind: str) -> Path:
    path = folder / f"one.{kind}"
    path.write_text("the old file", encoding="utf-8")
    return path


def _is_as_before(path: Path) -> bool:
    return path.read_text(encoding="utf-8") == "the old file" and list(path.parent.iterdir()) == [
        path
    ]


@dataclass(frozen=True)
class Refusal:
    """What came of writing: the error, and what Python printed by itself while tidying up."""

    kind: type[BaseException] | None
    said: str
    printed: list[Any]


Write = Callable[[str, Path], Refusal]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a file of a kind that does not fit, and tidy up at once."""
    printed: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: printed.append(it.exc_value))

    def write(kind: str, at: Path) -> Refusal:
        error, said = None, ""
        try:
            WRITERS[kind](at)
        except Exception as caught:
            error, said = type(caught), str(caught)
        gc.collect()  # or what is left half-open would be tidied up during another test
        return Refusal(error, said, list(printed))

    return write


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_that_does_not_fit_leaves_the_old_one(
    tmp_path: Path, refused: Write, kind: str
) -> None:
    with small_disk(tmp_path / "disk", kilobytes=64) as disk:
        old = _old(disk, kind)
        found = refused(kind, old)
        assert found.kind is DiskError
        assert re.search(rf"Could not write one\.{kind}: .*No space left", found.said)
        assert "Nothing was replaced; free some disk space and run again" in found.said
        assert _is_as_before(old)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_that_the_kernel_refuses_leaves_the_old_one(
    tmp_path: Path, refused: Write, kind: str
) -> None:
    """Wherever it puts what is not finished."""
    old = _old(tmp_path, kind)
    with small_files(largest=20_000):
        found = refused(kind, old)
    assert _is_as_before(old)
    assert found.kind is DiskError
    assert "too large" in found.said


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_that_does_not_fit_is_said_once(tmp_path: Path, refused: Write, kind: str) -> None:
    """And not a second time with a traceback."""
    with small_disk(tmp_path / "disk", kilobytes=64) as disk:
        assert refused(kind, disk / f"one.{kind}").printed == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 kB where results go: fewer than the tables of a run need."""
    with small_disk(tmp_path / "outputs", kilobytes=24) as outputs:
        yield outputs


def test_a_run_on_a_full_disk_ends_with_code_6_and_a_sentence(kezek: Kezek, disk: Path) -> None:
    found = kezek(RUN)
    assert found.code == 6, found.err
    assert "No space left on device. Nothing was replaced; free some disk space" in found.err
    assert "Traceback" not in found.err
    manifest = json.loads((disk / "full" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "unfinished"
    assert not [path for path in disk.rglob(".*") if path.is_file()]


def test_a_run_fits_again_when_there_is_room(kezek: Kezek, tmp_path: Path) -> None:
    """The same command after the disk was full, in the same folder."""
    with small_disk(tmp_path / "outputs", kilobytes=24):
        assert kezek(RUN).code == 6
    assert kezek(RUN).code == 0


def test_a_disk_that_is_full_from_the_beginning_is_said_in_a_sentence(
    kezek: Kezek, disk: Path
) -> None:
    fill(disk)
    assert kezek(RUN).code == 6


def test_a_comparison_that_can_keep_no_run_for_want_of_space_ends_with_code_6(
    kezek: Kezek, disk: Path
) -> None:
    scenarios = "compare base rural_access region=teaching run.days=5 run.run_in_days=1"
    found = kezek(f"{scenarios} run.replications=1 run.workers=1 --study full")
    assert "Traceback" not in found.err
    assert "No space left on device" in found.err
    assert found.code == 6


KEEPS = town("run.keep=[visits,cases]", "run.days=40", "run.run_in_days=1")


@pytest.fixture(scope="module")
def compiled() -> None:
    """Kernels are compiled and stored before files are limited: theirs would be, too."""
    execute(KEEPS)


@pytest.mark.usefixtures("compiled")
def test_single_visits_that_do_not_fit_end_with_code_6(tmp_path: Path) -> None:
    """Some kilobytes are enough for the head of the file, not for its rows."""
    with small_files(largest=2_000), pytest.raises(DiskError, match=r"base-000\.parquet") as at:
        execute(KEEPS, folder=tmp_path)
    assert at.value.code == 6


@pytest.mark.usefixtures("compiled")
def test_single_visits_that_do_not_fit_leave_no_litter(tmp_path: Path) -> None:
    with small_files(largest=2_000), pytest.raises(DiskError):
        execute(KEEPS, folder=tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("room", [0, 1, 2, 3, 5, 8])
def test_wherever_the_disk_ends_the_keeper_says_so(tmp_path: Path, room: int) -> None:
    """Pages of room: too few to begin, to go on, or to finish the file."""
    with small_disk(tmp_path / "disk", kilobytes=4 * (room + 1)) as disk:
        fill(disk, spare=room)
        with pytest.raises(DiskError):
            execute(KEEPS, folder=disk)


def test_the_last_bytes_of_single_visits_that_do_not_fit_end_with_code_6(tmp_path: Path) -> None:
    """Rows fit, the foot of the file does not."""
    one = town("run.keep=[visits]", "run.days=5", "run.run_in_days=1")
    execute(one, folder=tmp_path / "room")
    (whole,) = (tmp_path / "room").rglob("*.parquet")
    with small_files(largest=whole.stat().st_size - 8), pytest.raises(DiskError):
        execute(one, folder=tmp_path / "full")
