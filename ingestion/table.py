"""Reading one delivered file into a table of cells, as text, with the row numbers a person sees."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ingestion.codebook import Survey
from ingestion.header_row import HeaderRow, find_header_row, first_lines, usual_row, with_unnamed
from ingestion.headers import KnownHeaders
from ingestion.problem import Problem

# What a file says of a cell beside its text: it holds a date, an error value such as #N/A, a number that is shown in
# per cent, a formula that was never computed, or (SPSS) a code of its users for "missing", with a label.
Mark = Literal["date", "error", "percent", "uncomputed", "missing"]

# What English and Polish Excel and LibreOffice show instead of a value.
_ERROR_TEXT = re.compile(
    r"#(?:N/A|N/D|DIV/0|DZIEL/0|VALUE|ARG|WARTOŚĆ|REF|ADR|NAME|NAZWA|NUM|LICZBA|NULL|ZERO|SPILL|ROZLANIE|CALC|OBL"
    r"|GETTING_DATA|FIELD|BLOCKED|CONNECT|UNKNOWN)[!?]?|(?:Err|Błąd):\d{3}"
)

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{1,3}")


class Cell(NamedTuple):
    """One cell: its text (None when blank) and, where the file itself stores a number, that number.

    The text of a date is in ISO form, that of an error value as the program shows it.
    """

    text: str | None
    number: float | None = None
    mark: Mark | None = None


BLANK = Cell(None)


def is_error_text(text: str) -> bool:
    """Whether a text is what a spreadsheet shows instead of a value."""
    return text[:1] in ("#", "E", "B") and _ERROR_TEXT.fullmatch(text) is not None


def is_damaged_id(cell: Cell) -> bool:
    """Whether a spreadsheet has made a date, an error or a number in scientific notation of an id, or lost its digits.

    Spreadsheets keep 15 digits of a number; of a longer one the others are gone.
    """
    if cell.mark in ("date", "error", "uncomputed"):
        return True
    if cell.number is not None:
        return abs(cell.number) >= 1e15
    return cell.text is not None and "E+" in cell.text.upper() and _SCIENTIFIC.fullmatch(cell.text) is not None


def text_cell(text: str) -> Cell:
    """A cell that holds a text, without the spaces around it."""
    text = text.strip()
    return Cell(text or None, None, "error" if is_error_text(text) else None)


def stored_cell(value: object) -> Cell:
    """A cell as a program stores its value."""
    if isinstance(value, str):
        return text_cell(value)
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return Cell("1" if value else "0", float(value))
    if isinstance(value, int | float):
        number = float(value)
        if not isfinite(number):
            return Cell(repr(number))
        return Cell(str(int(number)) if number.is_integer() else repr(number), number)
    if isinstance(value, datetime):
        return Cell(value.isoformat(" "), None, "date")
    if isinstance(value, date | time):
        return Cell(value.isoformat(), None, "date")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return Cell(f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}", None, "date")
    return text_cell(str(value))


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

    A line of a workbook has as many cells as its sheet is wide; one of a text file has those that it has. `others` are
    further ways to read the same file, such as by another delimiter: where the headers are found decides. `notes` tell
    what was read otherwise than the codebook says.
    """

    choice: Choice
    read: Callable[[], Iterator[Sequence[Cell]]]
    notes: tuple[Problem, ...] = ()
    others: tuple[Lines, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file's headers and its rows that are not wholly blank; each row with its number in the file, from 1.

    Headers are the codebook's where a column is known, else as delivered. What stands in a column that is personal or
    ignored is never in here: its cells are blank. A row of a text file may have another number of cells than there are
    headers. `notes` say how the file was read where that is not as usual.
    """

    headers: tuple[str, ...]
    choice: Choice
    read: Callable[[], Iterator[tuple[int, tuple[Cell, ...]]]]
    notes: tuple[Problem, ...] = ()

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
    """The lines of a file in whatever format its content is. Raises FileUnreadable."""
    # Imported here: a delivery of CSV files alone does not pay for the others.
    from ingestion.formats import format_of

    format_ = format_of(path, name)
    if format_ == "csv":
        from ingestion.csv_lines import open_csv

        lines = open_csv(path, name, survey)
    elif format_ in ("sav", "zsav"):
        from ingestion.spss_lines import open_sav

        lines = open_sav(path, name, survey, format_)
    else:
        from ingestion.workbook_lines import open_workbook

        lines = open_workbook(path, name, survey, format_)
    if format_ == survey.format:
        return lines
    said = {"format": format_.upper(), "wanted": survey.format.upper()}
    note = Problem("format_differs", name, sheet=lines.choice.sheet, said=said)
    return _with_note(lines, note)


def _with_note(lines: Lines, note: Problem) -> Lines:
    """The lines with one more note, in whatever way they are read."""
    others = tuple(_with_note(other, note) for other in lines.others)
    return replace(lines, notes=(note, *lines.notes), others=others)


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
    known = known or KnownHeaders(survey)
    found = _find_headers(lines, name, survey, known)
    matched = known.match(found.headers)
    choice = replace(found.lines.choice, header_row=found.row, headers=matched.delivered, ignored=matched.ignored)
    read = partial(_rows, found.lines, found.row, len(found.headers), sorted(matched.unread))
    table = Table(matched.headers, choice, read, (*found.lines.notes, *_notes(choice, survey, name)))
    if not may_be_empty and next(table.rows, None) is None:
        raise FileUnreadable("no_rows", name, choice.sheet)
    return table


def _find_headers(lines: Lines, name: str, survey: Survey, known: KnownHeaders) -> HeaderRow:
    if found := find_header_row(lines, survey, known):
        return with_unnamed(found)
    first = list(first_lines(lines))
    if len(first) < survey.header_row or not any(cell.text for line in first for cell in line):
        next(islice(lines.read(), survey.header_row, None), None)  # tells what is wrong with a broken file
        raise FileUnreadable("file_empty", name, lines.choice.sheet, n_rows=len(first))
    if survey.personal_columns or not (usual := usual_row(lines, survey)):
        raise FileUnreadable("headers_missing", name, lines.choice.sheet, at=survey.header_row)
    return usual


def _notes(choice: Choice, survey: Survey, name: str) -> list[Problem]:
    """What is not as the codebook has it, and is read all the same."""
    usual: dict[str, tuple[object, object]] = {"header_row_differs": (survey.header_row, choice.header_row)}
    if choice.format == "csv":
        usual["delimiter_differs"] = (survey.delimiter or ";", choice.delimiter)
        usual["encoding_differs"] = (_family(survey.encoding or "utf-8"), _family(str(choice.encoding)))
    if choice.format in ("sav", "zsav"):
        usual = {}
    return [
        Problem(kind, name, None, None, choice.sheet, {"found": _shown(is_), "usual": _shown(was)})
        for kind, (was, is_) in usual.items()
        if was != is_
    ]


def _shown(value: object) -> object:
    return "tab" if value == "\t" else value


def _family(encoding: str) -> str:
    """An encoding without what a byte order mark says."""
    return re.sub("-(sig|le|be)$", "", codecs.lookup(encoding).name)


def _rows(lines: Lines, n_before: int, width: int, unread: Sequence[int]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    for number, line in enumerate(lines.read(), start=1):
        if number <= n_before or not any(cell.text or cell.mark for cell in line):
            continue
        n_cells = len(line)
        while n_cells > width and not line[n_cells - 1].text:
            n_cells -= 1
        if not unread:
            yield number, tuple(line[:n_cells])
            continue
        cells = list(line[:n_cells])
        for index in unread:
            if index < n_cells:
                cells[index] = BLANK
        yield number, tuple(cells)
