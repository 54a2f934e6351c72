"""The lines of a sheet of a workbook: XLSX, XLS or ODS.

Calamine reads the values, fast. It leaves out what else counts: it reads an error value as a blank, and does not tell
what is shown in per cent, hidden or never computed. That comes from the marks of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from ingestion.probe import survives
from ingestion.problem import Problem
from ingestion.sheet_marks import SheetMarks
from ingestion.table import BLANK, Cell, Choice, FileUnreadable, Lines, stored_cell

if TYPE_CHECKING:
    from ingestion.codebook import Survey
    from ingestion.formats import Format

# Where a sheet has another name, its headers are looked for in so many rows.
_FIRST_ROWS = 20


@dataclass(frozen=True)
class _Sheet:
    """A sheet before it is read; `marks` looks through it, and makes sure that it is not too large."""

    name: str
    is_hidden: bool
    marks: Callable[[], SheetMarks]


def open_workbook(path: Path, name: str, survey: Survey, format: Format) -> Lines:
    """The lines of the survey's sheet.

    Raises FileUnreadable when there is none, or the workbook is broken, encrypted, too large or dangerous.
    """
    with _reading(name), _safe_sheets(path, name, format, survey.decimal) as sheets_of:
        workbook = _open(path, name, format)
        sheets = sheets_of(workbook)

        def lines_of(sheet: _Sheet) -> Callable[[], Iterator[Sequence[Cell]]]:
            marks = sheet.marks()
            return _lines(workbook.get_sheet_by_name(sheet.name), marks)

        sheet, notes = _choose(sheets, survey, name, lines_of)
        marks = sheet.marks()
        read = _lines(workbook.get_sheet_by_name(sheet.name), marks)
        workbook.close()
    notes += _hidden(marks, name, sheet.name)
    return Lines(Choice(format, decimal=survey.decimal, sheet=sheet.name), read, notes=tuple(notes))


def _open(path: Path, name: str, format: Format) -> CalamineWorkbook:
    """Open a workbook. By a path calamine goes by its extension, which may be wrong.

    Of XLS and ODS it reads all sheets at once, and ends the process where a damaged one seems to have billions of
    cells; so it is tried in a process of its own. An XLSX was looked over for such sheets.
    """

    def open_() -> CalamineWorkbook:
        if path.suffix.lower() == f".{format}":
            return CalamineWorkbook.from_path(str(path))
        return CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))

    def read_all() -> None:
        workbook = open_()
        for sheet in workbook.sheet_names:
            workbook.get_sheet_by_name(sheet)

    if format != "xlsx" and not survives(read_all):
        raise FileUnreadable("workbook_unreadable", name, error="it is damaged")
    return open_()


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Let what goes wrong in calamine out as FileUnreadable; a panic of it is no Exception."""
    try:
        yield
    except PasswordError as error:
        raise FileUnreadable("workbook_encrypted", name) from error
    except CalamineError as error:
        raise FileUnreadable("workbook_unreadable", name, error=error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise FileUnreadable("workbook_unreadable", name, error=error) from error


@contextmanager
def _safe_sheets(
    path: Path, name: str, format: Format, decimal: str
) -> Iterator[Callable[[CalamineWorkbook], list[_Sheet]]]:
    """How to list the sheets of a workbook in which nothing is dangerous. Raises FileUnreadable when something is."""
    if format == "xls":
        from ingestion.compound_file import CompoundFile
        from ingestion.xls_sheet import marks_of_xls

        book = CompoundFile.read(path, name)
        book.check_safe()
        yield lambda workbook: [
            _Sheet(sheet.name, _is_hidden(sheet.visible), lambda index=index: marks_of_xls(book, index, decimal))
            for index, sheet in enumerate(workbook.sheets_metadata)
        ]
        return
    from ingestion.workbook_parts import open_parts

    with open_parts(path, name, format) as parts:
        if format == "xlsx":
            from ingestion.xlsx_sheet import marks_of_xlsx

            yield lambda workbook: [
                _Sheet(
                    sheet.name,
                    _is_hidden(sheet.visible),
                    lambda called=sheet.name: marks_of_xlsx(parts, called, decimal),
                )
                for sheet in workbook.sheets_metadata
            ]
        else:
            from ingestion.ods_sheet import marks_of_ods

            found = marks_of_ods(parts, decimal)
            yield lambda workbook: [
                _Sheet(called, called in found.hidden, lambda called=called: found.marks.get(called, SheetMarks()))
                for called in workbook.sheet_names
            ]


def _is_hidden(visible: object) -> bool:
    return visible != SheetVisibleEnum.Visible


def _choose(
    sheets: Sequence[_Sheet],
    survey: Survey,
    name: str,
    lines_of: Callable[[_Sheet], Callable[[], Iterator[Sequence[Cell]]]],
) -> tuple[_Sheet, list[Problem]]:
    """The survey's sheet: the one with its name, else the only visible one with its headers, which a note tells."""
    wanted = survey.sheet
    alike = [sheet for sheet in sheets if wanted and _plain(sheet.name) == _plain(wanted)]
    named = [sheet for sheet in alike if sheet.name == wanted] or alike
    if len(named) == 1:
        (sheet,) = named
        said = {"sheet": sheet.name, "wanted": str(wanted)}
        kinds = {"sheet_differs": sheet.name != wanted, "sheet_hidden": sheet.is_hidden}
        return sheet, [Problem(kind, name, sheet=sheet.name, said=said) for kind, is_so in kinds.items() if is_so]
    fitting = [sheet for sheet in sheets if not sheet.is_hidden and _has_headers(lines_of(sheet)(), survey)]
    if len(fitting) != 1:
        listed = ", ".join(sheet.name for sheet in sheets) or "–"
        raise FileUnreadable("sheet_missing", name, sheets=listed, wanted=wanted or "–")
    (sheet,) = fitting
    if not wanted:
        return sheet, []
    return sheet, [Problem("sheet_differs", name, sheet=sheet.name, said={"sheet": sheet.name, "wanted": wanted})]


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _has_headers(lines: Iterator[Sequence[Cell]], survey: Survey) -> bool:
    """Whether one of the first rows has every header about the response."""
    wanted = {_plain(header) for header in survey.head_columns}
    return any(wanted <= {_plain(cell.text or "") for cell in line} for line in islice(lines, _FIRST_ROWS))


def _lines(sheet: CalamineSheet, marks: SheetMarks) -> Callable[[], Iterator[Sequence[Cell]]]:
    """The lines of a sheet, each as wide as the sheet, with the cells that its marks tell otherwise."""
    marked: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in marks.cells.items():
        marked.setdefault(row, {})[column] = cell
    n_before = sheet.start[1] if sheet.start else 0
    width = max([n_before + sheet.width, *(column + 1 for _, column in marks.cells)])

    def read() -> Iterator[list[Cell]]:
        n_rows = 0
        for row, values in enumerate(sheet.iter_rows()):
            line = [BLANK] * n_before + [stored_cell(value) for value in values]
            yield _overlaid(line, width, marked.get(row))
            n_rows = row + 1
        for row in range(n_rows, max(marked, default=-1) + 1):
            yield _overlaid([], width, marked.get(row))

    return read


def _overlaid(line: list[Cell], width: int, marked: dict[int, Cell] | None) -> list[Cell]:
    line += [BLANK] * (width - len(line))
    for column, cell in (marked or {}).items():
        line[column] = cell
    return line


def _hidden(marks: SheetMarks, name: str, sheet: str) -> list[Problem]:
    """A note for hidden rows and one for hidden columns: they are read like all others."""
    found = {"hidden_rows": marks.hidden_rows, "hidden_columns": marks.hidden_columns}
    return [Problem(kind, name, sheet=sheet, said={"count": len(hidden)}) for kind, hidden in found.items() if hidden]
