"""Problems of a delivery, collected so that all of them are told at once, in Polish or English.

A problem says what kind it is and what was found; the kinds with their words are data, `problem_kinds.csv`.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from ingestion.answers import SourceFile

Language = Literal["pl", "en"]
Severity = Literal["error", "warning", "note"]
LANGUAGES: tuple[Language, ...] = ("pl", "en")

# Of one kind in one column so many are told; a file that is wrong throughout would fill the memory, and no reader.
MOST_ALIKE = 50


class Kind(NamedTuple):
    """A kind of problem: `rank` orders what to fix first, `severity` says whether it refuses the delivery.

    Ranks: 1 the set of files, 2 a file as a whole, 3 columns, 4 respondents, 5 cells. An `error` refuses, a `warning`
    is to be looked at, a `note` says how something was read. The `words` are templates, by language.
    """

    rank: int
    severity: Severity
    words: Mapping[str, Mapping[str, str]]


class Told(NamedTuple):
    """What is said of a problem in one language."""

    reason: str
    found: str
    expected: str
    hint: str


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of problem, by its name."""
    with (Path(__file__).parent / "problem_kinds.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["kind"]: Kind(
            int(row["rank"]),
            row["severity"],  # type: ignore[arg-type]
            {language: {part: row[f"{part}_{language}"] for part in Told._fields} for language in LANGUAGES},
        )
        for row in rows
    }


def tell(kind: str, said: Mapping[str, object], language: Language = "en") -> Told:
    """What is said of a problem of this kind; `said` fills in the templates. Raises KeyError for what is missing."""
    return Told(*(template.format_map(said) for template in kinds()[kind].words[language].values()))


@dataclass(frozen=True)
class Problem:
    """One thing found in a delivery: what kind it is, where it stands, and what the words about it need to be told.

    `row` and `column` are as a person sees them: rows count from 1, columns go by their header as delivered.
    """

    kind: str
    file: str
    row: int | None = None
    column: str | None = None
    sheet: str | None = None
    said: Mapping[str, object] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """What to fix first: 1 before 5."""
        return kinds()[self.kind].rank

    @property
    def severity(self) -> Severity:
        """Whether it refuses the delivery."""
        return kinds()[self.kind].severity

    @property
    def is_error(self) -> bool:
        """Whether it refuses the delivery."""
        return self.severity == "error"

    def told(self, language: Language = "en") -> Told:
        """Reason, found, expected and hint in one language."""
        return tell(self.kind, self.said, language)

    @property
    def reason(self) -> str:
        """What is wrong, in English."""
        return self.told().reason

    @property
    def found(self) -> str:
        """What was found, in English."""
        return self.told().found

    @property
    def expected(self) -> str:
        """What was expected, in English."""
        return self.told().expected

    @property
    def hint(self) -> str:
        """What to do next, in English."""
        return self.told().hint

    def as_dict(self) -> dict[str, Any]:
        """The problem as plain values, for the ledger and for `--json`; told in English, and to be told otherwise."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "rank": self.rank,
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            **self.told()._asdict(),
            "said": dict(self.said),
        }

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
        told = self.told()
        return f"{place}: {told.reason}. Found {told.found}; expected {told.expected}. {told.hint}"


# The kinds of problem that stand for more of another kind, by the other's severity.
_MORE_ALIKE: Mapping[Severity, str] = {
    "error": "more_alike",
    "warning": "more_warnings_alike",
    "note": "more_notes_alike",
}


class ProblemList:
    """The problems of a delivery as they are found. Many of a kind in one column are counted instead of kept."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._counts: Counter[tuple[str, str, str | None, str | None]] = Counter()

    def add(self, problem: Problem) -> None:
        """Take a problem in."""
        alike = (problem.kind, problem.file, problem.sheet, problem.column)
        self._counts[alike] += 1
        if self._counts[alike] <= MOST_ALIKE or kinds()[problem.kind].rank < 3:
            self._kept.append(problem)

    def __iadd__(self, problems: Sequence[Problem]) -> ProblemList:
        for problem in problems:
            self.add(problem)
        return self

    def __iter__(self) -> Iterator[Problem]:
        """All that are told, what to fix first coming first, and how many more there are of a kind."""
        first = {(p.kind, p.file, p.sheet, p.column): p for p in reversed(self._kept)}
        more = [
            Problem(
                _MORE_ALIKE[kinds()[kind].severity],
                file,
                None,
                column,
                sheet,
                {
                    "count": count - MOST_ALIKE,
                    "of_kind_en": first[kind, file, sheet, column].told("en").reason,
                    "of_kind_pl": first[kind, file, sheet, column].told("pl").reason,
                },
            )
            for (kind, file, sheet, column), count in self._counts.items()
            if count > MOST_ALIKE and kinds()[kind].rank >= 3
        ]
        return iter(sort_problems([*self._kept, *more]))

    @property
    def has_errors(self) -> bool:
        """Whether any of them refuses the delivery."""
        return any(problem.is_error for problem in self._kept)


def row_order(row: int | None, rank: int) -> float:
    """Where a problem of a row stands among others: what has none comes first, but among rows and cells last."""
    return row if row is not None else (0 if rank < 4 else float("inf"))


def sort_problems(problems: Sequence[Problem]) -> list[Problem]:
    """Errors first, then what to fix first; within a rank by file, row and column."""
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(
        problems,
        key=lambda p: (
            order[p.severity],
            p.rank,
            p.file,
            row_order(p.row, p.rank),
            p.column or "",
            p.kind,
            str(p.said),
        ),
    )


class RejectedAnswer(NamedTuple):
    """A cell that could not be read: where it stands, what was found, what was expected and why it was rejected.

    `found` is what may be kept for ever of the cell. `expected` and `reason` are in English, `kind` and `said` tell
    them in any language.
    """

    edition_id: int
    survey: str
    file_name: str
    sheet: str | None
    row_number: int
    column_name: str
    found: str
    expected: str
    reason: str
    # Entries of the ledger from before there were kinds do not say it.
    kind: str | None = None
    said: Mapping[str, object] = {}

    def as_problem(self) -> Problem:
        """The cell as a problem that refuses the delivery."""
        return Problem(str(self.kind), self.file_name, self.row_number, self.column_name, self.sheet, self.said)


class DeliveryRefused(Exception):
    """The delivery cannot be loaded as it is; `problems` lists everything found, nothing was loaded.

    `files` are those that were copied to the raw store before it was refused; `rejected` the cells that could not be
    read as answers, those that would have been allowed among them; `is_sample` says that made-up answers were found.
    """

    def __init__(
        self,
        edition_id: int,
        problems: Sequence[Problem],
        files: Sequence[SourceFile] = (),
        rejected: Sequence[RejectedAnswer] = (),
        is_sample: bool = False,
    ) -> None:
        self.edition_id, self.is_sample = edition_id, is_sample
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
