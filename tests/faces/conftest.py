"""One small comparison, lived once for all tests of what its files and documents say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Said
from tests.faces.documents import said_in

TWO = "compare base rural_access region=teaching run.days=4 run.run_in_days=1 run.replications=2"


@pytest.fixture(scope="package")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """The folder in which a comparison called ``two`` was made, and what was printed."""
    folder = tmp_path_factory.mktemp("compared")
    return folder, said_in(folder, f"{TWO} run.workers=1 --study two --json")
