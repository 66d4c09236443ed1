"""The hall is made of the log it says, stands alone, and says in words what it shows."""

from __future__ import annotations

import csv
import json
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.errors import ModelError
from sim.results.hall import HallDay
from sim.studies.lesson import check_same_people
from tests.conftest import Said
from tests.faces.documents import told
from tests.lessons.conftest import SMALL, Lesson, lesson_in

DAY = 86_400  # seconds
FEWER = "one_counter_fewer"
Kezek = Callable[[str], Said]


def rows_of(lesson: Lesson) -> list[dict[str, str]]:
    """The log beside the page."""
    path = lesson.page.parent / "data/hall.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None


# ------------------------------------------------------------------------- made of what it says


@pytest.mark.parametrize("which", ["lesson", "small"])
def test_the_page_plays_the_log_beside_it(which: str, request: pytest.FixtureRequest) -> None:
    """Second by second, both halls."""
    made: Lesson = request.getfixturevalue(which)
    rows = rows_of(made)
    for label, hall in zip(("base", FEWER), made.log["halls"], strict=True):
        mine = [row for row in rows if row["scenario"] == label]
        assert [int(row["visitor"]) for row in mine] == list(range(1, len(hall["came"]) + 1))
        for column in ("came", "called", "left"):
            assert hall[column] == [_whole(row[f"{column}_second"]) for row in mine]
        desks = [None if desk is None else desk + 1 for desk in hall["counter"]]
        assert desks == [_whole(row["counter"]) for row in mine]
    assert len(rows) == 2 * len(made.log["urgent"])


def test_the_log_is_what_another_run_keeps(small: Lesson, kezek: Kezek) -> None:
    """The visits that `run.keep` writes on that day, from a run of its own."""
    said = kezek(f"run region=teaching {SMALL} run.keep=[visits]")
    assert said.code == 0, said.err
    kept = pq.read_table("outputs/base/tables/visits/base-000.parquet").to_pandas()

    day = _measured_day(small)
    came = kept["joined"].fillna(kept["ended"])
    today = kept[(kept["station"] == "OFFICE") & (came // DAY == day)]
    mine = {row["case_id"]: row for row in rows_of(small) if row["scenario"] == "base"}
    assert len(mine) == len(today) > 10
    for visit in today.itertuples():
        row = mine[str(visit.case_id)]
        assert int(row["left_second"]) == visit.ended - day * DAY
        assert _whole(row["called_second"]) == (
            None if np.isnan(visit.started) else visit.started - day * DAY
        )
        assert row["outcome"] == visit.outcome


def _measured_day(made: Lesson) -> int:
    manifest = json.loads((made.page.parent / "manifest.json").read_text(encoding="utf-8"))
    (lever,) = manifest["scenarios"][FEWER]["config"]["levers"]
    return int(lever["start"])


def test_both_engines_make_the_same_halls(small: Lesson, tmp_path: Path) -> None:
    """Log, words and tables; only the name of the engine differs."""
    other = lesson_in(tmp_path, f"{SMALL} engine=simpy")
    assert rows_of(other) == rows_of(small)
    assert other.log == small.log
    assert other.tree.the("section", **{"aria-labelledby": "words"}).text == (
        small.tree.the("section", **{"aria-labelledby": "words"}).text
    )


def test_both_halls_meet_the_same_people(lesson: Lesson) -> None:
    """The same case, second and work; only what the line does differs."""
    rows = rows_of(lesson)
    half = len(rows) // 2
    same = ("visitor", "case_id", "called_first", "work_seconds", "came_second")
    for one, other in zip(rows[:half], rows[half:], strict=True):
        assert [one[name] for name in same] == [other[name] for name in same]
    assert rows[:half] != rows[half:]


def test_who_sees_too_long_a_line_comes_and_goes(tmp_path: Path) -> None:
    """Balking: left on coming, never in line, never called; and the line stays short."""
    made = lesson_in(tmp_path, f"{SMALL} office.longest_line_per_counter=1")
    balked = [row for row in rows_of(made) if row["outcome"] == "balked"]
    assert balked
    for row in balked:
        assert row["left_second"] == row["came_second"]
        assert row["called_second"] == row["counter"] == ""
    assert re.search(r"longest at \d+:\d\d, with 1 in it", made.tree.text)


@pytest.mark.parametrize("column", ["case_id", "came", "work", "priority"])
def test_halls_of_other_people_are_never_shown(column: str) -> None:
    """A negative control: common luck is checked, not promised."""
    one = {name: np.arange(3) for name in ("case_id", "came", "work", "priority")}
    other = {**one, column: np.array([0, 1, 3])}
    day = date(2024, 5, 2)
    with pytest.raises(ModelError, match=f"differ in {column}: not the same people"):
        check_same_people(*(cast("HallDay", SimpleNamespace(on=day, **c)) for c in (one, other)))


def test_the_manifest_says_how_to_make_it_again(lesson: Lesson) -> None:
    manifest = json.loads((lesson.page.parent / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["verb"], manifest["status"]) == ("lesson", "finished")
    shown = lesson.tree.text
    for run in manifest["runs"]:
        assert run["key"] in shown


# ------------------------------------------------------------------------------- what it says


def test_the_words_say_what_the_log_says(lesson: Lesson) -> None:
    """The text for whoever sees no hall, computed here anew from the log."""
    shown = lesson.tree.text
    for hall in lesson.log["halls"]:
        called = [one for one in hall["called"] if one is not None]
        waits = [
            c - at for c, at in zip(hall["called"], hall["came"], strict=True) if c is not None
        ]
        gone = len(hall["came"]) - len(called)
        assert f"{len(called)} were served, {gone} left without service." in shown
        assert f"waited {sum(waits) / len(waits) / 60:.1f} minutes on average" in shown
        until = [b if c is None else c for c, b in zip(hall["called"], hall["left"], strict=True)]
        seconds = np.arange(DAY)
        line = sum((a <= seconds) & (seconds < b) for a, b in zip(hall["came"], until, strict=True))
        top = int(np.argmax(line))
        clock = f"{top // 3600}:{top % 3600 // 60:02d}"
        assert f"longest at {clock}, with {line[top]} in it" in shown


def test_json_says_the_same(small: Lesson) -> None:
    """One document and nothing else, which names the page."""
    document = told(small.said)
    assert document["lesson"] == "01"
    assert set(document["halls"]) == {"base", FEWER}
    assert document["halls"]["base"]["visitors"] == len(small.log["urgent"])
    assert small.folder / document["page"] == small.page


# -------------------------------------------------------------------------------- stands alone


def test_the_page_loads_nothing(lesson: Lesson) -> None:
    """No address but those of namespaces; nothing that fetches."""
    text = lesson.page.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\s\"'<>]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|WebSocket|<(img|link|iframe)", text)
    for node in lesson.tree.all():
        assert not {"src", "href", "style"} & set(node.attributes)
        assert not [name for name in node.attributes if name.startswith("on")]


def test_the_policy_allows_only_its_own_script_and_style(lesson: Lesson) -> None:
    text = lesson.page.read_text(encoding="utf-8")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inline,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
        digest = b64encode(sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_control_has_a_name_and_every_drawing_a_text(lesson: Lesson) -> None:
    tree = lesson.tree
    assert tree.the("html").attributes["lang"] == "en"
    assert tree.the("title").text == tree.the("h1").text
    assert tree.the("input").attributes["aria-label"]
    assert tree.the("label").attributes["for"] == tree.the("select").attributes["id"]
    assert tree.the("p", role="status").attributes["id"] == "told"
    assert {svg.attributes["aria-hidden"] for svg in tree.all("svg")} == {"true"}
    ids = {node.attributes["id"] for node in tree.all() if "id" in node.attributes}
    assert {
        n.attributes["aria-labelledby"] for n in tree.all() if "aria-labelledby" in n.attributes
    } <= ids


# ------------------------------------------------------------------------------ what is refused

REFUSED = [
    ("lesson 7", "no lesson called '7'; there is 01 (Why queues explode)"),
    ("lesson 01 02", "no lesson called '01 02'"),
    ("lesson scenario=town_staff", "`scenario` cannot be set here"),
    ("lesson region=west_kazakhstan run.days=2", "region west_kazakhstan has 17"),
    (
        "lesson run.days=4 run.run_in_days=0 tables.offices.OFFICE.counters=1",
        "OFFICE has one counter",
    ),
    ("lesson run.days=1 run.run_in_days=0", "run.days=1 brought nobody to OFFICE"),
    ("lesson run.dayz=3", "Did you mean 'days'?"),
    ("lesson --study ../x", "only letters, digits, - and _"),
]


@pytest.mark.parametrize(("line", "said"), REFUSED)
def test_what_cannot_be_shown_is_refused_in_a_sentence(kezek: Kezek, line: str, said: str) -> None:
    found = kezek(line)
    assert found.code == 2, found.err
    assert said in " ".join(found.err.split())
    assert "Traceback" not in found.err
    assert found.out == ""


def test_a_hall_of_many_finds_room(kezek: Kezek) -> None:
    """More counters and more people than a slide was made for."""
    said: Any = kezek("lesson tables.offices.OFFICE.counters=9 --json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["halls"][FEWER]["counters"] == 8
