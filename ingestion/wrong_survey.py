"""A file that holds another survey of the edition than its name says: one problem, not a hundred missing columns."""

from __future__ import annotations

from ingestion.codebook import Codebook
from ingestion.columns import expected_headers
from ingestion.problem import Problem
from ingestion.table import Table

# A file with this share of a survey's columns may be a damaged file of it, whatever else it is like.
LEAST_OWN = 0.5
# With this share of another survey's columns it is taken for that one.
LEAST_OTHER = 0.6


def check_survey(table: Table, survey: str, file_name: str, codebook: Codebook) -> Problem | None:
    """A problem when the table lacks most columns of its own survey, and has most of another survey of the edition."""
    known = set(table.headers)

    def share(name: str) -> float:
        expected = expected_headers(codebook, name)
        return len(known.intersection(expected)) / len(expected)

    own = share(survey)
    if own >= LEAST_OWN:
        return None
    shares = {name: share(name) for name in codebook.surveys if name != survey}
    other = max(shares, key=lambda name: shares[name], default=None)
    if other is None or shares[other] < max(LEAST_OTHER, own):
        return None
    said = {"other": other, "survey": survey, "share": f"{shares[other]:.0%}", "own": f"{own:.0%}"}
    said["pattern"] = codebook.surveys[other].file_pattern
    return Problem("other_survey", file_name, None, None, table.choice.sheet, said)
