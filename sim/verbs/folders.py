"""Where results go: one folder per study, named by the user and never by the clock."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sim.errors import FolderError, InputError

ROOT = Path("outputs")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MARK = "manifest.json"


def folder_of(name: str) -> Path:
    """The folder of a study, emptied of an earlier run of the same name."""
    if not NAME.fullmatch(name):
        problem = f"study name '{name}': only letters, digits, - and _ (1 to 64)."
        raise InputError([problem], where="the command line")
    folder = ROOT / name
    try:
        if folder.is_symlink():
            raise FolderError(f"{folder} is a link; give another name with --study.")
        if folder.exists():
            if any(folder.iterdir()) and not (folder / MARK).exists():
                raise FolderError(
                    f"{folder} exists and was not written by this program; "
                    "give another name with --study."
                )
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise FolderError(f"Cannot use {folder}: {error.strerror}.") from None
    (folder / MARK).write_text('{"status": "unfinished"}\n', encoding="utf-8")
    return folder
