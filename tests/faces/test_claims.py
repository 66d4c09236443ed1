"""``kezek claims`` as a user meets it: words, files, going on, and what it refuses."""

import json
import zipfile
from pathlib import Path

import pytest

from sim.claims.verdict import Word
from sim.cli import main
from sim.report.claims import BOOK, PAGE, PRINT, TABLE

ASKED = ["claims", "C7", "C20", "C40", "region=teaching", "draws=2", "days=8", "run.workers=1"]


def called(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("claims")


@pytest.fixture(scope="module")
def told(home: Path) -> dict:
    """What three claims say, run once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        assert called(*ASKED, "--study=three") == 0
    return json.loads((home / "outputs/three/claims.json").read_text(encoding="utf-8"))


def test_each_claim_gets_one_of_the_fixed_words(told: dict) -> None:
    assert [one["claim"] for one in told["claims"]] == ["C7", "C20", "C40"]
    assert {one["word"] for one in told["claims"]} <= {str(word) for word in Word}
    assert told["claims"][1]["word"] == Word.CANNOT


def test_a_claim_says_how_often_it_holds_and_what_would_change_it(told: dict) -> None:
    certificates = told["claims"][2]
    main_outcome = certificates["outcomes"][0]
    assert len(main_outcome["effects"]) == told["draws"] == 2
    shares = main_outcome["shares"]
    assert shares["holds"] + shares["nothing"] + shares["fails"] == pytest.approx(1.0)
    assert certificates["falsifier"]
    assert certificates["provisional"]


def test_zero_of_an_own_number_is_lived_on_the_same_draws(told: dict) -> None:
    courses = told["claims"][0]
    assert courses["own_numbers"][0]["name"] == "learning.course_gain_pct"
    assert courses["zero"]["draws"] == 2


def test_page_print_workbook_and_table_are_written(home: Path, told: dict) -> None:
    folder = home / "outputs" / "three"
    page = (folder / PAGE).read_text(encoding="utf-8")
    for one in told["claims"]:
        assert f'id="{one["claim"]}"' in page
        assert one["title"] in page
    assert "<script" not in page
    assert "provisional" in page
    assert (folder / PRINT).read_bytes().startswith(b"%PDF")
    assert zipfile.is_zipfile(folder / BOOK)
    rows = (folder / TABLE).read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + len(told["claims"])


def test_given_again_it_runs_nothing_and_says_the_same(
    home: Path, told: dict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(home)
    assert called(*ASKED, "--study=three", "--json") == 0
    again = json.loads(capsys.readouterr().out)
    pages = again.pop("pages")
    assert again == told
    assert len(pages) == 4


def test_more_draws_go_on_where_it_was(
    home: Path, told: dict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(home)
    before = {path.name for path in (home / "outputs/three/runs").iterdir()}
    more = [word.replace("draws=2", "draws=3") for word in ASKED]
    assert called(*more, "--study=three", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["draws"] == 3
    assert before <= {path.name for path in (home / "outputs/three/runs").iterdir()}
    first = [one["outcomes"][0]["effects"][:2] for one in found["claims"] if one["outcomes"]]
    assert first == [one["outcomes"][0]["effects"] for one in told["claims"] if one["outcomes"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["claims", "C777"], "no claim 'C777'"),
        (["claims", "draws=one"], "whole number"),
        (["claims", "draws=1"], "2 to"),
        (["claims", "--tier=fast"], "quick, full"),
        (["claims", "scenario=base"], "the claims say what is run"),
        (["claims", "run.days=9"], "days=N"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert called(*words) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "outputs").exists()
