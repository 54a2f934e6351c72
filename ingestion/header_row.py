"""Where the headers of a file stand: the row, and the delimiter, under which most of the codebook's are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ingestion.codebook import Survey
from ingestion.headers import KnownHeaders

if TYPE_CHECKING:
    from ingestion.table import Cell, Lines

# Titles, the day of the export and blank rows may stand above the headers, within so many rows.
MOST_ROWS_ABOVE = 20


class HeaderRow(NamedTuple):
    """The row of headers, which counts from 1; `headers` as delivered, `n_known` of them are the codebook's."""

    lines: Lines
    row: int
    headers: tuple[str, ...]
    n_known: int


def find_header_row(lines: Lines, survey: Survey, known: KnownHeaders) -> HeaderRow | None:
    """The row that holds most of the `known` headers, the one that the survey describes if it is as good.

    None: the first rows hold none of them.
    """
    usual = survey.header_row
    rows = [row for possible in (lines, *lines.others) for row in _rows(possible, known)]
    first = {id(possible): order for order, possible in enumerate((lines, *lines.others))}
    best = max(
        rows, key=lambda found: (found.n_known, found.row == usual, -first[id(found.lines)], -found.row), default=None
    )
    return best if best and best.n_known else None


def usual_row(lines: Lines, survey: Survey) -> HeaderRow | None:
    """The row in which the survey has its headers; None: nothing stands in it."""
    return next((found for found in _rows(lines, None) if found.row == survey.header_row and found.headers), None)


def first_lines(lines: Lines) -> Iterator[Sequence[Cell]]:
    """The first lines, up to where the file cannot be read any further: it may be another delimiter's fault."""
    from ingestion.table import FileUnreadable

    reading = lines.read()
    try:
        for _, line in zip(range(MOST_ROWS_ABOVE + 1), reading, strict=False):
            yield line
    except FileUnreadable:
        return


def _rows(lines: Lines, known: KnownHeaders | None) -> Iterator[HeaderRow]:
    for row, line in enumerate(first_lines(lines), start=1):
        headers = [cell.text or "" for cell in line]
        while headers and not headers[-1]:
            headers.pop()
        yield HeaderRow(lines, row, tuple(headers), known.n_known(headers) if known else 0)
