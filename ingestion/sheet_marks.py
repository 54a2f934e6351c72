"""What a sheet says of its cells beside their values, whatever the format of its workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingestion.table import Cell, FileUnreadable

# Rows times columns up to the last cell: the reader of workbooks holds a place for each, filled or not.
MOST_CELLS = 20_000_000


@dataclass
class SheetMarks:
    """Cells that are not what their value says, by row and column from 0; and which rows and columns are hidden.

    `cells` hold an error value, a formula never computed or a number shown in per cent. `hidden_rows` count from 1.
    """

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    n_rows: int = 0
    n_columns: int = 0

    def reach(self, row: int, column: int, name: str, sheet: str | None) -> None:
        """Note that there is a cell at a place (from 0). Raises FileUnreadable when the sheet gets too large."""
        self.n_rows, self.n_columns = max(self.n_rows, row + 1), max(self.n_columns, column + 1)
        if self.n_rows * self.n_columns > MOST_CELLS:
            raise FileUnreadable(
                "sheet_too_large", name, sheet, n_rows=self.n_rows, n_columns=self.n_columns, most=MOST_CELLS
            )


def error_cell(text: str) -> Cell:
    """An error value, as the program shows it."""
    return Cell(text or "#?", None, "error")


def uncomputed_cell(formula: str) -> Cell:
    """A formula that no program has computed."""
    return Cell(f"={formula.removeprefix('=')}", None, "uncomputed")


def percent_cell(number: float, decimal: str) -> Cell:
    """A number that is shown in per cent: the text as it is shown, the number as it is stored."""
    return Cell(f"{number * 100:.12g}%".replace(".", decimal), number, "percent")


def column_number(letters: Iterable[str]) -> int:
    """The number of a column from 0, by its letters: A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
