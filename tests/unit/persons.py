"""A survey of the clusters' members beside the small edition, with made-up persons in columns that are never read."""

from __future__ import annotations

from pathlib import Path

import pyreadstat
from openpyxl import Workbook
from openpyxl.comments import Comment

SURVEY = """  members:
    title: Members
    file_pattern: "members_*.{format}"
    format: {format}
{details}    respondent_column: who
    cluster_column: cluster
    edition_column: edition
    data_kind_column: kind
    personal_columns: [person, mail]
    respondents: members
    enters_benchmark: false
"""
DETAILS = {
    "csv": '    encoding: {encoding}\n    delimiter: ";"\n    header_row: 1\n',
    "xlsx": "    sheet: Members\n    header_row: 2\n",
    "sav": "",
}
QUESTIONS = """\
members,member_satisfied,1,M1,single_choice,Zadowolenie,Satisfied,,,,,,,,,,no
members,member_amount,2,M2,number,Kwota,Amount,zł,1,,,,0,,,,no
members,member_remark,3,M3,free_text,Uwagi,Remarks,,,,,,,,,,no
"""
OPTIONS = """\
members,member_satisfied,low,1,,1,słabo,low,1,no
members,member_satisfied,high,2,,2,dobrze,high,5,no
"""
HEADERS = ["who", "cluster", "edition", "kind", "person", "mail", "M1", "M2", "M3"]
ROWS = [
    ["m1", "K1", "1999", "synthetic", "Zofia Zmyślona", "zofia@zmyslona.example", "słabo", "10", "bez uwag"],
    ["m2", "K1", "1999", "synthetic", "Igor Zmyślony", "igor@zmyslony.example", "dobrze", "20", 'dwa;\n"wiersze"\n'],
    ["m3", "K2", "1999", "synthetic", "Ewa Nieznana", "ewa@nieznana.example", "dobrze", "", "Zapytaj Adama"],
]
# What would give a person away.
PERSONAL = [cell for row in ROWS for cell in (*row[4:6], row[4].split()[0])]


def describe(codebooks: Path, format: str = "csv", encoding: str = "cp1250") -> None:
    """Add the survey to the small codebook."""
    folder = codebooks / "1999"
    details = DETAILS[format].format(encoding=encoding)
    edition = (folder / "edition.yml").read_text(encoding="utf-8")
    described = SURVEY.format(format=format, details=details)
    edition = edition.replace("synthetic_data_kind:", described + "synthetic_data_kind:")
    (folder / "edition.yml").write_text(edition, encoding="utf-8")
    for name, rows in (("questions.csv", QUESTIONS), ("options.csv", OPTIONS)):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")


def write(
    folder: Path, rows: list[list[str]] = ROWS, format: str = "csv", encoding: str = "cp1250", name: str = "1"
) -> Path:
    """Write the survey's file; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"members_{name}.{format}"
    {"csv": _write_csv, "xlsx": _write_xlsx, "sav": _write_sav}[format](path, rows, encoding)
    return path


def _write_csv(path: Path, rows: list[list[str]], encoding: str) -> None:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in [HEADERS, *rows]]
    path.write_bytes("".join(";".join(row) + "\r\n" for row in quoted).encode(encoding))


def _write_xlsx(path: Path, rows: list[list[str]], encoding: str) -> None:
    """Also what a workbook has beside values: a comment, a link, and a sheet that nobody reads."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Members"
    sheet.append(["Members (synthetic)"])
    sheet.append(HEADERS)
    for row in rows:
        number = float(row[7]) if row[7] else None
        sheet.append([*row[:2], int(row[2]), *row[3:7], number, row[8] or None])
    for number, row in enumerate(rows, start=3):
        if row[5]:
            sheet.cell(number, 1).comment = Comment(f"spoke to {row[4]}", "analyst")
            sheet.cell(number, 6).hyperlink = f"mailto:{row[5]}"
    other = workbook.create_sheet("Contacts")
    for row in rows:
        other.append(row[4:6])
    workbook.save(path)


def _write_sav(path: Path, rows: list[list[str]], encoding: str) -> None:
    import pandas as pd

    columns: dict[str, list] = dict(zip(HEADERS, map(list, zip(*rows, strict=True)), strict=True))
    columns["M1"] = [{"słabo": 1.0, "dobrze": 2.0, "": None}[text] for text in columns["M1"]]
    columns["M2"] = [float(text) if text else None for text in columns["M2"]]
    labels = {"M1": {1.0: "słabo", 2.0: "dobrze"}}
    pyreadstat.write_sav(pd.DataFrame(columns), str(path), variable_value_labels=labels, missing_ranges={"M2": [99]})
