"""From the tables of a delivery to answers: one row per respondent × question × option, and all problems found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingestion.codebook import Codebook, Option, Question
from ingestion.identity import Identities
from ingestion.problem import Problem
from ingestion.table import Cell, Table
from ingestion.value import Status, Unreadable, Value, is_refusal, read_value


@dataclass(frozen=True)
class SourceFile:
    """A delivered file: under which name it came, what it holds by hash, and how it was read."""

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


@dataclass
class Reading:
    """What reading a delivery gave. `problems` refuse it; so do `rejected` cells beyond `max_rejected`."""

    answers: list[Answer] = field(default_factory=list)
    rejected: list[RejectedAnswer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    data_kinds: set[str] = field(default_factory=set)
    n_rows: dict[str, int] = field(default_factory=dict)


def check_columns(table: Table, survey: str, file_name: str, codebook: Codebook) -> list[Problem]:
    """Every missing, unknown and repeated column of a file."""
    described = codebook.surveys[survey]
    expected = [*described.head_columns, *(header for header, _, _ in codebook.answer_columns(survey))]
    counts = Counter(table.headers)

    def problem(header: str, reason: str, found: str, wanted: str, hint: str) -> Problem:
        return Problem(3, file_name, described.header_row, header or None, reason, found, wanted, hint, described.sheet)

    fix = "Export the survey again, or correct the header in the edition's codebook."
    problems = [
        problem(header, "a column is missing", "no such header", f"a column {header}", fix)
        for header in dict.fromkeys(expected)
        if header not in counts
    ]
    for header, count in counts.items():
        if header not in expected:
            wanted = "a column of the codebook" if header else "a header above every answer"
            problems.append(problem(header, "a column is unknown", repr(header), wanted, fix))
        elif count > 1:
            problems.append(problem(header, "a column stands twice", f"{count} columns", "one column", fix))
    return problems


class _SurveyReader:
    """Reads the rows of one survey's table into the shared Reading."""

    def __init__(
        self,
        codebook: Codebook,
        file: SourceFile,
        table: Table,
        delivery_id: str,
        clusters: Mapping[str, str],
        reading: Reading,
    ) -> None:
        self.codebook, self.file, self.delivery_id, self.reading = codebook, file, delivery_id, reading
        self.clusters = clusters
        self.described = codebook.surveys[file.survey]
        self.table = table
        self.place = {header: index for index, header in enumerate(table.headers)}
        self.other_editions: set[str] = set()
        self.columns = list(codebook.answer_columns(file.survey))

    def _problem(self, rank: int, row: int, column: str, reason: str, found: str, expected: str, hint: str) -> None:
        self.reading.problems.append(
            Problem(rank, self.file.file_name, row, column, reason, found, expected, hint, self.described.sheet)
        )

    def read(self) -> None:
        """Read all rows."""
        described = self.described
        seen: dict[str, dict[str, int]] = {described.respondent_column: {}, described.cluster_column: {}}
        self.reading.n_rows[self.file.survey] = len(self.table.rows)
        for row, cells in self.table.rows:
            head = {name: cells[self.place[name]].text or "" for name in described.head_columns}
            self._check_head(row, head, seen)
            self.reading.data_kinds.add(head[described.data_kind_column])
            self._read_row(row, head[described.respondent_column], head[described.cluster_column], cells)

    def _check_head(self, row: int, head: Mapping[str, str], seen: dict[str, dict[str, int]]) -> None:
        for column, earlier in seen.items():
            value = head[column]
            if not value:
                self._problem(4, row, column, "the respondent is not named", "a blank", "an id", "Fill in the id.")
            elif value in earlier:
                what = f"{value}, also in row {earlier[value]}"
                self._problem(
                    4,
                    row,
                    column,
                    "a respondent stands twice",
                    what,
                    "one row each",
                    "Remove one of the rows.",
                )
            else:
                earlier[value] = row
        cluster, edition = head[self.described.cluster_column], head[self.described.edition_column]
        if self.clusters and cluster and cluster not in self.clusters:
            hint = "Correct the id, or add the cluster to the register."
            self._problem(
                4,
                row,
                self.described.cluster_column,
                "the cluster is unknown",
                cluster,
                "a cluster of the register",
                hint,
            )
        if edition != str(self.codebook.edition_id) and edition not in self.other_editions:
            self.other_editions.add(edition)
            hint = "Put the file into the inbox of its own edition."
            self._problem(
                2,
                row,
                self.described.edition_column,
                "rows are of another edition, this one first",
                edition or "a blank",
                str(self.codebook.edition_id),
                hint,
            )

    def _read_row(self, row: int, respondent_id: str, cluster_id: str, cells: tuple[Cell, ...]) -> None:
        values: dict[str, list[tuple[str, Option | None, Cell, Value, Status]]] = {}
        chosen: dict[str, set[str]] = {}
        for header, question, option in self.columns:
            cell = cells[self.place[header]]
            value, status = self._read_cell(row, header, question, option, cell)
            values.setdefault(question.question_id, []).append((header, option, cell, value, status))
            picked = value.option_id is not None and (question.type == "single_choice" or bool(value.number))
            if status == "given" and picked:
                chosen.setdefault(question.question_id, set()).add(str(value.option_id))
        for question in self.codebook.questions_of(self.file.survey):
            asked = not question.asked_if_question or bool(
                chosen.get(question.asked_if_question, set()) & set((question.asked_if_option or "").split(";"))
            )
            for header, option, cell, value, status in values[question.question_id]:
                self.reading.answers.append(
                    Answer(
                        self.codebook.edition_id,
                        self.file.survey,
                        respondent_id,
                        self.clusters.get(cluster_id, cluster_id),
                        question.question_id,
                        option.option_id if option else value.option_id,
                        cell.text,
                        value.number,
                        "skipped" if status == "blank" and not asked else status,
                        self.delivery_id,
                        self.file.sha256,
                        self.file.file_name,
                        self.described.sheet,
                        row,
                        header,
                    )
                )

    def _read_cell(
        self, row: int, header: str, question: Question, option: Option | None, cell: Cell
    ) -> tuple[Value, Status]:
        if cell.text is None:
            return Value(None), "blank"
        if is_refusal(cell, self.codebook):
            return Value(None), "refused"
        try:
            return read_value(cell, question, option, self.codebook), "given"
        except Unreadable as error:
            self.reading.rejected.append(
                RejectedAnswer(
                    self.codebook.edition_id,
                    self.file.survey,
                    self.file.file_name,
                    self.described.sheet,
                    row,
                    header,
                    cell.text,
                    error.expected,
                    error.reason,
                )
            )
            return Value(None), "rejected"


def _identify(
    codebook: Codebook, file: SourceFile, table: Table, identities: Identities, problems: list[Problem]
) -> dict[str, str]:
    """Which identity each cluster of the listing survey is, by its name; what it is called there → cluster_id.

    A name that the alias file does not know is a problem, and so are two clusters that are one by it.
    """
    described = codebook.surveys[file.survey]
    header = next(question.header for question in codebook.questions if question.question_id == "cluster_name")
    key, name = table.headers.index(described.cluster_column), table.headers.index(header)
    clusters: dict[str, str] = {}
    rows: dict[str, int] = {}
    n_unknown = 0

    def problem(row: int, reason: str, found: str, expected: str, hint: str) -> None:
        problems.append(Problem(4, file.file_name, row, header, reason, found, expected, hint, described.sheet))

    for row, cells in table.rows:
        called, delivered = cells[key].text, cells[name].text
        if not called or called in clusters:
            continue
        identity = identities.resolve(delivered, codebook.edition_id) if delivered else None
        clusters[called] = identity or called
        if identity is None and delivered:
            hint = identities.how_to_add(delivered, codebook.edition_id, identities.new_id(n_unknown))
            n_unknown += 1
            problem(row, "the cluster's name is not in the alias file", delivered, "a name with an identity", hint)
        elif identity in rows:
            hint = f"Correct {identities.path}, or leave one of them out of the delivery."
            found = f"{delivered} is {identity}, as is row {rows[identity]}"
            problem(row, "two clusters are one by the alias file", found, "an identity of its own", hint)
        elif identity:
            rows[identity] = row
    return clusters


def read_answers(
    codebook: Codebook,
    tables: Mapping[str, tuple[SourceFile, Table]],
    delivery_id: str,
    identities: Identities,
) -> Reading:
    """Read all surveys of a delivery (`tables` by survey) into answers, going on after each fault so that all are told.

    A file whose columns are not the codebook's is not read further: its columns are the problem to fix first.
    """
    reading = Reading()
    clusters: dict[str, str] = {}
    # The survey that lists the clusters goes first: the others are checked against it.
    for survey in sorted(tables, key=lambda name: not codebook.surveys[name].lists_clusters):
        file, table = tables[survey]
        columns = check_columns(table, survey, file.file_name, codebook)
        reading.problems += columns
        if columns:
            continue
        if codebook.surveys[survey].lists_clusters:
            clusters = _identify(codebook, file, table, identities, reading.problems)
        _SurveyReader(codebook, file, table, delivery_id, clusters, reading).read()
    if codebook.synthetic_data_kind in reading.data_kinds and len(reading.data_kinds) > 1:
        found = ", ".join(repr(kind) for kind in sorted(reading.data_kinds))
        hint = "Take the made-up rows or files out: they must never stand beside a real cluster's answers."
        columns = ", ".join(dict.fromkeys(survey.data_kind_column for survey in codebook.surveys.values()))
        files = ", ".join(file.file_name for file, _ in tables.values())
        reading.problems.append(
            Problem(2, files, None, columns, "real and synthetic answers are mixed", found, "one kind of data", hint)
        )
    if len(reading.rejected) > codebook.max_rejected:
        reading.problems += [
            Problem(
                5,
                cell.file_name,
                cell.row_number,
                cell.column_name,
                f"the answer is {cell.reason}",
                repr(cell.found),
                cell.expected,
                "Correct the cell with the respondent, or raise `max_rejected` in the edition's codebook.",
                cell.sheet,
            )
            for cell in reading.rejected
        ]
    return reading
