"""Own data: what is written in any plain way is read alike, what is doubtful is refused."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compose import CONF, composed
from sim.errors import InputError
from sim.region.columns import MEANS, explained
from sim.region.own import own_data
from sim.region.region import Region
from sim.region.schema import SCHEMAS
from sim.region.sheet import decimal_points
from sim.studies.own import standings
from sim.studies.run import key_of, region_of

TOWN = CONF / "region/teaching"
Rows = list[list[str]]
Folder = Callable[[str, bytes], Path]


def rows_of(table: str = "offices") -> Rows:
    with (TOWN / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def plain(rows: Iterable[Iterable[str]], separator: str = ",", end: str = "\n") -> str:
    quoted = ([f'"{cell}"' for cell in row] for row in rows)
    return end.join(separator.join(row) for row in quoted) + end


def book(path: Path, **sheets: Rows) -> Path:
    whole = openpyxl.Workbook()
    whole.remove(whole.worksheets[0])
    for name, rows in sheets.items():
        page = whole.create_sheet(name)
        for row in rows:
            page.append([float(c) if c.replace(".", "", 1).isdigit() else c for c in row])
    whole.save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder called ``mine`` that holds one file, and what other files are written there."""

    def write(name: str, content: bytes) -> Path:
        (tmp_path / "mine").mkdir(exist_ok=True)
        (tmp_path / "mine" / name).write_bytes(content)
        return tmp_path / "mine"

    return write


def key(folder: Path | None, *more: str) -> str:
    own = [f"data.dir={folder}"] if folder else []
    return key_of(composed(["region=teaching", *own, *more]).config)


def problems(folder: Path) -> list[str]:
    with pytest.raises(InputError) as refused:
        region_of(composed(["region=teaching", f"data.dir={folder}"]).config)
    return refused.value.problems


COMMA = {7: "3,7", 11: "50,0", 12: "50,0"}  # operators, latitude, longitude


def _local(row: list[str]) -> list[str]:
    return [COMMA.get(i, cell) for i, cell in enumerate(row)]


HEAD, OFFICE = rows_of()
ALIKE = {
    "as it is": plain([HEAD, OFFICE]).encode(),
    "with a mark": b"\xef\xbb\xbf" + plain([HEAD, OFFICE]).encode(),
    "semicolons and decimal commas": plain([HEAD, _local(OFFICE)], ";", "\r\n").encode(),
    "semicolons and points": plain([HEAD, OFFICE], ";").encode(),
    "tabs": plain([HEAD, _local(OFFICE)], "\t").encode(),
    "sep=": b"sep=;\r\n" + plain([HEAD, _local(OFFICE)], ";", "\r\n").encode(),
    "blank rows": plain([HEAD, [""] * 15, OFFICE, [""] * 15, []]).encode(),
    "blank columns": plain([[*HEAD, "", ""], [*OFFICE, "", ""]]).encode(),
    "columns in another order": plain([HEAD[::-1], OFFICE[::-1]]).encode(),
    "no source": plain([HEAD[:-3], OFFICE[:-3]]).encode(),
    "a column more": plain([[*HEAD, "phone"], [*OFFICE, "12 34"]]).encode(),
}


@pytest.mark.parametrize("how", ALIKE)
def test_the_same_content_is_the_same_run_however_it_is_written(folder: Folder, how: str) -> None:
    """The key is one of content: neither the path nor the way of writing is part of it."""
    assert key(folder("offices.csv", ALIKE[how])) == key(None)


def test_a_workbook_is_read_like_csv(tmp_path: Path) -> None:
    """A sheet a table, or a file a table; sheets without content and notes are left aside."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    changed = [HEAD, [cell if i != 4 else "3" for i, cell in enumerate(OFFICE)]]
    book(tmp_path / "one/data.xlsx", offices=changed, README=[["x"]], Sheet2=[])
    book(tmp_path / "two/Offices.xlsx", Sheet1=changed, Sheet2=[])
    asked = key(None, "tables.offices.OFFICE.counters=3")
    assert key(tmp_path / "one") == key(tmp_path / "two") == asked != key(None)


def test_other_content_is_another_run(folder: Folder) -> None:
    more = [cell if i != 4 else "3" for i, cell in enumerate(OFFICE)]
    at = folder("offices.csv", plain([HEAD, more]).encode())
    assert key(at) == key(None, "tables.offices.OFFICE.counters=3") != key(None)
    folder("offices.csv", plain([HEAD, OFFICE]).encode())  # a file that changes is read again
    assert key(at) == key(None)


def test_rows_without_a_source_are_own_data_and_observed(folder: Folder) -> None:
    at = folder("offices.csv", plain([HEAD[:-3], OFFICE[:-3]]).encode())
    table = region_of(composed(["region=teaching", f"data.dir={at}"]).config).tables["offices"]
    assert (table.words("source"), table.words("confidence")) == (("own data",), ("observed",))


def test_dates_as_people_write_them_are_days(folder: Folder) -> None:
    """31.12.2024 can only be a day of December; 12/31/2024 is refused with its line."""
    lines = [
        "date,kind,name",
        "2024-03-08,holiday,a",
        "01.05.2024,holiday,b",
        "12/31/2024,holiday,c",
    ]
    at = folder("holidays.csv", "\n".join(lines[:3]).encode())
    days = region_of(composed(["region=teaching", f"data.dir={at}"]).config).special_days
    assert set(days) == {date(2024, 3, 8), date(2024, 5, 1)}
    folder("holidays.csv", "\n".join(lines).encode())
    assert problems(at) == [
        "mine/holidays.csv line 4: '12/31/2024' is not a date; write YYYY-MM-DD."
    ]


def _cell(column: str, value: str, row: list[str] = OFFICE) -> Rows:
    return [HEAD, [value if name == column else cell for name, cell in zip(HEAD, row, strict=True)]]


REFUSED = [
    ("offices.csv", plain(_cell("counters", "many")), "line 2: `counters` is 'many', not a number"),
    ("offices.csv", plain(_cell("counters", "=1+1")), "A formula is not calculated here"),
    ("offices.csv", plain(_cell("kind", "=A1")), "`kind` is '=A1'. A formula is not calculated"),
    ("offices.csv", plain(_cell("counters", "3%")), "Write 93 for 93 percent"),
    ("offices.csv", plain(_cell("operators", "1 000")), "Write it without blanks"),
    ("offices.csv", plain(_cell("district", "TWM")), "which is not in districts.csv. Did you mean"),
    ("offices.csv", plain([HEAD, OFFICE, OFFICE]), "line 3: row 'OFFICE' stands twice"),
    ("offices.csv", plain([[*HEAD, "kind"], OFFICE]), "column `kind` stands twice"),
    ("offices.csv", plain([HEAD, [*OFFICE, "x"]]), "line 2 has more cells than the header"),
    ("offices.csv", plain([HEAD[1:], OFFICE[1:]]), "missing column `code`"),
    ("offices.csv", plain([HEAD]), "no rows. Give at least one"),
    ("offices.csv", "", "mine/offices.csv is empty"),
    ("offices.csv", '"code', "is a quotation mark missing?"),
    ("offices.csv", plain(_cell("confidence", "observd")), "Did you mean 'observed'?"),
    ("offices.csv", plain(_cell("code", "LAND")), "is also the code of a body"),
    ("ofices.csv", plain([HEAD, OFFICE]), "is no table of a region. Did you mean 'offices'?"),
    ("offices.xls", "x", "mine/offices.xls is not read; save it as .xlsx or CSV"),
    ("offices.xlsx", "x", "mine/offices.xlsx cannot be read as a workbook"),
    ("parameters.yml", "x: 1", "parameters stand in parameters.yaml"),
    ("readme.txt", "x", "holds no table; write some there with `kezek new data`"),
    ("vans.csv", "code,base_district,districts,operators\nV,TWN,TWN TWO,1", "'TWO', which is not"),
]


@pytest.mark.parametrize(("file", "text", "said"), REFUSED)
def test_what_cannot_be_used_is_said_with_its_place(
    folder: Folder, file: str, text: str, said: str
) -> None:
    assert said in "\n".join(problems(folder(file, text.encode())))


def test_a_file_in_another_encoding_is_refused(folder: Folder) -> None:
    at = folder("offices.csv", plain(_cell("name", "Центр")).encode("cp1251"))
    (said,) = problems(at)
    assert "mine/offices.csv is not UTF-8 (byte 0xD6 at offset" in said


def test_all_problems_of_all_files_are_said_at_once(folder: Folder) -> None:
    folder("offices.csv", plain(_cell("counters", "-1")).encode())
    folder("vans.csv", b"code,base_district,districts,operators\nV,TWM,TWN,0")
    at = folder("ofices.csv", b"x")
    said = "\n".join(problems(at))
    assert "`counters` must be between 1 and 500" in said
    assert "`operators` must be between 1 and 50" in said
    assert "no table of a region" in said


@pytest.mark.parametrize("table", ["providers", "routing", "rates", "services", "bodies"])
def test_dropping_a_row_that_others_need_is_refused_or_changes_the_run(
    folder: Folder, table: str
) -> None:
    """A sector without its organisation, a service that nobody decides: said, never met halfway."""
    rows = rows_of(table) if (TOWN / f"{table}.csv").is_file() else rows_of_west(table)
    at = folder(f"{table}.csv", plain([rows[0], *rows[2:]]).encode())
    if table == "rates":  # one rate less is a smaller demand, nothing else
        assert key(at) != key(None)
    else:
        assert problems(at)


def test_a_table_stands_in_one_file(folder: Folder, tmp_path: Path) -> None:
    at = folder("offices.csv", plain([HEAD, OFFICE]).encode())
    book(at / "data.xlsx", offices=[HEAD, OFFICE])
    (said,) = problems(at)
    assert "offices stands in mine/data.xlsx sheet offices and in mine/offices.csv" in said


@given(numbers=st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=1))
def test_a_decimal_comma_is_read_as_it_is_meant_or_refused(numbers: list[float]) -> None:
    """Never as another number: 1,500 alone is refused, beside 2,5 it is one and a half."""
    written = {f"{x:f}".rstrip("0").replace(".", ",") if x % 1 else str(int(x)): x for x in numbers}
    try:
        points = decimal_points(written, "file")
    except InputError:
        assert all(len(cell.partition(",")[2]) in (0, 3) for cell in written)
        return
    for cell, x in written.items():
        assert float(points.get(cell, cell)) == x


@pytest.mark.parametrize("cells", [["1,5", "1.5"], ["1,500"], ["1.500", "12.000"], ["1.234,5"]])
def test_a_number_that_may_be_two_is_refused(cells: list[str]) -> None:
    with pytest.raises(InputError):
        decimal_points(cells, "file")


def test_a_small_workbook_that_unpacks_to_a_large_one_is_not_opened(folder: Folder) -> None:
    at = folder("readme.txt", b"x")
    with zipfile.ZipFile(at / "data.xlsx", "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * 101_000_000)
    (said,) = problems(at)
    assert "unpacks to 101 MB; the limit is 100 MB" in said


def test_a_workbook_that_declares_entities_is_not_opened(folder: Folder) -> None:
    at = folder("readme.txt", b"x")
    with zipfile.ZipFile(at / "data.xlsx", "w") as parts:
        parts.writestr("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    (said,) = problems(at)
    assert "declares entities" in said


def test_a_percentage_format_is_refused_for_it_hides_a_factor_of_a_hundred(tmp_path: Path) -> None:
    """93 % is kept as 0.93 in a workbook; a column of percents would be read as nearly none."""
    head, *rows = rows_of_west("groups")
    at = book(tmp_path / "groups.xlsx", groups=[head, *rows])
    whole = openpyxl.load_workbook(at)
    cell = whole.worksheets[0].cell(2, head.index("internet_pct") + 1)
    cell.value, cell.number_format = 0.97, "0%"
    whole.save(at)
    assert any("row 2: `internet_pct` is '97%', not a number" in one for one in problems(tmp_path))


def rows_of_west(table: str) -> Rows:
    with (CONF / f"region/west_kazakhstan/{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_column_is_explained_and_no_other() -> None:
    assert {name: set(schema.columns) for name, schema in SCHEMAS.items()} == {
        name: set(columns) for name, columns in MEANS.items()
    }
    for name in SCHEMAS:
        assert all(meaning and needed for _, _, needed, _, _, meaning in explained(name))


def test_own_data_are_told_apart_row_by_row(folder: Folder) -> None:
    """Changed, new and missing, against the region's own."""
    head, *rows = rows_of("bodies")
    changed, more = [*rows[0]], [*rows[1]]
    changed[head.index("staff")], more[0] = "9", "NEW"
    at = folder("bodies.csv", plain([head, changed, more, *rows[1:]]).encode())
    config = composed(["region=teaching", f"data.dir={at}"]).config
    found = {one.table: one for one in standings(config)}
    bodies = found.pop("bodies")
    assert (bodies.changed, bodies.new, bodies.missing) == ((rows[0][0],), ("NEW",), ())
    assert not any(one.replaced or one.changed or one.new or one.missing for one in found.values())


def test_a_region_is_the_same_with_its_own_tables_as_own_data() -> None:
    """Every folder of a region is own data of itself."""
    folders = [CONF / "region/west_kazakhstan"]
    own = own_data(TOWN)
    sheets = {name: sheet for name, sheet in own.sheets.items() if name in SCHEMAS}
    assert set(sheets) == {path.stem for path in TOWN.glob("*.csv")} & set(SCHEMAS)
    town = Region.load("t", [*folders, TOWN], date(2024, 1, 1))
    for name in sheets:
        assert own.table(name).rows == town.tables[name].rows
