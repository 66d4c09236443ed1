"""The list of faults to plant is in order: each can be planted, and every kind is there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.mutants.battery import FIRST, LAST, asked, dependants, reach
from tests.mutants.planted import KINDS, ROOT, Mutant, listed, problems

FEWEST = 3  # of a kind


def test_every_fault_can_be_planted() -> None:
    """Its text stands exactly once in its file, and what replaces it is Python of other meaning."""
    assert list(problems(listed())) == []


def test_there_are_faults_of_every_kind() -> None:
    found = Counter(mutant.kind for mutant in listed())
    assert set(found) == set(KINDS)
    assert min(found.values()) >= FEWEST
    assert found.total() >= 100


def test_every_fault_is_said_in_a_sentence_of_its_own() -> None:
    said = [mutant.says for mutant in listed()]
    assert len(set(said)) == len(said)
    assert all(" " in one and len(one) <= 100 for one in said)


def test_every_fault_lies_in_the_package_and_some_test_can_see_it() -> None:
    for mutant in listed():
        assert mutant.file.startswith("sim/")
        assert any(asked(ROOT / mutant.file)), mutant.id


RIGHT = Mutant(
    "a-day-more", "time", "A day has a second more.", "sim/units.py", "DAY = 86_400", "DAY = 86_401"
)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "weather"}, "no kind 'weather'"),
        ({"says": "a day has a second more"}, "not a sentence"),
        ({"file": "sim/unit.py"}, "no file sim/unit.py"),
        ({"old": "DAY"}, "stands 2 times"),
        ({"old": "NIGHT = 1"}, "stands 0 times"),
        ({"new": "DAY ="}, "no Python any more"),
        ({"new": "DAY = 86400"}, "means what `old` means"),
    ],
)
def test_a_fault_that_cannot_be_planted_is_said(wrong: dict[str, str], said: str) -> None:
    assert list(problems([RIGHT])) == []
    assert any(said in problem for problem in problems([replace(RIGHT, **wrong)]))


def test_all_problems_are_said_at_once() -> None:
    twice = [RIGHT, replace(RIGHT, kind="weather", old="NIGHT")]
    assert len(list(problems(twice))) >= 3


def test_who_hangs_on_a_file_is_known_through_any_number_of_imports() -> None:
    """Compiled loops of these are forgotten, or a fault would not reach them."""
    rules, kernels = ROOT / "sim/service/rules.py", ROOT / "sim/engine/kernels.py"
    clocks = ROOT / "sim/calendars/kernels.py"
    assert {rules, kernels} <= set(dependants(clocks))
    assert clocks in reach(kernels)
    assert rules not in reach(ROOT / "sim/analysis/compare.py")


def test_the_nearest_are_asked_first_then_hand_made_cases_and_golden_hashes_never() -> None:
    near, far = asked(ROOT / "sim/service/rules.py")
    assert near[0].startswith("tests/unit/service/")
    assert near[1] in FIRST
    assert near[-1] in LAST
    assert set(far[1:3]) <= set(FIRST)
    assert far[-1] in LAST
    assert not any("golden" in name for name in (*near, *far))
