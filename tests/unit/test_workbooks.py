"""Workbooks as spreadsheets leave them: what their cells hold beside values, which sheet is read, what is refused."""

from __future__ import annotations

import datetime
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from ingestion.codebook import Survey
from ingestion.table import BLANK, Cell, FileUnreadable, Lines, is_damaged_id, open_lines

SURVEY = Survey(
    title="t",
    file_pattern="a_*.xlsx",
    format="xlsx",
    sheet="Answers",
    respondent_column="id",
    cluster_column="cluster",
    edition_column="edition",
    data_kind_column="kind",
)
HEAD = ["id", "cluster", "edition", "kind"]


def write(path: Path, rows: list[list[object]], title: str = "Answers") -> Workbook:
    """A workbook of one sheet, also saved."""
    workbook = Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return workbook


def repack(path: Path, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None) -> None:
    """Write a zip anew with its parts changed (None: left out), and with more parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()} | (more or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if content is not None:
                archive.writestr(name, content)


def read(path: Path, survey: Survey = SURVEY) -> Lines:
    return open_lines(path, path.name, survey)


def refused(path: Path, survey: Survey = SURVEY) -> str:
    with pytest.raises(FileUnreadable) as caught:
        list(read(path, survey).read())
    assert caught.value.problem.hint and caught.value.problem.told("pl").hint
    return caught.value.problem.kind


def test_a_cell_tells_what_the_spreadsheet_made_of_it(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    day = datetime.datetime.fromisoformat("2024-03-01")
    workbook = write(path, [[0.125, day, "#N/A", "=1+1", True, 12.0, "12", None], ["#ARG!", day.replace(hour=9)]])
    sheet = workbook.active
    sheet["A1"].number_format = '0.0" % of"'  # a quoted sign does not make it a share
    sheet["B2"].number_format = "yyyy-mm-dd hh:mm"
    sheet["C2"], sheet["D2"] = 0.5, datetime.timedelta(hours=30)
    sheet["C2"].number_format = "0%"
    workbook.save(path)
    assert list(read(path).read()) == [
        [
            Cell("0.125", 0.125),
            Cell("2024-03-01", None, "date"),
            Cell("#N/A", None, "error"),
            Cell("=1+1", None, "uncomputed"),
            Cell("1", 1.0),
            Cell("12", 12.0),
            Cell("12"),
        ],
        [
            Cell("#ARG!", None, "error"),
            Cell("2024-03-01 09:00:00", None, "date"),
            Cell("50%", 0.5, "percent"),
            Cell("30:00:00", None, "date"),
            BLANK,
            BLANK,
            BLANK,
        ],
    ]


def test_a_formula_reads_as_what_it_was_computed_to_last(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [["=1+1", "=2+2", "=A9", '=""']])

    def compute(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        content = content.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>"
        )
        content = content.replace(b'<c r="C1">', b'<c r="C1" t="e">').replace(
            b"<f>A9</f><v />", b"<f>A9</f><v>#REF!</v>"
        )
        return content.replace(b'<c r="D1">', b'<c r="D1" t="str">')

    repack(path, compute)
    assert list(read(path).read()) == [
        [Cell("2", 2.0), Cell("=2+2", None, "uncomputed"), Cell("#REF!", None, "error"), BLANK]
    ]


def test_hidden_rows_and_columns_are_read_and_told(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = write(path, [HEAD, ["r1", "K1", 1999, "x"], ["r2", "K2", 1999, "x"]])
    workbook.active.row_dimensions[2].hidden = True
    workbook.active.column_dimensions["B"].hidden = True
    workbook.save(path)
    lines = read(path)
    assert [line[0].text for line in lines.read()] == ["id", "r1", "r2"]
    assert [(note.kind, note.severity, note.said["count"]) for note in lines.notes] == [
        ("hidden_rows", "note", 1),
        ("hidden_columns", "note", 1),
    ]


@pytest.mark.parametrize(
    ("titles", "hidden", "chosen"),
    [
        (["Other", "Answers"], [], ("Answers", [])),
        (["Other", " ANSWERS "], [], (" ANSWERS ", ["sheet_differs"])),
        (["Other", "Eksport 1"], [], ("Eksport 1", ["sheet_differs"])),
        (["Other", "Answers"], ["Answers"], ("Answers", ["sheet_hidden"])),
        (["Other", "Eksport 1"], ["Eksport 1"], None),
        (["Eksport 1", "Eksport 2"], [], None),
        (["Eksport 1", "Eksport 2"], ["Eksport 2"], ("Eksport 1", ["sheet_differs"])),
    ],
)
def test_the_sheet_is_the_named_one_or_the_only_visible_one_with_the_headers(tmp_path, titles, hidden, chosen) -> None:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for title in titles:
        sheet = workbook.create_sheet(title)
        sheet.append(["a title"])
        sheet.append([header.upper() for header in HEAD] if title != "Other" else ["something", "else"])
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    path = tmp_path / "a.xlsx"
    workbook.save(path)
    if chosen is None:
        assert refused(path) == "sheet_missing"
    else:
        lines = read(path)
        assert (lines.choice.sheet, [note.kind for note in lines.notes]) == chosen


def test_an_id_that_a_spreadsheet_has_damaged_is_known() -> None:
    damaged = ["1,23457E+11", "1.2E+12", "7E+15"]
    assert [is_damaged_id(Cell(text)) for text in (*damaged, "12345", "E+11", "1E11", "K1")] == [True] * 3 + [False] * 4
    assert is_damaged_id(Cell("1234567890123460", 1234567890123460.0))
    assert not is_damaged_id(Cell("123456789012345", 123456789012345.0))
    assert is_damaged_id(Cell("2024-05-12", None, "date")) and is_damaged_id(Cell("#N/D!", None, "error"))


DANGEROUS = {
    "xl/vbaProject.bin": "workbook_with_macros",
    "xl/macrosheets/sheet1.xml": "workbook_with_macros",
    "xl/externalLinks/externalLink1.xml": "workbook_with_external_links",
    "xl/connections.xml": "workbook_with_external_links",
}


@pytest.mark.parametrize(("part", "kind"), DANGEROUS.items())
def test_a_workbook_with_macros_or_links_is_refused(tmp_path, part, kind) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [HEAD])
    repack(path, lambda name, content: content, {part: b"x"})
    assert refused(path) == kind


def test_a_macro_workbook_is_known_by_its_content_types_alone(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [HEAD])
    repack(path, lambda name, content: content.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main"))
    assert refused(path) == "workbook_with_macros"


def test_an_entity_is_never_expanded(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [HEAD, ["=1+1"]])
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet '
    repack(path, lambda name, content: content.replace(b"<worksheet ", bomb))
    assert refused(path) == "archive_bomb"


def test_a_part_that_unpacks_to_far_more_is_refused_whatever_it_says_of_its_size(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [HEAD])
    repack(path, lambda name, content: content, {"xl/media/a.bin": bytes(30 * 1024 * 1024)})
    assert refused(path) == "archive_bomb"
    content = bytearray(path.read_bytes())
    said, lie = struct.pack("<I", 30 * 1024 * 1024), struct.pack("<I", 1000)
    assert content.count(said) == 2  # in the part's own head and in the directory
    path.write_bytes(content.replace(said, lie))
    assert refused(path) == "archive_bomb"


def test_a_sheet_that_reaches_to_the_end_of_the_world_is_refused(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = write(path, [HEAD])
    workbook.active["XFD1048576"] = 1
    workbook.save(path)
    assert refused(path) == "sheet_too_large"


def test_a_far_cell_is_found_however_its_place_is_written(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    for place in (b"r='ZZZ1048576'", b'r = "ZZ1048576"', b'r=\n"AAA999999"'):
        write(path, [HEAD])
        repack(path, lambda name, content, place=place: content.replace(b'r="B1"', place))
        assert refused(path) == "sheet_too_large"


def test_a_workbook_over_fifty_megabytes_is_refused_before_it_is_read(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [HEAD])
    with zipfile.ZipFile(path, "a") as archive, archive.open("xl/media/a.bin", "w") as file:
        block = bytes(range(256)) * 4096
        for _ in range(51):
            file.write(block)
    assert refused(path) == "workbook_too_large"


@pytest.mark.parametrize("cut", [10, 500, -30, -1])
def test_a_truncated_workbook_is_refused(tmp_path, cut) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [HEAD])
    path.write_bytes(path.read_bytes()[:cut])
    assert refused(path) == "workbook_unreadable"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<html><table><tr><td>id</td></tr></table></html>", "HTML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "XML"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\\rtf1", "RTF"),
    ],
)
def test_what_only_calls_itself_a_workbook_is_told_for_what_it_is(tmp_path, content, found) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable) as caught:
        read(path)
    assert caught.value.problem.kind == "format_unknown" and caught.value.problem.found.startswith(found)
