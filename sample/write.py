"""Writing the files of a delivery in the formats editions came in: CSV, workbooks, SPSS; the same bytes every time."""

from __future__ import annotations

import csv
import io
import re
import textwrap
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.codebook import Survey
from ingestion.csv_file import defused
from ingestion.synthetic import SYNTHETIC_NOTICE

_EPOCH = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
# Where the header of an SPSS file says when it was written: "17 Nov 24" and "07:30:00", at bytes 92 to 108.
_SAV_WRITTEN = slice(92, 109)
_SAV_EPOCH = b"01 Jan 0000:00:00"

Cell = str | int | float | None


@dataclass(frozen=True)
class Sheet:
    """What one survey's respondents answered: headers, and a row of cells each.

    `labels` are the texts that stand for numbers in a column: an SPSS file stores the number and its label.
    """

    survey: Survey
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    labels: dict[str, dict[int, str]]


def written_number(number: float, decimal: str) -> str:
    """`1711.9` as `1 711,9`, or as `1711.9` where a point is before the decimals; no decimals that say nothing."""
    text = f"{number:,.3f}".rstrip("0").rstrip(".")
    return text.replace(",", " ").replace(".", ",") if decimal == "," else text.replace(",", "")


def _csv_cell(cell: Cell, decimal: str) -> str:
    if cell is None:
        return ""
    return written_number(cell, decimal) if isinstance(cell, int | float) else str(defused(cell))


def write_csv(path: Path, sheets: Sequence[Sheet]) -> None:
    """A delimited file with Windows line ends, in the survey's encoding."""
    (sheet,) = sheets
    survey = sheet.survey
    with path.open("w", encoding=survey.encoding or "utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=survey.delimiter or ";", lineterminator="\r\n")
        writer.writerow(sheet.headers)
        writer.writerows([_csv_cell(cell, survey.decimal) for cell in row] for row in sheet.rows)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """A sheet per survey with the notice above its headers. No date of making is stored: equal content, equal bytes."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    for sheet in sheets:
        page = workbook.create_sheet(sheet.survey.sheet)
        titles = [[SYNTHETIC_NOTICE], [sheet.survey.title]]
        for line in (titles + [[]] * sheet.survey.header_row)[: sheet.survey.header_row - 1]:
            page.append(line)
        page.append(sheet.headers)
        for row in sheet.rows:
            page.append([defused(cell) for cell in row])
    content = io.BytesIO()
    workbook.save(content)
    with zipfile.ZipFile(content) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            data = made.read(name)
            if name == "docProps/core.xml":
                data = _DATES.sub(rb"\g<1>2000-01-01T00:00:00Z", data)
            kept.writestr(entry, data)


def write_sav(path: Path, sheets: Sequence[Sheet]) -> None:
    """An SPSS file: numbers with value labels where a text stands for them, the notice as its label and document."""
    import pandas as pd
    import pyreadstat

    (sheet,) = sheets
    columns: dict[str, pd.Series] = {}
    for header, cells in zip(sheet.headers, zip(*sheet.rows, strict=True), strict=True):
        values = {text: number for number, text in sheet.labels.get(header, {}).items()}
        stored = [values.get(cell, cell) if isinstance(cell, str) else cell for cell in cells]
        is_text = any(isinstance(cell, str) for cell in stored)
        columns[header] = pd.Series(
            [("" if cell is None else str(cell)) if is_text else cell for cell in stored],
            dtype=object if is_text else float,
        )
    pyreadstat.write_sav(
        pd.DataFrame(columns),
        str(path),
        file_label="SYNTHETIC DATA / DANE SYNTETYCZNE",  # a label holds 64 bytes; the note is the whole notice
        note=textwrap.wrap(SYNTHETIC_NOTICE, 60),  # a line holds 80 bytes
        variable_value_labels={
            name: dict(known) for name, known in sheet.labels.items() if columns[name].dtype == float
        },
    )
    content = bytearray(path.read_bytes())
    content[_SAV_WRITTEN] = _SAV_EPOCH
    path.write_bytes(content)


_WRITERS = {"csv": write_csv, "xlsx": write_workbook, "sav": write_sav}


def write_files(folder: Path, stamp: str, sheets: Iterable[Sheet]) -> list[Path]:
    """Write all surveys of a delivery, those that share a workbook into one; `stamp` goes into the file names."""
    by_path: dict[Path, list[Sheet]] = {}
    for sheet in sheets:
        by_path.setdefault(folder / sheet.survey.file_pattern.replace("*", stamp), []).append(sheet)
    folder.mkdir(parents=True, exist_ok=True)
    for path, shared in by_path.items():
        _WRITERS[shared[0].survey.format](path, shared)
    return list(by_path)
