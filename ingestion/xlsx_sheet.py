"""What an XLSX sheet says of its cells beside their values; the clean ones are only looked over, not parsed."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from ingestion.sheet_marks import SheetMarks, column_number, error_cell, percent_cell, uncomputed_cell
from ingestion.table import Cell
from ingestion.workbook_parts import Parts

# Places far from the beginning; what lies nearer is always small enough. They begin with fixed bytes for speed.
_NEAR_ROWS, _NEAR_COLUMNS = 999, 26
_COLUMN = {quote: re.compile(rb"r=%b([A-Z]{2,3})[0-9]" % quote) for quote in (b'"', b"'")}
_ROW = {quote: re.compile(rb"r=%b[A-Z]{0,3}([0-9]{4,7})%b" % (quote, quote)) for quote in (b'"', b"'")}
# XML allows space around the sign, which no program writes.
_SPACED = [sign for space in (b"\t", b"\n", b"\r") for sign in (b"r" + space + b"=", b"r=" + space)]
# An error value, a formula, or something hidden; some that are none are among them, which costs time only.
_REMARKABLE = (b't="e"', b"t='e'", b"<f", b":f", b"hidden=", b"r =", b"r= ")
_NOT_HIDDEN = re.compile(rb"""hidden=["'](?:0|false)["']""")
_PERCENT = frozenset({9, 10})
_MAY_BE_PERCENT = re.compile(rb"""%|numFmtId=["'](?:9|10)["']""")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_TRUE = ("1", "true")


def marks_of_xlsx(parts: Parts, sheet: str, decimal: str) -> SheetMarks:
    """The marks of a sheet. Raises FileUnreadable when it is broken or too large."""
    marks = SheetMarks()
    part = sheet_parts(parts).get(sheet)
    if part is None or part not in parts:
        return marks
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    is_remarkable = False
    for text in parts.overlapping(part):
        for quote in _ROW:
            if b"r=" + quote in text:
                columns.update(_COLUMN[quote].findall(text))
                rows.update(_ROW[quote].findall(text))
        seen = _NOT_HIDDEN.sub(b"", text) if b"hidden=" in text else text
        is_remarkable = is_remarkable or any(sign in seen for sign in _REMARKABLE)
        if any(space in text for space in (b"\t", b"\n", b"\r")):
            is_remarkable = is_remarkable or any(sign in seen for sign in _SPACED)
    last_column = max((column_number(letters.decode()) for letters in columns), default=0)
    last_row = max(map(int, rows), default=0) - 1
    marks.reach(max(last_row, _NEAR_ROWS - 1), max(last_column, _NEAR_COLUMNS - 1), parts.name, sheet)
    percent = _percent_styles(parts)
    if percent or is_remarkable:
        reader = _SheetReader(marks, percent, decimal, parts.name, sheet)
        parts.parse(part, reader.start, reader.end, reader.text)
        marks.hidden_rows = {row for row in marks.hidden_rows if row <= reader.last_row + 1}
        marks.hidden_columns = {column for column in marks.hidden_columns if column <= reader.last_column}
    return marks


def sheet_parts(parts: Parts) -> dict[str, str]:
    """The part that holds each sheet, by the sheet's name."""
    workbook = next((name for name in parts.zip.namelist() if name.lower() == "xl/workbook.xml"), None)
    if workbook is None:
        return {}
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(name: str, found: dict[str, str]) -> None:
        if name == "sheet":
            ids[found.get("name", "")] = found.get("id", "")

    def relation(name: str, found: dict[str, str]) -> None:
        if name == "Relationship":
            targets[found.get("Id", "")] = found.get("Target", "")

    _start_only(parts, workbook, sheet)
    _start_only(parts, posixpath.join(posixpath.dirname(workbook), "_rels", "workbook.xml.rels"), relation)
    return {
        name: target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        for name, id_ in ids.items()
        if (target := targets.get(id_, ""))
    }


def _start_only(parts: Parts, part: str, start: object) -> None:
    if part in parts:
        parts.parse(part, start, lambda name: None, lambda text: None)  # type: ignore[arg-type]


def _percent_styles(parts: Parts) -> frozenset[str]:
    """The numbers of the styles that show a number in per cent."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    within: list[str] = []

    def start(name: str, found: dict[str, str]) -> None:
        if name == "numFmt" and "dxf" not in within:
            codes[int(found.get("numFmtId", 0))] = found.get("formatCode", "")
        elif name == "xf" and within[-1:] == ["cellXfs"]:
            styles.append(int(found.get("numFmtId", 0)))
        within.append(name)

    if "xl/styles.xml" in parts and any(True for _ in parts.matches("xl/styles.xml", _MAY_BE_PERCENT)):
        parts.parse("xl/styles.xml", start, lambda name: within.pop() and None, lambda text: None)
    return frozenset(
        str(style)
        for style, format_ in enumerate(styles)
        if format_ in _PERCENT or "%" in _QUOTED.sub("", codes.get(format_, ""))
    )


@dataclass
class _SheetReader:
    """Takes in the elements of a sheet. A row or cell without a reference follows the one before it."""

    marks: SheetMarks
    percent: frozenset[str]
    decimal: str
    file: str
    sheet: str
    row: int = -1
    column: int = -1
    cell: tuple[str, str] | None = None  # its style and type
    formula: str | None = None
    value: str = ""
    inside: str = ""
    last_row: int = -1
    last_column: int = -1

    def start(self, name: str, found: dict[str, str]) -> None:
        if name == "c":
            letters = found.get("r", "").rstrip("0123456789")
            self.column = column_number(letters) if letters else self.column + 1
            if letters:
                self.row = int(found["r"][len(letters) :]) - 1
            self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)
            self.marks.reach(self.row, self.column, self.file, self.sheet)
            self.cell, self.formula, self.value = (found.get("s", ""), found.get("t", "n")), None, ""
        elif name == "row":
            self.row = int(found["r"]) - 1 if "r" in found else self.row + 1
            self.column = -1
            if found.get("hidden") in _TRUE:
                self.marks.hidden_rows.add(self.row + 1)
        elif name == "col" and found.get("hidden") in _TRUE:
            first, last = int(found.get("min", 1)), int(found.get("max", 1))
            self.marks.hidden_columns.update(range(first - 1, min(last, self.marks.n_columns)))
        elif self.cell and name in ("v", "f"):
            self.inside = name
            if name == "f":
                self.formula = ""

    def end(self, name: str) -> None:
        if name == "c":
            if cell := self._marked():
                self.marks.cells[self.row, self.column] = cell
            self.cell = None
        elif name in ("v", "f"):
            self.inside = ""

    def text(self, text: str) -> None:
        if self.inside == "v":
            self.value += text
        elif self.inside == "f":
            self.formula = (self.formula or "") + text

    def _marked(self) -> Cell | None:
        style, type_ = self.cell or ("", "")
        if type_ == "e":
            return error_cell(self.value)
        if self.formula is not None and not self.value and type_ != "str":
            return uncomputed_cell(self.formula)
        if style in self.percent and type_ == "n" and self.value:
            return percent_cell(float(self.value), self.decimal)
        return None
