"""Where the headers of a file stand: the row, and the delimiter, under which most of the codebook's are found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ingestion.codebook import Survey

if TYPE_CHECKING:
    from ingestion.table import Cell, Lines

# Titles, the day of the export and blank rows may stand above the headers, within so many rows.
MOST_ROWS_ABOVE = 20

_SIGNS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_SIGNS |= dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"), "")


class HeaderRow(NamedTuple):
    """The row of headers, which counts from 1; `headers` as delivered, `n_known` of them are the codebook's."""

    lines: Lines
    row: int
    headers: tuple[str, ...]
    n_known: int


def normal(header: str) -> str:
    """A header without what programs change in it: case, spaces, line breaks, kinds of hyphens."""
    return " ".join(header.translate(_SIGNS).split()).casefold()


def match_headers(delivered: Sequence[str], expected: Collection[str]) -> tuple[str, ...]:
    """The delivered headers, those of the codebook as it writes them."""
    known = {normal(header): header for header in expected}
    return tuple(header if header in expected else known.get(normal(header), header) for header in delivered)


def find_header_row(lines: Lines, survey: Survey, expected: Collection[str]) -> HeaderRow | None:
    """The row that holds most of the `expected` headers, the one that the survey describes if it is as good.

    None: the first rows hold none of them.
    """
    usual = survey.header_row
    rows = [row for possible in (lines, *lines.others) for row in _rows(possible, expected)]
    first = {id(possible): order for order, possible in enumerate((lines, *lines.others))}
    best = max(
        rows, key=lambda found: (found.n_known, found.row == usual, -first[id(found.lines)], -found.row), default=None
    )
    return best if best and best.n_known else None


def usual_row(lines: Lines, survey: Survey) -> HeaderRow | None:
    """The row in which the survey has its headers; None: nothing stands in it."""
    return next((found for found in _rows(lines, ()) if found.row == survey.header_row and found.headers), None)


def first_lines(lines: Lines) -> Iterator[Sequence[Cell]]:
    """The first lines, up to where the file cannot be read any further: it may be another delimiter's fault."""
    from ingestion.table import FileUnreadable

    reading = lines.read()
    try:
        for _, line in zip(range(MOST_ROWS_ABOVE + 1), reading, strict=False):
            yield line
    except FileUnreadable:
        return


def _rows(lines: Lines, expected: Collection[str]) -> Iterator[HeaderRow]:
    for row, line in enumerate(first_lines(lines), start=1):
        headers = [cell.text or "" for cell in line]
        while headers and not headers[-1]:
            headers.pop()
        known = set(match_headers(headers, expected)) & set(expected)
        yield HeaderRow(lines, row, tuple(headers), len(known))
