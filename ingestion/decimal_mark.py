"""Which mark stands before the decimals of a file's numbers, by those that can be read in one way only."""

from __future__ import annotations

import re
from dataclasses import replace

from ingestion.codebook import Codebook
from ingestion.problem import Problem
from ingestion.table import FileUnreadable, Table

_NUMERIC = ("integer", "number", "level")
_MARKS = {",": "comma", ".": "point"}

_SPACES = " \u00a0\u202f'’"
_TOKEN = re.compile(rf"\d[\d.,{_SPACES}]*", re.ASCII)


def _evidence(mark: str, other: str) -> str:
    """What can only be a number with this mark: other than three decimals, or the other mark before thousands."""
    mark, other = re.escape(mark), re.escape(other)
    spaced, grouped = rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+", rf"\d{{1,3}}(?:{other}\d{{3}})+"
    decimals = rf"(?:\d+{mark}(?:\d{{1,2}}|\d{{4,}})|(?:0|\d{{4,}}){mark}\d+|{spaced}{mark}\d+)"
    return rf"{decimals}|{grouped}{mark}\d+|\d{{1,3}}(?:{other}\d{{3}}){{2,}}"


_POINT_OR_COMMA = re.compile(rf"(?P<comma>{_evidence(',', '.')})|(?P<point>{_evidence('.', ',')})", re.ASCII)


def mark_of(text: str) -> str | None:
    """The decimal mark that a cell gives evidence of, `,` or `.`; None: it has no number, or one that shows none."""
    if len(text) <= 40 and ("," in text or "." in text):
        for token in _TOKEN.findall(text):
            if match := _POINT_OR_COMMA.fullmatch(token.strip(_SPACES)):
                return "," if match["comma"] else "."
    return None


def find_decimal(table: Table, survey: str, file_name: str, codebook: Codebook) -> Table:
    """The table, with the decimal mark that its numbers show in its `choice`; the codebook's where they show none.

    Numbers that a workbook stores are no evidence. When both marks are shown the codebook's stays, with a warning.
    """
    usual = codebook.surveys[survey].decimal
    headers = {h: at for at, h in enumerate(table.headers)}
    places = [
        headers[header]
        for header, question, option in codebook.answer_columns(survey)
        if question.type in _NUMERIC and header in headers
    ]
    rows = _first_rows(table, places) if places else {}
    choice, notes = table.choice, table.notes
    if len(rows) == 2:
        said = {"usual": usual, "comma_row": rows[","], "point_row": rows["."]}
        notes += (Problem("decimal_mixed", file_name, None, None, choice.sheet, said),)
    elif rows:
        (mark,) = rows
        choice = replace(choice, decimal=mark, is_decimal_certain=True)
        if mark != usual:
            said = {"found": mark, "usual": usual}
            notes += (Problem("decimal_differs", file_name, rows[mark], None, choice.sheet, said),)
    return replace(table, choice=choice, notes=notes)


def _first_rows(table: Table, places: list[int]) -> dict[str, int]:
    """The first row that gives evidence of each mark."""
    rows: dict[str, int] = {}
    marks: dict[str, str | None] = {}
    try:
        for row, cells in table.rows:
            for place in places:
                cell = cells[place] if place < len(cells) else None
                if cell is None or cell.text is None or cell.number is not None or cell.mark:
                    continue
                if cell.text not in marks:
                    if len(marks) > 50_000:
                        marks.clear()
                    marks[cell.text] = mark_of(cell.text)
                if (mark := marks[cell.text]) and mark not in rows:
                    rows[mark] = row
                    if len(rows) == 2:
                        return rows
    except FileUnreadable:
        pass  # told when its answers are read
    return rows
