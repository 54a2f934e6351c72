"""The annex of the report as an Excel workbook: one sheet for each of its tables, computed from the release.

Which tables an edition's report has, what each holds and with how many decimals it prints a figure is read from the
published figures (dbt seed `published_figure`); an edition without any has no workbook.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.csv_file import defused
from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.annex import HIDDEN, Annex, Sheet

if TYPE_CHECKING:
    from orchestration.publication import Release


_PUBLIC_NOTE = (
    f"Dla każdego. {HIDDEN} oznacza wielkość utajnioną, bo mogłaby ujawnić dane pojedynczego klastra; pozostałe są "
    "zaokrąglone."
)
_STUDY_NOTE = (
    "Tylko dla zespołu badania: nic nie jest utajnione ani zaokrąglone, więc wielkości małych grup są danymi klastrów."
)
_BOLD, _WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_workbooks(
    connection: duckdb.DuckDBPyConnection, folder: Path, release: Release, is_public: bool
) -> list[Path]:
    """Write `annex_<edition>.xlsx` for each edition of the release whose report has printed tables; returns the files.

    `connection` has the work file attached as `work`. Public ones are made from the public forms.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for annex in Annex.of_editions(connection, is_public):
        path = folder / f"annex_{annex.edition_id}.xlsx"
        path.write_bytes(_content(annex, release))
        written.append(path)
    return written


def _content(annex: Annex, release: Release) -> bytes:
    workbook = Workbook()
    sheets = list(annex.sheets())
    _write_contents(workbook.active, annex, sheets, release)
    for sheet in sheets:
        _write_sheet(workbook.create_sheet(sheet.name), sheet, release)
    made = datetime.fromisoformat(release.released_at).replace(tzinfo=None)
    workbook.properties.creator = "Clusterbench"
    workbook.properties.title = annex.title
    workbook.properties.created = made
    raw = BytesIO()
    workbook.save(raw)
    return _without_clock(raw.getvalue(), made)


def _write_contents(sheet: Worksheet, annex: Annex, sheets: Sequence[Sheet], release: Release) -> None:
    sheet.title = "Spis tabel"
    lines = [
        annex.title,
        SYNTHETIC_NOTICE if release.is_sample else "",
        _PUBLIC_NOTE if annex.is_public else _STUDY_NOTE,
        f"Wydanie {release.release_id} z {release.released_at}, dane: {release.deliveries.get(annex.edition_id, '')}",
        "",
    ]
    for line in lines:
        sheet.append([defused(line)])
    sheet["A1"].font = _BOLD
    sheet.append(["Tabela", "Co zawiera"])
    for cell in sheet[sheet.max_row]:
        cell.font = _BOLD
    sheet.freeze_panes = f"A{sheet.max_row + 1}"
    for listed in sheets:
        sheet.append([listed.name, defused(listed.title)])
        sheet.cell(sheet.max_row, 1).hyperlink = f"#'{listed.name}'!A1"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 100


def _write_sheet(target: Worksheet, sheet: Sheet, release: Release) -> None:
    target.append([defused(f"{sheet.name}. {sheet.title}")])
    target["A1"].font = _BOLD
    target.append([SYNTHETIC_NOTICE if release.is_sample else ""])
    target.append([column.heading for column in sheet.columns])
    for cell, column in zip(target[3], sheet.columns, strict=True):
        cell.font, cell.alignment = _BOLD, _WRAPPED
        target.column_dimensions[cell.column_letter].width = column.width
    for row in sheet.rows:
        target.append([defused(value) for value, _ in row])
        for cell, (_, number_format) in zip(target[target.max_row], row, strict=True):
            if number_format:
                cell.number_format = number_format
            elif cell.value == HIDDEN:
                cell.alignment = Alignment(horizontal="right")
            elif isinstance(cell.value, str):
                cell.alignment = _WRAPPED
    target.freeze_panes = f"{get_column_letter(sheet.n_labels + 1)}4"


def _without_clock(content: bytes, made: datetime) -> bytes:
    """The workbook without the time of writing, so that the same release is the same file."""
    stamp = f"{made:%Y-%m-%dT%H:%M:%SZ}".encode()
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(entry, data)
    return target.getvalue()
