"""An edition's codebook: what was asked, in which file, under which header; read from the folder of the edition.

A codebook is data (`codebooks/<edition>/`): `edition.yml` describes the files of a delivery and the edition's
settings, `questions.csv` the questions, `options.csv` their answer options, `totals.csv` which parts may not exceed
which whole. What the benchmark makes of the answers stands beside it (see `ingestion.framework`), and so does what is
published of the surveys beside the benchmark (see `ingestion.beside`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from ingestion.beside import Band, Characteristic, Confirmation
from ingestion.codebook_checks import check_codebook
from ingestion.framework import Conformance, Cut, Node, Rule, Segment, Settings, framework_path
from ingestion.rows import CodebookError, Integer, Number, Row, Text, YesNo, read_rows
from ingestion.wording import BLANKS, NOT_APPLICABLE, ZEROS

FOLDER_VARIABLE = "CLUSTERBENCH_CODEBOOKS"

# A blank of questions.csv is no rule of its own.
Inexact = Annotated[
    Literal["reject", "accept", "lower", "upper"], BeforeValidator(lambda value: "reject" if value == "" else value)
]
QuestionType = Literal["text", "free_text", "integer", "number", "single_choice", "multiple_choice", "level"]


class Option(Row):
    """One answer option of a question; `value` is its score where the question is an ordinal or yes/no.

    The options of a number are the classes it is published in; `value` is then the lowest number of the class.
    """

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


class Question(Row):
    """One question: `multiplier` is the number of base units (zł, persons, m2) in the unit it was asked in.

    `inexact` says what becomes of a number that is not exact (`ok. 30`, `>100`, `10-20`): it is rejected, the number
    named is accepted (of a range the middle), or its lower or upper bound is, if it has one.

    `question_no` is its number in a numbered questionnaire, `item_no` that of the item where it is one of a matrix;
    `reference` names the provision of a standard that it checks.
    """

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
    inexact: Inexact = "reject"
    question_no: Integer = None
    item_no: Integer = None
    reference: Text = None

    @property
    def least(self) -> float | None:
        """The lowest number possible: what is counted is never below 0, also where the codebook does not say so."""
        return 0.0 if self.hard_minimum is None and self.type in ("integer", "level") else self.hard_minimum

    @property
    def has_column_per_option(self) -> bool:
        """Whether the export has a column for each option rather than one for the question."""
        return self.type in ("multiple_choice", "level")


class Total(Row):
    """The parts (question ids joined by `;`) may not add up to more than the whole."""

    part_question_ids: str
    whole_question_id: str


# What LimeSurvey exports beside the answers, by code and by text; much of it is personal, so none of it is read.
# A star stands for whatever follows.
_LIMESURVEY = (
    "id",
    "submitdate",
    "lastpage",
    "startlanguage",
    "seed",
    "startdate",
    "datestamp",
    "ipaddr",
    "refurl",
    "token",
    "interviewtime",
    "groupTime*",
    "email",
    "e-mail",
    "firstname",
    "lastname",
    "attribute_*",
    "Response ID",
    "ID odpowiedzi",
    "Date submitted",
    "Data wysłania",
    "Last page",
    "Ostatnia strona",
    "Start language",
    "Język początkowy",
    "Date started",
    "Data rozpoczęcia",
    "Date last action",
    "Data ostatniej akcji",
    "IP address",
    "Adres IP",
    "Referrer URL",
    "Access code",
    "Kod dostępu",
    "Email address",
    "Adres e-mail",
    "First name",
    "Imię",
    "Last name",
    "Nazwisko",
    "Total time",
    "Czas całkowity",
    "Group time:*",
    "Czas grupy:*",
    "Question time:*",
    "Czas pytania:*",
)


class Survey(Row):
    """One survey of the edition and the file its answers come in; surveys may share a workbook, each on its sheet.

    `header_row` counts from 1 as a person sees it; an SPSS file has none. `decimal` is the mark before the decimals.
    `respondents` says who answers: each cluster once, or any number of its members. What `personal_columns` hold is
    never read, and a file may have the `ignored_columns`, which are not read either. A survey that does not enter the
    benchmark can change no score: no rule or cut may use its questions. Fieldwork ran from `fieldwork_from` to
    `fieldwork_to`; a response says in `sent_column` when it was sent, and in `status_column` one of the
    `finished_statuses`, unless it was never finished.
    """

    title: str
    file_pattern: str
    format: Literal["csv", "xlsx", "sav"]
    header_row: int = 1
    respondent_column: str
    cluster_column: str
    edition_column: str
    data_kind_column: str
    metadata_columns: tuple[str, ...] = ()
    personal_columns: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = _LIMESURVEY
    sent_column: str | None = None
    fieldwork_from: date | None = None
    fieldwork_to: date | None = None
    respondents: Literal["clusters", "members"] = "clusters"
    enters_benchmark: bool = True
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[",", "."] = ","
    sheet: str | None = None
    lists_clusters: bool = False
    sent_column: str | None = None
    fieldwork_from: date | None = None
    fieldwork_to: date | None = None
    status_column: str | None = None
    finished_statuses: tuple[str, ...] = ()

    @property
    def head_columns(self) -> tuple[str, ...]:
        """The columns that are about the response, in the order they are looked for.

        Where clusters go by their names, the respondent's and cluster's column is an answer's as well.
        """
        named = (self.respondent_column, self.cluster_column, self.edition_column, self.data_kind_column)
        judged = [column for column in (self.sent_column, self.status_column) if column]
        return tuple(dict.fromkeys((*named, *self.metadata_columns, *judged)))


class Codebook(BaseModel):
    """Everything the edition asked. Raises nothing after loading: references are checked by `load_codebook`.

    `refusals` are words for no answer, beside those known to all; `not_applicable` words that the question does not
    apply, `blanks` what stands for nothing, `zeros` words for none where a number can be 0 (see `ingestion.wording`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    edition_id: int
    settings: Settings
    surveys: dict[str, Survey]
    synthetic_data_kind: str
    ticked: tuple[str, ...]
    unticked: tuple[str, ...]
    item_separator: str
    refusals: tuple[str, ...]
    not_applicable: tuple[str, ...] = NOT_APPLICABLE
    blanks: tuple[str, ...] = BLANKS
    zeros: tuple[str, ...] = ZEROS
    max_rejected: int = 0
    # Words in an id or a name by which a response that only tries the survey out is known, in lower case.
    test_words: tuple[str, ...] = ("test", "testowy", "testowa", "testowe", "próba", "proba", "próbny", "próbna")
    questions: tuple[Question, ...]
    options: tuple[Option, ...]
    totals: tuple[Total, ...]
    nodes: tuple[Node, ...]
    today_nodes: tuple[Node, ...]
    rules: tuple[Rule, ...]
    cuts: tuple[Cut, ...]
    segments: tuple[Segment, ...]
    conformance: tuple[Conformance, ...]
    bands: tuple[Band, ...]
    confirmations: tuple[Confirmation, ...]
    characteristics: tuple[Characteristic, ...]
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

    @property
    def benchmark_questions(self) -> tuple[Question, ...]:
        """The questions of the surveys that enter the benchmark, in their order."""
        return tuple(question for question in self.questions if self.surveys[question.survey].enters_benchmark)

    def answer_columns(self, survey: str) -> Iterator[tuple[str, Question, Option | None]]:
        """Each column of answers the survey's file must have: header, question, and option where it has its own."""
        for question in self.questions_of(survey):
            if question.has_column_per_option:
                for option in self.options_of[question.question_id]:
                    yield str(option.header), question, option
            else:
                yield question.header, question, None


def codebooks_folder() -> Path:
    """The folder of codebooks in use: what CLUSTERBENCH_CODEBOOKS names, by default the one beside this file.

    A study team keeps its own methodology, which may be confidential, in a folder outside the code.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named).resolve() if named else Path(__file__).parent / "codebooks"


def editions(root: Path | None = None) -> list[int]:
    """The editions there is a codebook for in `root` (by default the folder in use), ascending."""
    root = root or codebooks_folder()
    if not root.is_dir():
        raise CodebookError(f"There is no folder of codebooks {root}; {FOLDER_VARIABLE} must name one, or not be set")
    folders = (path for path in root.iterdir() if path.name.isdigit() and (path / "edition.yml").is_file())
    return sorted(int(folder.name) for folder in folders)


# The files of an edition's folder that hold rows, and what a row is.
FILES: dict[str, type[Row]] = {
    "questions": Question,
    "options": Option,
    "totals": Total,
    "rules": Rule,
    "cuts": Cut,
    "segments": Segment,
    "conformance": Conformance,
}
# Those of them that only an edition with something to publish beside its benchmark has.
BESIDE_FILES: dict[str, type[Row]] = {
    "bands": Band,
    "confirmations": Confirmation,
    "characteristics": Characteristic,
}


def load_codebook(edition_id: int, root: Path | None = None) -> Codebook:
    """Read the codebook of an edition, from `root` or by default from the folder in use.

    Raises CodebookError, naming file and row, when there is none or it contradicts itself.
    """
    root = root or codebooks_folder()
    folder = root / str(edition_id)
    if not (folder / "edition.yml").is_file():
        known = ", ".join(map(str, editions(root))) or "none"
        raise CodebookError(f"There is no codebook for edition {edition_id} in {root}; there is one for: {known}")
    described = yaml.safe_load((folder / "edition.yml").read_text(encoding="utf-8"))
    try:
        settings = Settings.model_validate(described.pop("settings"))
    except (ValidationError, KeyError) as error:
        raise CodebookError(f"{folder / 'edition.yml'}, settings: {error}") from error
    present = FILES | {name: model for name, model in BESIDE_FILES.items() if (folder / f"{name}.csv").is_file()}
    rows = dict.fromkeys(BESIDE_FILES, ()) | {
        name: read_rows(folder / f"{name}.csv", model) for name, model in present.items()
    }
    frameworks = {
        name: framework_path(root, framework)
        for name, framework in (("nodes", settings.framework_id), ("today_nodes", settings.conforms_to))
    }
    files = [folder / "edition.yml", *(folder / f"{name}.csv" for name in present)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    try:
        codebook = Codebook(
            **described,
            settings=settings,
            **rows,
            **{name: read_rows(path, Node) for name, path in frameworks.items()},
            fingerprint=digest,
        )
    except ValidationError as error:
        raise CodebookError(f"{folder / 'edition.yml'}: {error}") from error
    if codebook.edition_id != edition_id:
        raise CodebookError(
            f"{folder / 'edition.yml'}: edition_id is {codebook.edition_id}, the folder says {edition_id}"
        )
    check_codebook(codebook, folder, root)
    return codebook
