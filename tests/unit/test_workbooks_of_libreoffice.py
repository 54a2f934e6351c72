"""Workbooks that LibreOffice has written: XLSX, XLS and ODS read the same, and copies of them without a row, too."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ingestion.blanking import _write_workbook
from ingestion.compound_file import CompoundFile
from ingestion.table import BLANK, Cell, open_lines
from tests.unit.test_workbooks import SURVEY, refused, repack

FOLDER = Path(__file__).parent / "workbooks"
FORMATS = ("xlsx", "xls", "ods")
EXPECTED = [
    [Cell("SYNTHETIC: a title over merged cells"), *[BLANK] * 8],
    [Cell(text) for text in ("id", "share", "date", "error", "formula", "text", "tick", "small", "time")],
    [
        Cell("r1"),
        Cell("12,5%", 0.125, "percent"),
        Cell("2024-03-01", None, "date"),
        Cell("#N/A", None, "error"),
        Cell("2", 2.0),
        Cell("123"),
        Cell("1", 1.0),
        Cell("45", 45.0),
        Cell("10:05:00", None, "date"),
    ],
    [
        Cell("r2"),
        Cell("50%", 0.5, "percent"),
        Cell("2024-03-01 10:00:00", None, "date"),
        Cell("#DIV/0!", None, "error"),
        Cell("#NAME?", None, "error"),
        Cell("#ARG!", None, "error"),
        Cell("0", 0.0),
        Cell("0.07", 0.07),
        Cell("30:00:00", None, "date"),
    ],
]


@pytest.mark.parametrize("format", FORMATS)
def test_all_formats_tell_the_same(format) -> None:
    path = FOLDER / f"marks.{format}"
    lines = open_lines(path, path.name, SURVEY)
    assert lines.choice.format == format
    assert list(lines.read()) == EXPECTED
    expected = (
        ["hidden_rows", "hidden_columns"] if format == "xlsx" else ["format_differs", "hidden_rows", "hidden_columns"]
    )
    assert [note.kind for note in lines.notes] == expected


@pytest.mark.parametrize("format", FORMATS)
def test_a_hidden_sheet_is_read_only_when_it_is_named(format) -> None:
    path = FOLDER / f"marks.{format}"
    lines = open_lines(path, path.name, SURVEY.model_copy(update={"sheet": "Ukryty"}))
    assert "sheet_hidden" in [note.kind for note in lines.notes]
    unnamed = SURVEY.model_copy(update=dict.fromkeys(("respondent_column", "cluster_column"), "id"))
    unnamed = unnamed.model_copy(update=dict.fromkeys(("edition_column", "data_kind_column"), "id") | {"sheet": None})
    assert open_lines(path, path.name, unnamed).choice.sheet == "Answers"


@pytest.mark.parametrize("format", FORMATS)
def test_a_copy_without_a_row_reads_as_the_workbook_did(format, tmp_path) -> None:
    copy = tmp_path / f"copy.{format}"
    _write_workbook(FOLDER / f"marks.{format}", copy, SURVEY, [3], [SURVEY])
    read = list(open_lines(copy, copy.name, SURVEY).read())
    assert read == [EXPECTED[0], EXPECTED[1], [BLANK] * 9, EXPECTED[3]]


def change_record(path: Path, old: int, new: int, start: bytes = b"") -> None:
    """Make the first record of a type of an XLS one of another type, whose content begins otherwise."""
    content = path.read_bytes()
    book = CompoundFile(path.name, content)
    record = next(record for record in book.globals if record.type == old)
    head = struct.pack("<HH", old, len(record.content)) + record.content
    assert content.count(head) == 1
    changed = struct.pack("<HH", new, len(record.content)) + start + record.content[len(start) :]
    path.write_bytes(content.replace(head, changed))


def rename_stream(path: Path, old: str, new: str) -> None:
    """Give a stream of a compound file another name."""
    content = path.read_bytes()
    at = content.index(old.encode("utf-16-le"))
    entry = new.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", len(new) * 2 + 2)
    path.write_bytes(content[:at] + entry + content[at + 66 :])


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (lambda path: change_record(path, 0x5C, 0x2F), "workbook_encrypted"),
        (lambda path: rename_stream(path, "Workbook", "EncryptedPackage"), "workbook_encrypted"),
        (lambda path: rename_stream(path, "\x05SummaryInformation", "_VBA_PROJECT_CUR"), "workbook_with_macros"),
        (lambda path: change_record(path, 0x5C, 0x1AE, b"\x01\x00\x08\x00"), "workbook_with_external_links"),
        (lambda path: rename_stream(path, "Workbook", "WordDocument"), "format_unknown"),
        (lambda path: path.write_bytes(path.read_bytes()[:2048]), "workbook_unreadable"),
        (lambda path: path.write_bytes(path.read_bytes()[:100]), "workbook_unreadable"),
    ],
)
def test_an_xls_that_is_not_safe_to_read_is_refused(tmp_path, damage, kind) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes((FOLDER / "marks.xls").read_bytes())
    damage(path)
    assert refused(path) == kind


def test_an_xls_with_a_cell_billions_of_cells_away_does_not_end_the_process(tmp_path) -> None:
    path = tmp_path / "a.xls"
    content = (FOLDER / "marks.xls").read_bytes()
    book = CompoundFile(path.name, content)
    number = next(record for record in book.records(book.sheet_offsets[0]) if record.type in (0x203, 0x27E))
    head = struct.pack("<HH", number.type, len(number.content)) + number.content
    assert content.count(head) == 1
    path.write_bytes(content.replace(head, head[:4] + b"\xff\xff\xff\xff" + head[8:]))
    assert refused(path) == "workbook_unreadable"


@pytest.mark.parametrize(
    ("part", "old", "new", "kind"),
    [
        ("META-INF/manifest.xml", b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>", None),
        ("content.xml", b"of:=1+1", b"of:=DDE(&quot;soffice&quot;;&quot;x&quot;)", "workbook_with_external_links"),
        ("content.xml", b"of:=1+1", b"of:=['file:///tmp/x.ods'#$S.A1]", "workbook_with_external_links"),
        ("content.xml", b'number-rows-repeated="', b'number-rows-repeated="9', "read"),
        ("content.xml", b"<office:document-content", b"<!DOCTYPE a []><office:document-content", "archive_bomb"),
    ],
)
def test_an_ods_that_is_not_safe_to_read_is_refused(tmp_path, part, old, new, kind) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes((FOLDER / "marks.ods").read_bytes())
    repack(path, lambda name, content: content.replace(old, new) if name == part else content)
    if kind == "read":  # blank rows that are repeated take no place
        assert len(list(open_lines(path, path.name, SURVEY).read())) == 4
    else:
        assert refused(path) == (kind or "workbook_encrypted")


def test_an_ods_with_macros_or_a_row_repeated_for_ever_is_refused(tmp_path) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes((FOLDER / "marks.ods").read_bytes())
    many = b'<table:table-cell table:number-columns-repeated="16384" '
    repack(
        path,
        lambda name, content: content.replace(b"<table:table-cell ", many, 1) if name == "content.xml" else content,
    )
    forever = b'<table:table-row table:number-rows-repeated="1000000" '
    repack(
        path,
        lambda name, content: content.replace(b"<table:table-row ", forever, 1) if name == "content.xml" else content,
    )
    assert refused(path) == "sheet_too_large"
    path.write_bytes((FOLDER / "marks.ods").read_bytes())
    repack(path, lambda name, content: content, {"Basic/Standard/Module1.xml": b"<x/>"})
    assert refused(path) == "workbook_with_macros"
