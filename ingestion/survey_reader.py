"""Reading the rows of one survey's table: each cell becomes an answer, or a problem that says where it stands."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.answers import Answer, Reading, SourceFile, Take
from ingestion.codebook import Codebook, Option, Question
from ingestion.erasure import NOTHING_ERASED, Erasures
from ingestion.problem import Problem, RejectedAnswer
from ingestion.table import BLANK, Cell, FileUnreadable, Table, is_damaged_id
from ingestion.value import Status, Unreadable, Value, is_refusal, read_value


class SurveyReader:
    """Reads the rows of one survey's table into the shared Reading.

    Columns that the table lacks are left out, for who reads on to tell all problems at once.
    """

    def __init__(
        self,
        codebook: Codebook,
        file: SourceFile,
        table: Table,
        delivery_id: str,
        clusters: Mapping[str, str],
        reading: Reading,
        take: Take,
        erasures: Erasures = NOTHING_ERASED,
    ) -> None:
        self.codebook, self.file, self.delivery_id, self.reading = codebook, file, delivery_id, reading
        self.clusters, self.take, self.erasures = clusters, take, erasures
        self.described = codebook.surveys[file.survey]
        self.table, self.sheet = table, table.choice.sheet
        self.place = {header: index for index, header in enumerate(table.headers)}
        self.questions = codebook.questions_of(file.survey)
        self.other_editions: set[str] = set()
        asked = list(codebook.answer_columns(file.survey))
        self.columns = [column for column in asked if column[0] in self.place]
        self.is_whole = len(self.columns) == len(asked)

    def _problem(self, kind: str, row: int, column: str | None, **said: object) -> None:
        self.reading.problems.add(Problem(kind, self.file.file_name, row, column, self.sheet, said))

    def read(self) -> None:
        """Read all rows; none when the table does not say who responded."""
        described = self.described
        if any(column not in self.place for column in described.head_columns):
            return
        # Each cluster answers once itself; of its members, any number do.
        once = (
            described.respondent_column,
            *([described.cluster_column] if described.respondents == "clusters" else []),
        )
        seen: dict[str, dict[str, int]] = {column: {} for column in once}
        width = len(self.table.headers)
        try:
            for row, cells in self.table.rows:
                self.reading.n_rows[self.file.survey] += 1
                if len(cells) != width:
                    self._problem("row_width", row, None, n_cells=len(cells), width=width)
                    continue
                head = {name: cells[self.place[name]].text or "" for name in described.head_columns}
                if self._is_erased(row, head[described.respondent_column]):
                    continue
                self._check_head(row, head, seen)
                self._check_ids(row, cells)
                self.reading.data_kinds.add(head[described.data_kind_column])
                self._read_row(row, head[described.respondent_column], head[described.cluster_column], cells)
        except FileUnreadable as error:
            self.reading.problems.add(error.problem)

    def _is_erased(self, row: int, respondent_id: str) -> bool:
        """Whether the respondent was erased on request; a problem when another file brings the answers back."""
        survey = self.file.survey
        erased_at = self.erasures.respondents.get((self.codebook.edition_id, survey, respondent_id))
        if erased_at and not self.erasures.is_erased_from(self.file.sha256, survey, respondent_id):
            self._problem(
                "respondent_erased", row, self.described.respondent_column, day=erased_at[:10], id=respondent_id
            )
        return erased_at is not None

    def _check_head(self, row: int, head: Mapping[str, str], seen: dict[str, dict[str, int]]) -> None:
        for column, earlier in seen.items():
            value = head[column]
            if not value:
                self._problem("respondent_unnamed", row, column)
            elif value in earlier:
                self._problem("respondent_twice", row, column, id=value, other_row=earlier[value])
            else:
                earlier[value] = row
        cluster, edition = head[self.described.cluster_column], head[self.described.edition_column]
        if self.clusters and cluster and cluster not in self.clusters:
            self._problem("cluster_unknown", row, self.described.cluster_column, cluster=cluster)
        wanted = str(self.codebook.edition_id)
        if edition != wanted and edition not in self.other_editions:
            self.other_editions.add(edition)
            column = self.described.edition_column
            self._problem("other_edition", row, column, edition=edition or "–", expected_edition=wanted)

    def _check_ids(self, row: int, cells: tuple[Cell, ...]) -> None:
        """A problem for an id that a spreadsheet has made something else of: what it was cannot be guessed."""
        for column in dict.fromkeys((self.described.respondent_column, self.described.cluster_column)):
            cell = cells[self.place[column]]
            if is_damaged_id(cell):
                self._problem("digits_lost", row, column, found=self._told(str(cell.text)))

    def _read_row(self, row: int, respondent_id: str, cluster_id: str, cells: tuple[Cell, ...]) -> None:
        """Read the answers of one row. One without any answer is of a cluster that has not answered: it has none."""
        values: dict[str, list[tuple[str, Option | None, Cell, Value, Status]]] = {}
        chosen: dict[str, set[str]] = {}
        for header, question, option in self.columns:
            cell = cells[self.place[header]]
            if cell.mark == "missing" and not is_refusal(cell, self.codebook):
                cell = BLANK
            value, status = self._read_cell(row, header, question, option, cell)
            values.setdefault(question.question_id, []).append((header, option, cell, value, status))
            picked = value.option_id is not None and (question.type == "single_choice" or bool(value.number))
            if status == "given" and picked:
                chosen.setdefault(question.question_id, set()).add(str(value.option_id))
        if self.is_whole and all(status == "blank" for cells_read in values.values() for *_, status in cells_read):
            return
        answers = []
        for question in self.questions:
            asked = not question.asked_if_question or bool(
                chosen.get(question.asked_if_question, set()) & set((question.asked_if_option or "").split(";"))
            )
            for header, option, cell, value, status in values.get(question.question_id, ()):
                answers.append(
                    Answer(
                        self.codebook.edition_id,
                        self.file.survey,
                        respondent_id,
                        self.clusters.get(cluster_id, cluster_id),
                        question.question_id,
                        option.option_id if option else value.option_id,
                        self._kept(cell, status),
                        value.number,
                        "skipped" if status == "blank" and not asked else status,
                        self.delivery_id,
                        self.file.sha256,
                        self.file.file_name,
                        self.sheet,
                        row,
                        header,
                    )
                )
        self.reading.n_answers += len(answers)
        self.take(answers)

    def _read_cell(
        self, row: int, header: str, question: Question, option: Option | None, cell: Cell
    ) -> tuple[Value, Status]:
        if cell.text is None:
            return Value(None), "blank"
        if is_refusal(cell, self.codebook):
            return Value(None), "refused"
        try:
            return read_value(cell, question, option, self.codebook, self.table.choice), "given"
        except Unreadable as error:
            found = self._told(str(cell.text))
            self.reading.reject(
                RejectedAnswer(
                    self.codebook.edition_id,
                    self.file.survey,
                    self.file.file_name,
                    self.sheet,
                    row,
                    header,
                    found,
                    error.expected,
                    error.reason,
                    error.kind,
                    {"found": repr(found), **error.said},
                )
            )
            return Value(None), "rejected"

    def _kept(self, cell: Cell, status: Status) -> str | None:
        """The text of an answer; not that of a member which is none of the answers: it may be anything."""
        is_anything = status == "rejected" and self.described.respondents == "members"
        return None if is_anything else cell.text

    def _told(self, text: str) -> str:
        """What was found, as it goes into the ledger, which forgets nothing: of a member's cell only how long it is."""
        if self.described.respondents == "clusters":
            return text
        return f"{len(text)} characters, not repeated here"
