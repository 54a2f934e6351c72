"""CSV for people: a spreadsheet opens it with its letters right, and runs nothing that stands in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def defused(cell: object) -> object:
    """A text that a spreadsheet would take for a formula with an apostrophe before it; anything else as it is."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the rows as UTF-8 with a byte order mark (by which Excel knows it), whole or not at all; None is blank."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([defused(cell) for cell in row] for row in rows)
    partial.replace(path)
