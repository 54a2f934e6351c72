"""What the sheets of an ODS workbook say of their cells beside the values."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.sheet_marks import SheetMarks, error_cell, percent_cell, uncomputed_cell
from ingestion.table import Cell, is_error_text
from ingestion.workbook_parts import Parts

_HIDDEN = ("collapse", "filter")


@dataclass
class OdsSheets:
    """The marks of each sheet by its name, and the names of the hidden ones."""

    marks: dict[str, SheetMarks] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)


def marks_of_ods(parts: Parts, decimal: str) -> OdsSheets:
    """The marks of all sheets. Raises FileUnreadable when one is broken or too large."""
    reader = _ContentReader(parts.name, decimal)
    parts.parse("content.xml", reader.start, reader.end, reader.text)
    return reader.sheets


@dataclass
class _ContentReader:
    """Takes in the elements of content.xml. Rows and cells that are repeated stand there once."""

    file: str
    decimal: str
    sheets: OdsSheets = field(default_factory=OdsSheets)
    marks: SheetMarks | None = None
    sheet: str = ""
    row: int = 0
    column: int = 0
    n_rows: int = 1
    n_columns: int = 1
    columns: int = 0
    cell: dict[str, str] | None = None
    shown: str = ""
    style: str = ""
    hidden_styles: set[str] = field(default_factory=set)
    row_cells: list[tuple[int, int, Cell]] = field(default_factory=list)
    last_filled: int = -1
    depth: int = 0

    def start(self, name: str, found: dict[str, str]) -> None:
        if name == "style":
            self.style = found.get("name", "")
        elif name == "table-properties" and found.get("display") == "false":
            self.hidden_styles.add(self.style)
        elif name == "table":
            self.depth += 1
            if self.depth == 1:
                self.sheet, self.marks = found.get("name", ""), SheetMarks()
                self.sheets.marks[self.sheet] = self.marks
                self.row = self.columns = 0
                if found.get("style-name") in self.hidden_styles:
                    self.sheets.hidden.add(self.sheet)
        elif self.marks is None or self.depth != 1:
            return
        elif name == "table-column":
            n = _times(found, "number-columns-repeated")
            if found.get("visibility") in _HIDDEN and n < 1000:
                self.marks.hidden_columns.update(range(self.columns, self.columns + n))
            self.columns += n
        elif name == "table-row":
            self.n_rows = _times(found, "number-rows-repeated")
            self.column, self.last_filled, self.row_cells = 0, -1, []
            if found.get("visibility") in _HIDDEN and self.n_rows < 100_000:
                self.marks.hidden_rows.update(range(self.row + 1, self.row + self.n_rows + 1))
        elif name in ("table-cell", "covered-table-cell"):
            self.n_columns = _times(found, "number-columns-repeated")
            self.cell, self.shown = found, ""

    def end(self, name: str) -> None:
        if name == "table":
            self.depth -= 1
            if self.depth == 0:
                self.marks = None
        elif self.marks is None or self.depth != 1:
            return
        elif name in ("table-cell", "covered-table-cell") and self.cell is not None:
            if self.shown or "value-type" in self.cell or "formula" in self.cell:
                self.last_filled = self.column + self.n_columns - 1
                self.marks.reach(self.row, self.last_filled, self.file, self.sheet)
            if marked := self._marked(self.cell):
                self.row_cells.append((self.column, self.n_columns, marked))
            self.column += self.n_columns
            self.cell = None
        elif name == "table-row":
            if self.last_filled >= 0:
                self.marks.reach(self.row + self.n_rows - 1, self.last_filled, self.file, self.sheet)
            for column, n, marked in self.row_cells:
                for row in range(self.row, self.row + self.n_rows):
                    self.marks.cells.update(dict.fromkeys(((row, column + at) for at in range(n)), marked))
            self.row += self.n_rows

    def text(self, text: str) -> None:
        if self.cell is not None:
            self.shown += text

    def _marked(self, cell: dict[str, str]) -> Cell | None:
        type_, shown = cell.get("value-type"), self.shown.strip()
        if type_ == "error" or ("formula" in cell and is_error_text(shown)):
            return error_cell(shown)
        if type_ == "percentage":
            return percent_cell(float(cell.get("value", "nan")), self.decimal)
        if type_ == "time":
            return Cell(shown or cell.get("time-value"), None, "date")
        if "formula" in cell and type_ is None and not shown:
            return uncomputed_cell(cell["formula"].partition(":")[2])
        return None


def _times(found: dict[str, str], attribute: str) -> int:
    """How often a row, column or cell is repeated."""
    repeated = found.get(attribute, "1")
    return max(int(repeated), 1) if repeated.isdecimal() else 1
