"""What reading a delivery gives: one row per respondent × question × option, and all problems found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingestion.problem import ProblemList, RejectedAnswer
from ingestion.table import Choice
from ingestion.value import Status

# So many cells that could not be read are kept; of more, only their number. The delivery is refused by then.
MOST_REJECTED = 10_000


@dataclass(frozen=True)
class SourceFile:
    """A delivered file: under which name it came, what it holds by hash, and how it was read.

    `survey` is empty for a file of a refused delivery that belongs to no survey of the edition. `format` is what it is
    by its content. A file that came in a zip archive names that.
    """

    survey: str
    file_name: str
    sha256: str
    n_bytes: int
    format: str
    received_at: str
    archive_name: str | None = None
    archive_sha256: str | None = None


class Answer(NamedTuple):
    """One row of `raw.answer`; text as delivered, the number in the unit the question was asked in.

    `column_name` is the header that the codebook has for the column.
    """

    edition_id: int
    survey: str
    respondent_id: str
    cluster_id: str
    question_id: str
    option_id: str | None
    answer_text: str | None
    answer_number: float | None
    status: Status
    delivery_id: str
    file_sha256: str
    file_name: str
    sheet: str | None
    row_number: int
    column_name: str


# Takes the answers of one row, as soon as it is read: a large file is never held as a whole.
Take = Callable[[Sequence[Answer]], None]


@dataclass
class Reading:
    """What reading a delivery gave. Errors among `problems` refuse it; `rejected` cells beyond `max_rejected` are some.

    `n_rows` counts rows by survey, `choices` say how each survey's file was read.
    """

    problems: ProblemList = field(default_factory=ProblemList)
    rejected: list[RejectedAnswer] = field(default_factory=list)
    n_rejected: int = 0
    data_kinds: set[str] = field(default_factory=set)
    n_rows: Counter[str] = field(default_factory=Counter)
    n_answers: int = 0
    choices: dict[str, Choice] = field(default_factory=dict)

    def reject(self, cell: RejectedAnswer) -> None:
        """Count a cell that could not be read, and keep it unless there are too many already."""
        self.n_rejected += 1
        if len(self.rejected) < MOST_REJECTED:
            self.rejected.append(cell)
