"""The lines of a sheet of a workbook."""

from __future__ import annotations

from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from ingestion.codebook import Survey
from ingestion.table import Choice, FileUnreadable, Lines, stored_cell


def open_workbook(path: Path, name: str, survey: Survey) -> Lines:
    """The lines of the survey's sheet. Raises FileUnreadable when there is none, or the file is no workbook."""
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            if survey.sheet not in workbook.sheet_names:
                sheets = ", ".join(workbook.sheet_names) or "–"
                raise FileUnreadable("sheet_missing", name, sheets=sheets, wanted=survey.sheet)
            values = workbook.get_sheet_by_name(survey.sheet).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise FileUnreadable("workbook_unreadable", name, error=error) from error
    lines = [[stored_cell(value) for value in line] for line in values]
    return Lines(Choice("xlsx", decimal=survey.decimal, sheet=survey.sheet), lambda: iter(lines))
