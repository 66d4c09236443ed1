"""The register: all claims are there and can be run; what is wrong in a file is said."""

import csv
from pathlib import Path

import pytest
import yaml

from sim.claims.draws import factors_of
from sim.claims.register import FOLDER, chosen, order, register, trials_of
from sim.compose import CONF, names
from sim.errors import InputError

GOOD = {
    "claim": "C1", "title": "Vans help", "paper": "001", "place": "section 1", "sentence": "x",
    "paraphrase": "y", "mechanism": "m", "threat": "t",
    "arms": {"with": {"scenario": "rural_access"}},
    "outcomes": [{"metric": "rural_travel", "predicted": "lower"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def claims():
    return register(names("scenario"), [one.name for one in factors_of()])


def read(folder: Path, **said: object):
    """A register of one file; ``None`` takes a key away."""
    whole = {key: value for key, value in {**GOOD, **said}.items() if value is not None}
    (folder / "C1.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    return register(["base", "rural_access"], ["trust.step"], folder)


def test_every_claim_of_the_papers_is_there_once(claims) -> None:
    numbers = [*range(1, 6), *range(7, 50)]
    assert list(claims) == sorted(
        [*(f"C{n}" for n in numbers), "C6a", "C6b"], key=order
    )  # fmt: skip


def test_every_claim_has_the_papers_own_sentence_with_its_place(claims) -> None:
    with (CONF / "region" / "west_kazakhstan" / "papers.csv").open(encoding="utf-8") as file:
        papers = {row["number"] for row in csv.DictReader(file)}
    for claim in claims.values():
        assert set(claim.papers) <= papers, claim.claim
        assert len(claim.sentence) > 30, claim.claim
        assert claim.place, claim.claim
        assert claim.missing or claim.judged_here, claim.claim


def test_titles_are_short_and_tell_claims_apart(claims) -> None:
    titles = [claim.title for claim in claims.values()]
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 75


def test_an_own_number_is_drawn_and_its_zero_lies_in_its_range_or_at_its_end(claims) -> None:
    ranges = {one.name: one.range for one in factors_of()}
    for claim in claims.values():
        for name, zero in claim.own_numbers.items():
            assert ranges[name].low <= zero <= max(1.0, ranges[name].high), (claim.claim, name)


def test_what_a_reform_sets_is_not_one_of_its_own_numbers(claims) -> None:
    for claim in claims.values():
        for trial in trials_of(claim).values():
            assert not set(trial.settings) & set(claim.own_numbers), claim.claim


def test_a_good_file_is_read(tmp_path: Path) -> None:
    claim = read(tmp_path)["C1"]
    assert (claim.days, claim.contrast, claim.main.metric) == (90, "difference", "rural_travel")
    assert list(trials_of(claim)) == ["with", "without"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"claim": "C2"}, "name the file C2.yaml"),
        ({"outcomes": [{"metric": "rural_travl", "predicted": "lower"}]}, "rural_travel"),
        ({"arms": {"with": {"scenario": "rural_acess"}}}, "rural_access"),
        ({"own_numbers": {"trust.stepp": 0}}, "trust.step"),
        ({"days": 180}, "why_longer"),
        ({"contrast": "interaction"}, "first"),
        ({"missing": "the datum"}, "neither arms nor outcomes"),
        ({"arms": None}, "arms"),
        ({"ttitle": "x"}, "title"),
        ({"outcomes": [{"metric": "rural_travel", "predicted": "down"}]}, "lower"),
        ({"outcomes": [{"metric": "violations_health_housing_land", "predicted": "lower"}]},
         "matters"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_nearest_right_name(
    tmp_path: Path, said: dict, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        read(tmp_path, **said)


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    for name in ("C2", "C3"):
        wrong = {**GOOD, "claim": name, "arms": {"with": {"scenario": f"none_{name}"}}}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(wrong), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        register(["base"], [], tmp_path)
    assert "C2.yaml" in str(caught.value)
    assert "C3.yaml" in str(caught.value)


def test_a_file_that_could_run_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "C1.yaml").write_text("claim: !!python/object:os.system x\n", encoding="utf-8")
    with pytest.raises(InputError):
        register([], [], tmp_path)


def test_an_unknown_claim_is_refused_with_the_nearest(claims) -> None:
    with pytest.raises(InputError, match="C16"):
        chosen(claims, ["C116"])
    assert list(chosen(claims, ["C16", "C7"])) == ["C7", "C16"]


def test_the_folder_is_the_one_a_reader_sees() -> None:
    assert FOLDER.name == "claims"
    assert (FOLDER / "README.md").is_file()
