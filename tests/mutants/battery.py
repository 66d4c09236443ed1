"""Which tests can see a fault in a file, and in which order they are asked.

A test can see a file that it imports, directly or not. Those in a folder of the same name are asked
first, and of the others those that import least: a test of one rule says more, and sooner, than a
lived year.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.mutants.planted import ROOT

# Asked first: hand-made cases, and days counted again. Asked last: many systems, or many days.
FIRST = (
    "tests/engine/test_mechanisms.py",
    "tests/laws/test_calendars_by_hand.py",
    "tests/model/test_lived_days.py",
    "tests/model/test_agents_by_hand.py",
    "tests/model/test_people_and_vans.py",
)
LAST = (
    "tests/engine/test_engines.py",
    "tests/engine/test_recursions.py",
    "tests/engine/test_relations.py",
    "tests/model/test_engines_in_the_model.py",
    "tests/model/test_base_year.py",
)
# Never asked: golden hashes notice every change, right or wrong; the others look at words, files,
# processes and pages.
NEVER = ("golden", "mutants", "faces", "faults", "report", "test_folders.py", "test_stopping.py",
         "test_doubts.py", "test_readme.py", "test_architecture.py", "test_full_disk.py",
         "test_writing.py", "test_laws.py")  # fmt: skip
EXAMPLE = ">>> "  # a file that shows what it does is a test of itself
MODEL = "sim.model"  # whatever imports it lives days, and needs compiled loops


@cache
def _imports(path: Path) -> frozenset[str]:
    """Modules of the project that a file names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{name.name}" for name in node.names)
    return frozenset(name for name in found if file_of(name) is not None)


def file_of(module: str) -> Path | None:
    """Where a module of the project is written, or None."""
    if module.split(".", maxsplit=1)[0] not in {"sim", "tests"}:
        return None
    path = ROOT.joinpath(*module.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


@cache
def reach(path: Path) -> frozenset[Path]:
    """All files that a file imports, directly or not, and itself."""
    found, new = {path}, [path]
    while new:
        for name in _imports(new.pop()):
            there = file_of(name)
            if there is not None and there not in found:
                found.add(there)
                new.append(there)
    return frozenset(found)


def dependants(file: Path) -> list[Path]:
    """Files of the package whose meaning hangs on a file, itself included."""
    return [path for path in sorted((ROOT / "sim").rglob("*.py")) if file in reach(path)]


def test_files() -> Iterable[Path]:
    """All tests that are ever asked."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if not set(path.relative_to(ROOT / "tests").parts) & set(NEVER):
            yield path


def asked(file: Path) -> tuple[list[str], list[str]]:
    """Tests that can see a file, nearest first: those of single rules, and those that live days."""
    near: list[tuple[bool, bool, bool, int, str]] = []
    far: list[tuple[bool, bool, bool, int, str]] = []
    for path in test_files():
        if file in reach(path):
            name = path.relative_to(ROOT).as_posix()
            place = LAST.index(name) if name in LAST else len(reach(path))
            row = (
                name in LAST,
                path.parent.name not in file.parts,
                name not in FIRST,
                place,
                name,
            )
            (far if file_of(MODEL) in reach(path) else near).append(row)
    itself = [file.relative_to(ROOT).as_posix()] if EXAMPLE in file.read_text("utf-8") else []
    return [*itself, *(name for *_, name in sorted(near))], [name for *_, name in sorted(far)]
