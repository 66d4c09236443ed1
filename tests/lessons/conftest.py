"""The lesson as a student makes it, lived once for all tests of what it shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Said
from tests.faces.documents import said_in
from tests.report.page import Node, page_of

SMALL = "run.days=8 run.run_in_days=3"  # a few days of the town, where the year is not needed


@dataclass(frozen=True)
class Lesson:
    """A folder in which the lesson was made, and what was printed."""

    folder: Path
    said: Said

    @property
    def page(self) -> Path:
        """The page of the hall."""
        return self.folder / "outputs/lesson-01/hall.html"

    @property
    def tree(self) -> Node:
        """The page as a tree."""
        return page_of(self.page.read_text(encoding="utf-8").split("\n", 1)[1])

    @property
    def log(self) -> Mapping[str, Any]:
        """What the page plays."""
        found: Mapping[str, Any] = json.loads(self.tree.the("script", id="log").text)
        return found


def lesson_in(folder: Path, settings: str = "") -> Lesson:
    """Make the lesson in a folder."""
    said = said_in(folder, f"lesson {settings}".strip())
    assert said.code == 0, said.err
    return Lesson(folder, said)


@pytest.fixture(scope="package")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """The lesson as the text shows it: a whole year of the town."""
    return lesson_in(tmp_path_factory.mktemp("lesson"))


@pytest.fixture(scope="package")
def small(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """The lesson of a few days."""
    return lesson_in(tmp_path_factory.mktemp("small"), f"01 {SMALL} --json")
