"""The columns of a delivered file beside those of the codebook: what is missing, unknown or there twice."""

from __future__ import annotations

from collections import Counter

from ingestion.codebook import Codebook
from ingestion.problem import Problem
from ingestion.similar import Proposal, propose
from ingestion.table import Table


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

    problems = []
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
        elif header not in expected:
            if near := meant_for.get(header):
                alike = {"near": near.missing, "similarity": f"{near.similarity:.0f}"}
                problems.append(problem("column_unknown_near", header, **alike))
            else:
                problems.append(problem("column_unknown", header))
        elif count > 1:
            problems.append(problem("column_twice", header, count=count))
    return problems
