"""The list of faults to plant: read, checked, and put into a copy of the code."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("mutants.yaml")
KINDS = (
    "time", "order", "roster", "calendar", "choice", "learning", "accounting", "statistics",
    "chance", "engine", "reform", "verdict",
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One slip: what the laboratory would then do, and the text that makes it do so."""

    id: str
    kind: str
    says: str
    file: str
    old: str
    new: str

    def planted_in(self, text: str) -> str:
        """The text of its file with the slip in it."""
        return text.replace(self.old, self.new)


def listed(path: Path = LIST) -> list[Mutant]:
    """All faults of a list, in its order."""
    return [Mutant(**row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))]


def problems(mutants: list[Mutant], root: Path = ROOT) -> Iterator[str]:
    """All that keeps faults from being planted, in sentences."""
    for name, times in Counter(mutant.id for mutant in mutants).items():
        if times > 1:
            yield f"{name}: the id stands in the list {times} times."
    for mutant in mutants:
        yield from (f"{mutant.id}: {said}" for said in _wrong(mutant, root))


def _wrong(mutant: Mutant, root: Path) -> Iterator[str]:
    if mutant.kind not in KINDS:
        yield f"no kind '{mutant.kind}'; there are {', '.join(KINDS)}."
    if not mutant.says.endswith(".") or not mutant.says[:1].isupper():
        yield "`says` is not a sentence."
    path = root / mutant.file
    if not path.is_file():
        yield f"no file {mutant.file}."
        return
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        yield f"`old` stands {text.count(mutant.old)} times in {mutant.file}, not once."
    try:
        same = ast.dump(ast.parse(mutant.planted_in(text))) == ast.dump(ast.parse(text))
    except SyntaxError as error:
        yield f"{mutant.file} would be no Python any more: {error.msg}."
    else:
        if same:
            yield "`new` means what `old` means."
