"""JSON as a strict reader sees it: one document and nothing else."""

from __future__ import annotations

import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from sim.cli import _main
from tests.conftest import Said

TOWN = "region=teaching run.days=12 run.run_in_days=3 run.workers=1"


def said_in(folder: Path, line: str) -> Said:
    """The command line in a folder, for what is done once for several tests."""
    out, err = StringIO(), StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        code = _main(line.split(" "))
    return Said(code, out.getvalue(), err.getvalue())


def _refuse(word: str) -> Any:
    raise AssertionError(f"'{word}' is no JSON")


def strictly(text: str) -> Any:
    """The one document that a text is; NaN and Infinity are refused."""
    return json.loads(text, parse_constant=_refuse)


def told(said: Said) -> Any:
    """The document that a command prints when it goes well."""
    assert said.code == 0, said.err
    assert "Traceback" not in said.err
    return strictly(said.out)
