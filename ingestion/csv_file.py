"""CSV for people: a spreadsheet opens it with its letters right, and runs nothing that stands in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def defused(cell: object) -> object:
    """A text that a spreadsheet would take for a formula with an apostrophe before it; anything else as it is."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV; it begins with a byte order mark, by which Excel knows UTF-8; None is blank."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([defused(cell) for cell in header])
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the rows as CSV in UTF-8, whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_text(csv_text(header, rows), encoding="utf-8", newline="")
    partial.replace(path)
