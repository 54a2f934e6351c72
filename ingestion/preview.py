"""A delivery beside its codebook, before anything is loaded: what would be refused and what would be taken in.

Everything is read where it lies and nothing is written: no copy, no entry in the ledger.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.answers import Answer, SourceFile
from ingestion.codebook import Codebook
from ingestion.columns import propose_headers
from ingestion.delivery import check_content, read_tables
from ingestion.erasure import NOTHING_ERASED, Erasures
from ingestion.formats import format_or_extension
from ingestion.identity import Identities
from ingestion.inbox import Inbox, assign_surveys, open_inbox
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
    def is_accepted(self) -> bool:
        """Whether a load would take the delivery in, for the doors to judge."""
        return not any(problem.is_error for problem in self.problems)

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
    scratch: Path | None = None,
) -> Preview:
    """Compare what lies in `inbox` with the codebook; archives are unpacked into the folder `scratch`, gone afterwards.

    The problems are those of a load. Of a provisional delivery, clusters may not have answered yet; what surveys beside
    the benchmark lack is a warning.
    """
    scratch = scratch or Path(tempfile.mkdtemp())
    with open_inbox(inbox, scratch) as found:
        return _preview(codebook, inbox, found, identities, is_provisional, erasures)


def _preview(
    codebook: Codebook, inbox: Path, found: Inbox, identities: Identities, is_provisional: bool, erasures: Erasures
) -> Preview:
    chosen, problems = assign_surveys(codebook, inbox, found)
    paths = {
        SourceFile(
            survey,
            file.name,
            hash_file(file.path),
            file.path.stat().st_size,
            format_or_extension(file.path, file.name),
            received_at="",
            archive_name=file.archive_name,
            archive_sha256=file.archive_sha256,
        ): file.path
        for survey, file in chosen.items()
    }
    all_problems = ProblemList()
    all_problems += [*found.problems, *problems, *check_content(inbox, list(paths))]
    tables = read_tables(codebook, paths, all_problems)
    tally = Tally(codebook)
    reading = read_answers(codebook, tables, "", identities, tally.take, erasures, is_provisional)
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
    is_sample = codebook.synthetic_data_kind in reading.data_kinds
    return Preview(codebook.edition_id, is_sample, tuple(all_problems), clusters, surveys)


class Tally:
    """Counts answers as they are read, row by row."""

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self.clusters: set[str] = set()
        self.respondents: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self.n_answers: Counter[str] = Counter()
        self.n_given: Counter[str] = Counter()

    def take(self, answers: Sequence[Answer]) -> None:
        """Take in the answers of one row."""
        if not answers:
            return
        first = answers[0]
        self.respondents[first.survey].add((first.cluster_id, first.respondent_id))
        self.n_answers[first.survey] += len(answers)
        self.n_given[first.survey] += sum(answer.status == "given" for answer in answers)
        if self.codebook.surveys[first.survey].lists_clusters:
            self.clusters.add(first.cluster_id)


def _too_few(codebook: Codebook, survey: str, clusters: frozenset[str], counts: Counter[str]) -> dict[str, int]:
    """The clusters with fewer respondents among their members than the edition asks for, none included."""
    if codebook.surveys[survey].respondents != "members":
        return {}
    least = codebook.settings.minimum_respondents
    return {cluster: counts[cluster] for cluster in sorted(clusters) if counts[cluster] < least}
