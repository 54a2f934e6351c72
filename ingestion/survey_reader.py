"""Reading the rows of one survey's table: each cell becomes an answer, or a problem that says where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ingestion.answers import Answer, Reading, SourceFile, Take
from ingestion.codebook import Codebook, Option, Question
from ingestion.erasure import NOTHING_ERASED, Erasures
from ingestion.problem import Problem, RejectedAnswer
from ingestion.respondents import Repeats, is_outside_fieldwork, is_test, is_unfinished
from ingestion.row_checks import ReadCell, check_answers, is_asked, is_checked
from ingestion.similar import nearest
from ingestion.table import BLANK, Cell, FileUnreadable, Table, is_damaged_id
from ingestion.unreadable import Unreadable
from ingestion.value import NOTHING, CellReader, Note

# So many different cells of a column are remembered: of free texts and amounts it is no use, and would fill the memory.
_MOST_KNOWN = 2000


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
        counts = Counter(table.headers)  # of a column that stands twice, neither is read
        self.place = {header: index for index, header in enumerate(table.headers) if counts[header] == 1}
        self.questions = codebook.questions_of(file.survey)
        self.called = {question.question_id: question.header for question in self.questions}
        self.other_editions: set[str] = set()
        self.nearest: dict[str, str | None] = {}
        asked = list(codebook.answer_columns(file.survey))
        self.columns = [column for column in asked if column[0] in self.place]
        # What each column's cells have said so far: most answers are one of few, and are read once.
        self.known: list[dict[Cell, ReadCell]] = [{} for _ in self.columns]
        self.is_whole = len(self.columns) == len(asked)
        self.incomplete = {question.question_id for header, question, _ in asked if header not in self.place}
        self.reader = CellReader(codebook, file.survey, table.choice)
        # Of each kind of note in each column: the first row, what was found there and how it was read, and how many.
        self.notes: dict[tuple[str, str], tuple[int, str, str, int]] = {}

    def _problem(self, kind: str, row: int, column: str | None, **said: object) -> None:
        delivered = self.table.choice.headers.get(column, column) if column else None
        self.reading.problems.add(Problem(kind, self.file.file_name, row, delivered, self.sheet, said))

    def read(self) -> bool:
        """Read all rows; none when the table does not say who responded. Whether every row could be taken as it is."""
        described = self.described
        names_respondents = is_whole = all(column in self.place for column in described.head_columns)
        repeats = Repeats(described, self.table)
        width = len(self.table.headers)
        try:
            for row, cells in self.table.rows:
                self.reading.n_rows[self.file.survey] += 1
                if len(cells) != width:
                    self._problem("row_width", row, None, n_cells=len(cells), width=width)
                    is_whole = False
                    continue
                if not names_respondents:
                    continue
                head = {name: cells[self.place[name]].text or "" for name in described.head_columns}
                respondent = head[described.respondent_column]
                if self._is_erased(row, respondent):
                    continue
                if earlier := repeats.same_as(row, head, cells):
                    self._problem(
                        "respondent_repeated", row, described.respondent_column, id=respondent, other_row=earlier
                    )
                    continue
                self._check_head(row, head)
                self._check_ids(row, cells)
                self.reading.data_kinds.add(head[described.data_kind_column])
                self._read_row(row, head, cells)
        except FileUnreadable as error:
            self.reading.problems.add(error.problem)
            is_whole = False
        for column, row, value, other, differing in repeats.differing():
            kind = "respondent_twice" if column == described.respondent_column else "cluster_twice"
            self._problem(kind, row, column, id=value, other_row=other, columns=differing)
        for (kind, header), (row, found, read, count) in self.notes.items():
            self._problem(kind, row, header, found=repr(found), read=read, count=count)
        return is_whole

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

    def _check_head(self, row: int, head: Mapping[str, str]) -> None:
        described = self.described
        for column in dict.fromkeys((described.respondent_column, described.cluster_column)):
            if not head[column] and (column == described.respondent_column or described.respondents == "clusters"):
                self._problem("respondent_unnamed", row, column)
            elif is_test(head[column], self.codebook.test_words):
                self._problem("test_response", row, column, id=head[column])
        cluster, edition = head[described.cluster_column], head[described.edition_column]
        if self.clusters and cluster and cluster not in self.clusters:
            if cluster not in self.nearest:
                self.nearest[cluster] = nearest(cluster, list(self.clusters))
            near = self.nearest[cluster]
            said = {"cluster": cluster} | ({"near": near} if near else {})
            self._problem("cluster_unknown_near" if near else "cluster_unknown", row, described.cluster_column, **said)
        wanted = str(self.codebook.edition_id)
        if edition != wanted and edition not in self.other_editions:
            self.other_editions.add(edition)
            column = described.edition_column
            self._problem("other_edition", row, column, edition=edition or "–", expected_edition=wanted)

    def _check_ids(self, row: int, cells: tuple[Cell, ...]) -> None:
        """A problem for an id that a spreadsheet has made something else of: what it was cannot be guessed."""
        for column in dict.fromkeys((self.described.respondent_column, self.described.cluster_column)):
            cell = cells[self.place[column]]
            if is_damaged_id(cell):
                self._problem("digits_lost", row, column, found=self._told(str(cell.text)))

    def _check_sent(self, row: int, head: Mapping[str, str]) -> None:
        """That a response with answers was finished, and sent while the fieldwork went on."""
        described = self.described
        if described.status_column and is_unfinished(status := head[described.status_column], described):
            finished = ", ".join(described.finished_statuses)
            told = self._told(status) if status else "–"
            self._problem("response_unfinished", row, described.status_column, status=told, finished=finished)
        if described.sent_column and is_outside_fieldwork(sent := head[described.sent_column], described):
            days = {"first": str(described.fieldwork_from or "…"), "last": str(described.fieldwork_to or "…")}
            told = self._told(sent) if sent else "–"
            self._problem("sent_outside_fieldwork", row, described.sent_column, sent=told, **days)

    def _read_row(self, row: int, head: Mapping[str, str], cells: tuple[Cell, ...]) -> None:
        """Read the answers of one row. One without any answer is of a cluster that has not answered: it has none."""
        values: dict[str, list[ReadCell]] = {}
        for (header, question, option), known in zip(self.columns, self.known, strict=True):
            cell = cells[self.place[header]]
            read = known.get(cell)
            if read is None:
                read = self._read_cell(row, header, question, option, cell)
                if read.status != "rejected" and len(known) < _MOST_KNOWN:
                    known[cell] = read
            if read.value.note:
                self._note(row, header, str(cell.text), read.value.note)
            values.setdefault(question.question_id, []).append(read)
        if self.is_whole and all(read.status == "blank" for line in values.values() for read in line):
            return
        self._check_sent(row, head)
        respondent_id, delivered_id = head[self.described.respondent_column], head[self.described.cluster_column]
        cluster_id = self.clusters.get(delivered_id, delivered_id)
        answers = []
        for question in self.questions:
            line = values.get(question.question_id, [])
            asked = is_asked(question, values)
            if asked is False and question.asked_if_question in self.incomplete:
                asked = None  # what would tell may stand in the column that is missing
            if any(read.status == "not_applicable" for read in line):
                line = [_applied(read, asked) for read in line]
            for kind, header, said in check_answers(question, line, asked, self.called) if is_checked(question) else ():
                found = {"found": repr(self._told(str(said.pop("found"))))} if "found" in said else {}
                self._problem(kind, row, header, **said, **found)
            for header, option, cell, value, status in line:
                answers.append(
                    Answer(
                        self.codebook.edition_id,
                        self.file.survey,
                        respondent_id,
                        cluster_id,
                        question.question_id,
                        option.option_id if option else value.option_id,
                        self._kept(cell) if status == "rejected" else cell.text,
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

    def _read_cell(self, row: int, header: str, question: Question, option: Option | None, cell: Cell) -> ReadCell:
        if cell.text is None and cell.mark is None:
            return ReadCell(header, option, cell, NOTHING, "blank")
        try:
            value, status = self.reader.read(cell, question, option)
            # A code of SPSS for no answer is none, whatever it is called.
            is_none = cell.mark == "missing" and status == "blank"
            return ReadCell(header, option, BLANK if is_none else cell, value, status)
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
            return ReadCell(header, option, cell, NOTHING, "rejected")

    @property
    def _may_be_told(self) -> bool:
        """Whether what stands in a cell may be repeated: not that of a member, which may be anything."""
        return self.described.respondents == "clusters"

    def _kept(self, cell: Cell) -> str | None:
        """The text of a rejected answer, if it may be kept."""
        return cell.text if self._may_be_told else None

    def _told(self, text: str) -> str:
        """What was found, as it goes into the ledger, which forgets nothing: of a member's cell only how long it is."""
        return text if self._may_be_told else f"({len(text)} characters / znaków)"


def _applied(read: ReadCell, asked: bool | None) -> ReadCell:
    """ "Does not apply" as what it is: the question was skipped if it was not asked, else an answer refused."""
    if read.status != "not_applicable":
        return read
    return read._replace(status="refused" if asked else "skipped")
