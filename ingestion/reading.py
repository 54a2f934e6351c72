"""From the tables of a delivery to answers: who the clusters are, then every survey's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingestion.answers import Answer, Reading, SourceFile, Take
from ingestion.codebook import Codebook
from ingestion.columns import check_columns
from ingestion.erasure import NOTHING_ERASED, Erasures
from ingestion.identity import Identities
from ingestion.problem import LANGUAGES, Problem, ProblemList
from ingestion.respondents import is_test
from ingestion.survey_reader import SurveyReader
from ingestion.table import FileUnreadable, Table, is_damaged_id
from ingestion.whole_delivery import WholeDelivery
from ingestion.wrong_survey import check_survey


def _identify(
    codebook: Codebook, file: SourceFile, table: Table, identities: Identities, problems: ProblemList
) -> dict[str, str]:
    """Which identity each cluster of the listing survey is, by its name; what it is called there → cluster_id.

    A name that the alias file does not know is a problem, and so are two clusters that are one by it. Without the
    columns that say it nobody is known.
    """
    described = codebook.surveys[file.survey]
    header = next(question.header for question in codebook.questions if question.question_id == "cluster_name")
    if not {described.cluster_column, header} <= set(table.headers):
        return {}
    key, name = table.headers.index(described.cluster_column), table.headers.index(header)
    clusters: dict[str, str] = {}
    rows: dict[str, int] = {}
    n_unknown = 0

    def problem(kind: str, row: int, **said: object) -> None:
        delivered = table.choice.headers.get(header, header)
        problems.add(Problem(kind, file.file_name, row, delivered, table.choice.sheet, said))

    try:
        for row, cells in table.rows:
            if key < len(cells) and is_damaged_id(cells[key]):
                return {}  # told when its answers are read; who is meant by the damaged id is not known
            called, delivered = (cells[at].text if at < len(cells) else None for at in (key, name))
            if not called or called in clusters:
                continue
            if delivered and header not in described.head_columns and is_test(delivered, codebook.test_words):
                problem("test_response", row, id=delivered)
            identity = identities.resolve(delivered, codebook.edition_id) if delivered else None
            clusters[called] = identity or called
            if identity is None and delivered:
                new_id = identities.new_id(n_unknown)
                how = {
                    f"how_{language}": identities.how_to_add(delivered, codebook.edition_id, new_id, language)
                    for language in LANGUAGES
                }
                n_unknown += 1
                problem("name_unknown", row, name=delivered, **how)
            elif identity in rows:
                problem(
                    "name_twice", row, name=delivered, id=identity, other_row=rows[identity], path=str(identities.path)
                )
            elif identity:
                rows[identity] = row
    except FileUnreadable:
        pass  # told when its answers are read
    return clusters


def read_answers(
    codebook: Codebook,
    tables: Mapping[str, tuple[SourceFile, Table]],
    delivery_id: str,
    identities: Identities,
    take: Take,
    erasures: Erasures = NOTHING_ERASED,
    is_provisional: bool = False,
) -> Reading:
    """Read all surveys of a delivery (`tables` by survey) into answers, going on after each fault so that all are told.

    `take` is given the answers of each row as it is read.
    A file whose columns are not the codebook's is read by those that are, so that nothing is told in a second round.
    Erased respondents are never read: they are a problem, unless it is the very file that they were erased from.
    Of a provisional delivery, clusters may not have answered yet.
    """
    reading = Reading()
    whole = WholeDelivery(codebook)

    def take_all(answers: Sequence[Answer]) -> None:
        whole.take(answers)
        take(answers)

    clusters: dict[str, str] = {}
    read: dict[str, SourceFile] = {}
    # The survey that lists the clusters goes first: the others are checked against it.
    for survey in sorted(tables, key=lambda name: not codebook.surveys[name].lists_clusters):
        file, table = tables[survey]
        reading.problems += table.notes
        if problem := check_survey(table, survey, file.file_name, codebook):
            reading.problems.add(problem)
            continue
        reading.problems += check_columns(table, survey, file.file_name, codebook)
        if codebook.surveys[survey].lists_clusters:
            clusters = _identify(codebook, file, table, identities, reading.problems)
        reading.choices[survey] = table.choice
        if SurveyReader(codebook, file, table, delivery_id, clusters, reading, take_all, erasures).read():
            read[survey] = file
    reading.problems += list(whole.parts_above_whole())
    if not is_provisional:
        reading.problems += list(whole.not_answered(read))
    if codebook.synthetic_data_kind in reading.data_kinds and len(reading.data_kinds) > 1:
        kinds = ", ".join(repr(kind) for kind in sorted(reading.data_kinds))
        columns = ", ".join(dict.fromkeys(survey.data_kind_column for survey in codebook.surveys.values()))
        files = ", ".join(sorted(file.file_name for file, _ in tables.values()))
        reading.problems.add(Problem("kinds_mixed", files, None, columns, said={"kinds": kinds}))
    if reading.n_rejected > codebook.max_rejected:
        reading.problems += [cell.as_problem() for cell in reading.rejected]
    return reading
