"""Reading one delivered file into a table of cells, as text, with the row numbers a person sees."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingestion.codebook import Survey
from ingestion.problem import Problem

# More columns than any questionnaire has: guards against a file whose delimiter is not the expected one.
csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class Cell:
    """One cell: its text (None when blank) and, where the file itself stores a number, that number."""

    text: str | None
    number: float | None = None


@dataclass(frozen=True)
class Table:
    """A file's headers and its rows that are not wholly blank; each row with its number in the file, from 1.

    What stands in a personal column is never in here: its cells are blank.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    encoding: str | None


class FileUnreadable(Exception):
    """The file is not what the codebook says it is; `problem` tells how."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def _unreadable(
    name: str, reason: str, found: str, expected: str, hint: str, sheet: str | None = None
) -> FileUnreadable:
    return FileUnreadable(Problem(2, name, None, None, reason, found, expected, hint, sheet))


def _csv_lines(path: Path, name: str, survey: Survey) -> list[list[Cell]]:
    content = path.read_bytes()
    encoding = survey.encoding or "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise _unreadable(
            name,
            "the file is not in the expected encoding",
            f"byte 0x{content[error.start]:02x} in row {row}",
            encoding,
            "Export the file again in this encoding.",
        ) from error
    if "\x00" in text:
        raise _unreadable(name, "the file is not text", "a zero byte", "a text file", "Export the file again as CSV.")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=survey.delimiter or ";", strict=True))
    except csv.Error as error:
        raise _unreadable(
            name,
            "the file breaks off or its quotes do not match",
            str(error),
            "complete CSV",
            "Export the file again.",
        ) from error
    return [[Cell(value.strip() or None) for value in line] for line in lines]


def _xlsx_cell(value: object) -> Cell:
    if value is None or value == "":
        return Cell(None)
    if isinstance(value, bool):
        return Cell("1" if value else "0", float(value))
    if isinstance(value, int | float):
        number = float(value)
        return Cell(str(int(number)) if number.is_integer() else repr(number), number)
    return Cell(str(value).strip() or None)


def _xlsx_lines(path: Path, name: str, survey: Survey) -> list[list[Cell]]:
    # Imported here: a delivery of CSV files alone does not pay for it.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            if survey.sheet not in workbook.sheet_names:
                raise _unreadable(
                    name,
                    "the workbook lacks the sheet",
                    ", ".join(workbook.sheet_names) or "no sheet",
                    f"a sheet named {survey.sheet}",
                    "Rename the sheet, or correct `sheet` in the codebook's edition.yml.",
                )
            values = workbook.get_sheet_by_name(survey.sheet).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise _unreadable(
            name,
            "the workbook cannot be opened",
            str(error),
            "an XLSX workbook",
            "Save the file again as XLSX.",
        ) from error
    return [[_xlsx_cell(value) for value in line] for line in values]


def _sav_lines(path: Path, name: str, survey: Survey) -> list[list[Cell]]:
    """An SPSS file: the names of its variables, then a line per case; a value with a label reads as its label."""
    # Imported here: a delivery without SPSS files does not pay for it.
    import pyreadstat

    try:
        columns, meta = pyreadstat.read_sav(str(path), output_format="dict")
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        raise _unreadable(
            name,
            "the SPSS file cannot be opened",
            str(error),
            "a file of SPSS (.sav)",
            "Save the file again as .sav.",
        ) from error
    lines = [[Cell(header) for header in columns]]
    labels = [meta.variable_value_labels.get(header, {}) for header in columns]
    for values in zip(*columns.values(), strict=True):
        lines.append([_sav_cell(value, known) for value, known in zip(values, labels, strict=True)])
    return lines


def _sav_cell(value: object, labels: Mapping[object, str]) -> Cell:
    if value is None or value != value or value == "":  # a missing number is NaN, which differs from itself
        return Cell(None)
    if value in labels:
        return Cell(labels[value].strip(), float(value) if isinstance(value, int | float) else None)
    return _xlsx_cell(value)


_LINES = {"csv": _csv_lines, "xlsx": _xlsx_lines, "sav": _sav_lines}


def read_table(path: Path, name: str, survey: Survey, may_be_empty: bool = False) -> Table:
    """Read `path` (delivered under `name`) the way the survey's entry in the codebook describes it.

    Raises FileUnreadable when encoding, sheet or layout are not as described, or nothing stands in the file (unless
    it `may_be_empty`: a copy from which the only respondent was erased).
    """
    lines = _LINES[survey.format](path, name, survey)
    head = survey.header_row - 1
    if len(lines) <= head or not any(cell.text for cell in lines[head]):
        raise _unreadable(
            name,
            "the file is empty",
            f"{len(lines)} rows",
            f"headers in row {survey.header_row} and one row per respondent below",
            "Export the survey again.",
            survey.sheet,
        )
    headers = [cell.text or "" for cell in lines[head]]
    while headers and not headers[-1]:
        headers.pop()
    _check_header_row(name, headers, survey)
    width = len(headers)
    personal = [index for index, header in enumerate(headers) if header in survey.personal_columns]
    rows = []
    for number, line in enumerate(lines[head + 1 :], start=survey.header_row + 1):
        if not any(cell.text for cell in line):
            continue
        if any(cell.text for cell in line[width:]) or (survey.format == "csv" and len(line) < width):
            raise _unreadable(
                name,
                f"row {number} has another number of cells than the headers",
                f"{len(line)} cells",
                f"{width} cells",
                "A line break or delimiter inside an answer is not quoted; export the file again.",
                survey.sheet,
            )
        cells = line[:width] + [Cell(None)] * (width - len(line))
        for index in personal:
            cells[index] = Cell(None)
        rows.append((number, tuple(cells)))
    if not rows and not may_be_empty:
        raise _unreadable(
            name,
            "the file is empty",
            "headers only",
            "one row per respondent",
            "Export the survey again.",
            survey.sheet,
        )
    return Table(tuple(headers), tuple(rows), survey.encoding)


def _check_header_row(name: str, headers: Collection[str], survey: Survey) -> None:
    """Refuse a file of persons whose header row is another row: its cells must not be told as unknown columns."""
    if survey.personal_columns and not {*survey.head_columns, *survey.personal_columns} & set(headers):
        raise _unreadable(
            name,
            "the headers are missing",
            f"no known header in row {survey.header_row} (what stands there is not repeated: it may be a person's)",
            f"headers in row {survey.header_row}",
            "Export the survey with its headers, or correct `header_row` in the codebook's edition.yml.",
            survey.sheet,
        )
