"""What comes of reading a delivery, so that two of them can be compared."""

from __future__ import annotations

from pathlib import Path

from ingestion.answers import Answer
from ingestion.codebook import Codebook
from ingestion.delivery import receive
from ingestion.identity import Identities
from ingestion.problem import DeliveryRefused, Problem
from tests.readings import read_all

Key = tuple[str, str, str | None]
Said = tuple[str, str, str | None, str | None, float | None, str]


def outcome_of(
    codebook: Codebook, identities: Identities, inbox: Path, raw: Path
) -> tuple[list[Answer] | None, list[Problem]]:
    """The answers of a delivery, None when it is refused, and all that is told of it."""
    try:
        reading = read_all(codebook, receive(codebook, inbox, raw, "1998-07-01T00:00:00Z"), raw, identities)
    except DeliveryRefused as refusal:
        return None, refusal.problems
    return reading.answers, list(reading.problems)


def said(answer: Answer) -> tuple[Key, Said]:
    """What an answer says, without where it stood; a text only where text is the answer."""
    column = answer.option_id if answer.question_id == "tools" else None
    key = (answer.respondent_id, answer.question_id, column)
    text = answer.answer_text if answer.question_id == "cluster_name" and answer.answer_text else ""
    content = (answer.cluster_id, answer.survey, text.casefold(), answer.option_id, answer.answer_number, answer.status)
    return key, content
