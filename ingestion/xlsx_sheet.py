"""What an XLSX sheet says of its cells beside their values; the clean ones are only looked over, not parsed."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from ingestion.sheet_marks import SheetMarks, column_number, error_cell, percent_cell, uncomputed_cell
from ingestion.table import Cell
from ingestion.workbook_parts import Parts

_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{1,3})?([0-9]{1,7})["']""")
# An error value, a formula, or something hidden.
_REMARKABLE = re.compile(rb"""\st=["']e["']|<(?:\w+:)?f[\s>/]|\shidden=["'](?:1|true)""")
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
    columns: set[bytes | None] = set()
    last_row = 0
    for match in parts.matches(part, _REFERENCE):
        columns.add(match[1])
        last_row = max(last_row, int(match[2]))
    last_column = max((column_number(letters.decode()) for letters in columns if letters), default=0)
    marks.reach(max(last_row - 1, 0), last_column, parts.name, sheet)
    percent = _percent_styles(parts)
    if percent or any(True for _ in parts.matches(part, _REMARKABLE)):
        reader = _SheetReader(marks, percent, decimal)
        parts.parse(part, reader.start, reader.end, reader.text)
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
    row: int = -1
    column: int = -1
    cell: tuple[str, str] | None = None  # its style and type
    formula: str | None = None
    value: str = ""
    inside: str = ""

    def start(self, name: str, found: dict[str, str]) -> None:
        if name == "c":
            letters = found.get("r", "").rstrip("0123456789")
            self.column = column_number(letters) if letters else self.column + 1
            if letters:
                self.row = int(found["r"][len(letters) :]) - 1
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
