"""A delivery whose names and texts are meant to do harm, through a whole run: nothing of it acts in what is written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from orchestration.paths import QUALITY_PAGE, Home
from tests.installation import Command
from tests.integration.test_erasure import places

SCRIPT, FORMULA, SQL = "<script>alert(1)</script>", '=HYPERLINK("http://x")', "'; drop table core.dim_cluster; --"
TEMPLATE, ATTRIBUTE, COMMAND = "{{ 7*7 }}", '"><img src=x onerror=alert(1)>', "@SUM(1+1)*cmd|' /C calc'!A0"
NAMES = (SCRIPT, FORMULA, SQL, TEMPLATE, ATTRIBUTE, COMMAND)
FILE_NAME = 'benchmarking_"O\'Neil"; drop table core.x;<b> &.xlsx'
MARKER = "Znacznik-wolnego-tekstu-7391"
FREE_TEXT = f"=2+2 <b>{MARKER}</b>"
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def write_hostile(home: Home) -> None:
    """Give the first clusters of the delivery of 2010 these names, an implausible year and a text of their own."""
    (path,) = (home.inbox / "2010").glob("*.xlsx")
    workbook = load_workbook(path)
    called: dict[str, str] = {}
    for sheet in workbook:
        headers = {cell.value: cell.column for cell in sheet[next(n for n in (1, 2, 3, 4) if sheet.cell(n, 2).value)]}
        first = next(n for n in range(1, 6) if sheet.cell(n, 1).value == "Nazwa klastra") + 1
        other = [header for header in headers if "inne (jakie?" in str(header)]
        for row, name in enumerate(NAMES, start=first):
            cell = sheet.cell(row, 1)
            called[str(cell.value)] = name
            cell.value, cell.data_type = name, "s"  # a text, though it begins like a formula
            if "Rok założenia klastra" in headers:
                sheet.cell(row, headers["Rok założenia klastra"]).value = 1905
            if other:
                text = sheet.cell(row, headers[other[0]])
                text.value, text.data_type = FREE_TEXT, "s"
    path.unlink()
    workbook.save(path.with_name(FILE_NAME))
    aliases = home.clusters / "aliases.csv"
    rows = list(csv.reader(io.StringIO(aliases.read_text(encoding="utf-8"))))
    with aliases.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([called.get(name, name), *rest] for name, *rest in rows)


def rows_of(path: Path | str) -> list[list[str]]:
    text = path.read_text(encoding="utf-8-sig") if isinstance(path, Path) else path.removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def hostile(tmp_path: Path, command: Command) -> Home:
    home = Home(tmp_path / "it's; home" / "data")
    assert command(home, "sample", "--edition", "2010").exit_code == 0
    write_hostile(home)
    result = command(home, "run")
    assert result.exit_code == 0, result.err
    return home


@pytest.mark.long
def test_nothing_of_a_hostile_delivery_acts_in_what_is_written(hostile: Home, command: Command) -> None:
    with duckdb.connect(hostile.published / "benchmarking.duckdb", read_only=True) as connection:
        rows = connection.execute("select * from core.dim_cluster").fetchall()
    assert len(rows) == 47, "no table was dropped"
    assert set(NAMES) <= {cell for row in rows for cell in row}, "the names are what was delivered"

    pages = [path for path in hostile.root.rglob("*.html") if path.is_file()]
    assert len(pages) >= 6
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert SCRIPT not in text and ATTRIBUTE not in text, page
    shown = (hostile.published / "docs" / QUALITY_PAGE).read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in shown and TEMPLATE in shown, "the names are there, as text"

    tables = [path for path in (hostile.published / "docs").rglob("*.csv")]
    assert tables
    for table in tables:
        assert [cell for row in rows_of(table) for cell in row if cell.startswith(FORMULAS)] == [], table

    listed = command(hostile, "problems", "--format", "csv", "--language", "pl")
    assert listed.exit_code == 0
    cells = [cell for row in rows_of(listed.out) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULAS)] == []
    assert FILE_NAME in cells and "'1905'" in cells, "what is implausible is told with the file it stands in"
    page = command(hostile, "problems", "--format", "html").out
    assert FILE_NAME not in page and FILE_NAME.split("<")[1] not in page and "drop table core.x;&lt;b&gt; &amp;" in page

    assert {place.split("/")[0] for place in places(hostile, MARKER)[MARKER]} <= {"raw", "warehouse"}
    assert not any("published" in place or "releases" in place for place in places(hostile, MARKER)[MARKER])
