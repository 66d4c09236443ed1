"""``--json``: every verb prints one document for programs, and what it says is true."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

import sim
import sim.compose
from sim.metrics import METRICS
from sim.results.content import table_hash
from sim.results.schema import TABLES
from tests.conftest import Said
from tests.faces.documents import TOWN, strictly, told

Kezek = Callable[[str], Said]
SHORT = "region=teaching run.days=4 run.run_in_days=1 run.workers=1"
PRINTED = [
    f"run {TOWN} --json",
    f"run {SHORT} run.seed=1,2 -m --json",
    "list scenarios --json",
    "list levers --json",
    "list metrics --json",
    "list regions --json",
    "explain base --json",
    "explain rural_access --json",
    "explain staff_reallocation --json",
]
COUNTED = {  # what a document counts, and the column that counts it
    "requests": "needs",
    "portal_attempts": "attempts",
    "visits": "office_visits",
    "van_visits": "van_visits",
    "provider_visits": "body_visits",
    "calls": "calls",
    "desk_works": "desk",
}


@pytest.mark.parametrize("line", PRINTED)
def test_a_verb_prints_one_json_document_and_nothing_else(kezek: Kezek, line: str) -> None:
    """The whole of standard output is the document; warnings may stand on the other stream."""
    assert told(kezek(line))


def test_the_demo_speaks_json_in_every_region(kezek: Kezek) -> None:
    line = "demo region=teaching run.days=5 run.run_in_days=1 run.replications=2 run.workers=1"
    found = told(kezek(f"{line} --json"))
    assert len(found["scenarios"]) == 4
    assert found["scenarios"][0] == found["base"] == "base"
    assert Path(found["report"]).is_file()


@pytest.mark.slow
def test_the_demo_speaks_json(kezek: Kezek) -> None:
    """As it is called by somebody who has just installed it, only shorter."""
    found = told(kezek("demo run.days=4 run.run_in_days=0 run.replications=2 --json"))
    assert found["scenarios"][0] == found["base"] == "base"
    assert len(found["runs"]) == 2 * len(found["scenarios"]) == 8
    assert Path(found["report"]).is_file()


def test_the_unknowns_are_a_document(kezek: Kezek) -> None:
    """At most ten rows, where somebody has screened the assumptions of the region."""
    if not (sim.compose.CONF / "region/west_kazakhstan/unknowns.csv").is_file():
        pytest.skip("nobody has screened the assumptions yet")
    found = told(kezek("explain --unknowns --json"))
    assert 0 < len(found) <= 10
    assert all(row["assumption"] and row["metric"] for row in found)


def test_a_region_without_a_screening_says_how_to_make_one(kezek: Kezek, conf: Path) -> None:
    for path in conf.glob("region/*/unknowns.csv"):
        path.unlink()
    found = kezek("explain --unknowns --json")
    assert (found.code, found.out) == (2, "")
    assert "nobody has screened region 'west_kazakhstan'. Run: python experiments" in found.err


def test_a_region_on_the_tables_of_another_does_not_borrow_its_screening(kezek: Kezek) -> None:
    """What moves a region of 692,000 says nothing about a town."""
    found = kezek("explain --unknowns region=teaching")
    assert found.code == 2
    assert "nobody has screened region 'teaching'" in found.err


def test_refused_input_leaves_standard_output_empty(kezek: Kezek) -> None:
    for line in ("run trust.step=2 --json", "list nothing --json", "explain nobody --json"):
        found = kezek(line)
        assert (found.code, found.out) == (2, "")


def test_what_was_not_measured_is_null(kezek: Kezek, tmp_path: Path) -> None:
    """Two holidays: nobody is served, and no document holds a bare NaN, the manifest neither."""
    found = told(kezek("run region=teaching run.days=2 run.run_in_days=0 --json"))
    assert found["metrics"]["wait_mean"]["value"] is None
    (manifest,) = tmp_path.rglob("*.json")
    assert strictly(manifest.read_text(encoding="utf-8"))


@pytest.fixture
def document(kezek: Kezek) -> Mapping[str, Any]:
    """What a run of the teaching town says of itself."""
    found: Mapping[str, Any] = told(kezek(f"run {TOWN} run.seed=5 --study one --json"))
    return found


def _columns(folder: Path, table: str) -> dict[str, np.ndarray]:
    """A table as it was written, without the columns that name the run."""
    read = pq.read_table(folder / f"{table}.parquet")
    schema = read.column_names[2:]
    assert read.column_names[:2] == ["scenario", "replication"]
    return {name: np.array(read[name].to_pylist()) for name in schema}


def test_a_document_of_a_run_holds_what_it_cost_and_every_metric(
    document: Mapping[str, Any],
) -> None:
    """Name, value, unit and direction; the money is the region's, not a word of the code."""
    assert len(document["key"]) == 32
    assert document["seconds"] > 0
    assert document["peak_mb"] > 10
    assert document["identities_checked"] > 0
    assert list(document["metrics"]) == list(METRICS)
    for name, one in document["metrics"].items():
        assert set(one) == {"value", "unit", "direction"}
        assert one["direction"] == METRICS[name].better
        assert "money" not in one["unit"]
        assert one["value"] is None or isinstance(one["value"], float)
    assert any("coins" in one["unit"] for one in document["metrics"].values())


def test_hashes_and_rows_of_a_document_are_those_of_its_tables(
    document: Mapping[str, Any],
) -> None:
    """Whoever reads the files can check that they are the ones the document speaks of."""
    folder = Path("outputs/one/tables")
    assert set(document["tables"]) == {*TABLES, "bill"}
    for name, one in document["tables"].items():
        columns = _columns(folder, name)
        assert one["rows"] == len(next(iter(columns.values()))), name
        assert one["sha256"] == table_hash(columns), name


def test_counts_of_a_document_are_sums_of_its_tables(document: Mapping[str, Any]) -> None:
    """Requests, attempts, visits, calls and desk works of each scope, from the table of services.

    The rows add up to what the offices, the lines of the call centre and the groups counted.
    """
    folder = Path("outputs/one/tables")
    services = _columns(folder, "services")
    assert set(document["counts"]) == set(COUNTED)
    for name, column in COUNTED.items():
        by_scope = {
            scope: int(services[column][services["scope"] == scope].sum())
            for scope in ("local", "state")
        }
        assert document["counts"][name] == by_scope, name
    assert sum(document["counts"]["requests"].values()) > 0
    groups, calls = _columns(folder, "groups"), _columns(folder, "calls")
    assert sum(document["counts"]["requests"].values()) == groups["needs"].sum()
    assert sum(document["counts"]["calls"].values()) == calls["offered"].sum()
    in_person = ("visits", "van_visits")
    visits = sum(sum(document["counts"][name].values()) for name in in_person)
    assert visits == groups["visits"].sum()


def test_metrics_of_a_document_are_those_of_the_file(document: Mapping[str, Any]) -> None:
    with Path("outputs/one/metrics.csv").open(encoding="utf-8", newline="") as file:
        written = {row["metric"]: row for row in csv.DictReader(file)}
    assert list(written) == list(document["metrics"])
    for name, one in document["metrics"].items():
        value = float(written[name]["value"])
        assert value == one["value"] or (np.isnan(value) and one["value"] is None)
        assert (written[name]["unit"], written[name]["better"]) == (one["unit"], one["direction"])


def test_the_library_lives_the_run_that_the_command_line_lives(
    document: Mapping[str, Any],
) -> None:
    """Same key, same tables."""
    run = sim.run("base", region="teaching", days=12, run_in_days=3, seed=5)
    assert run.key == document["key"]
    assert run.run.hashes == {name: one["sha256"] for name, one in document["tables"].items()}


def test_a_comparison_tells_an_effect_for_every_reform_and_metric(
    compared: tuple[Path, Said],
) -> None:
    """Each with the interval that the file has, and a run for every scenario and replication."""
    folder, said = compared
    found = told(said)
    assert found["base"] == "base"
    assert [(one["scenario"], one["replication"]) for one in found["runs"]] == [
        ("base", 0), ("base", 1), ("rural_access", 0), ("rural_access", 1)
    ]  # fmt: skip
    assert [one["metric"] for one in found["effects"]] == list(METRICS)
    with (folder / "outputs/two/effects.csv").open(encoding="utf-8", newline="") as file:
        for effect, row in zip(found["effects"], csv.DictReader(file), strict=True):
            for name, column in (("mean", "difference"), ("low", "low_95"), ("high", "high_95")):
                value = float(row[column])
                assert effect[name] == value or (np.isnan(value) and effect[name] is None)
            assert effect["in_words"] == row["in_words"]
