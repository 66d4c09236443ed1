"""Where results go: folders that are ours to empty, and folders that are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import FolderError, InputError
from sim.verbs.folders import folder_of
from tests.conftest import Said, runs_in

Kezek = Callable[[str], Said]
RUN = "run region=teaching run.days=3 run.run_in_days=1"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _contents(folder: Path) -> dict[str, str]:
    """Every file below a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def _files(folder: Path, **contents: str) -> dict[str, str]:
    folder.mkdir(parents=True)
    for name, text in contents.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return _contents(folder)


def test_a_new_study_is_marked_as_unfinished_at_once() -> None:
    folder = folder_of("study")
    assert folder == Path("outputs/study")
    (name, text), *others = _contents(folder).items()
    assert (name, others) == ("manifest.json", [])
    assert json.loads(text)["status"] == "unfinished"
    assert "kezek" in json.loads(text)


def test_an_empty_folder_is_taken() -> None:
    Path("outputs/study").mkdir(parents=True)
    assert _contents(folder_of("study")).keys() == {"manifest.json"}


def test_an_earlier_study_of_the_same_name_makes_room(kezek: Kezek) -> None:
    """No table of it is left to be taken for one of the new study."""
    assert kezek(f"{RUN} run.replication=7 --study again").code == 0
    again = kezek(f"{RUN} --study again")
    assert again.code == 0
    assert "outputs/again/ held earlier results, which are replaced." in again.err
    assert runs_in(Path("outputs/again")) == {"base-000"}


def test_a_folder_of_somebody_else_is_refused_and_left_alone(kezek: Kezek) -> None:
    before = _files(Path("outputs/study"), thesis_txt="years of work")
    found = kezek(f"{RUN} --study study")
    assert found.code == 5
    assert "outputs/study exists and was not written by this program" in found.err
    assert "give another name with --study" in found.err
    assert _contents(Path("outputs/study")) == before


@pytest.mark.parametrize("manifest", ['{"name": "my web page"}', '{"status": "live"}', "[]", "x"])
def test_a_folder_with_the_manifest_of_another_program_is_left_alone(manifest: str) -> None:
    before = _files(Path("outputs/study"), manifest_json=manifest, thesis_txt="years of work")
    with pytest.raises(FolderError):
        folder_of("study")
    assert _contents(Path("outputs/study")) == before


def test_notes_that_somebody_put_beside_results_are_not_deleted(kezek: Kezek) -> None:
    assert kezek(f"{RUN} --study study").code == 0
    notes = Path("outputs/study/notes.txt")
    notes.write_text("what we saw in the figures", encoding="utf-8")
    assert kezek(f"{RUN} --study study").code in {0, 5}
    assert notes.read_text(encoding="utf-8") == "what we saw in the figures"


def test_a_link_is_not_followed() -> None:
    before = _files(Path("elsewhere"), manifest_json='{"status": "finished"}')
    Path("outputs").mkdir()
    Path("outputs/study").symlink_to(Path("elsewhere").resolve())
    with pytest.raises(FolderError, match=r"outputs/study is a link"):
        folder_of("study")
    assert _contents(Path("elsewhere")) == before


@pytest.mark.parametrize("at", ["outputs", "outputs/study"])
def test_a_file_in_the_way_is_named_and_left_alone(at: str) -> None:
    path = Path(at)
    path.parent.mkdir(exist_ok=True)
    path.write_text("a file", encoding="utf-8")
    with pytest.raises(
        FolderError, match=r"Cannot use outputs/study: (Not a directory|File exists)"
    ):
        folder_of("study")
    assert path.read_text(encoding="utf-8") == "a file"


NAMES = ["../x", "..", ".", "", "/tmp/x", "a/b", "a\\b", "a b", "a.b", "~", "x" * 65, "ä", "a\n"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_not_a_plain_word_is_refused(name: str) -> None:
    """Nothing is made, here or elsewhere."""
    with pytest.raises(InputError, match="only letters, digits, - and _"):
        folder_of(name)
    assert not list(Path().iterdir())


@pytest.mark.parametrize("line", [f"{RUN} --study ../x", "report ../x"])
def test_the_command_line_refuses_such_a_name_with_code_2(kezek: Kezek, line: str) -> None:
    found = kezek(line)
    assert found.code == 2
    assert "study name '../x': only letters, digits, - and _ (1 to 64)" in found.err
    assert not list(Path().iterdir())


@pytest.mark.usefixtures("no_report")
def test_a_study_without_a_name_is_called_by_its_scenarios(kezek: Kezek) -> None:
    assert kezek(RUN).code == 0
    few = "region=teaching run.days=3 run.run_in_days=1 run.replications=1 run.workers=1"
    assert kezek(f"compare base rural_access {few}").code == 0
    assert {path.name for path in Path("outputs").iterdir()} == {"base", "base-rural_access"}


def test_a_finished_study_says_so_when_everything_else_is_there(kezek: Kezek) -> None:
    assert kezek(f"{RUN} --study done").code == 0
    found = json.loads(Path("outputs/done/manifest.json").read_text(encoding="utf-8"))
    assert found["status"] == "finished"
    assert _contents_of_run(Path("outputs/done")) == {"manifest.json", "metrics.csv", "tables"}


def _contents_of_run(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
