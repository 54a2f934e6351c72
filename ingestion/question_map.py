"""How each question ran through the editions: a row per canonical question, a column per edition.

`python -m ingestion.question_map` writes the table of the codebooks beside this file to docs/questions.csv.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ingestion.codebook import Codebook, Question, editions, load_codebook

CODEBOOKS = Path(__file__).parent / "codebooks"
PATH = Path(__file__).parents[1] / "docs" / "questions.csv"
NOT_ASKED = "not asked"


def _how_asked(codebook: Codebook, question: Question) -> str:
    """Where the answer stands and what it is: `P14_2022: number, tys. zł`, `P25…: multiple_choice, 6 options`."""
    header = f"{question.header}…" if question.has_column_per_option else question.header
    options = codebook.options_of[question.question_id]
    detail = f"{len(options)} options" if options else question.unit
    return f"{header}: {', '.join(filter(None, (question.type, detail)))}"


def question_map(codebooks: Sequence[Codebook]) -> list[dict[str, str]]:
    """A row per canonical question: question_id, its wording in the latest edition that asks it, and how each asks it.

    Columns for editions are named by their year, the latest first. Questions come in the order of the latest edition,
    then those that only earlier ones asked.
    """
    latest_first = sorted(codebooks, key=lambda codebook: -codebook.edition_id)
    asked = {
        codebook.edition_id: {question.question_id: question for question in codebook.questions}
        for codebook in latest_first
    }
    latest = {name: question for questions in reversed(asked.values()) for name, question in questions.items()}
    order = dict.fromkeys(name for questions in asked.values() for name in questions)
    return [
        {"question_id": name, "wording_pl": latest[name].wording_pl, "wording_en": latest[name].wording_en}
        | {
            str(codebook.edition_id): _how_asked(codebook, question) if question else NOT_ASKED
            for codebook in latest_first
            for question in [asked[codebook.edition_id].get(name)]
        }
        for name in order
    ]


def as_csv(rows: Sequence[dict[str, str]]) -> str:
    """The table as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    PATH.write_text(
        as_csv(question_map([load_codebook(edition, CODEBOOKS) for edition in editions(CODEBOOKS)])), encoding="utf-8"
    )
