"""The report: one file that stands alone, says what it is not, and shows what the tables hold."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sim.compose import composed
from sim.metrics import METRICS
from tests.report.conftest import Study
from tests.report.page import Node, page_of

LOADS = {"src", "srcset", "href", "xlink:href", "data", "action", "formaction", "poster", "cite"}
ACTIVE = {"script", "iframe", "object", "embed", "link", "base", "form", "img", "video", "audio"}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> float:
    """A figure as the page prints it."""
    return float(text.replace("\N{MINUS SIGN}", "-").replace(",", "").replace("+", ""))


# ------------------------------------------------------------------------------ stands alone


def test_the_page_loads_nothing_and_runs_nothing(small: Study, page: Node) -> None:
    """No script, no picture, no style from elsewhere; links lead to the page itself."""
    for node in page.all():
        assert node.tag not in ACTIVE
        for name, value in node.attributes.items():
            assert not name.startswith("on"), (node.tag, name)
            if name in LOADS:
                assert value.startswith("#"), (node.tag, value)
            assert "javascript:" not in value.lower()
        assert node.attributes.get("http-equiv", "").lower() != "refresh"
    assert not re.search(r"url\((?!#)", small.text)
    assert "@import" not in small.text
    for style in page.all("style"):
        assert "http" not in style.text


def test_links_and_references_lead_somewhere(small: Study, page: Node) -> None:
    """Every id is there once, and everything that is referred to has an id."""
    ids = [node.attributes["id"] for node in page.all() if "id" in node.attributes]
    assert len(set(ids)) == len(ids)
    wanted = {node.attributes["href"][1:] for node in page.all() if "href" in node.attributes}
    wanted |= {node.attributes.get("aria-labelledby", "") for node in page.all()} - {""}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", small.text))
    assert wanted <= set(ids)


def test_the_page_is_well_formed(page: Node) -> None:
    """Reading it as a tree has checked every tag; here its parts."""
    assert page.the("html").attributes["lang"] == "en"
    assert page.the("title").text == page.the("h1").text
    levels = [int(node.tag[1]) for node in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_an_open_element_would_be_caught() -> None:
    for broken in ("<p><b>x</p></b>", "<div>", "</p>", "<p id=a id=b></p>"):
        with pytest.raises(AssertionError):
            page_of(broken)


def test_every_figure_has_a_caption_and_words_for_who_cannot_see_it(page: Node) -> None:
    figures = list(page.all("figure"))
    assert len(figures) >= 6
    for figure in figures:
        caption = figure.the("figcaption").text
        image = figure.the("div", role="img")
        assert caption
        assert image.attributes["aria-label"].startswith(caption)
        assert len(image.attributes["aria-label"]) > len(caption) + 20
        assert list(image.all("svg"))
        assert list(figure.all("table"))
    for drawing in page.all("svg"):
        assert drawing.attributes["aria-hidden"] == "true"


def test_every_table_has_headings_and_can_be_reached(page: Node) -> None:
    """A caption or label for whoever hears it; as many cells in each row as columns."""
    for region in page.all("div"):
        if region.attributes.get("class") == "scroll":
            assert region.attributes["aria-label"]
            assert region.attributes["tabindex"] == "0"
    for table in page.all("table"):
        widths = set()
        for row in table.all("tr"):
            cells = [one for one in row.inside if isinstance(one, Node)]
            assert {cell.tag for cell in cells} <= {"th", "td"}
            widths.add(sum(int(cell.attributes.get("colspan", "1")) for cell in cells))
        assert len(widths) == 1
        for head in table.all("th"):
            assert head.attributes["scope"] in {"col", "row", "rowgroup"}


# --------------------------------------------------------------------------------- its words


def test_the_first_page_says_what_was_not_measured(page: Node) -> None:
    """Before any figure: not official, no forecast; and all of waiting rests on assumptions."""
    first = page.the("div", **{"class": "first"}).text
    assert first.startswith(composed(["region=teaching"]).config.place.first_page)
    assert "Every figure on waiting, on loads and on the time of desks therefore rests on" in first
    assumed, parameters = map(int, re.findall(r"(\d+) of (\d+) parameters", first)[0])
    passports = composed(["region=teaching"]).passports.values()
    assert parameters == len(passports)
    assert assumed == sum(one.confidence in {"assumption", "recall"} for one in passports)
    order = [node.tag for node in page.all("figure", "div", "table", "svg")]
    assert order[0] == "div"


def test_the_page_says_how_few_pairs_there_were(page: Node) -> None:
    warned = [node.text for node in page.the("header").all("p")]
    assert any("2 replications only: intervals say little" in text for text in warned)


def test_what_wants_to_be_code_is_text(small: Study, page: Node) -> None:
    """A title and a sentence of a scenario are shown letter by letter, in SVG as in HTML."""
    assert "<script" not in small.text.lower()
    assert "<img" not in small.text.lower()
    shown = page.text
    assert " ".join(small.title.split()) in shown
    assert " ".join(small.says.split()) in shown
    assert "&lt;script&gt;alert(" in small.text
    drawn = " ".join(text.text for svg in page.all("svg") for text in svg.all("text"))
    assert small.title in drawn


def test_every_parameter_stands_on_the_page_with_its_source(page: Node) -> None:
    shown = page.text
    for path, passport in composed(["region=teaching"]).passports.items():
        assert path.partition(".")[2] in shown, path
        assert " ".join(passport.source.split()) in shown, path


def test_every_change_of_a_scenario_stands_on_the_page(page: Node) -> None:
    tables = [one for one in page.all("div")
              if one.attributes.get("aria-label", "").startswith("Changes: ")]  # fmt: skip
    assert len(tables) == 2
    mine = tables[1].text
    for words in ("mobile.units", "choice.ease_level", "office.extra_consultants"):
        assert words in mine
    assert "Base: nothing differs from the region's base year." in page.text


# ------------------------------------------------------------------------------- its numbers


def _effects(small: Study) -> dict[tuple[str, str], dict[str, str]]:
    """Rows of the file of effects by label of the metric and scenario."""
    return {(row["label"], row["scenario"]): row for row in _rows(small.folder / "effects.csv")}


def _theme_tables(page: Node) -> Iterator[Node]:
    for details in page.the("section", **{"aria-labelledby": "changes"}).all("details"):
        if "Numbers of this figure" not in details.the("summary").text:
            yield details.the("table")


def _shows(text: str, value: float) -> bool:
    """Whether a printed figure is the value, rounded to the digits that are printed."""
    decimals = len(text.partition(".")[2])
    return abs(_number(text) - value) <= 0.5 * 10.0**-decimals * (1 + 1e-9) + 1e-12


def test_all_figures_of_the_page_are_those_of_the_file(small: Study, page: Node) -> None:
    """Base, difference, interval and word of every metric under every reform."""
    effects, seen = _effects(small), 0
    for table in _theme_tables(page):
        for row in table.the("tbody").all("tr"):
            head = row.the("th")
            label = str(head.inside[0])
            base, *cells = list(row.all("td"))
            assert len(cells) == 2
            for reform, cell in zip(("rural_access", "mine"), cells, strict=True):
                found = effects[label, reform]
                assert head.the("small").text == found["unit"]
                _compare(found, base.text, cell)
                seen += 1
    idle = [one for one in effects.values() if not one["base"] or math.isnan(float(one["base"]))]
    assert {"survey_bias", "vacant_posts"} <= {one["metric"] for one in idle}
    assert seen == 2 * len(METRICS) - len(idle)


def _compare(found: dict[str, str], base: str, cell: Node) -> None:
    difference, interval = cell.the("span", **{"class": "tight"}).text, cell.the("small").text
    values = {key: float(found[key]) for key in ("base", "difference", "low_95", "high_95")}
    for text, key in ((base, "base"), (difference, "difference")):
        if math.isnan(values[key]):
            assert text == "\N{EN DASH}"
        else:
            assert _shows(text, values[key]), found
    low, high = values["low_95"], values["high_95"]
    if interval == "no interval":
        assert math.isnan(low)
    elif interval == "identical in every run":
        assert low == high == 0
    elif " to " not in interval:
        bound = _number(interval.rpartition("\N{PLUS-MINUS SIGN}")[2])
        assert -bound < low <= high < bound
    else:
        ends = interval.split(" to ")
        assert len(ends) == 2
        assert _shows(ends[0], low), found
        assert _shows(ends[1], high), found
        assert ends[0] != ends[1] or abs(high - low) < 1e-5
    assert cell.text.endswith(found["in_words"])


def test_big_numbers_are_those_of_the_file(small: Study, page: Node) -> None:
    effects = _effects(small)
    bigs = [one for one in page.all("div") if one.attributes.get("class") == "big"]
    assert len(bigs) == 4
    for big in bigs:
        label = big.the("p", **{"class": "label"}).text
        found = effects[label, "rural_access"]
        assert _shows(big.the("p", **{"class": "value"}).text, float(found["base"]))
        items = list(big.all("li"))
        for reform, item in zip(("rural_access", "mine"), items, strict=True):
            assert _shows(item.the("b").text, float(effects[label, reform]["difference"]))
            assert item.text.endswith(effects[label, reform]["in_words"])


def test_the_words_for_effects_follow_from_the_intervals(small: Study) -> None:
    """Better and worse need an interval that leaves out zero; what is too small is said to be."""
    for row in _rows(small.folder / "effects.csv"):
        low, high = float(row["low_95"]), float(row["high_95"])
        matters = float(row["smallest_that_matters"])
        words = row["in_words"]
        if math.isnan(float(row["difference"])):
            assert words == "not measured"
        elif max(abs(low), abs(high)) < matters:
            assert words == "no difference that matters"
        elif low <= 0 <= high:
            assert words == "not clear"
        else:
            up = float(row["difference"]) > 0
            good = {"higher": up, "lower": not up}.get(row["better"])
            word = {True: "better", False: "worse", None: "higher" if up else "lower"}[good]
            assert words.removeprefix("slightly ") == word


def _data(small: Study) -> dict[str, list[list[str]]]:
    found = {}
    for path in sorted((small.folder / "data").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.reader(file))
    return found


def test_every_table_of_numbers_is_a_file_and_a_sheet(small: Study, page: Node) -> None:
    """Figures by their name; effects, metrics, groups, parameters, changes; cell by cell."""
    data = _data(small)
    slugs = {figure.attributes["id"] for figure in page.all("figure")}
    assert slugs | {"effects", "metrics", "groups", "parameters", "changed-assumptions"} == set(
        data
    )
    book = openpyxl.load_workbook(small.folder / "report.xlsx")
    assert sorted(book.sheetnames) == sorted(name[:31] for name in data)
    for name, rows in data.items():
        sheet = list(book[name[:31]].iter_rows(values_only=True))
        assert len(sheet) == len(rows) > 1, name
        for ours, theirs in zip(sheet, rows, strict=True):
            for cell, text in zip(ours, theirs, strict=True):
                assert _same(cell, text), (name, cell, text)


def _same(cell: Any, text: str) -> bool:
    if cell is None:
        return text in {"", "nan", "inf", "-inf"}
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(text) == pytest.approx(float(cell), rel=1e-15)
    return str(cell) == text


def test_a_figure_shows_the_rows_of_its_file(small: Study, page: Node) -> None:
    """The table under each figure has the same headings and as many rows."""
    data = _data(small)
    for figure in page.all("figure"):
        table = figure.the("table")
        header, *rows = data[figure.attributes["id"]]
        shown = [cell.text.lower() for cell in table.the("thead").all("th")]
        wanted = [name.lstrip("'").lower() for name in header]
        assert shown == [" ".join(name.split()) for name in wanted]
        assert len(list(table.the("tbody").all("tr"))) == len(rows)


def test_the_two_files_of_effects_say_the_same(small: Study) -> None:
    ours, theirs = (_rows(small.folder / at) for at in ("effects.csv", "data/effects.csv"))
    for one, other in zip(ours, theirs, strict=True):
        assert {key: one[key] for key in other} == other


def test_no_cell_of_a_file_runs_as_a_formula(small: Study) -> None:
    """The title of a scenario that begins like one is made harmless in both."""
    book = openpyxl.load_workbook(small.folder / "report.xlsx")
    assert not [c for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    quoted = 0
    for path in small.folder.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for cell in (cell for row in csv.reader(file) for cell in row):
                quoted += cell.startswith("'=")
                if cell[:1] in {"=", "+", "@", "\t", "\r"}:
                    pytest.fail(f"{path.name}: {cell}")
                if cell[:1] == "-":
                    float(cell)
    assert quoted > 0


# --------------------------------------------------------------------------- again, or not


def test_the_report_is_written_again_letter_by_letter(small: Study) -> None:
    """From the files alone: the same page, the same data."""
    text, data = small.text, _data(small)
    (small.folder / "report.html").unlink()
    shutil.rmtree(small.folder / "data")
    said = small.say("report small --json")
    assert said.code == 0, said.err
    assert json.loads(said.out) == {"study": "small", "report": "outputs/small/report.html"}
    assert small.text == text
    assert _data(small) == data


@pytest.fixture
def copy(small: Study) -> Iterator[Path]:
    """Another study with the same files, which may be spoiled."""
    folder = small.room / "outputs/other"
    shutil.copytree(small.folder, folder)
    (folder / "report.html").unlink()
    yield folder
    shutil.rmtree(folder)


SPOILED = [
    ("manifest.json", None, "there is no manifest.json in it"),
    (
        "manifest.json",
        '{"status": "unfinished"}',
        "was not finished; go on with: kezek resume",
    ),
    ("manifest.json", '{"status": "finished", "verb": "run"}', "was written by `run`"),
    ("manifest.json", "{", "cannot be read"),
    ("manifest.json", "[]", "cannot be read"),
    ("manifest.json", "{}", "cannot be read"),
    ("metrics.csv", None, "metrics.csv is missing; run the comparison again"),
    ("tables/hours.parquet", None, "cannot be read"),
    ("tables/hours.parquet", "PAR1", "cannot be read"),
]


def _spoil(folder: Path, file: str, text: str | None) -> None:
    if text is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("file", "text", "said"), SPOILED)
def test_a_folder_that_holds_no_comparison_is_refused(
    small: Study, copy: Path, file: str, text: str | None, said: str
) -> None:
    """Exit code 5, a sentence, and no page."""
    _spoil(copy, file, text)
    found = small.say("report other")
    assert found.code == 5, found.err
    assert said in " ".join(found.err.split())
    assert "Traceback" not in found.err
    assert found.out == ""
    assert not (copy / "report.html").exists()


DAMAGED = [
    ("manifest.json", '{"status": "finished", "verb": "compare"}'),
    ("metrics.csv", "scenario,replication,metric,value\nbase,0,wait_mean,much\n"),
    ("metrics.csv", "no such columns\n1\n"),
    ("metrics.csv", ""),
]


@pytest.mark.parametrize(("file", "text"), DAMAGED)
def test_a_damaged_file_is_refused_in_a_sentence(
    small: Study, copy: Path, file: str, text: str
) -> None:
    _spoil(copy, file, text)
    assert small.say("report other").code == 5


def test_a_study_of_another_version_is_refused(small: Study, copy: Path) -> None:
    """A metric that is not known today, or a setting that is not: run it again."""
    rows = (copy / "metrics.csv").read_text(encoding="utf-8")
    (copy / "metrics.csv").write_text(rows.replace("wait_mean", "wait_meen"), encoding="utf-8")
    assert "was written by another version" in small.say("report other").err
    (copy / "metrics.csv").write_text(rows, encoding="utf-8")
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["scenarios"]["base"]["config"]["office"]["beds"] = 3
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = small.say("report other")
    assert found.code == 5
    assert "was written by another version" in found.err


def test_an_unknown_study_is_answered_with_the_nearest(small: Study) -> None:
    found = small.say("report smalll")
    assert (found.code, found.out) == (2, "")
    assert "no results called 'smalll'" in found.err
    assert "Did you mean 'small'?" in found.err


@pytest.mark.filterwarnings("ignore:Glyph 7:UserWarning")
def test_a_title_with_a_bell_does_not_cost_the_report(small: Study, copy: Path) -> None:
    """Refused before the runs, or written without it; never lost after them."""
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["scenarios"]["mine"]["title"] = "Bell \a"
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert small.say("report other").code in {0, 2, 5}


HOLIDAYS = "region=west_kazakhstan run.days=2 run.run_in_days=0 run.replications=1 run.workers=1"


@pytest.mark.slow
def test_a_report_of_holidays_alone_is_written(small: Study) -> None:
    """The sheet's figures for each working day are not computed, and the page says so."""
    assert small.say(f"compare base rural_access {HOLIDAYS} --study holidays").code == 0
