"""One small comparison with its report, made once for all tests of reports."""

from __future__ import annotations

import json
import shutil
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

import sim.compose
from sim.cli import _main
from tests.conftest import Said
from tests.report.page import Node, page_of

TITLE = """=<script>alert("x")</script> & 'sons' $x$ <b>"""
SAYS = "Says </main><img src=x onerror=alert(1)> & {{ 7 * 7 }} {% raw %}."
MINE = f"""# @package _global_
title: {json.dumps(TITLE)}
says: {json.dumps(SAYS)}
levers:
  - {{name: mobile.units, value: 3}}
  - {{name: portal.ease, value: 0.5}}
  - {{name: offices.consultants, value: 2.0}}
"""
LINE = "compare base rural_access mine region=teaching run.days=20 run.run_in_days=5"


@dataclass(frozen=True)
class Study:
    """A comparison in its folder, and the configuration it was made from."""

    room: Path  # in which the command line stands
    conf: Path
    title: str = TITLE
    says: str = SAYS

    @property
    def folder(self) -> Path:
        """Where its results are."""
        return self.room / "outputs/small"

    @property
    def text(self) -> str:
        """The page as it was written."""
        return (self.folder / "report.html").read_text(encoding="utf-8")

    def say(self, line: str) -> Said:
        """The command line, in this room and with this configuration."""
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sim.compose, "CONF", self.conf)
            with chdir(self.room), redirect_stdout(out), redirect_stderr(err):
                code = _main(line.split(" "))
        return Said(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="package")
def small(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Base and two reforms in the teaching town; one has a title that wants to be code."""
    room = tmp_path_factory.mktemp("room")
    conf = room / "elsewhere/conf"
    shutil.copytree(sim.compose.CONF, conf)
    (conf / "scenario/mine.yaml").write_text(MINE, encoding="utf-8")
    study = Study(room, conf)
    said = study.say(f"{LINE} run.replications=2 run.workers=1 --study small --json")
    assert said.code == 0, said.err
    return study


@pytest.fixture(scope="package")
def page(small: Study) -> Node:
    """The report as a tree."""
    return page_of(small.text)
