"""``kezek new scenario``: it writes the scenario it was begun from, and says what it means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.compose import composed, names
from sim.scenarios.lever import LEVERS
from sim.studies.run import key_of
from tests.conftest import Said
from tests.faces.documents import told
from tests.unit.scenarios.settings import home_of

Kezek = Callable[[str], Said]


@pytest.mark.parametrize("source", names("scenario"))
def test_a_new_scenario_is_the_one_it_was_begun_from(conf: Path, kezek: Kezek, source: str) -> None:
    """Under another name, which moves nothing: the same levers, the same run to the key."""
    region = f"region={home_of(source)}"
    said = told(kezek(f"new scenario mine --from {source} {region} --json"))
    assert Path(said["file"]) == conf / "scenario" / "mine.yaml"
    mine, other = (composed([region, f"scenario={name}"]) for name in ("mine", source))
    assert [one.model_dump() for one in mine.config.levers] == [
        one.model_dump() for one in other.config.levers
    ]
    assert mine.changed == other.changed
    assert key_of(mine.config) == key_of(other.config)
    assert mine.says == other.says


def test_every_lever_is_explained_above_it(conf: Path, kezek: Kezek) -> None:
    kezek("new scenario mine --from rural_access")
    text = (conf / "scenario" / "mine.yaml").read_text(encoding="utf-8")
    for name in ("mobile.units", "villages.connect", "offices.consultants"):
        lever = LEVERS[name]
        before = text[: text.index(f"- name: {name}")]
        assert lever.says in before
        assert f"{lever.low:g} to {lever.high:g}" in before


def test_an_uncertainty_has_its_range_and_source_above_it(conf: Path, kezek: Kezek) -> None:
    kezek("new scenario mine --from staff_at_work")
    text = (conf / "scenario" / "mine.yaml").read_text(encoding="utf-8")
    line = text[: text.index("  staff.novice_extra_pct")].splitlines()[-1]
    assert "plausibly 0 to 60" in line
    assert "no data found" in line


def test_nothing_that_is_there_is_overwritten(conf: Path, kezek: Kezek) -> None:
    before = (conf / "scenario" / "rural_access.yaml").read_bytes()
    said = kezek("new scenario rural_access --from base")
    assert said.code == 5
    assert "is there already" in said.err
    assert (conf / "scenario" / "rural_access.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("new scenario mine --from rural_acces", "Did you mean 'rural_access'?"),
        ("new scenario ../mine", "is no name"),
        ("new scenario", "say what and where"),
        ("new scenarios mine", "Did you mean 'scenario'?"),
    ],
)
def test_what_cannot_be_is_said(conf: Path, kezek: Kezek, line: str, says: str) -> None:
    said = kezek(line)
    assert said.code == 2
    assert says in said.err
    assert "mine" not in names("scenario")
