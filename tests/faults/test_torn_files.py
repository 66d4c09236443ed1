"""Files that are not what was written: each is found, put aside and run again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sim.errors import FolderError
from sim.results.packed import DamagedError, pack, pack_part, runs_of_part, unpack
from sim.results.store import Store
from sim.studies.plan import read_document
from tests.faults.ledger import note
from tests.faults.quick import begin, finished, go_on, plan_for, tables

HEAD = {"key": "0" * 32, "metrics": {}}


@pytest.fixture
def small() -> bytes:
    """The smallest run there is."""
    return pack(HEAD, {})


def _is_found(piece: bytes) -> bool:
    try:
        unpack(piece)
    except DamagedError:
        return True
    return False


def test_a_file_cut_at_any_byte_is_found(small: bytes) -> None:
    """From nothing to all but one."""
    silent = sum(not _is_found(small[:n]) for n in range(len(small)))
    note("file cut short, at every byte", len(small), silent=silent)
    assert silent == 0
    assert not _is_found(small)


def test_a_tail_of_zeros_is_found(small: bytes) -> None:
    """As file systems leave it that had promised more than they wrote."""
    silent = sum(not _is_found(small[:n] + bytes(len(small) - n)) for n in range(len(small)))
    note("tail of zeros, at every byte", len(small), silent=silent)
    assert silent == 0


def test_every_bit_that_flips_is_found(small: bytes) -> None:
    piece, silent = bytearray(small), 0
    for bit in range(8 * len(piece)):
        piece[bit // 8] ^= 1 << bit % 8
        silent += not _is_found(bytes(piece))
        piece[bit // 8] ^= 1 << bit % 8
    note("one bit flipped, every bit", 8 * len(piece), silent=silent)
    assert silent == 0
    assert bytes(piece) == small


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("rounds", [4, pytest.param(60, marks=pytest.mark.slow)])
def test_damaged_runs_of_a_study_are_put_aside_and_run_again(tmp_path: Path, rounds: int) -> None:
    """Files of one run and of many, cut, emptied, flipped: the same tables after."""
    chance = random.Random(rounds)
    plan = plan_for(35)
    whole = begin(plan, tmp_path / "whole")
    go_on(plan, whole)
    expected = tables(whole)
    for round_ in range(rounds):
        folder = begin(plan, tmp_path / str(round_))
        part, single = plan_for(30), plan
        go_on(part, folder)  # 60 runs become a part
        go_on(single, folder)  # 10 more stay files
        (file,) = chance.sample(sorted((folder / "runs").iterdir()), 1)
        _spoil(file, chance)
        found = Store(folder).look()
        silent = int(not found.damaged)
        go_on(plan, folder)
        lost = int(tables(folder) != expected)
        note("file of a study cut, emptied or flipped", 1, silent=silent, lost=lost)
        assert (silent, lost) == (0, 0), file
        assert [path.name for path in (folder / "damaged").iterdir()] == [file.name]


def _spoil(file: Path, chance: random.Random) -> None:
    piece = bytearray(file.read_bytes())
    how = chance.choice(["cut", "empty", "flip", "zeros"])
    at = chance.randrange(len(piece))
    if how == "cut":
        piece = piece[:at]
    elif how == "empty":
        piece = bytearray()
    elif how == "zeros":
        piece[at:] = bytes(len(piece) - at)
    else:
        piece[at] ^= 1 << chance.randrange(8)
    if bytes(piece) == file.read_bytes():  # the tail was of zeros already
        piece = piece[:-1]
    file.write_bytes(piece)


@pytest.mark.usefixtures("quick")
def test_of_a_damaged_part_only_what_is_damaged_is_run_again(tmp_path: Path) -> None:
    plan = plan_for(30)
    folder = begin(plan, tmp_path / "study")
    go_on(plan, folder)
    (part,) = (folder / "runs").glob("*.part")
    whole = part.read_bytes()
    for at in range(0, len(whole), len(whole) // 9):
        piece = bytearray(whole)
        piece[at] ^= 1
        part.write_bytes(piece)
        note("one bit of a part flipped")
        assert go_on(plan, folder).lived <= 2  # a mark that is gone hides the run before as well
        assert len(finished(folder)) == 60
        (part,) = (folder / "runs").glob("*.part")
        whole = part.read_bytes()


@pytest.mark.usefixtures("quick")
def test_files_of_others_are_not_tidied_away(tmp_path: Path) -> None:
    plan = plan_for(2)
    folder = begin(plan, tmp_path / "study")
    for name in (".notes.txt", "export/.runs.csv.abc"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine", encoding="utf-8")
    go_on(plan, folder)
    assert (folder / ".notes.txt").read_text(encoding="utf-8") == "mine"
    assert (folder / "export/.runs.csv.abc").exists()


@pytest.mark.usefixtures("quick")
def test_damage_that_comes_after_looking_is_found_by_reading(tmp_path: Path) -> None:
    """A reader that trusted the catalogue still checks what it reads."""
    plan = plan_for(3)
    folder = begin(plan, tmp_path / "study")
    go_on(plan, folder)
    store = Store(folder)
    key, run = next(iter(store.look().runs.items()))
    file = folder / "runs" / run.file
    piece = bytearray(file.read_bytes())
    piece[len(piece) // 2] ^= 1
    file.write_bytes(piece)
    note("damage after the catalogue was read")
    with pytest.raises(FolderError, match=r"its checksum is wrong. Resume the study"):
        store.table(key, "days")


@pytest.mark.usefixtures("quick")
def test_a_catalogue_is_only_a_cache(tmp_path: Path) -> None:
    """Deleted, cut, of another study: the same runs are found."""
    plan = plan_for(30)
    folder = begin(plan, tmp_path / "study")
    go_on(plan, folder)
    expected, catalogue = tables(folder), folder / ".catalogue"
    whole = catalogue.read_bytes()
    for text in (None, b"", whole[: len(whole) // 2], whole[:-1] + b"x", b"{}" * 50):
        if text is None:
            catalogue.unlink()
        else:
            catalogue.write_bytes(text)
        note("catalogue deleted or damaged")
        assert tables(folder) == expected
        assert len(finished(folder)) == 60


@pytest.mark.usefixtures("quick")
def test_a_damaged_plan_is_said_and_the_first_command_mends_it(tmp_path: Path) -> None:
    plan = plan_for(3)
    folder = begin(plan, tmp_path / "study")
    go_on(plan, folder)
    path = folder / "study.json"
    whole = path.read_text(encoding="utf-8")
    for text in ("", whole[:100], whole.replace('"days": 3', '"days": 4'), "[]", "{}"):
        path.write_text(text, encoding="utf-8")
        note("plan cut or changed")
        with pytest.raises(FolderError, match=r"is damaged. Give the command that began"):
            read_document(folder)
    plan.write(folder)
    assert go_on(plan, folder).lived == 0


def test_a_part_knows_its_runs(small: bytes) -> None:
    part = pack_part([small, small])
    assert [part[at : at + size] for at, size in runs_of_part(part)] == [small, small]
