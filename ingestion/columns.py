"""The columns of a delivered file beside those of the codebook: what is missing, unknown or there twice."""

from __future__ import annotations

from collections import Counter

from ingestion.codebook import Codebook
from ingestion.problem import Problem
from ingestion.similar import Proposal, propose
from ingestion.table import Table

# So many columns are named where how they were read is told of all together.
_EXAMPLES = 5


def expected_headers(codebook: Codebook, survey: str) -> list[str]:
    """The headers that the survey's file must have, each once."""
    answers = (header for header, _, _ in codebook.answer_columns(survey))
    described = codebook.surveys[survey]
    return list(dict.fromkeys((*described.head_columns, *described.personal_columns, *answers)))


def propose_headers(table: Table, survey: str, codebook: Codebook) -> list[Proposal]:
    """Which unknown column of the file may be meant for which missing one."""
    expected = expected_headers(codebook, survey)
    return propose(
        [header for header in expected if header not in table.headers],
        [header for header in dict.fromkeys(table.headers) if header and header not in expected],
    )


def _notes(table: Table, file_name: str) -> list[Problem]:
    """How headers were read that are spelled otherwise than in the codebook, and which columns were not read."""
    choice = table.choice
    notes: list[Problem] = []
    if choice.headers:
        pairs = "; ".join(f"{delivered!r} = {known!r}" for known, delivered in list(choice.headers.items())[:_EXAMPLES])
        said = {"count": len(choice.headers), "pairs": pairs}
        notes.append(Problem("header_differs", file_name, choice.header_row, None, choice.sheet, said))
    if choice.ignored:
        names = ", ".join(choice.ignored[:_EXAMPLES])
        said = {"count": len(choice.ignored), "names": names}
        notes.append(Problem("columns_ignored", file_name, choice.header_row, None, choice.sheet, said))
    return notes


def check_columns(table: Table, survey: str, file_name: str, codebook: Codebook) -> list[Problem]:
    """Every missing, unknown and repeated column of a file; the hints say which may be meant for which."""
    expected = expected_headers(codebook, survey)
    counts = Counter(table.headers)
    proposals = propose_headers(table, survey, codebook)
    meant_by = {proposal.missing: proposal for proposal in proposals}
    meant_for = {proposal.unknown: proposal for proposal in proposals}

    def problem(kind: str, header: str, **said: object) -> Problem:
        row, sheet = table.choice.header_row, table.choice.sheet
        return Problem(kind, file_name, row, header or None, sheet, {"header": header, **said})

    problems = _notes(table, file_name)
    for header in expected:
        if header not in counts:
            if near := meant_by.get(header):
                alike = {"near": near.unknown, "similarity": f"{near.similarity:.0f}"}
                problems.append(problem("column_missing_near", header, **alike))
            else:
                problems.append(problem("column_missing", header))
    for header, count in counts.items():
        if not header:
            problems.append(problem("column_unnamed", header))
        elif header in table.choice.ignored:
            continue
        elif header not in expected:
            if near := meant_for.get(header):
                alike = {"near": near.missing, "similarity": f"{near.similarity:.0f}"}
                problems.append(problem("column_unknown_near", header, **alike))
            else:
                problems.append(problem("column_unknown", header))
        elif count > 1:
            problems.append(problem("column_twice", header, count=count))
    return problems
