"""Every draw of a run has an address that ends with its replication, and a stream of its own."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import pytest

from sim.population import (
    call_kernels,
    choice_kernels,
    day_kernels,
    intake_kernels,
    kernels,
    outcome_kernels,
)

MODULES = (
    call_kernels, choice_kernels, day_kernels, intake_kernels, kernels, outcome_kernels,
)  # fmt: skip
OF_THE_REGION = {"PERSON"}  # the same people in every replication
REPLICATION = ("replication", "repeat")


def draws() -> Iterator[tuple[str, str, ast.Call]]:
    """Each call for a block in a kernel of the model: module, stream, call."""
    for module in MODULES:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "philox":
                yield module.__name__, ast.unparse(node.args[1]), node


DRAWS = [
    pytest.param(*one, id=f"{one[0].rsplit('.')[-1]}-{one[1]}-{one[2].lineno}") for one in draws()
]


def test_all_draws_are_looked_at() -> None:
    assert {stream for _, stream, _ in draws()} >= {"NEED", "CHANNEL", "VISIT", "ELSEWHERE"}
    assert len(DRAWS) > 12


@pytest.mark.parametrize(("module", "stream", "call"), DRAWS)
def test_a_draw_is_addressed_to_its_replication(module: str, stream: str, call: ast.Call) -> None:
    """Or two replications would share a piece of their luck, and intervals be too short."""
    assert len(call.args) == 6
    last = ast.unparse(call.args[5]).removeprefix("np.uint64(").removesuffix(")")
    assert (last.split(".")[-1] in REPLICATION) == (stream not in OF_THE_REGION), module


@pytest.mark.parametrize(("module", "stream", "call"), DRAWS)
def test_a_draw_is_addressed_to_the_seed_of_the_study(
    module: str, stream: str, call: ast.Call
) -> None:
    assert ast.unparse(call.args[0]).split(".")[-1] == "seed", module
