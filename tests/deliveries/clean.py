"""The clean delivery of the small edition 1998, as tables in memory, and how it is written in any format.

All of it is made up (synthetic); the clusters are fictitious.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

Row = list[object]

REGISTER = [
    ["Identyfikator klastra", "Edycja", "Rodzaj danych", "Nazwa klastra", "Liczba członków", "Rok założenia"],
    ["C1", 1998, "syntetyczne", "Klaster Łąka", 45, 1991],
    ["C2", 1998, "syntetyczne", "Klaster Źródło", 1200, 1994],
    ["C3", 1998, "syntetyczne", "Klaster Ślimak", 30, 1996],
]
COORDINATOR = [
    [
        *["id_odpowiedzi", "data_wyslania", "status", "edycja", "id_klastra", "rodzaj_danych", "P01", "P02", "P03"],
        *["P04[SQ001]", "P04[SQ002]", "P04[other]", "P05", "P06", "P07", "P08", "P09", "P10", "P11"],
    ],
    [
        *["r1", "1998-05-04", "ukończona", "1998", "C1", "syntetyczne", "30", "1250,5", "12,5"],
        *["1", "1", "gazetka", "A1", "tak, pisemna strategia rozwoju", "30", "10", "12", "-15,25", "Żadnych uwag – ąę"],
    ],
    [
        *["r2", "1998-05-05", "ukończona", "1998", "C2", "syntetyczne", "712", "1711900", "0"],
        *["1", "0", "", "", "tak, nieformalna", "0", "7", "350", "0,75", "Pierwsza linia\nśćźż"],
    ],
    [
        *["r3", "1998-05-06", "ukończona", "1998", "C3", "syntetyczne", "25", "b.d.", "99,9"],
        *["0", "1", "", "sieć ogólna", "nie – brak strategii", "", "3", "5", "", ""],
    ],
]
DESK = [
    ["ID_KLASTRA", "EDYCJA", "RODZAJ", "WIZYTY", "ZNAK"],
    ["C1", "1998", "syntetyczne", 12.5, 1.0],
    ["C2", "1998", "syntetyczne", 4000.0, 2.0],
    ["C3", "1998", "syntetyczne", None, 2.0],
]
MEMBERS = [
    ["nr", "imie_nazwisko", "e_mail", "edycja", "id_klastra", "rodzaj_danych", "O01", "O02"],
    ["m1", "Osoba Zmyślona", "a@example.org", "1998", "C1", "syntetyczne", "wysoka", "Dobrze"],
    ["m2", "Ktoś Wymyślony", "b@example.org", "1998", "C2", "syntetyczne", "A2", ""],
    ["m3", "Nikt Taki", "c@example.org", "1998", "C3", "syntetyczne", "niska", "Źle"],
]


@dataclass
class Sheet:
    """One file of the delivery: its cells, header first, and how it is written."""

    name: str
    rows: list[Row]
    format: str
    title: str = "Arkusz"
    above: list[Row] = field(default_factory=list)
    encoding: str = "utf-8-sig"
    delimiter: str = ";"
    line_break: str = "\r\n"
    quote_all: bool = False
    # What is done to the bytes, or to the workbook before it is saved, as the last thing.
    last: Callable[[bytes], bytes] | None = None
    on_workbook: Callable[[object, object], None] | None = None

    def at(self, header: str, row: int) -> object:
        """The cell of a column in the n-th row below the headers, from 1."""
        return self.rows[row][self.rows[0].index(header)]

    def put(self, header: str, row: int, value: object) -> None:
        """Set a cell."""
        self.rows[row][self.rows[0].index(header)] = value

    def rename(self, header: str, new: str) -> None:
        """Call a column otherwise."""
        self.rows[0][self.rows[0].index(header)] = new

    def drop(self, header: str) -> None:
        """Take a column out."""
        place = self.rows[0].index(header)
        for row in self.rows:
            del row[place]

    def content(self) -> bytes:
        """The bytes of the file."""
        content = WRITERS[self.format](self)
        return self.last(content) if self.last else content


class Delivery:
    """The clean delivery, to be damaged; `files` are what lies beside the surveys' files in the inbox, by name."""

    def __init__(self) -> None:
        self.register = Sheet(
            "rejestr_1998.xlsx", _copy(REGISTER), "xlsx", "Rejestr", [["Rejestr klastrów – dane syntetyczne"]]
        )
        self.coordinator = Sheet("ankieta_1998.csv", _copy(COORDINATOR), "csv")
        self.desk = Sheet("desk_1998.sav", _copy(DESK), "sav")
        self.members = Sheet("czlonkowie_1998.csv", _copy(MEMBERS), "csv")
        self.sheets = [self.register, self.coordinator, self.desk, self.members]
        self.files: dict[str, bytes] = {}
        self.afterwards: Callable[[Path], None] | None = None
        self.edition_yml: dict[str, str] = {}

    def write(self, inbox: Path) -> Path:
        """Write the files into the folder `inbox`."""
        inbox.mkdir(parents=True, exist_ok=True)
        for sheet in self.sheets:
            (inbox / sheet.name).write_bytes(sheet.content())
        for name, content in self.files.items():
            (inbox / name).write_bytes(content)
        if self.afterwards:
            self.afterwards(inbox)
        return inbox


def _copy(rows: Sequence[Sequence[object]]) -> list[Row]:
    return [list(row) for row in rows]


def _text(value: object) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _csv(sheet: Sheet) -> bytes:
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if sheet.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=sheet.delimiter, lineterminator=sheet.line_break, quoting=quoting)
    writer.writerows([_text(value) for value in row] for row in [*sheet.above, *sheet.rows])
    return text.getvalue().encode(sheet.encoding)


def _xlsx(sheet: Sheet) -> bytes:
    from openpyxl import Workbook

    workbook = Workbook()
    page = workbook.active
    page.title = sheet.title
    for row in [*sheet.above, *sheet.rows]:
        page.append(row)
    for row in page.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"  # a text, unless the damage makes a formula of it
    if sheet.on_workbook:
        sheet.on_workbook(workbook, page)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"'
)


def _ods_cell(value: object) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{_text(value)}</text:p></table:table-cell>"
        )
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def _ods(sheet: Sheet) -> bytes:
    rows = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in [*sheet.above, *sheet.rows]
    )
    table = f"<table:table table:name={quoteattr(sheet.title)}>{rows}</table:table>"
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    manifest = (
        f'{head}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", _ODS)
        archive.writestr("content.xml", f"{head}<office:document-content {_NAMES}>{body}</office:document-content>")
        archive.writestr("META-INF/manifest.xml", manifest)
    return content.getvalue()


# What SPSS shows for a code, by variable.
LABELS: Mapping[str, Mapping[float, str]] = {"ZNAK": {1.0: "tak", 2.0: "nie"}}


def _sav(sheet: Sheet, labels: Mapping[str, Mapping[float, str]] = LABELS, **options: object) -> bytes:
    import tempfile

    import pandas as pd
    import pyreadstat

    headers, *rows = sheet.rows
    frame = pd.DataFrame(rows, columns=[str(header) for header in headers])
    known = {name: dict(codes) for name, codes in labels.items() if name in frame and frame[name].dtype != object}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.sav"
        pyreadstat.write_sav(frame, str(path), variable_value_labels=known, **options)
        return path.read_bytes()


def _zsav(sheet: Sheet) -> bytes:
    return _sav(sheet, compress=True)


WRITERS: Mapping[str, Callable[[Sheet], bytes]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "ods": _ods,
    "sav": _sav,
    "zsav": _zsav,
}


def zipped(files: Mapping[str, bytes], **options: object) -> bytes:
    """A zip archive of the files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, **options) as archive:  # type: ignore[arg-type]
        for name, held in files.items():
            archive.writestr(name, held)
    return content.getvalue()
