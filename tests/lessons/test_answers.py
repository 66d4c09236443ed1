"""Answers to the exercises: the formula, the text, the file of laws and both engines agree."""

from __future__ import annotations

import csv
import json
import re
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import ENGINES
from sim.laws.families import system_of
from sim.laws.law import laws_of
from sim.laws.measures import measure_of
from sim.laws.trial import Life, figure_of
from sim.service.cases import FOREVER, Log
from tests.engine.halls import Person, lived

FOLDER = Path(__file__).resolve().parents[2] / "docs/lessons/01"
ANSWERS = (FOLDER / "answers.md").read_text(encoding="utf-8")
LAWS = laws_of(FOLDER / "laws.csv")
VISIT = 10.0  # minutes at a counter, in all exercises
MINUTE = 60  # seconds
ERRORS = 4.0  # standard errors within which an estimate must lie
TOLD = {
    (int(exercise), figure): answer
    for exercise, figure, answer in re.findall(
        r"^\| (\d) \| (.+?) \| .+? \| (\S+) \|$", ANSWERS, flags=re.MULTILINE
    )
}


@pytest.fixture(scope="module")
def erlang(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[..., float]]:
    """The functions that the lesson shows."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    script = tmp_path_factory.mktemp("code") / "erlang.py"
    script.write_text(code, encoding="utf-8")
    return runpy.run_path(str(script))


def told(exercise: int, figure: str) -> float:
    """An answer of the table."""
    return float(TOLD[exercise, figure])


def as_told(exact: float, exercise: int, figure: str) -> bool:
    """Whether an exact value is the answer, to the digits that are printed."""
    answer = TOLD[exercise, figure]
    return f"{exact:.{len(answer.partition('.')[2])}f}" == answer


# ----------------------------------------------------------------- without chance: to the second


def people(arrivals: list[float]) -> list[Person]:
    """Visitors by the minute of coming, each ten minutes at a counter and patient for ever."""
    return [
        Person(i, round(at * MINUTE), ((0, round(VISIT * MINUTE), FOREVER),))
        for i, at in enumerate(arrivals)
    ]


def waits(log: Log) -> Any:
    """Minutes in line."""
    return (log.started - log.joined) / MINUTE


BY_HAND = [0, 4, 8, 30, 31]
RUSH = [20 / 3 * i for i in range(18)] + [120 + 20 * i for i in range(9)]  # minutes after 9:00


@pytest.mark.parametrize("engine", ENGINES)
def test_the_trace_by_hand_is_that_of_the_engine(engine: str) -> None:
    """Exercise 1, visitor by visitor."""
    one, two = (lived(engine, [counters], people(BY_HAND)) for counters in (1, 2))
    assert waits(one).tolist() == [0, 6, 12, 0, 9]
    assert waits(two).tolist() == [0, 0, 2, 0, 0]
    assert as_told(waits(one).mean(), 1, "mean wait, one counter")
    assert as_told(waits(two).mean(), 1, "mean wait, two counters")


@pytest.mark.parametrize("engine", ENGINES)
def test_littles_law_holds_of_the_trace(engine: str) -> None:
    """Exercise 2: people in line, counted every second, are rate times mean wait."""
    log = lived(engine, [1], people(BY_HAND))
    span = int(log.ended.max())
    assert span == 50 * MINUTE
    seconds = np.arange(span)
    in_line = sum(((log.joined[i] <= seconds) & (seconds < log.started[i])) for i in range(5))
    counted = float(np.mean(in_line))
    assert counted == pytest.approx(len(BY_HAND) / 50 * waits(log).mean())
    assert as_told(counted, 2, "in line on average, exercise 1")
    assert as_told(12 / 60 * 20, 2, "in line on average, 12 an hour")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_rush_makes_a_wait_that_outlives_it(engine: str) -> None:
    """Exercise 8: load below 1 over the day, an hour of waiting after two hours above it."""
    found = waits(lived(engine, [1], people(RUSH)))
    assert as_told(len(RUSH) * VISIT / (5 * 60), 8, "load from 9:00 to 14:00")
    assert as_told(found.max(), 8, "longest wait")
    assert RUSH[int(found.argmax())] == 120, "who comes at 11:00"
    alone = next(i for i in range(1, len(RUSH)) if found[i] == 0)
    assert TOLD[8, "nobody before one again"] == f"{9 + RUSH[alone] // 60:.0f}:00"


# ------------------------------------------------------------------- with chance: exact formulas


def test_the_answers_are_the_formulas(erlang: dict[str, Callable[..., float]]) -> None:
    """Exercises 3 to 7, by the formulas of the text and by hand."""
    chance, wait = erlang["chance_to_wait"], erlang["mean_wait"]
    for load in (0.5, 0.8, 0.9):
        assert as_told(VISIT * load / (1 - load), 3, f"mean wait at {load}")
        assert wait(1, load, VISIT) == pytest.approx(VISIT * load / (1 - load))
    assert told(4, "mean wait") == told(3, "mean wait at 0.8") / 2
    assert as_told(wait(1, 4.8 / 60 * VISIT, VISIT), 5, "mean wait, a line each")
    assert as_told(wait(2, 9.6 / 60 * VISIT, VISIT), 5, "mean wait, one line")
    assert chance(3, 2) == pytest.approx(4 / 9)
    assert as_told(100 * chance(3, 2), 6, "who has to wait")
    assert as_told(wait(3, 2, VISIT), 6, "mean wait")
    assert as_told(12 / 60 * wait(3, 2, VISIT), 6, "in line on average")
    for busy in (25, 100):
        agents = round(busy + sqrt(busy))
        assert as_told(100 * chance(agents, busy), 7, f"who has to wait, {agents} agents")
        assert as_told(busy / agents, 7, f"load of {agents} agents")


def test_every_answer_is_checked() -> None:
    """No figure of the table that no test above names."""
    source = Path(__file__).read_text(encoding="utf-8")
    agents = {f"{what} {n} agents" for what in ("who has to wait,", "load of") for n in (30, 110)}
    loads = {f"mean wait at {load}" for load in (0.5, 0.8, 0.9)}
    assert len(TOLD) == 20
    for _, figure in TOLD:
        assert f'"{figure}"' in source or figure in agents | loads, figure


def test_the_file_of_laws_says_what_the_answers_say(
    erlang: dict[str, Callable[..., float]],
) -> None:
    """One unit of time there is a visit of ten minutes here."""
    chance, wait = erlang["chance_to_wait"], erlang["mean_wait"]
    with (FOLDER / "laws.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(LAWS)
    for row in rows:
        given, exact = json.loads(row["parameters"]), float(row["exact"])
        counters, load = given.get("c", 1), given["lam"]
        formulas = {
            "Wq": wait(counters, load, 1.0) / (2 if row["family"] == "M/D/1" else 1),
            "P(wait)": chance(counters, load),
            "Lq": load * wait(counters, load, 1.0),
        }
        assert exact == pytest.approx(formulas[row["metric"]], rel=1e-12), row["name"]


# ------------------------------------------------------------------ with chance: what engines do


@dataclass(frozen=True)
class Effort:
    """How long an engine tries, and how sure it must be: the largest error relative to the law."""

    engine: str
    replications: int
    cases: int
    error: float


LONG = Effort("compiled", 40, 24_000, 0.05)
SHORT = Effort("simpy", 8, 1_000, 0.15)  # the engine that is read is slower
NAMES = list(dict.fromkeys(law.name for law in LAWS))
TRIALS = [(LONG, name) for name in NAMES] + [(SHORT, "three_counters")]


@pytest.mark.parametrize(
    ("effort", "name"), TRIALS, ids=[f"{effort.engine}-{name}" for effort, name in TRIALS]
)
def test_an_engine_does_what_the_formula_says(effort: Effort, name: str) -> None:
    """Within four standard errors, and these are small."""
    laws = [law for law in LAWS if law.name == name]
    system = system_of(laws[0].family, laws[0].parameters)
    measures = [measure_of(law.metric, law.exact, system) for law in laws]
    life = Life(system, ENGINES[effort.engine], 1, NAMES.index(name))
    lived = life.lived(measures, range(effort.replications), effort.cases)
    for law, measure, sums in zip(laws, measures, lived.sums, strict=True):
        found = figure_of(sums, measure)
        assert abs(found.value - law.exact) <= ERRORS * found.se, (law.metric, found)
        assert found.se <= effort.error * law.exact, (law.metric, found)
