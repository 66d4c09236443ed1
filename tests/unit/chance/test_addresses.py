"""Every draw of a run has an address that ends with its replication, and a stream of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

PACKAGE = Path(sim.__file__).parent
OF_THE_REGION = {"PERSON"}  # the same people in every replication
REPLICATION = ("replication", "repeat")


def draws() -> Iterator[tuple[str, str, ast.Call]]:
    """Each call for a block in a kernel of the model: file, stream, call."""
    for path in sorted((PACKAGE / "population").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "philox":
                yield path.name, ast.unparse(node.args[1]), node


DRAWS = [pytest.param(*one, id=f"{one[0]}-{one[1]}-{one[2].lineno}") for one in draws()]


@pytest.mark.parametrize(("file", "stream", "call"), DRAWS)
def test_a_draw_is_addressed_to_its_replication(file: str, stream: str, call: ast.Call) -> None:
    """Or two replications would share a piece of their luck, and intervals be too short."""
    assert len(call.args) == 6
    last = ast.unparse(call.args[5]).removeprefix("np.uint64(").removesuffix(")")
    assert (last.split(".")[-1] in REPLICATION) == (stream not in OF_THE_REGION), file


@pytest.mark.parametrize(("file", "stream", "call"), DRAWS)
def test_a_draw_is_addressed_to_the_seed_of_the_study(
    file: str, stream: str, call: ast.Call
) -> None:
    assert ast.unparse(call.args[0]).split(".")[-1] == "seed", file
