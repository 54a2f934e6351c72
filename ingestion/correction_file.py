"""One corrections file against the codebook of its edition: each line is read as strictly as a delivered cell."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from ingestion.amount import parse_number
from ingestion.codebook import Codebook, Option, Question
from ingestion.rows import Row, read_rows
from ingestion.table import Cell
from ingestion.unreadable import Unreadable
from ingestion.value import NOTHING, Value, read_value

ACTIONS = ("override", "drop", "flag")
STATUSES = ("proposed", "accepted", "withdrawn")
# What `expected_before` says where nothing was delivered, and where an indicator has no value.
BLANK = "blank"
NO_VALUE = ("missing", "rejected")


Said = Annotated[str | None, BeforeValidator(lambda cell: (cell or "").strip() or None)]


@dataclass(frozen=True)
class LineProblem:
    """What a line of a corrections file cannot mean; the file is the team's own, so it is told in English only."""

    file: str
    row: int | None
    column: str | None
    reason: str
    found: str
    expected: str
    hint: str

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}, column {self.column}" if self.row else self.file
        return f"{place}: {self.reason}. Found {self.found}; expected {self.expected}. {self.hint}"


class CorrectionLine(Row):
    """A line of the file as it was written; `reported_by` is a function such as `coordinator`, never a person's name.

    An answer goes by `question_id` (and `option_id`, if its options have columns of their own), an indicator by
    `node_id`.
    """

    correction_id: Said
    cluster_id: Said
    question_id: Said
    option_id: Said
    node_id: Said
    action: Said
    new_value: Said
    expected_before: Said
    reason: Said
    reported_by: Said
    status: Said


@dataclass(frozen=True)
class Correction:
    """A line as read: a row of `raw.correction`. Numbers of an answer in the unit asked, of an indicator in its own.

    `column_name` is the header of the corrected cell. What is expected before is met by the text as delivered, by the
    number or by the option; of an indicator by a value no farther away than `expected_tolerance`.
    """

    edition_id: int
    correction_id: str
    row_number: int
    file_sha256: str
    cluster_id: str
    survey: str | None
    question_id: str | None
    option_id: str | None
    column_name: str | None
    is_item_count: bool
    node_id: str | None
    action: str
    new_value: str | None
    new_number: float | None
    new_option_id: str | None
    expected_before: str | None
    expected_number: float | None
    expected_option_id: str | None
    expected_tolerance: float | None
    reason: str
    reported_by: str
    status: str

    @property
    def target(self) -> tuple[str | None, ...]:
        """What is corrected: a cell of a cluster's response, or an indicator of it."""
        return (self.cluster_id, self.survey, self.column_name, self.node_id)


@dataclass(frozen=True)
class _Target:
    """What a line corrects, and the number or option that its new value and the expected one are read as."""

    survey: str | None = None
    column_name: str | None = None
    is_item_count: bool = False
    new: Value = NOTHING
    expected: Value = NOTHING
    tolerance: float | None = None


class CorrectionFile:
    """One corrections file with the codebook of its edition; collects problems."""

    def __init__(self, path: Path, codebook: Codebook) -> None:
        self.path, self.codebook = path, codebook
        self.questions = {question.question_id: question for question in codebook.questions}
        self.indicators = {
            rule.node_id: rule for rule in codebook.rules if set(rule.question_ids) <= self.questions.keys()
        }
        self.problems: list[LineProblem] = []

    def problem(self, row: int, column: str, reason: str, found: object, expected: str, hint: str) -> None:
        told = "a blank" if found is None else repr(found)
        self.problems.append(LineProblem(str(self.path), row, column, reason, told, expected, hint))

    def read(self) -> list[Correction]:
        """Every line that can be read; the others are among the problems. Raises CodebookError for a broken file."""
        digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        corrections = []
        ids: dict[str, int] = {}
        taken: dict[tuple[str | None, ...], int] = {}
        for number, line in enumerate(read_rows(self.path, CorrectionLine), start=2):
            n_before = len(self.problems)
            self._check_form(number, line)
            earlier = ids.setdefault(str(line.correction_id), number)
            if earlier != number:
                self.problem(
                    number, "correction_id", f"stands already in row {earlier}", line.correction_id, "an id of its own",
                    "Give each correction an id of its own.",
                )  # fmt: skip
            target = self._target(number, line)
            if target is None or len(self.problems) > n_before:
                continue
            correction = self._correction(number, digest, line, target)
            corrections.append(correction)
            changes = correction.status == "accepted" and correction.action != "flag"
            if changes and (earlier := taken.setdefault(correction.target, number)) != number:
                self.problem(
                    number, "node_id" if line.node_id else "question_id",
                    f"is corrected in row {earlier} as well", line.node_id or line.question_id,
                    "one accepted correction of each value", "Withdraw one of the two.",
                )  # fmt: skip
        return corrections

    def _check_form(self, number: int, line: CorrectionLine) -> None:
        """What can be said of a line without the codebook."""
        for column in ("correction_id", "cluster_id", "reason", "reported_by"):
            if getattr(line, column) is None:
                self.problem(number, column, "is not filled in", None, "a text", "Every correction must say it.")
        for column, known in (("action", ACTIONS), ("status", STATUSES)):
            if getattr(line, column) not in known:
                hint = "Write one of these words."
                self.problem(number, column, "is none there is", getattr(line, column), " | ".join(known), hint)
        if (line.question_id is None) == (line.node_id is None):
            found = line.question_id and f"{line.question_id} and node_id {line.node_id}"
            hint = "Name what is corrected: an answer by its question, or an indicator by its node."
            self.problem(number, "question_id", "does not say what is corrected", found, "question_id or node_id", hint)
        if line.action == "override" and line.new_value is None:
            self.problem(number, "new_value", "is not filled in", None, "the correct value", "Or drop the value.")
        if line.action in ("drop", "flag") and line.new_value is not None:
            hint = "Empty it, or make it an override."
            self.problem(number, "new_value", f"a {line.action} has no new value", line.new_value, "a blank", hint)
        if line.action in ("override", "drop") and line.expected_before is None:
            hint = f"Write what stands there now, `{BLANK}` for an empty cell: the correction stops when that changes."
            self.problem(number, "expected_before", "is not filled in", None, "the value to be corrected", hint)

    def _target(self, number: int, line: CorrectionLine) -> _Target | None:
        """What the line corrects; None when it cannot be said."""
        if (line.question_id is None) == (line.node_id is None):
            return None
        return self._answer(number, line) if line.question_id else self._indicator(number, line)

    def _answer(self, number: int, line: CorrectionLine) -> _Target | None:
        question = self.questions.get(str(line.question_id))
        asked = f"a question of {self.codebook.edition_id}"
        if question is None:
            hint = "Look the question_id up in questions.csv of the edition's codebook."
            return self.problem(number, "question_id", "the question is unknown", line.question_id, asked, hint)
        if self.codebook.surveys[question.survey].respondents == "members":
            hint = "What a member said is an opinion, and the record of corrections is kept for ever: leave it."
            expected = f"{asked} to clusters"
            return self.problem(number, "question_id", "members are asked it", line.question_id, expected, hint)
        if question.type == "free_text" or (question.type == "text" and line.action == "override"):
            hint = "Have a text corrected in the delivery; free text is not published."
            return self.problem(
                number, "question_id", f"is a text, of which there is no {line.action}", line.question_id,
                f"{asked} with a number or options", hint,
            )  # fmt: skip
        options = {option.option_id: option for option in self.codebook.options_of[question.question_id]}
        option = options.get(str(line.option_id))
        if question.has_column_per_option and option is None:
            hint = "Name the option whose column is corrected."
            return self.problem(
                number, "option_id", "is not an option of the question", line.option_id, " | ".join(options), hint
            )
        if not question.has_column_per_option and line.option_id:
            hint = "The question has one column: its new value says which option."
            return self.problem(number, "option_id", "the question has one column", line.option_id, "a blank", hint)
        new = self._read_answer(number, "new_value", line.new_value, question, option)
        expected = self._read_expected(number, line.expected_before, question, option)
        return _Target(
            question.survey,
            question.header if option is None else option.header,
            option is not None and option.is_other,
            # A dropped choice has no option; a dropped tick keeps that of its column.
            new if line.new_value else Value(None, option.option_id if option else None),
            # Options may share a value, so a choice is compared by the option alone.
            Value(None, expected.option_id) if question.type == "single_choice" else Value(expected.number),
        )

    def _read_answer(
        self, number: int, column: str, text: str | None, question: Question, option: Option | None
    ) -> Value:
        """A cell as an answer. Of a column that names further items only their number is kept, so that is written."""
        try:
            if text is None:
                return NOTHING
            if option is None or not option.is_other:
                return read_value(Cell(text), question, option, self.codebook)
            if not re.fullmatch(r"\d+", text, re.ASCII):
                raise Unreadable("not_a_number_of_items")
            return Value(float(text), option.option_id)
        except Unreadable as error:
            hint = "Write it as a delivered cell would hold it."
            self.problem(number, column, error.reason, text, error.expected, hint)
            return NOTHING

    def _read_expected(self, number: int, text: str | None, question: Question, option: Option | None) -> Value:
        """What is expected before, as an answer; what cannot be read as one may still be the text delivered."""
        if text is None or text == BLANK:
            return NOTHING
        if option is not None and option.is_other:
            return self._read_answer(number, "expected_before", text, question, option)
        try:
            return read_value(Cell(text), question, option, self.codebook)
        except Unreadable:
            return NOTHING

    def _indicator(self, number: int, line: CorrectionLine) -> _Target | None:
        if line.node_id not in self.indicators:
            hint = "Look the node_id up in rules.csv of the edition's codebook; areas are computed, not corrected."
            expected = f"an indicator of {self.codebook.edition_id}"
            return self.problem(number, "node_id", "the indicator is unknown", line.node_id, expected, hint)
        if line.option_id:
            return self.problem(number, "option_id", "an indicator has none", line.option_id, "a blank", "Empty it.")
        new = self._read_indicator(number, "new_value", line.new_value)
        if line.expected_before is None or line.expected_before in NO_VALUE:
            return _Target(new=Value(new))
        expected = self._read_indicator(number, "expected_before", line.expected_before)
        decimals = len(line.expected_before.partition(",")[2])
        return _Target(new=Value(new), expected=Value(expected), tolerance=0.5 * 10.0**-decimals)

    def _read_indicator(self, number: int, column: str, text: str | None) -> float | None:
        try:
            return None if text is None else parse_number(text)
        except Unreadable as error:
            hint = f"Write it in the indicator's unit; of one without a value, {' or '.join(NO_VALUE)} is expected."
            self.problem(number, column, error.reason, text, error.expected, hint)
            return None

    def _correction(self, number: int, digest: str, line: CorrectionLine, target: _Target) -> Correction:
        return Correction(
            edition_id=self.codebook.edition_id,
            row_number=number,
            file_sha256=digest,
            survey=target.survey,
            column_name=target.column_name,
            is_item_count=target.is_item_count,
            new_number=target.new.number,
            new_option_id=target.new.option_id,
            expected_number=target.expected.number,
            expected_option_id=target.expected.option_id,
            expected_tolerance=target.tolerance,
            **line.model_dump(),
        )
