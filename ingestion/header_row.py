"""Where the headers of a file stand: the row, and the delimiter, under which most of the codebook's are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ingestion.codebook import Survey
from ingestion.headers import KnownHeaders

if TYPE_CHECKING:
    from ingestion.table import Cell, Lines

# Titles, the day of the export and blank rows may stand above the headers: they are looked for in so many rows.
MOST_ROWS = 20


class HeaderRow(NamedTuple):
    """The row of headers, which counts from 1; `headers` as delivered, `n_known` of them are the codebook's."""

    lines: Lines
    row: int
    headers: tuple[str, ...]
    n_known: int


def find_header_row(lines: Lines, survey: Survey, known: KnownHeaders) -> HeaderRow | None:
    """The row that holds most of the `known` headers, the one that the survey describes if it is as good.

    None: the first rows hold none, or hardly any in a file of persons, whose cells must not be told as unknown columns:
    a row is not one of headers because a cell of it is by chance called like a column.
    """
    rows = [row for possible in (lines, *lines.others) for row in _rows(possible, known)]
    # Of several that are as good the first stays, so that the usual delimiter goes before others.
    best = max(rows, key=lambda found: (found.n_known, found.row == survey.header_row), default=None)
    if best is None or best.n_known == 0:
        return None
    if survey.personal_columns:
        least = 1 if best.row == survey.header_row else 2
        if KnownHeaders(survey).n_known(best.headers) < least:
            return None
    return best


def usual_row(lines: Lines, survey: Survey) -> HeaderRow | None:
    """The row in which the survey has its headers; None: nothing stands in it."""
    rows = _rows(lines, KnownHeaders(survey))
    return next((found for found in rows if found.row == survey.header_row and found.headers), None)


def first_lines(lines: Lines) -> Iterator[Sequence[Cell]]:
    """The first lines, up to where the file cannot be read any further: that may be another delimiter's fault."""
    from ingestion.table import FileUnreadable  # here: it looks for headers by this module

    try:
        yield from islice(lines.read(), MOST_ROWS)
    except FileUnreadable:
        return


def with_unnamed(found: HeaderRow) -> HeaderRow:
    """The row with a blank header for each column at its end that has none, though something stands below."""
    header, *below = islice(first_lines(found.lines), found.row - 1, None)
    named = len(found.headers)
    used = [place for line in below for place in range(named, min(len(line), len(header))) if line[place].text]
    return found._replace(headers=(*found.headers, *[""] * (max(used, default=named - 1) + 1 - named)))


def _rows(lines: Lines, known: KnownHeaders) -> Iterator[HeaderRow]:
    for row, line in enumerate(first_lines(lines), start=1):
        headers = [cell.text or "" for cell in line]
        while headers and not headers[-1]:
            headers.pop()
        yield HeaderRow(lines, row, tuple(headers), known.n_known(headers))
