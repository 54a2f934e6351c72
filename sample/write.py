"""Writing a delivery as a survey platform and analysts do: a wide CSV and two workbooks, the same bytes every time."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from ingestion.codebook import Codebook, Survey
from ingestion.synthetic import SYNTHETIC_NOTICE

_EPOCH = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def polish_number(number: float) -> str:
    """`1711.9` as `1 711,9`; whole numbers without decimals."""
    text = f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"
    return text.replace(",", " ").replace(".", ",")


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    return polish_number(value) if isinstance(value, int | float) else str(value)


def _workbook_cell(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def write_csv(path: Path, survey: Survey, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A semicolon-separated file with Windows line ends, in the survey's encoding."""
    with path.open("w", encoding=survey.encoding or "utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=survey.delimiter or ";", lineterminator="\r\n")
        writer.writerow(head)
        writer.writerows([_csv_cell(value) for value in row] for row in rows)


def write_workbook(path: Path, survey: Survey, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One sheet with the notice above the headers. No date of making is stored, so equal content is equal bytes."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(survey.sheet)
    titles = [[SYNTHETIC_NOTICE], [survey.title]]
    for line in (titles + [[]] * survey.header_row)[: survey.header_row - 1]:
        sheet.append(line)
    sheet.append(list(head))
    for row in rows:
        sheet.append([_workbook_cell(value) for value in row])
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


def metadata(codebook: Codebook, survey: Survey, index: int, cluster_id: str, name: str) -> dict[str, object]:
    """What stands in the head columns of a cluster's row; dates are counted from the edition's year, not from today."""
    day = date(codebook.edition_id, 9, 2) + timedelta(days=index % 45)
    known: dict[str, object] = {
        "data_wyslania": f"{day:%Y-%m-%d} {8 + index % 9:02d}:{index * 7 % 60:02d}:00",
        "jezyk": "pl",
        "status": "kompletna",
        "Nazwa klastra": name,
        "Data badania": f"{day:%Y-%m-%d}",
    }
    head = {column: known.get(column) for column in survey.metadata_columns}
    head[survey.respondent_column] = (
        cluster_id if survey.respondent_column == survey.cluster_column else f"R{index:05d}"
    )
    head[survey.cluster_column] = cluster_id
    head[survey.edition_column] = str(codebook.edition_id)
    head[survey.data_kind_column] = codebook.synthetic_data_kind
    return head
