"""The house: who imports whom, where libraries are used, what code may not name."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import sim.compose

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "sim").rglob("*.py"))
LONGEST = 400  # lines of a file that is not a kernel

HOMES = {
    "simpy": r"sim/engine/simpy_engine\.py",
    "numba": r"sim/compiled\.py|sim/chance/kernels\.py",
    "llvmlite": r"sim/chance/kernels\.py",
    "mesa": r"sim/agents/.*|sim/model\.py",
    "hydra": r"sim/compose\.py",
    "omegaconf": r"sim/compose\.py",
    "matplotlib": r"sim/report/.*",
    "pandas": r"sim/(report|analysis)/.*|sim/api\.py",
    "pyarrow": r"sim/(results|report)/.*",
    "rich": r"sim/verbs/.*",
    "pydantic": r"sim/(config|problems|compose)\.py|sim/sections/.*|sim/studies/execution\.py"
    r"|sim/claims/(claim|register)\.py"
    r"|sim/scenarios/.*",
    "distributed": r"sim/studies/executors/cluster\.py",
}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def _at(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_point_in_one_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contracts of pyproject.toml are kept."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_used_where_it_belongs(library: str) -> None:
    strangers = [
        _at(path)
        for path in SOURCES
        if any(name.split(".")[0] == library for name in _imported(path))
        and not re.fullmatch(HOMES[library], _at(path))
    ]
    assert not strangers


def test_compiled_functions_stand_in_kernels() -> None:
    """``sim.compiled`` is imported by files of kernels and by rules that several share."""
    users = [_at(path) for path in SOURCES if "sim.compiled" in _imported(path)]
    assert users
    assert not [u for u in users if not re.search(r"kernels\.py$|/rules\.py$", u)]


def _proper_names() -> str:
    """A pattern of what belongs to the region: words, currency, places and their codes."""
    words = ["kazakh", "astana", "almaty", "egov", "tenge", "uralsk", r"PSC\b", "1414", r"KZT\b"]
    with (sim.compose.CONF / "region/west_kazakhstan/districts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            words += [rf"(?-i:{row['code']}\b)", re.escape(row["name"].split()[0])]
    return rf"(?i)(?:\b|_)({'|'.join(words)})"


@pytest.mark.parametrize("path", SOURCES, ids=_at)
def test_code_names_no_country(path: Path) -> None:
    """A country, its currency, its agencies and its places live in ``conf/`` alone."""
    found = re.findall(_proper_names(), path.read_text(encoding="utf-8"))
    assert not found


@pytest.mark.parametrize("folder", ["agents", "metrics", "scenarios/levers", "engine"])
def test_every_module_of_a_register_is_imported_there(folder: str) -> None:
    """A module that is not imported in its folder's ``__init__`` would not count."""
    here = ROOT / "sim" / folder
    package = f"sim.{folder.replace('/', '.')}"
    helpers = {"__init__", "builders", "metric", "outages"}
    modules = {path.stem for path in here.glob("*.py") if not path.stem.endswith("kernels")}
    modules -= helpers
    tree = ast.parse((here / "__init__.py").read_text(encoding="utf-8"))
    imported = set(_imported(here / "__init__.py"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            imported |= {f"{package}.{name.name}" for name in node.names}
    assert not {f"{package}.{name}" for name in modules} - imported


def test_files_are_of_one_screenful_or_a_few() -> None:
    long = {
        _at(path): n
        for path in SOURCES
        if not path.name.endswith("kernels.py")
        and (n := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_every_module_says_what_it_is_for() -> None:
    """Whoever opens a file reads first what it is for."""
    silent = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            silent.append(_at(path))
    assert not silent
