"""Where results go: one folder per study, named by the user and never by the clock."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import DiskError, FolderError, InputError, WorkerError, nearest
from sim.results.store import RUNS
from sim.results.write import refusal, write_json
from sim.studies.execution import Execution
from sim.studies.lock import LOCK, locked, one_at_a_time
from sim.studies.plan import FILE, Plan, read_document, refuse_differences
from sim.studies.version import own_version
from sim.verbs.screen import err

ROOT = Path("outputs")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MARK = "manifest.json"
DERIVED = ("data", "metrics.csv", "effects.csv", "points.csv", "report.html",
           "report.xlsx", "hall.html", "validation.html", "claims.html", "claims.pdf",
           "claims.xlsx", "claims.csv", "claims.json")  # fmt: skip
OURS = (*DERIVED, "export", "tables", "runs", "failed", "damaged", "replay", FILE, ".catalogue")


def folder_of(name: str) -> Path:
    """The folder of a run, without the results of an earlier one; other files stay."""
    folder = _ours(name)
    if (folder / FILE).exists():
        raise FolderError(f"{folder} holds the runs of a study; give another name with --study.")
    return _emptied(folder)


def _emptied(folder: Path) -> Path:
    try:
        if (folder / MARK).exists():
            err.print(f"{folder}/ held earlier results, which are replaced.")
        _begin(folder, OURS)
    except OSError as error:
        raise refusal(error, f"Cannot use {folder}") from None
    return folder


@contextmanager
def study_folder(
    name: str, plan: Plan, execution: Execution, is_named: bool, anew: bool
) -> Iterator[Path]:
    """The folder of a study, locked; finished runs of the same study in it stay.

    Another study is replaced if nobody gave it a name, and else refused with what differs.
    """
    if anew and execution.is_part:
        said = (
            "--anew with --shard would delete what other shards have done; begin anew without it."
        )
        raise InputError([said], where="the command line")
    folder = _ours(name)
    with locked(folder, _shard(execution), execution.unlock), _resumable(name, execution):
        with one_at_a_time(folder):  # shards begin together
            _prepare(folder, plan, execution, is_named, anew)
        yield folder


def _prepare(folder: Path, plan: Plan, execution: Execution, is_named: bool, anew: bool) -> None:
    try:
        if anew or not _goes_on(folder, plan, is_named):
            _emptied(folder)
        elif not execution.is_part:
            _begin(folder, DERIVED)
        plan.write(folder)
    except OSError as error:
        raise refusal(error, f"Cannot use {folder}") from None


@contextmanager
def held(name: str, execution: Execution) -> Iterator[Path]:
    """The folder of a study that is there, locked."""
    folder = there(name)
    with locked(folder, _shard(execution), execution.unlock), _resumable(name, execution):
        yield folder


def _shard(execution: Execution) -> str:
    return "{}/{}".format(*execution.shard) if execution.is_part else ""


def put_away(folder: Path, execution: Execution) -> None:
    """Delete what was made of a study's runs: there are to be more of them."""
    if execution.is_part:
        return
    try:
        _begin(folder, DERIVED)
    except OSError as error:
        raise refusal(error, f"Cannot use {folder}") from None


def there(name: str) -> Path:
    """The folder of a study, or a sentence on which there are."""
    _refuse_name(name)
    folder = ROOT / name
    if not folder.is_dir():
        known = sorted(path.parent.name for path in ROOT.glob(f"*/{MARK}"))
        all_ = f"there are {', '.join(known)}" if known else "there are none yet; try: kezek demo"
        problem = f"no results called '{name}' in {ROOT}/; {all_}.{nearest(name, known)}"
        raise InputError([problem], where="the command line")
    return folder


@contextmanager
def _resumable(name: str, execution: Execution) -> Iterator[None]:
    """Say how to go on, whatever stops a study."""
    try:
        yield
    except (KeyboardInterrupt, WorkerError, DiskError):
        if not execution.is_part:
            err.print(f"What is finished is kept. To go on: kezek resume {name}")
        raise


def _goes_on(folder: Path, plan: Plan, is_named: bool) -> bool:
    """Whether a folder holds runs of the same study."""
    if not (folder / FILE).exists():
        if is_named and (folder / MARK).exists() and not _has_runs(folder) and _is_done(folder):
            raise FolderError(
                f"{folder} holds other results; give another name, or --anew to delete them."
            )
        return _has_runs(folder)  # somebody has lost the plan: it is written again
    try:
        before = read_document(folder)
    except FolderError as error:
        err.print(f"warning: {error}", style="yellow")
        return True  # runs are named by all they depend on: none can be taken for another
    try:
        refuse_differences(folder, before, plan)
    except FolderError:
        if is_named:
            raise
        return False
    return True


def _begin(folder: Path, without: tuple[str, ...]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / MARK, {"status": "unfinished", "kezek": own_version()})
    for old in without:
        _remove(folder / old)


def _ours(name: str) -> Path:
    """A folder that is empty or ours; raises ``FolderError`` if it is somebody else's."""
    _refuse_name(name)
    folder = ROOT / name
    try:
        if folder.is_symlink():
            raise FolderError(f"{folder} is a link; give another name with --study.")
        if folder.exists() and _holds_anything(folder) and not _is_ours(folder):
            raise FolderError(
                f"{folder} exists and was not written by this program; "
                "give another name with --study."
            )
    except OSError as error:
        raise refusal(error, f"Cannot use {folder}") from None
    return folder


def _has_runs(folder: Path) -> bool:
    return any((folder / RUNS).glob("*.run")) or any((folder / RUNS).glob("*.part"))


def _is_done(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / MARK).read_text(encoding="utf-8"))["status"] == "finished")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _holds_anything(folder: Path) -> bool:
    return any(not path.name.startswith(LOCK) for path in folder.iterdir())


def _refuse_name(name: str) -> None:
    if not NAME.fullmatch(name):
        problem = f"study name '{name}': only letters, digits, - and _ (1 to 64)."
        raise InputError([problem], where="the command line")


def _is_ours(folder: Path) -> bool:
    """Whether a manifest names this program, or runs are there."""
    if _has_runs(folder):
        return True
    try:
        said = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and {"kezek", "status"} <= set(said)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
