"""Where results go: one folder per study, named by the user and never by the clock."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from sim.errors import FolderError, InputError
from sim.results.write import refusal, write_json
from sim.studies.manifest import own_version
from sim.verbs.screen import err

ROOT = Path("outputs")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MARK = "manifest.json"
OURS = ("tables", "data", "metrics.csv", "effects.csv", "report.html", "report.xlsx",
        "hall.html", "validation.html")  # fmt: skip


def folder_of(name: str) -> Path:
    """The folder of a study, without the results of an earlier one; other files stay."""
    if not NAME.fullmatch(name):
        problem = f"study name '{name}': only letters, digits, - and _ (1 to 64)."
        raise InputError([problem], where="the command line")
    folder = ROOT / name
    try:
        if folder.is_symlink():
            raise FolderError(f"{folder} is a link; give another name with --study.")
        if folder.exists() and any(folder.iterdir()) and not _is_ours(folder / MARK):
            raise FolderError(
                f"{folder} exists and was not written by this program; "
                "give another name with --study."
            )
        if (folder / MARK).exists():
            err.print(f"{folder}/ held earlier results, which are replaced.")
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / MARK, {"status": "unfinished", "kezek": own_version()})
        for old in OURS:
            _remove(folder / old)
    except OSError as error:
        raise refusal(error, f"Cannot use {folder}") from None
    return folder


def _is_ours(mark: Path) -> bool:
    """Whether a manifest names this program."""
    try:
        said = json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and {"kezek", "status"} <= set(said)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
