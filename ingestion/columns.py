"""The columns of a delivered file beside those of the codebook: what is missing, unknown or there twice."""

from __future__ import annotations

from collections import Counter

from ingestion.codebook import Codebook
from ingestion.problem import Problem
from ingestion.similar import Proposal, propose
from ingestion.table import Table

_FIX = "Export the survey again, or correct the header in the edition's codebook."


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
    described = codebook.surveys[survey]
    expected = expected_headers(codebook, survey)
    counts = Counter(table.headers)
    proposals = propose_headers(table, survey, codebook)
    meant_by = {proposal.missing: proposal for proposal in proposals}
    meant_for = {proposal.unknown: proposal for proposal in proposals}

    def problem(header: str, reason: str, found: str, wanted: str, hint: str) -> Problem:
        return Problem(3, file_name, described.header_row, header or None, reason, found, wanted, hint, described.sheet)

    problems = []
    for header in expected:
        if header not in counts:
            near = meant_by.get(header)
            hint = f"Did you mean the column {near.unknown!r} ({near.similarity:.0f} % alike)? {_FIX}" if near else _FIX
            problems.append(problem(header, "a column is missing", "no such header", f"a column {header}", hint))
    for header, count in counts.items():
        if header not in expected:
            near = meant_for.get(header)
            hint = f"Is it meant for {near.missing!r} ({near.similarity:.0f} % alike)? {_FIX}" if near else _FIX
            wanted = "a column of the codebook" if header else "a header above every answer"
            problems.append(problem(header, "a column is unknown", repr(header), wanted, hint))
        elif count > 1:
            problems.append(problem(header, "a column stands twice", f"{count} columns", "one column", _FIX))
    return problems
