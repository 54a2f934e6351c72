"""What reading a delivery gives: one row per respondent × question × option, and all problems found."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.problem import Problem, RejectedAnswer
from ingestion.value import Status


@dataclass(frozen=True)
class SourceFile:
    """A delivered file: under which name it came, what it holds by hash, and how it was read.

    `survey` is empty for a file of a refused delivery that belongs to no survey of the edition.
    """

    survey: str
    file_name: str
    sha256: str
    n_bytes: int
    format: str
    received_at: str


@dataclass(frozen=True)
class Answer:
    """One row of `raw.answer`; text as delivered, the number in the unit the question was asked in."""

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


@dataclass
class Reading:
    """What reading a delivery gave. `problems` refuse it; so do `rejected` cells beyond `max_rejected`."""

    answers: list[Answer] = field(default_factory=list)
    rejected: list[RejectedAnswer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    data_kinds: set[str] = field(default_factory=set)
    n_rows: dict[str, int] = field(default_factory=dict)
