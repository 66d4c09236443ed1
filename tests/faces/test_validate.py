"""``kezek validate``: one page about all laws and both engines, and a document."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sim.engine import ENGINES
from sim.report.validation import Validation, rendered
from sim.studies import twins
from sim.studies.twins import Twins
from tests.conftest import Said
from tests.engine.test_mechanisms import cases_of, office, visit
from tests.faces.documents import said_in, told
from tests.model.town import town

CASES = Path(__file__).parents[1] / "laws/analytic_cases.csv"
SHORT = "region=teaching run.days=2 run.run_in_days=1"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of two laws: one that is quick, one that no engine can express."""
    folder = tmp_path_factory.mktemp("proofs")
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    quick = next(row for row in rows if row["family"] == "Erlang B" and row["exact"][:4] != "0.00")
    never = next(row for row in rows if row["family"] == "Bass")
    with (folder / "laws.csv").open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, list(rows[0]))
        written.writeheader()
        written.writerows([quick, never])
    return folder


@pytest.fixture(scope="module")
def first(place: Path) -> Mapping[str, Any]:
    """What the verb says the first time, when the laws are tried."""
    found: Mapping[str, Any] = told(said_in(place, f"validate laws.csv {SHORT} --json"))
    return found


def test_it_tries_the_laws_and_compares_the_engines(first: Mapping[str, Any]) -> None:
    assert first["counts"] == {"PASS": 1, "FAIL": 0, "INCONCLUSIVE": 0, "NOT_EXPRESSED": 1}
    assert [one["title"] for one in first["engines"]] == ["Base", "Every mechanism at once"]
    for one in first["engines"]:
        assert one["days"] == 3
        assert one["differing"] == 0
        assert one["journeys"] > 50
        assert one["cells"] > 7 * one["journeys"]


def test_the_page_names_every_law_and_loads_nothing(place: Path, first: Mapping[str, Any]) -> None:
    text = (place / first["page"]).read_text(encoding="utf-8")
    for law in first["laws"]:
        assert law["metric"] in text
    assert "<script" not in text
    assert "http" not in text
    assert "have not been published" in text
    HTMLParser().feed(text)


def test_the_page_is_made_again_from_what_was_found(place: Path, first: Mapping[str, Any]) -> None:
    """The laws are read, not tried: their figures stay to the last digit."""
    again = told(said_in(place, f"validate outputs/validation/laws.csv {SHORT} --json"))
    assert again["laws"] == first["laws"]


def test_a_file_that_is_no_result_is_refused(place: Path, first: Mapping[str, Any]) -> None:
    said: Said = said_in(place, f"validate outputs/validation/nothing.csv {SHORT}")
    assert said.code == 2
    assert "nothing.csv" in said.err


def test_twins_see_the_smallest_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that is wrong in one cell is found out."""

    def wrong(stations, cases, log, state, since, until) -> None:  # type: ignore[no-untyped-def]
        ENGINES["compiled"](stations, cases, log, state, since, until)
        log.ended[0] += 1

    monkeypatch.setattr(twins, "ENGINES", {"right": ENGINES["compiled"], "wrong": wrong})
    station, cases = office(), cases_of([visit(43_200), visit(43_260)])
    both = Twins()
    log, state = twins.Log.empty(2), twins.State.empty(station.server_first)
    both(station, cases, log, state, 0, 86_400)
    assert (both.differing, both.journeys) == (1, 2)
    assert both.cells == 7 * 2 + len(state.free_since) + 2 * len(station.closing)


def test_twins_do_not_disturb_the_run() -> None:
    """The log that goes on is the first engine's."""
    one = town("run.days=3", "run.run_in_days=0")
    found = twins.twinned(one)
    assert found.differing == 0
    assert found.identities > 1_000


def test_a_failure_stands_on_the_page() -> None:
    law = {
        "family": "M/M/1", "case": "<b>mm1", "parameters": {}, "metric": "Wq", "kind": "steady",
        "exact": 1.0, "estimate": 1.5, "se": 0.01, "z": 50.0, "n": 1_000, "verdict": "FAIL",
        "reason": "",
    }  # fmt: skip
    origin = {"tolerance": 0.02, "family_error": 0.001, "seconds": 1.0, "seed": 1}
    versions = {"kezek": "0", "commit": "0", "python": "3", "platform": "Linux"}
    text = rendered(Validation([law], {**origin, **versions}, []))
    assert "Laws that failed" in text
    assert "<b>mm1" not in text
