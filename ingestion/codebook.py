"""An edition's codebook: what was asked, in which file, under which header; read from the folder of the edition.

A codebook is data (`codebooks/<edition>/`): `edition.yml` describes the files of a delivery, `questions.csv` the
questions, `options.csv` their answer options, `totals.csv` which parts may not exceed which whole.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

CODEBOOKS = Path(__file__).parent / "codebooks"

QuestionType = Literal["text", "free_text", "integer", "number", "single_choice", "multiple_choice", "level"]


class CodebookError(Exception):
    """A codebook file says something it cannot mean; the message names file and row."""


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


def _yes_is_true(value: object) -> object:
    return {"yes": True, "no": False}.get(value, value)  # type: ignore[call-overload]


Text = Annotated[str | None, BeforeValidator(_empty_is_none)]
Number = Annotated[float | None, BeforeValidator(_empty_is_none)]
Integer = Annotated[int | None, BeforeValidator(_empty_is_none)]
YesNo = Annotated[bool, BeforeValidator(_yes_is_true)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Row = TypeVar("Row", bound=_Row)


class Option(_Row):
    """One answer option of a question; `value` is its score where the question is an ordinal or yes/no."""

    survey: str
    question_id: str
    option_id: str
    position: int
    header: Text
    code: Text
    label_pl: str
    label_en: str
    value: Number
    is_other: YesNo


class Question(_Row):
    """One question: `multiplier` is the number of base units (zł, persons, m2) in the unit it was asked in."""

    survey: str
    question_id: str
    position: int
    header: str
    type: QuestionType
    wording_pl: str
    wording_en: str
    unit: Text
    multiplier: Number
    reference_year: Integer
    asked_if_question: Text
    asked_if_option: Text
    hard_minimum: Number
    hard_maximum: Number
    plausible_minimum: Number
    plausible_maximum: Number
    required: YesNo

    @property
    def has_column_per_option(self) -> bool:
        """Whether the export has a column for each option rather than one for the question."""
        return self.type in ("multiple_choice", "level")


class Total(_Row):
    """The parts (question ids joined by `;`) may not add up to more than the whole."""

    part_question_ids: str
    whole_question_id: str


class Survey(_Row):
    """One survey of the edition and the file its answers come in."""

    title: str
    file_pattern: str
    format: Literal["csv", "xlsx"]
    header_row: int
    respondent_column: str
    cluster_column: str
    edition_column: str
    data_kind_column: str
    metadata_columns: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    lists_clusters: bool = False

    @property
    def head_columns(self) -> tuple[str, ...]:
        """The columns that are about the response, not answers, in the order they are looked for."""
        named = (self.respondent_column, self.cluster_column, self.edition_column, self.data_kind_column)
        return tuple(dict.fromkeys((*named, *self.metadata_columns)))


class Codebook(BaseModel):
    """Everything the edition asked. Raises nothing after loading: references are checked by `load_codebook`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edition_id: int
    surveys: dict[str, Survey]
    synthetic_data_kind: str
    ticked: tuple[str, ...]
    unticked: tuple[str, ...]
    item_separator: str
    refusals: tuple[str, ...]
    max_rejected: int = 0
    questions: tuple[Question, ...]
    options: tuple[Option, ...]
    totals: tuple[Total, ...]
    fingerprint: str

    @cached_property
    def options_of(self) -> dict[str, tuple[Option, ...]]:
        """The options of each question, in their order."""
        grouped: dict[str, list[Option]] = {question.question_id: [] for question in self.questions}
        for option in sorted(self.options, key=lambda option: option.position):
            grouped[option.question_id].append(option)
        return {question_id: tuple(options) for question_id, options in grouped.items()}

    def questions_of(self, survey: str) -> tuple[Question, ...]:
        """The questions of one survey, in their order."""
        return tuple(question for question in self.questions if question.survey == survey)

    def answer_columns(self, survey: str) -> Iterator[tuple[str, Question, Option | None]]:
        """Each column of answers the survey's file must have: header, question, and option where it has its own."""
        for question in self.questions_of(survey):
            if question.has_column_per_option:
                for option in self.options_of[question.question_id]:
                    yield str(option.header), question, option
            else:
                yield question.header, question, None


def editions(root: Path = CODEBOOKS) -> list[int]:
    """The editions there is a codebook for, ascending."""
    return sorted(int(folder.name) for folder in root.iterdir() if (folder / "edition.yml").is_file())


def _rows(path: Path, model: type[Row]) -> tuple[Row, ...]:
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                rows.append(model.model_validate(row))
            except ValidationError as error:
                first = error.errors()[0]
                column = ".".join(map(str, first["loc"]))
                raise CodebookError(
                    f"{path}, row {number}, column {column}: found {first['input']!r}; {first['msg']}"
                ) from error
    return tuple(rows)


def _check_references(codebook: Codebook, folder: Path) -> None:
    questions = {question.question_id: question for question in codebook.questions}
    if len(questions) != len(codebook.questions):
        raise CodebookError(f"{folder / 'questions.csv'}: a question_id stands twice; each must be unique")
    for question in codebook.questions:
        if question.survey not in codebook.surveys:
            raise CodebookError(
                f"{folder / 'questions.csv'}: question {question.question_id} is of survey {question.survey!r}; "
                f"edition.yml knows {', '.join(codebook.surveys)}"
            )
        if question.asked_if_question and question.asked_if_question not in questions:
            raise CodebookError(
                f"{folder / 'questions.csv'}: {question.question_id} depends on {question.asked_if_question!r}, "
                "which is not a question"
            )
    for option in codebook.options:
        if option.question_id not in questions:
            raise CodebookError(f"{folder / 'options.csv'}: {option.question_id!r} is not a question")
        if questions[option.question_id].has_column_per_option and not option.header:
            raise CodebookError(
                f"{folder / 'options.csv'}: option {option.option_id} of {option.question_id} needs a header"
            )
    for question in codebook.questions:
        if (
            question.type in ("single_choice", "multiple_choice", "level")
            and not codebook.options_of[question.question_id]
        ):
            raise CodebookError(
                f"{folder / 'options.csv'}: {question.question_id} is a {question.type} without options"
            )
    for total in codebook.totals:
        for question_id in (*total.part_question_ids.split(";"), total.whole_question_id):
            if question_id not in questions:
                raise CodebookError(f"{folder / 'totals.csv'}: {question_id!r} is not a question")


def load_codebook(edition_id: int, root: Path = CODEBOOKS) -> Codebook:
    """Read the codebook of an edition.

    Raises CodebookError, naming file and row, when there is none or it contradicts itself.
    """
    folder = root / str(edition_id)
    if not (folder / "edition.yml").is_file():
        known = ", ".join(map(str, editions(root))) or "none"
        raise CodebookError(f"There is no codebook for edition {edition_id} in {root}; there is one for: {known}")
    names = ("edition.yml", "questions.csv", "options.csv", "totals.csv")
    digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in names)).hexdigest()
    settings = yaml.safe_load((folder / "edition.yml").read_text(encoding="utf-8"))
    try:
        codebook = Codebook(
            **settings,
            questions=_rows(folder / "questions.csv", Question),
            options=_rows(folder / "options.csv", Option),
            totals=_rows(folder / "totals.csv", Total),
            fingerprint=digest,
        )
    except ValidationError as error:
        raise CodebookError(f"{folder / 'edition.yml'}: {error}") from error
    if codebook.edition_id != edition_id:
        raise CodebookError(
            f"{folder / 'edition.yml'}: edition_id is {codebook.edition_id}, the folder says {edition_id}"
        )
    _check_references(codebook, folder)
    return codebook
