"""``new``, ``check`` and ``data.dir`` on the command line: templates, reports, refusals."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim.compose import composed
from sim.region.own import OBSERVED
from sim.region.schema import SCHEMAS
from sim.region.table import REMARKS, Column
from sim.report.assumptions import counts
from sim.report.files import sheet_of
from sim.report.study import Study
from sim.studies.run import key_of, region_of
from sim.tickets.read import read_tickets
from tests.conftest import Said
from tests.faces.documents import told
from tests.unit.tickets.lines import tickets, write

Kezek = Callable[[str], Said]
TOWN = "region=teaching"
SHORT = f"{TOWN} run.days=2 run.run_in_days=1"
PATIENCE = "office:\n  patience_minutes: "


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


def _config(*more: str) -> object:
    return composed([TOWN, *more]).config


@pytest.mark.parametrize("region", ["teaching", "west_kazakhstan"])
@pytest.mark.parametrize("option", ["", " --xlsx"])
def test_a_template_is_the_region_itself(kezek: Kezek, region: str, option: str) -> None:
    """Written and read again: the same cells, remarks and key."""
    assert kezek(f"new data d region={region}{option}").code == 0
    plain, own = (composed([f"region={region}", *more]).config for more in ([], ["data.dir=d"]))
    assert key_of(own) == key_of(plain)
    ours, theirs = region_of(own).tables, region_of(plain).tables
    for name in SCHEMAS:
        for column in (*SCHEMAS[name].columns, *REMARKS):
            if column in theirs[name].columns:
                np.testing.assert_array_equal(
                    ours[name].columns[column], _said(theirs[name].columns[column], column)
                )


def _said(found: Column, column: str) -> Column:
    """A column of the region; a row that names no source becomes own data."""
    otherwise = {"source": "own data", "confidence": OBSERVED}.get(column, "")
    return tuple(word or otherwise for word in found) if isinstance(found, tuple) else found


def test_a_run_with_its_own_templates_gives_the_same_tables(kezek: Kezek) -> None:
    assert kezek(f"new data d {TOWN}").code == 0
    with_, without = (told(kezek(f"run {SHORT}{more} --json")) for more in ("", " data.dir=d"))
    assert (with_["key"], with_["tables"]) == (without["key"], without["tables"])


def test_templates_overwrite_nothing(kezek: Kezek, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/offices.csv").write_text("mine", encoding="utf-8")
    said = kezek(f"new data d {TOWN}")
    assert said.code == 5
    assert "d holds offices.csv already; nothing was written" in said.err
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["offices.csv"]


def test_every_column_is_explained_beside_the_templates(kezek: Kezek, tmp_path: Path) -> None:
    assert told(kezek(f"new data d {TOWN} --json"))["folder"] == "d"
    text = (tmp_path / "d/README.txt").read_text(encoding="utf-8")
    for name, schema in SCHEMAS.items():
        assert f"\n{name}.csv\n" in text
        assert all(f"\n  {column}: " in text for column in schema.columns)


def _counters(mine: Path, n: int, source: str = "") -> None:
    table = region_of(composed([TOWN]).config).files["offices"]
    cells = {c: str(table.columns[c][0]) for c in SCHEMAS["offices"].columns}
    cells |= {"counters": str(n), "terminals": "1", "source": source}
    text = "\n".join([",".join(cells), ",".join(f'"{cell}"' for cell in cells.values())])
    (mine / "offices.csv").write_text(text, encoding="utf-8")


def test_a_check_tells_what_differs_and_that_all_is_fine(kezek: Kezek, mine: Path) -> None:
    _counters(mine, 3)
    found = told(kezek(f"check {TOWN} data.dir=mine --json"))
    tables = {one["table"]: one for one in found["tables"]}
    assert set(tables) == set(SCHEMAS)
    assert tables["offices"]["changed"] == ["OFFICE"]
    assert [name for name, one in tables.items() if one["replaced"]] == ["offices"]
    assert (found["fine"], found["doubts"], found["parameters"]) == (True, [], [])
    said = kezek(f"check {TOWN} data.dir=mine")
    assert "mine/offices.csv" in said.out
    assert "Everything is fine." in said.out


def test_a_changed_row_that_keeps_its_source_is_doubtful(kezek: Kezek, mine: Path) -> None:
    kept = region_of(composed([TOWN]).config).files["offices"].words("source")[0]
    _counters(mine, 3, kept)
    text = (mine / "offices.csv").read_text(encoding="utf-8")
    head, row = text.splitlines()
    (mine / "offices.csv").write_text(f"{head},confidence\n{row},assumption", encoding="utf-8")
    said = kezek(f"check {TOWN} data.dir=mine")
    assert "1 row differs from the region's but keep its source: OFFICE" in said.out
    assert kezek(f"check {TOWN} data.dir=mine --strict").code == 3


def test_another_unit_is_doubtful(kezek: Kezek, mine: Path) -> None:
    """Desk times in seconds: sixty times the region's."""
    kezek(f"new data t {TOWN}")
    lines = Path("t/services.csv").read_text(encoding="utf-8").splitlines()
    i = lines[0].split(",").index("touch_minutes")
    rows = [line.split(",") for line in lines[1:] if '"' not in line]
    assert len(rows) > 10
    text = Path("t/services.csv").read_text(encoding="utf-8")
    for row in rows:
        seconds = [*row[:i], str(float(row[i]) * 60), *row[i + 1 :]]
        text = text.replace(",".join(row), ",".join(seconds))
    (mine / "services.csv").write_text(text, encoding="utf-8")
    said = kezek(f"check {TOWN} data.dir=mine back_office.allow_overload=true")
    assert "`touch_minutes` is" in said.out
    assert "times the region's" in said.out


def test_a_parameter_of_own_data_has_its_own_passport(kezek: Kezek, mine: Path) -> None:
    """Its value is that of the run, it is counted as observed, and a check shows both."""
    whole = "{value: 41.5, unit: minutes, low: 38, high: 45, source: own tickets}"
    (mine / "parameters.yaml").write_text(f"{PATIENCE}{whole}\n  patience_shape: 1.2\n")
    one = composed([TOWN, "data.dir=mine"])
    passport = one.passports["office.patience_minutes"]
    assert one.config.office.patience_minutes == passport.value == 41.5
    assert (passport.low, passport.source, passport.confidence) == (38, "own tickets", OBSERVED)
    assert one.config.office.patience_shape == 1.2
    assert one.passports["office.patience_shape"].source == "own data"
    assert key_of(one.config) == key_of(
        composed([TOWN, "office.patience_minutes=41.5", "office.patience_shape=1.2"]).config
    )
    study = Study(Path(), {"base": one}, {("base", 0): {}}, {})
    assert counts(study)[OBSERVED] == 2
    said = told(kezek(f"check {TOWN} data.dir=mine --json"))["parameters"]
    assert [(p["parameter"], p["region"], p["value"]) for p in said] == [
        ("office.patience_minutes", 60.0, 41.5), ("office.patience_shape", 1.5, 1.2),
    ]  # fmt: skip


def test_the_user_and_the_scenario_stand_above_own_data(mine: Path, conf: Path) -> None:
    (mine / "parameters.yaml").write_text(f"{PATIENCE}41.5\n")
    wish = "# @package _global_\nuncertainties: {office.patience_minutes: 33}\n"
    (conf / "scenario/wish.yaml").write_text(wish)
    own = f"data.dir={mine}"

    def patience(*more: str) -> float:
        return composed([TOWN, own, *more]).config.office.patience_minutes

    assert (patience(), patience("scenario=wish")) == (41.5, 33)
    assert patience("scenario=wish", "office.patience_minutes=22") == 22


def test_explain_names_own_data_as_the_base(kezek: Kezek, mine: Path) -> None:
    (mine / "parameters.yaml").write_text(f"{PATIENCE}41.5\n")
    _counters(mine, 3)
    line = f"explain base {TOWN} data.dir=mine office.patience_minutes=50"
    found = told(kezek(f"{line} --json"))
    (one,) = found["changes"]
    assert (one["base"], one["becomes"], one["confidence"]) == (41.5, 50, OBSERVED)
    assert found["own_data"]["dir"] == "mine"
    said = kezek(line).out
    assert "Own data of mine: offices (1 rows changed)." in said
    assert told(kezek(f"explain base {TOWN} data.dir=mine --json"))["changes"] == []


def test_a_comparison_lives_on_own_data(
    kezek: Kezek, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its runs, and what its report says of parameters."""
    page = ModuleType("sim.report.page")
    page.write_report = lambda found, folder: Path(folder) / "report.html"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sim.report.page", page)
    (mine / "parameters.yaml").write_text(f"{PATIENCE}41.5\n")
    _counters(mine, 3)
    line = f"compare base town_access {SHORT} run.replications=2 run.workers=1 data.dir=mine"
    found = told(kezek(f"{line} --study c --json"))
    base = composed([*SHORT.split(), "data.dir=mine"]).config
    assert found["runs"][0]["key"] == key_of(base) != key_of(composed(SHORT.split()).config)
    study = Study.of_folder(Path("outputs/c"))
    assert study.composed["base"].passports["office.patience_minutes"].confidence == OBSERVED


def test_own_districts_have_no_published_sheet(kezek: Kezek) -> None:
    """What was published about a region says nothing about other districts."""
    kezek("new data d")
    assert sheet_of(composed().config)
    assert sheet_of(composed(["data.dir=d"]).config) is None


PARAMETERS = [
    ("office: {patience_minute: 3}", "Did you mean 'office.patience_minutes'?"),
    ("ofice: {patience_minutes: 3}", "Did you mean 'office.patience_minutes'?"),
    ("run: {days: 3}", "no number of the region is called `run.days`"),
    ("levers: []", "no number of the region is called `levers`"),
    ("office: {patience_minutes: many}", "must be a number, got 'many'. (mine/parameters.yaml"),
    ("office: {patience_minutes: -1}", "must be more than 0, got -1"),
    ("office: {patience_shape: 90}", "must be at most 20, got 90"),
    ("office: {patience_minutes: {value: 3, unit: seconds}}", "it counts in 'minutes'"),
    ("office: {patience_minutes: {value: 3, sourse: x}}", "Did you mean 'source'?"),
    ("office: {patience_minutes: {value: 3, low: 4, high: 5}}", "must lie between its low"),
    ("office: {patience_minutes: {value: 3, low: 1}}", "low, value and high must be numbers"),
    ("office: {patience_minutes: {value: 3, confidence: sure}}", "confidence that is none of"),
    ("office: {patience_minutes: 3, patience_minutes: 4}", "`patience_minutes` stands twice"),
    ("office: {patience_minutes: !!python/name:os.system x}", "'!!python' is not allowed"),
    ("office: {patience_minutes: ${a}}", "'${' is not allowed"),
    ("office: {patience_minutes: .nan}", "is not a finite number"),
    ("- 1", "keys and values are expected"),
    ("demand: {weekday_weights: [1, 2]}", "needs at least 7 entries"),
    ("", "keys and values are expected"),
]


@pytest.mark.parametrize(("text", "said"), PARAMETERS)
def test_parameters_that_cannot_be_used_are_refused(
    kezek: Kezek, mine: Path, text: str, said: str
) -> None:
    """With file and line, and together with what is wrong with the tables."""
    (mine / "parameters.yaml").write_text(text, encoding="utf-8")
    (mine / "ofices.csv").write_text("x", encoding="utf-8")
    found = kezek(f"check {TOWN} data.dir=mine")
    assert found.code == 2, found.out
    assert said in found.err
    assert "no table of a region. Did you mean 'offices'?" in found.err
    assert "Traceback" not in found.err


REFUSED = [
    ("check", "name a folder of own data"),
    ("check data.dir=nowhere", "there is no folder"),
    ("check data.dir=mina", "Did you mean 'mine'?"),
    ("run data.dir=file", "is a file; name the folder it stands in"),
    ("explain base data.dir=mine", "holds no table"),
    ("compare base town_access data.dir=nowhere", "there is no folder"),
    ("demo data.dir=nowhere", "there is no folder"),
    ("new", "say what and where, such as"),
    ("new data", "say what and where, such as"),
    ("new dta d", "Did you mean 'data'?"),
    ("check d", "'d' is no setting"),
]


@pytest.mark.parametrize(("line", "said"), REFUSED)
def test_a_line_that_names_no_data_is_answered(
    kezek: Kezek, mine: Path, tmp_path: Path, line: str, said: str
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    found = kezek(f"{line} {TOWN}")
    assert found.code == 2, found.err
    assert said in found.err
    assert "Traceback" not in found.err


def test_a_path_may_hold_what_paths_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blanks, commas, brackets and letters of any script."""
    odd = tmp_path / "мои данные, (2024) [a]=b"
    odd.mkdir()
    (odd / "parameters.yaml").write_text(f"{PATIENCE}41.5\n")
    assert composed([TOWN, f"data.dir={odd}"]).config.office.patience_minutes == 41.5


def test_without_a_folder_nothing_changes(kezek: Kezek) -> None:
    assert key_of(composed([TOWN, "data.dir="]).config) == key_of(composed([TOWN]).config)


def test_the_page_on_own_data_works(kezek: Kezek, tmp_path: Path) -> None:
    """Its commands, one after the other, its parameters and its table of tickets."""
    page = (Path(__file__).parents[2] / "docs/own-data.md").read_text(encoding="utf-8")
    commands = re.findall(r"^kezek (.+)$", page, flags=re.MULTILINE)
    assert len(commands) == 5
    write(tmp_path / "tickets.csv", tickets(1, days=15))
    for line in commands:
        said = kezek(line)
        assert said.code == 0, said.err
    parameters = page.partition("```yaml\n")[2].partition("```")[0]
    shown = page.partition("```\nopened")[2].partition("```")[0]
    (tmp_path / "my_data/parameters.yaml").write_text(parameters, encoding="utf-8")
    assert kezek(commands[1]).code == 0
    (tmp_path / "shown.csv").write_text(f"opened{shown}", encoding="utf-8")
    assert len(read_tickets(tmp_path / "shown.csv")) == 3
