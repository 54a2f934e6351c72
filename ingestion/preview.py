"""A delivery beside its codebook, before anything is loaded: what would be refused and what would be taken in.

Everything is read where it lies and nothing is written: no copy, no entry in the ledger.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingestion.answers import Answer, SourceFile
from ingestion.codebook import Codebook
from ingestion.columns import propose_headers
from ingestion.delivery import check_content, find_files, read_tables
from ingestion.erasure import NOTHING_ERASED, Erasures
from ingestion.identity import Identities
from ingestion.manifest import hash_file
from ingestion.problem import Problem, ProblemList
from ingestion.reading import read_answers
from ingestion.similar import Proposal


@dataclass(frozen=True)
class SurveyPreview:
    """What one survey's file would bring: `answered` are the clusters of the register with a response in it.

    `too_few` are those that have fewer respondents among their members than the edition asks for, and how many.
    """

    file_name: str
    enters_benchmark: bool
    n_respondents: int
    n_answers: int
    n_given: int
    answered: frozenset[str]
    too_few: Mapping[str, int]
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class Preview:
    """The differences between a delivery and its codebook, and what would be loaded by survey."""

    edition_id: int
    is_sample: bool
    problems: tuple[Problem, ...]
    clusters: frozenset[str]
    surveys: Mapping[str, SurveyPreview]

    @property
    def answered_all(self) -> frozenset[str]:
        """The clusters of the register that have answered every survey that enters the benchmark."""
        answered = (survey.answered for survey in self.surveys.values() if survey.enters_benchmark)
        return self.clusters.intersection(*answered)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is lacking in the surveys beside the benchmark, which refuses nothing."""
        told = []
        for name, survey in self.surveys.items():
            missing = sorted(self.clusters - survey.answered)
            if survey.too_few:
                listed = ", ".join(f"{cluster} ({n})" for cluster, n in survey.too_few.items())
                of_all = f"{len(survey.too_few)} of {len(self.clusters)} clusters"
                told.append(f"{name}: {of_all} have fewer respondents than the edition asks for: {listed}")
            elif missing and not survey.enters_benchmark:
                told.append(f"{name}: nothing of {', '.join(missing)}")
        return tuple(told)


def preview(
    codebook: Codebook,
    inbox: Path,
    identities: Identities,
    is_provisional: bool = False,
    erasures: Erasures = NOTHING_ERASED,
) -> Preview:
    """Compare what lies in `inbox` with the codebook.

    A cluster that has not answered and a required answer that is missing are told here already, though a door judges
    them; of a provisional delivery, clusters may not have answered yet. What surveys beside the benchmark lack is a
    warning.
    """
    found, problems = find_files(codebook, inbox)
    paths = {
        SourceFile(
            survey, path.name, hash_file(path), path.stat().st_size, codebook.surveys[survey].format, received_at=""
        ): path
        for survey, path in found.items()
    }
    all_problems = ProblemList()
    all_problems += [*problems, *check_content(inbox, list(paths))]
    tables = read_tables(codebook, paths, all_problems)
    tally = Tally(codebook)
    reading = read_answers(codebook, tables, "", identities, tally.take, erasures)
    clusters = frozenset(tally.clusters)
    surveys = {}
    for survey, (file, table) in sorted(tables.items()):
        respondents = tally.respondents[survey]
        surveys[survey] = SurveyPreview(
            file.file_name,
            codebook.surveys[survey].enters_benchmark,
            len(respondents),
            tally.n_answers[survey],
            tally.n_given[survey],
            clusters & {cluster for cluster, _ in respondents},
            _too_few(codebook, survey, clusters, Counter(cluster for cluster, _ in respondents)),
            tuple(propose_headers(table, survey, codebook)),
        )
    all_problems += list(reading.problems)
    if not is_provisional:
        all_problems += _not_answered(clusters, surveys)
    all_problems += tally.problems
    is_sample = codebook.synthetic_data_kind in reading.data_kinds
    return Preview(codebook.edition_id, is_sample, tuple(all_problems), clusters, surveys)


class Tally:
    """Counts answers as they are read, row by row."""

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self.required = {question.question_id for question in codebook.questions if question.required}
        self.clusters: set[str] = set()
        self.respondents: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self.n_answers: Counter[str] = Counter()
        self.n_given: Counter[str] = Counter()
        self.problems: list[Problem] = []

    def take(self, answers: Iterable[Answer]) -> None:
        """Take in the answers of one row."""
        required: dict[str, list[Answer]] = {}
        for answer in answers:
            self.respondents[answer.survey].add((answer.cluster_id, answer.respondent_id))
            self.n_answers[answer.survey] += 1
            self.n_given[answer.survey] += answer.status == "given"
            if self.codebook.surveys[answer.survey].lists_clusters:
                self.clusters.add(answer.cluster_id)
            if answer.question_id in self.required:
                required.setdefault(answer.question_id, []).append(answer)
        self.problems += [
            Problem(
                "required_missing",
                first.file_name,
                first.row_number,
                first.column_name,
                first.sheet,
                {"found": repr(first.answer_text) if first.answer_text else "–"},
            )
            for first, *others in required.values()
            if all(answer.status in ("blank", "refused") for answer in (first, *others))
        ]


def _too_few(codebook: Codebook, survey: str, clusters: frozenset[str], counts: Counter[str]) -> dict[str, int]:
    """The clusters with fewer respondents among their members than the edition asks for, none included."""
    if codebook.surveys[survey].respondents != "members":
        return {}
    least = codebook.settings.minimum_respondents
    return {cluster: counts[cluster] for cluster in sorted(clusters) if counts[cluster] < least}


def _not_answered(clusters: frozenset[str], surveys: Mapping[str, SurveyPreview]) -> list[Problem]:
    """A problem for each survey of the benchmark that clusters of the register have not answered."""
    return [
        Problem(
            "clusters_not_answered",
            survey.file_name,
            said={"n_missing": len(missing), "n_clusters": len(clusters), "missing": ", ".join(missing)},
        )
        for survey in surveys.values()
        if survey.enters_benchmark and (missing := sorted(clusters - survey.answered))
    ]
