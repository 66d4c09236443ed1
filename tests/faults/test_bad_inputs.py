"""Whatever a stranger writes: all problems at once, in sentences, exit code 2, no traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Said

Kezek = Callable[[str], Said]
TOWN = "run region=teaching run.run_in_days=1"

COMMAND_LINE = [
    ("office.staf=6", "unknown key `office.staf`"),
    ("office.patience_minute=6", "Did you mean 'patience_minutes'?"),
    ("mobil.units=3", "unknown key `mobil`. Did you mean 'mobile'?"),
    ("patience_minutes=3", "Did you mean 'office.patience_minutes'?"),
    ("scenario=rural_acess", "Did you mean 'rural_access'?"),
    ("region=atyrau", "no region called 'atyrau'; there are"),
    ("run.days=abc", "`run.days` must be a whole number, got 'abc'"),
    ("run.days=1.5", "`run.days` must be a whole number, got 1.5"),
    ("run.days=true", "`run.days` must be a whole number, got true"),
    ("run.days=0", "`run.days` must be at least 1, got 0"),
    ("run.days=10000000000000000000", "`run.days` must be at most 4400"),
    ("run.days=null", "`run.days` has no value"),
    ("run.days=", "`run.days`"),
    ("run.seed=1,2", "`run.seed` got a list '1,2'; to run all, add -m"),
    ("scenario=base,rural_access", "`scenario` got a list 'base,rural_access'"),
    ("run.seed=-1", "`run.seed` must be at least 0, got -1"),
    ("run.seed=1.5", "`run.seed` must be a whole number"),
    ("trust.step=1.2", "`trust.step` must be at most 1, got 1.2. Did you mean 1.2 percent: 0.012?"),
    ("trust.step=nan", "`trust.step` is not a finite number (nan)"),
    ("trust.step=inf", "`trust.step` is not a finite number (inf)"),
    ("trust.step=1e400", "`trust.step` is not a finite number (inf)"),
    ("demand.factor=-5", "`demand.factor` must be at least 0, got -5"),
    ("back_office.touch_cv=-1", "`back_office.touch_cv` must be at least 0"),
    ("demand.weekday_weights=[1,2]", "`demand.weekday_weights` needs at least 7 entries"),
    ("office.opens_hour=9.3", "`office.opens_hour` must be a multiple of 0.5"),
    ("office.lunch_cover=maybe", "`office.lunch_cover` must be true or false, got 'maybe'"),
    ("engine=fast", "`engine` must be one of 'compiled' or 'simpy', got 'fast'"),
    ("place.title=${oc.env:HOME}", "'${' is not allowed"),
    ("place.title={_target_:os.system}", "'_target_' is not allowed"),
    ("hydra.run.dir=/tmp/x", "'hydra.run.dir' cannot be set"),
    ("+office.new=1", "write key=value without '+'"),
    ("scenario=../../etc/passwd", "only letters, digits, - and _"),
    ("place.folders=[../../etc]", "`place.folders.0` must be like"),
    ("place.starts=2024-02-30", "'2024-02-30', which is not a date"),
    ("place.starts=03/04/2024", "write YYYY-MM-DD"),
    ("tables.offices.OFFICE.counters=-1", "must be between 1 and 500, got -1"),
    ("tables.offices.OFICE.counters=3", "no row 'OFICE'. Did you mean 'OFFICE'?"),
    ("tables.offices.OFFICE.counter=3", "no column 'counter'. Did you mean 'counters'?"),
    ("tables.ofices.OFFICE.counters=3", "no such table. Did you mean 'offices'?"),
    ("tables.districts.TWN.residents=1e19", "must be between 0 and"),
    ("tables=5", "`tables` must be a group of keys"),
    ("run.keep=[visits,kases]", "must be one of 'visits' or 'cases', got 'kases'"),
    ("office.closes_hour=8", "`opens_hour` is 9, after `closes_hour`, which is 8"),
    ("back_office.lunch_to_hour=12", "`lunch_from_hour` is 13, after `lunch_to_hour`, which is 12"),
    ("satisfaction.outcome_weight=0.5", "the weights of the drivers add to 1.3"),
    ("mobile.opens_hour=20", "a day on the road ends"),
    (
        "office.opens_hour=18",
        "`opens_hour` and `closes_hour` are both 18; they must be hours apart",
    ),
    ("mobile.half_day_hours=0", "`mobile.half_day_hours` must be more than 0, got 0"),
    ("mobile.full_day_hours=0", "`mobile.full_day_hours` must be more than 0, got 0"),
    ("office.patience_shape=0.01", "`office.patience_shape` must be at least 0.1, got 0.01"),
    (f"demand.in_person_hour_weights={[0] * 24}".replace(" ", ""), "all its weights are 0"),
    (f"demand.weekday_weights={[0] * 7}".replace(" ", ""), "all its weights are 0"),
    (f"call_centre.hour_weights={[0] * 24}".replace(" ", ""), "at least one must be more"),
    ("tables.providers.PO_CLINICS_TWN.closes_hour=8", "it must open before it closes"),
]


@pytest.mark.parametrize(("setting", "said"), COMMAND_LINE)
def test_a_bad_setting_is_refused_in_a_sentence(kezek: Kezek, setting: str, said: str) -> None:
    """Exit code 2; the sentence names key, value, range and the nearest right name."""
    found = kezek(f"{TOWN} {setting}")
    assert found.code == 2, found.err
    assert said in found.err
    assert "Traceback" not in found.err
    assert found.out == ""


def test_all_problems_are_said_at_once(kezek: Kezek) -> None:
    found = kezek(f"{TOWN} office.staf=1 trust.step=2 run.seed=-1 mobil.units=2")
    assert "4 problems in the configuration" in found.err


def test_no_results_are_written_when_the_input_is_refused(kezek: Kezek, tmp_path: Path) -> None:
    assert kezek(f"{TOWN} trust.step=2").code == 2
    assert not (tmp_path / "outputs").exists()


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


SCENARIO_FILES = [
    ("levers:\n  - name: mobile.unit\n    value: 3\n", "no lever called 'mobile.unit'"),
    ("levers:\n  - name: mobile.units\n", "`levers.0.value` is required"),
    ("levers:\n  - name: mobile.units\n    value: many\n", "must be a number, got 'many'"),
    ("levers:\n  - name: mobile.units\n    value: 2.5\n", "must be a whole number, got 2.5"),
    ("levers:\n  - name: mobile.units\n    value: -1\n", "must be between 0 and"),
    ("levers:\n  - name: mobile.units\n    value: .nan\n", "not a finite number"),
    ("levers:\n  - {name: mobile.units, value: 1, strat: 3}\n", "unknown key `levers.0.strat`"),
    ("levers:\n  - {name: mobile.units, value: 1, start: -3}\n", "`levers.0.start` must be at"),
    ("levers:\n  - {name: mobile.itinerary, value: fxed}\n", "must be one of"),
    ("levers: 5\n", "`levers` must be a list"),
    ("office: {staf: 3}\n", "unknown key `office.staf`. (conf/scenario/mine.yaml line 4)"),
    ("uncertainties: {trust.stp: 0.2}\n", "in conf/scenario/mine.yaml line 4"),
    ("uncertainties: {trust.step: 2}\n", "`trust.step` must be at most 1, got 2"),
    ("uncertainties: [1]\n", "a list stands where keys are expected"),
    ("says: ${b}\nb: ${says}\n", "line 4: '${' is not allowed"),
    ("says: ${oc.env:HOME}\n", "'${' is not allowed"),
    ("says: !!python/object/apply:os.system [ls]\n", "'!!python' is not allowed"),
    ("place: &a {title: x}\nscope: *a\n", "anchors and aliases are not allowed"),
    ("office:\n\tlunch_cover: true\n", "line 5: a tab; indent with spaces"),
    ("trust: {step: 0.1\n", "conf/scenario/mine.yaml line"),
    ("trust: {step: 0.1, step: 0.2}\n", "duplicate key"),
    ("trust: {step: {value: 0.1, sourse: me}}\n", "has no field 'sourse'"),
    ("- a\n- b\n", "keys and values are expected"),
    (
        "levers:\n  - {name: mobile.units, value: 1}\n  - {name: mobile.units, value: 2}\n",
        "both set parameters.mobile.units, to 1 and 2",
    ),
    (
        "levers:\n  - name: services.online\n    value: {services: [leb_paper_other]}\n",
        "exists only on paper",
    ),
    (
        "levers:\n  - name: services.online\n    value: {services: [edz]}\n",
        "no service 'edz'. Did you mean 'eds'?",
    ),
    (
        "levers:\n  - name: services.online\n    value: {servces: [eds]}\n",
        "unknown key `servces`. Did you mean 'services'?",
    ),
]


@pytest.mark.parametrize(("text", "said"), SCENARIO_FILES)
def test_a_bad_scenario_file_is_refused(kezek: Kezek, conf: Path, text: str, said: str) -> None:
    start = "" if text.startswith("- ") else "# @package _global_\ntitle: Mine\n# mine\n"
    (conf / "scenario/mine.yaml").write_text(start + text, encoding="utf-8")
    found = kezek(f"{TOWN} scenario=mine")
    assert found.code == 2, found.err
    assert said in found.err
    assert "Traceback" not in found.err


def test_levers_are_found_wrong_with_all_else_in_file_and_line(kezek: Kezek, conf: Path) -> None:
    """And what only the region can tell, such as an unknown service, names its line as well."""
    text = """# @package _global_
levers:
  - name: mobile.units
    value: 800
  - name: mobile.itinery
    value: fixed
office: {staf: 3}
"""
    (conf / "scenario/mine.yaml").write_text(text, encoding="utf-8")
    found = kezek("run region=teaching scenario=mine run.days=many")
    assert found.code == 2
    assert "4 problems in the configuration" in found.err
    assert "must be between 0 and 60, got 800. (conf/scenario/mine.yaml line 4)" in found.err
    assert "'mobile.itinerary'? (conf/scenario/mine.yaml line 6)" in found.err
    found = kezek("run region=teaching scenario=mine mobile.units=900")
    assert "lever 'mobile.units' must be between 0 and 60, got 900.\n" in found.err
    text = "levers:\n  - name: services.online\n    value: {services: [edz]}\n"
    (conf / "scenario/mine.yaml").write_text(f"# @package _global_\n{text}", encoding="utf-8")
    found = kezek("run region=teaching scenario=mine")
    assert "Did you mean 'eds'? (conf/scenario/mine.yaml line 4)" in found.err


@pytest.mark.parametrize("verb", ["run", "explain mine", "compare base mine"])
def test_a_scenario_that_would_take_no_effect_is_refused(
    kezek: Kezek, conf: Path, verb: str
) -> None:
    """Without its first line a file would be read and change nothing, and look like the base."""
    text = (
        "title: Fifty vans\nlevers:\n  - name: mobile.units\n    value: 50\n# @package _global_\n"
    )
    (conf / "scenario/mine.yaml").write_text(text, encoding="utf-8")
    found = kezek(f"{verb} scenario=mine" if verb == "run" else verb)
    assert found.code == 2
    assert "mine.yaml line 1: the file must begin with the line `# @package _global_`" in found.err


def test_a_scenario_that_is_not_utf8_is_refused(kezek: Kezek, conf: Path) -> None:
    (conf / "scenario/mine.yaml").write_bytes("title: Ұзын кезек".encode("utf-16"))
    found = kezek(f"{TOWN} scenario=mine")
    assert found.code == 2
    assert "conf/scenario/mine.yaml is not UTF-8 (byte 0xFF at offset 0)" in found.err


def test_a_huge_yaml_file_is_refused_unread(kezek: Kezek, conf: Path) -> None:
    (conf / "scenario/mine.yaml").write_text("says: " + "x" * 1_100_000, encoding="utf-8")
    found = kezek(f"{TOWN} scenario=mine")
    assert found.code == 2
    assert "conf/scenario/mine.yaml is larger than 1 MB" in found.err


def test_a_number_without_a_source_is_refused(kezek: Kezek, conf: Path) -> None:
    """Every number of a region has a passport, and a passport has no unknown fields."""
    region = conf / "region/west_kazakhstan.yaml"
    _replace(region, "unit: km/h, low: 55, high: 90, source: P98,", "unit: km/h, sorce: P98,")
    found = kezek(TOWN)
    assert found.code == 2
    assert "`travel.speed_km_per_hour` has a value but no source in conf/region/west_" in found.err
    assert "has no field 'sorce'" in found.err
    assert "Did you mean 'source'?" in found.err


TABLES = [
    ("offices.csv", "counters,", "cuonters,", "missing column `counters`. Found 'cuonters'?"),
    ("offices.csv", "ordinary,2,", "ordinary,,", "offices.csv line 2: `counters` is empty"),
    ("offices.csv", "ordinary,2,", "ordinary,2.5,", "`counters` must be a whole number, got 2.5"),
    ("offices.csv", "ordinary,2,", "ordinary,nan,", "`counters` is not a finite number"),
    ("offices.csv", "ordinary,2,", 'ordinary,"2,0",', "is '2,0', not a number. Decimal comma?"),
    ("offices.csv", "ordinary,2,", "ordinari,2,", "it must be one of ordinary, duty"),
    ("offices.csv", ",TWN,ord", ",TWM,ord", "`district` is 'TWM', which is not in districts.csv"),
    ("routing.csv", "land_queue,city,LAND", "land_queue,city,LAN", "Did you mean 'LAND'?"),
    ("routing.csv", "housing_queue,", "hausing_queue,", "Did you mean 'housing_queue'?"),
    ("routing.csv", "LAND,1,", "LAND,0.7,", "shares of 'housing_queue' add to 0.7; they must"),
    ("routing.csv", "veterinary,provider", "archive,provider", "row 'archive/PO_*' stands twice"),
    ("districts.csv", "50.0,50.0,5000", "150.0,50.0,5000", "must be between -90 and 90, got 150"),
    ("districts.csv", "5000,3900", "0,0", "nobody lives in the region"),
    ("settlement_recipe.csv", ",3900,urban", ",4900,urban", "its villages need"),
    ("districts.csv", "5000,3900", "50000001,3900", "must be between 0 and"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), TABLES)
def test_a_bad_table_is_refused_with_file_and_line(
    kezek: Kezek, conf: Path, file: str, old: str, new: str, said: str
) -> None:
    """Missing columns, blanks, wrong numbers, dangling names, shares that do not add up."""
    _replace(conf / "region/teaching" / file, old, new)
    found = kezek(f"{TOWN} run.days=1")
    if said is None:
        assert found.code == 0, found.err
    else:
        assert found.code == 2, found.err
        assert said in found.err
        assert file.split(".", maxsplit=1)[0] in found.err


def test_a_missing_table_is_named(kezek: Kezek, conf: Path) -> None:
    (conf / "region/west_kazakhstan/services.csv").unlink()
    found = kezek(TOWN)
    assert found.code == 2
    assert "services.csv not found" in found.err


def test_a_table_too_large_is_refused_unread(kezek: Kezek, conf: Path) -> None:
    with (conf / "region/teaching/offices.csv").open("r+b") as file:
        file.truncate(10_000_000_000)  # a hole in the file: ten gigabytes on paper
    found = kezek(TOWN)
    assert found.code == 2
    assert "offices.csv is 10000 MB; the limit is 200 MB" in found.err


def test_a_spreadsheets_export_is_read_like_the_clean_file(kezek: Kezek, conf: Path) -> None:
    """A mark at the beginning, carriage returns and trailing commas change no table."""
    clean = kezek(f"{TOWN} run.days=3 --json").out
    path = conf / "region/teaching/offices.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_bytes(b"\xef\xbb\xbf" + "".join(f"{line},\r\n" for line in lines).encode())
    again = kezek(f"{TOWN} run.days=3 --json").out
    assert _tables(again) == _tables(clean)


def test_a_table_that_is_not_utf8_is_refused(kezek: Kezek, conf: Path) -> None:
    path = conf / "region/teaching/bodies.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode() + "Отдел".encode("cp1251"))
    found = kezek(TOWN)
    assert found.code == 2
    assert "bodies.csv is not UTF-8 (byte 0xCE at offset" in found.err


def test_a_station_that_cannot_keep_up_is_refused_by_name(kezek: Kezek) -> None:
    """Lines that would grow for ever: the base is refused, unless the user insists."""
    found = kezek(f"{TOWN} run.days=2 demand.factor=4")
    assert found.code == 2
    assert "expected load" in found.err
    assert "PERMITS" in found.err
    assert kezek(f"{TOWN} run.days=2 demand.factor=4 back_office.allow_overload=true").code == 0


DOUBTS = [
    ("travel.speed_km_per_hour=300", "lies outside its plausible range 55 to 90 (P98)"),
    ("tables.services.eds.counter_minutes=500", "check the unit"),
    ("tables.services.land_queue.touch_minutes=9000", "most requests will miss it"),
    ("tables.routing.residence_reg/PERMITS.share=1", None),
]


@pytest.mark.parametrize(("setting", "said"), DOUBTS)
def test_the_doubtful_is_said_and_refused_only_if_strict(
    kezek: Kezek, setting: str, said: str | None
) -> None:
    line = f"{TOWN} run.days=1 back_office.allow_overload=true {setting}"
    found, strict = kezek(line), kezek(f"{line} --strict")
    assert found.code == 0, found.err
    if said is None:
        assert strict.code == 0
    else:
        assert said in " ".join(found.err.split())
        assert strict.code == 3
        assert said in strict.err


def _tables(out: str) -> dict[str, object]:
    return dict(json.loads(out)["tables"])
