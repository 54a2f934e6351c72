"""Problems of a delivery, collected so that all of them are told at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.answers import SourceFile


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a delivery: where it is, what was found, what was expected and what to do next.

    `rank` orders what to fix first: 1 the set of files, 2 a file as a whole, 3 columns, 4 respondents, 5 cells.
    `row` and `column` are as a person sees them: rows count from 1, columns go by their header.
    """

    rank: int
    file: str
    row: int | None
    column: str | None
    reason: str
    found: str
    expected: str
    hint: str
    sheet: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The problem as plain values, for the ledger and for `--json`."""
        return asdict(self)

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                f"sheet {self.sheet}" if self.sheet else "",
                f"row {self.row}" if self.row else "",
                f"column {self.column}" if self.column else "",
            )
            if part
        )
        return f"{place}: {self.reason}. Found {self.found}; expected {self.expected}. {self.hint}"


def sort_problems(problems: Sequence[Problem]) -> list[Problem]:
    """What to fix first comes first; within a rank by file, row and column."""
    return sorted(problems, key=lambda p: (p.rank, p.file, p.row or 0, p.column or "", p.reason))


@dataclass(frozen=True)
class RejectedAnswer:
    """A cell that could not be read: where it stands, what was found, what was expected and why it was rejected."""

    edition_id: int
    survey: str
    file_name: str
    sheet: str | None
    row_number: int
    column_name: str
    found: str
    expected: str
    reason: str


class DeliveryRefused(Exception):
    """The delivery cannot be loaded as it is; `problems` lists everything found, nothing was loaded.

    `files` are those that were copied to the raw store before it was refused; `rejected` the cells that could not be
    read as answers, those that would have been allowed among them.
    """

    def __init__(
        self,
        edition_id: int,
        problems: Sequence[Problem],
        files: Sequence[SourceFile] = (),
        rejected: Sequence[RejectedAnswer] = (),
    ) -> None:
        self.edition_id = edition_id
        self.files = tuple(files)
        self.rejected = tuple(rejected)
        self.problems = sort_problems(problems)
        count = len(self.problems)
        lines = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(self.problems, 1))
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"The delivery of edition {edition_id} is refused, {count} {noun}:\n{lines}")


_QUOTED = re.compile(r"(?<!\w)['\"].*['\"]")


def failure_reason(kind: str, message: str) -> str:
    """Why a load failed by an exception of some kind, for the ledger: the first line, without what stands in quotes.

    The ledger forgets nothing, and a quotation may be a path, or what a person has written in an answer.
    """
    first = next(iter(message.strip().splitlines()), "")
    return f"{kind}: {_QUOTED.sub('…', first)}"[:300].rstrip(": ")
