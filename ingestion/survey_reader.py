"""Reading the rows of one survey's table: each cell becomes an answer, or a problem that says where it stands."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.amount import is_shortened
from ingestion.answers import Answer, Reading, SourceFile, Take
from ingestion.codebook import Codebook, Option, Question
from ingestion.erasure import NOTHING_ERASED, Erasures
from ingestion.problem import Problem, RejectedAnswer
from ingestion.table import Cell, FileUnreadable, Table
from ingestion.unreadable import Unreadable
from ingestion.value import NOTHING, CellReader, Note, Status, Value
from ingestion.wording import Meaning


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
        self.reader = CellReader(codebook, file.survey, table.choice)
        # Of each kind of note in each column: the first row, what was found there and how it was read, and how many.
        self.notes: dict[tuple[str, str], tuple[int, str, str, int]] = {}
        asked = list(codebook.answer_columns(file.survey))
        self.columns = [column for column in asked if column[0] in self.place]
        self.is_whole = len(self.columns) == len(asked)

    def _problem(self, kind: str, row: int, column: str | None, **said: object) -> None:
        delivered = self.table.choice.headers.get(column, column) if column else None
        self.reading.problems.add(Problem(kind, self.file.file_name, row, delivered, self.sheet, said))

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
                self.reading.data_kinds.add(head[described.data_kind_column])
                self._read_row(row, head[described.respondent_column], head[described.cluster_column], cells)
        except FileUnreadable as error:
            self.reading.problems.add(error.problem)
        for (kind, header), (row, found, read, count) in self.notes.items():
            self._problem(kind, row, header, found=repr(found), read=read, count=count)

    def _note(self, row: int, header: str, text: str, note: Note) -> None:
        """Keep how an answer was read; of each column it is told once."""
        first, found, read, count = self.notes.get((note.kind, header), (row, self._told(text), note.read, 0))
        self.notes[note.kind, header] = (first, found, read if self._may_be_told else "…", count + 1)

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
            elif is_shortened(value):
                self._problem("id_shortened", row, column, id=value)
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

    def _read_row(self, row: int, respondent_id: str, cluster_id: str, cells: tuple[Cell, ...]) -> None:
        """Read the answers of one row. One without any answer is of a cluster that has not answered: it has none."""
        values: dict[str, list[tuple[str, Option | None, Cell, Value, Status | Meaning]]] = {}
        chosen: dict[str, set[str]] = {}
        for header, question, option in self.columns:
            cell = cells[self.place[header]]
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
                        _final(status, asked),
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
    ) -> tuple[Value, Status | Meaning]:
        if cell.text is None and cell.mark is None:
            return NOTHING, "blank"
        try:
            value, status = self.reader.read(cell, question, option)
        except Unreadable as error:
            shown = error if self._may_be_told else error.without_cell()
            found = self._told(cell.text or "–")
            self.reading.reject(
                RejectedAnswer(
                    self.codebook.edition_id,
                    self.file.survey,
                    self.file.file_name,
                    self.sheet,
                    row,
                    self.table.choice.headers.get(header, header),
                    found,
                    shown.expected,
                    shown.reason,
                    shown.kind,
                    {"found": repr(found), **shown.said},
                )
            )
            return NOTHING, "rejected"
        if value.note:
            self._note(row, header, str(cell.text), value.note)
        return value, status

    @property
    def _may_be_told(self) -> bool:
        """Whether what stands in a cell may be repeated: not that of a member."""
        return self.described.respondents == "clusters"

    def _kept(self, cell: Cell, status: Status | Meaning) -> str | None:
        """The text of an answer; not that of a member which is none of the answers: it may be anything."""
        return cell.text if status != "rejected" or self._may_be_told else None

    def _told(self, text: str) -> str:
        """What was found, as it goes into the ledger, which forgets nothing: of a member's cell only how long it is."""
        if self._may_be_told:
            return text
        return f"{len(text)} characters, not repeated here"


def _final(status: Status | Meaning, asked: bool) -> Status:
    """What is kept of a status: a blank of what was not asked is skipped, and so is what "does not apply" there."""
    if status in ("blank", "not_applicable") and not asked:
        return "skipped"
    return "refused" if status == "not_applicable" else status  # type: ignore[return-value]
