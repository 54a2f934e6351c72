"""Who responded in a file: nobody twice, no test of the survey, nobody unfinished or outside the fieldwork."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from ingestion.codebook import Survey
from ingestion.dates import parse_date
from ingestion.problem import MOST_ALIKE
from ingestion.table import Cell, FileUnreadable, Table
from ingestion.unreadable import Unreadable

# So many columns in which two rows differ are named.
_MOST_NAMED = 5


@dataclass
class Repeats:
    """The rows of a survey that stand for the same respondent, or cluster where each answers once.

    Of each earlier row only its number and a hash are kept, so that a large file does not fill the memory.
    """

    survey: Survey
    table: Table
    _earlier: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    _differing: list[tuple[str, str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        survey = self.survey
        apart = {*survey.metadata_columns, *survey.personal_columns, survey.sent_column, survey.status_column}
        self._compared = [index for index, header in enumerate(self.table.headers) if header not in apart]
        answers_once = [survey.cluster_column] if survey.respondents == "clusters" else []
        self._once = tuple(dict.fromkeys((survey.respondent_column, *answers_once)))

    def same_as(self, row: int, head: Mapping[str, str], cells: Sequence[Cell]) -> int | None:
        """The earlier row that says just the same of the same respondent; None for a first or a differing one."""
        said = hash(tuple(cells[index].text for index in self._compared))
        for column in self._once:
            if not head[column]:
                continue
            earlier_row, earlier_said = self._earlier.setdefault((column, head[column]), (row, said))
            if earlier_row == row:
                continue
            if earlier_said == said:
                return earlier_row
            self._differing.append((column, head[column], row, earlier_row))
            break
        return None

    def differing(self) -> Iterator[tuple[str, int, str, int, str]]:
        """Each row that contradicts an earlier one: column of the id, row, id, earlier row, columns that differ.

        The file is read once more for what stood in them, if there are any.
        """
        looked_at = {row for _, _, *rows in self._differing[:MOST_ALIKE] for row in rows}
        cells: dict[int, tuple[Cell, ...]] = {}
        if looked_at:
            with suppress(FileUnreadable):  # told where the answers are read
                cells = {row: line for row, line in self.table.rows if row in looked_at}
        for column, value, row, earlier in self._differing:
            yield column, row, value, earlier, self._difference(cells.get(row, ()), cells.get(earlier, ()))

    def _difference(self, cells: Sequence[Cell], earlier: Sequence[Cell]) -> str:
        if not (cells and earlier):
            return "–"
        headers = self.table.headers
        names = [headers[index] for index in self._compared if cells[index].text != earlier[index].text]
        more = f" (+{len(names) - _MOST_NAMED})" if len(names) > _MOST_NAMED else ""
        return ", ".join(names[:_MOST_NAMED]) + more


def is_test(name: str, words: Sequence[str]) -> bool:
    """Whether an id or a name has one of the `words` in it, as who tries a survey out calls himself."""
    return bool(words) and not set(words).isdisjoint(re.findall(r"[^\W\d_]+", name.casefold()))


def is_unfinished(status: str, survey: Survey) -> bool:
    """Whether the survey platform says that the response was never finished."""
    finished = {word.casefold() for word in survey.finished_statuses}
    return bool(finished) and status.strip().casefold() not in finished


def _day(text: str) -> date | None:
    """The day that a text says; None where it says none."""
    with suppress(Unreadable):
        return parse_date(text)
    return None


def is_outside_fieldwork(sent: str, survey: Survey) -> bool:
    """Whether a response was sent before the fieldwork began or after it ended, or does not say when."""
    first, last = survey.fieldwork_from, survey.fieldwork_to
    if not (first or last):
        return False
    day = _day(sent)
    return day is None or bool(first and day < first) or bool(last and day > last)
