"""What a delivered file is, found by its content and never by its name; a name only says whose answers it may hold."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from ingestion.table import FileUnreadable
from ingestion.zip_limits import ZIP_ERRORS

Format = Literal["csv", "xlsx", "xls", "ods", "sav", "zsav"]

# A survey's file is known by the stem of its `file_pattern` with any of these. The last two are never read, but who
# delivers one is told why instead of that it belongs to no survey.
EXTENSIONS = ("csv", "txt", "tsv", "xlsx", "xls", "ods", "sav", "zsav", "xlsm", "xlsb")

ZIP = b"PK"
# A larger workbook is refused before it is opened; a CSV file may have any size.
MOST_IN_WORKBOOK = 50 * 1024 * 1024
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_HEAD = 1024
_OF_TEXT = ("csv", "txt", "tsv")
_TEXT_MARKS = (b"\xff\xfe", b"\xfe\xff")  # Excel calls its UTF-16 text .xls, too


def format_of(path: Path, name: str) -> Format:
    """The format of the file at `path`, delivered under `name`.

    Raises FileUnreadable when it is of a kind that is never read, or breaks off before that can be told.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(ZIP):
        return _of_zip(path, name)
    if head.startswith(COMPOUND_FILE):
        from ingestion.compound_file import CompoundFile

        return CompoundFile.read(path, name).format
    if head.startswith((b"$FL2", b"$FL3")):
        return "sav" if head.startswith(b"$FL2") else "zsav"
    if found := _known_otherwise(head):
        raise FileUnreadable("format_unknown", name, found=found)
    extension = Path(name).suffix.lower().lstrip(".")
    if b"\0" in head and not head.startswith(_TEXT_MARKS) and extension not in _OF_TEXT:
        kind = "sav_unreadable" if extension in ("sav", "zsav") else "workbook_unreadable"
        raise FileUnreadable(kind, name, error="by its content it is neither a workbook nor SPSS")
    return "csv"


def format_or_extension(path: Path, name: str) -> str:
    """The format of a file, or the extension of its name when it is none that is read; never raises FileUnreadable."""
    try:
        return format_of(path, name)
    except FileUnreadable:
        return Path(name).suffix.lower().lstrip(".")


def _of_zip(path: Path, name: str) -> Format:
    if (size := path.stat().st_size) > MOST_IN_WORKBOOK and Path(name).suffix.lower() != ".zip":
        raise FileUnreadable("workbook_too_large", name, size=size >> 20, most=MOST_IN_WORKBOOK >> 20)
    try:
        with zipfile.ZipFile(path) as parts:
            names = set(parts.namelist())
            if "mimetype" in names and parts.getinfo("mimetype").file_size < _HEAD:
                if parts.read("mimetype").startswith(_SPREADSHEET):
                    return "ods"
                raise FileUnreadable("format_unknown", name, found="OpenDocument, but not .ods")
    except ZIP_ERRORS as error:
        raise FileUnreadable("workbook_unreadable", name, error=error) from error
    if "xl/workbook.bin" in names:
        raise FileUnreadable("format_unknown", name, found="XLSB")
    if any(part.startswith("xl/") for part in names):
        return "xlsx"
    raise FileUnreadable("format_unknown", name, found="DOCX" if "word/document.xml" in names else "ZIP")


def _known_otherwise(head: bytes) -> str | None:
    """What a file is that is neither a workbook, an SPSS file nor a table in text."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        return "HTML"  # what many programs call .xls
    if start.startswith((b"<?xml", b"<workbook")):
        return "XML"
    if start.startswith(b"%pdf"):
        return "PDF"
    if start.startswith(b"{\\rtf"):
        return "RTF"
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh9", b"\xfd7zXZ")):
        return "RAR/7Z/GZ"
    if head.startswith(b"SPSS for Windows") or head.startswith(b"PAR1"):
        return "SPSS portable/Parquet"
    return None
