"""Reading one delivered file into a table of cells, as text, with the row numbers a person sees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ingestion.codebook import Survey
from ingestion.headers import KnownHeaders
from ingestion.problem import Problem

# What a spreadsheet says of a cell beside its text: it holds a date, an error value such as #N/A, a number that is
# shown in per cent, or a formula that was never computed.
Mark = Literal["date", "error", "percent", "uncomputed"]


class Cell(NamedTuple):
    """One cell: its text (None when blank) and, where the file itself stores a number, that number.

    The text of a date is in ISO form, that of an error value as the program shows it.
    """

    text: str | None
    number: float | None = None
    mark: Mark | None = None


BLANK = Cell(None)


def stored_cell(value: object) -> Cell:
    """A cell as a program stores its value."""
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return Cell("1" if value else "0", float(value))
    if isinstance(value, int | float):
        number = float(value)
        return Cell(str(int(number)) if number.is_integer() else repr(number), number)
    return Cell(str(value).strip() or None)


@dataclass(frozen=True)
class Choice:
    """How a file was read, for the ledger: what it turned out to be, whatever the codebook expected.

    `headers` are the columns that are called otherwise than in the codebook: as delivered, by the codebook's header.
    `ignored` are the headers of columns that are never read. The decimal mark is certain where the file itself shows
    it, else it is the codebook's.
    """

    format: str
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str = ","
    is_decimal_certain: bool = False
    sheet: str | None = None
    header_row: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The choice as plain values, for the ledger."""
        return asdict(self)


@dataclass(frozen=True)
class Lines:
    """The lines of a file before its headers are found; `read` begins anew each time it is called.

    A line of a workbook has as many cells as its sheet is wide; one of a text file has those that it has.
    """

    choice: Choice
    read: Callable[[], Iterator[Sequence[Cell]]]


@dataclass(frozen=True)
class Table:
    """A file's headers and its rows that are not wholly blank; each row with its number in the file, from 1.

    Headers are the codebook's where a column is known, else as delivered. What stands in a column that is personal or
    ignored is never in here: its cells are blank. A row of a text file may have another number of cells than there are
    headers.
    """

    headers: tuple[str, ...]
    choice: Choice
    read: Callable[[], Iterator[tuple[int, tuple[Cell, ...]]]]

    @property
    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """The rows, read from the file anew. Raises FileUnreadable when the file turns out to be broken later on."""
        return self.read()


class FileUnreadable(Exception):
    """The file is not what the codebook says it is; `problem` tells how."""

    def __init__(self, kind: str, file: str, sheet: str | None = None, row: int | None = None, **said: object) -> None:
        told = {key: value if isinstance(value, int) else str(value) for key, value in said.items()}
        self.problem = Problem(kind, file, row, None, sheet, told)
        super().__init__(str(self.problem))


def open_lines(path: Path, name: str, survey: Survey) -> Lines:
    """The lines of a file in whatever format it is. Raises FileUnreadable."""
    # Imported here: a delivery of CSV files alone does not pay for the others.
    if survey.format == "csv":
        from ingestion.csv_lines import open_csv

        return open_csv(path, name, survey)
    if survey.format == "sav":
        from ingestion.spss_lines import open_sav

        return open_sav(path, name, survey)
    from ingestion.workbook_lines import open_workbook

    return open_workbook(path, name, survey)


def read_table(
    path: Path, name: str, survey: Survey, may_be_empty: bool = False, known: KnownHeaders | None = None
) -> Table:
    """Open `path` (delivered under `name`) as the table of a survey.

    `known` are the headers of its answers as well; without it only the columns about the response are recognised when
    they are spelled otherwise.

    Raises FileUnreadable when encoding, sheet or layout are not as described, or nothing stands in the file (unless
    it `may_be_empty`: a copy from which the only respondent was erased).
    """
    lines = open_lines(path, name, survey)
    head = survey.header_row - 1
    first = list(islice(lines.read(), head + 1))
    if len(first) <= head or not any(cell.text for cell in first[head]):
        raise FileUnreadable("file_empty", name, lines.choice.sheet, n_rows=len(first))
    headers = [cell.text or "" for cell in first[head]]
    while headers and not headers[-1]:
        headers.pop()
    matched = (known or KnownHeaders(survey)).match(headers)
    _check_header_row(name, matched.headers, survey)
    choice = replace(lines.choice, header_row=head + 1, headers=matched.delivered, ignored=matched.ignored)
    unread = sorted(matched.unread)
    table = Table(matched.headers, choice, lambda: _rows(lines, head + 1, len(headers), unread))
    if not may_be_empty and next(table.rows, None) is None:
        raise FileUnreadable("no_rows", name, choice.sheet)
    return table


def _rows(lines: Lines, n_before: int, width: int, unread: Sequence[int]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    for number, line in enumerate(lines.read(), start=1):
        if number <= n_before or not any(cell.text or cell.mark for cell in line):
            continue
        cells = list(line)
        while len(cells) > width and not cells[-1].text:
            cells.pop()
        for index in unread:
            if index < len(cells):
                cells[index] = BLANK
        yield number, tuple(cells)


def _check_header_row(name: str, headers: Collection[str], survey: Survey) -> None:
    """Refuse a file of persons whose header row is another row: its cells must not be told as unknown columns."""
    if survey.personal_columns and not {*survey.head_columns, *survey.personal_columns} & set(headers):
        raise FileUnreadable("headers_missing", name, survey.sheet, at=survey.header_row)
