"""A copy of a delivered file in which some rows are blank, whatever its format, so that all others keep their numbers.

Every cell of the rows is emptied, also of columns that are never read. Of a workbook only the values on the sheets of
the codebook are carried over: comments, links, pivot tables and other sheets could tell of the same person.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.codebook import Codebook, Survey
from ingestion.csv_lines import text_lines
from ingestion.formats import format_of
from ingestion.headers import known_headers
from ingestion.table import Cell, Table, open_lines, read_table
from ingestion.text_encoding import find_encoding

if TYPE_CHECKING:
    from openpyxl.cell import Cell as OpenpyxlCell

Write = Callable[[Path, Path, Survey, Collection[int], Sequence[Survey]], None]


class NotBlanked(Exception):
    """The copy without the rows does not read as the file did; nothing was replaced."""


def rows_of_respondent(table: Table, survey: Survey, respondent_id: str) -> tuple[int, ...] | None:
    """The numbers of a respondent's rows; None when the table lacks the column that says who responded."""
    if survey.respondent_column not in table.headers:
        return None
    place = table.headers.index(survey.respondent_column)
    return tuple(number for number, cells in table.rows if place < len(cells) and cells[place].text == respondent_id)


def write_without_rows(
    source: Path, target: Path, name: str, codebook: Codebook, survey_name: str, rows: Collection[int]
) -> None:
    """Write the file `source` (delivered under `name`) to `target` with the survey's `rows` blank.

    The copy is read back: raises NotBlanked when any other row is not as it was.
    """
    survey = codebook.surveys[survey_name]
    in_file = [other for other in codebook.surveys.values() if other.file_pattern == survey.file_pattern]
    _WRITERS[format_of(source, name)](source, target, survey, rows, in_file)
    for other_name, other in codebook.surveys.items():
        if other not in in_file:
            continue
        known = known_headers(codebook, other_name)
        before = read_table(source, name, other, known=known)
        after = read_table(target, name, other, may_be_empty=True, known=known)
        gone = rows if other is survey else ()
        expected = (row for row in before.rows if row[0] not in gone)
        if after.headers != before.headers or any(new != old for new, old in zip_longest(after.rows, expected)):
            raise NotBlanked(f"{name}: a copy without rows {', '.join(map(str, rows))} would change other rows, too.")


def _write_csv(source: Path, target: Path, survey: Survey, rows: Collection[int], in_file: Sequence[Survey]) -> None:
    """The text as it is, but for the rows; a row may go over several lines. A byte order mark stays if it is there."""
    encoding = find_encoding(source, source.name, survey.encoding)
    delimiter = str(read_table(source, source.name, survey).choice.delimiter)
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in text_lines(source, source.name, encoding):
            taken.append(line)
            yield encoding.cleaned(line)

    with target.open("wb") as file:
        file.write(encoding.mark)
        for number, cells in enumerate(csv.reader(lines(), delimiter=delimiter, strict=True), start=1):
            row = "".join(taken)
            taken.clear()
            if number in rows:
                row = delimiter * (len(cells) - 1) + row[len(row.rstrip("\r\n")) :]
            file.write(row.encode(encoding.codec))


def _write_workbook(
    source: Path, target: Path, survey: Survey, rows: Collection[int], in_file: Sequence[Survey]
) -> None:
    """The cells of the surveys' sheets, as XLSX whatever the workbook was: a file is read by what it holds."""
    from openpyxl import Workbook

    copy = Workbook()
    copy.remove(copy.worksheets[0])
    for other in in_file:
        lines = open_lines(source, source.name, other)
        title = str(lines.choice.sheet)
        gone = rows if title == open_lines(source, source.name, survey).choice.sheet else ()
        if title in copy.sheetnames:
            continue
        sheet = copy.create_sheet(title)
        for row, line in enumerate(lines.read(), start=1):
            for column, cell in enumerate(line, start=1):
                if row not in gone and (cell.text or cell.mark):
                    _put(sheet.cell(row, column), cell)
    copy.save(target)


def _put(place: OpenpyxlCell, cell: Cell) -> None:
    """Write a cell so that it reads as it did."""
    if cell.mark == "date":
        place.value, place.number_format = _moment(str(cell.text))
    elif cell.number is not None:
        place.value = cell.number
        place.number_format = "0.0%" if cell.mark == "percent" else "General"
    else:
        place.value = cell.text
        # A text that begins with = is no formula; one that looks like an error value reads as one.
        place.data_type = "f" if cell.mark == "uncomputed" else "s"


def _moment(text: str) -> tuple[object, str]:
    """A date, date and time, or duration from its text, with the format it is shown in."""
    if "-" not in text:
        hours, minutes, seconds = map(float, text.split(":"))
        return timedelta(hours=hours, minutes=minutes, seconds=seconds), "[h]:mm:ss"
    if " " in text:
        return datetime.fromisoformat(text), "yyyy-mm-dd hh:mm:ss"
    return date.fromisoformat(text), "yyyy-mm-dd"


def _write_sav(source: Path, target: Path, survey: Survey, rows: Collection[int], in_file: Sequence[Survey]) -> None:
    import pandas as pd
    import pyreadstat

    from ingestion.spss_lines import read_sav

    # As SPSS stores them: dates as numbers, missing values that have a code with their code.
    columns, meta, _ = read_sav(source, source.name, disable_datetime_conversion=True)
    frame = pd.DataFrame({name: list(values) for name, values in columns.items()})
    for name, kind in meta.readstat_variable_types.items():
        # Rows count from 2: the names of the variables are row 1.
        frame.loc[[number - 2 for number in rows], name] = "" if kind == "string" else float("nan")
    pyreadstat.write_sav(
        frame,
        str(target),
        file_label=meta.file_label or "",
        column_labels=meta.column_names_to_labels,
        variable_value_labels=meta.variable_value_labels,
        missing_ranges=_missing_ranges(meta.missing_ranges),
        variable_measure=meta.variable_measure,
        variable_display_width=meta.variable_display_width,
        variable_format=meta.original_variable_types,
        compress=format_of(source, source.name) == "zsav",
    )


def _missing_ranges(found: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[str, list[object]]:
    """Ranges as pyreadstat writes them: a single value not as a range from itself to itself."""
    return {
        name: [range_["lo"] if range_["lo"] == range_["hi"] else dict(range_) for range_ in ranges]
        for name, ranges in found.items()
    }


_WRITERS: Mapping[str, Write] = {
    "csv": _write_csv,
    "xlsx": _write_workbook,
    "xls": _write_workbook,
    "ods": _write_workbook,
    "sav": _write_sav,
    "zsav": _write_sav,
}
