"""The real editions: their codebooks as tables, and answers to their questions, random or a sample's as delivered."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.codebook import Question, load_codebook
from ingestion.delivery import receive
from ingestion.identity import load_identities
from ingestion.raw_tables import REFERENCE_TABLES, create_raw_tables, fill_from_codebooks
from sample import write_samples
from tests.readings import read_all

from .building import read_seeds
from .comparison import read_rows
from .made_up import Rows

STATUSES, WEIGHTS = ("given", "blank", "skipped", "refused", "rejected"), (80, 12, 4, 2, 2)


def edition_tables(answers: Iterable[Mapping[str, Any]], editions: Sequence[int]) -> dict[str, Rows]:
    """The tables of the editions of these codebooks with the given answer rows."""
    with duckdb.connect() as connection:
        create_raw_tables(connection)
        fill_from_codebooks(connection, [load_codebook(edition_id) for edition_id in editions])
        codebooks = {name: read_rows(connection, f'raw."{name}"') for name in REFERENCE_TABLES}
    received = {"is_sample": True, "is_provisional": False}
    received["received_at"] = datetime(2025, 1, 2, 3, 4, 5)  # noqa: DTZ001 (raw timestamps are UTC without zone)
    deliveries = [
        {"edition_id": each, "delivery_id": f"delivery_{each}", "load_id": f"load_{each}"} | received
        for each in editions
    ]
    return {**read_seeds(), **codebooks, "delivery": deliveries, "answer": [dict(answer) for answer in answers]}


def sample_tables(folder: Path, editions: Sequence[int]) -> dict[str, Rows]:
    """The tables of the editions with a sample's answers, written to `folder` and read as deliveries."""
    write_samples({edition_id: folder / str(edition_id) for edition_id in editions}, folder / "clusters")
    identities = load_identities(folder / "clusters")
    answers = []
    for edition_id in editions:
        codebook = load_codebook(edition_id)
        delivery = receive(codebook, folder / str(edition_id), folder / "raw", "2025-01-02T03:04:05Z")
        reading = read_all(codebook, delivery, folder / "raw", identities)
        answers += [answer._asdict() | {"delivery_id": f"delivery_{edition_id}"} for answer in reading.answers]
    lineage = [event.model_dump() for event in identities.lineage]
    return edition_tables(answers, editions) | {"cluster_lineage": lineage}


def answer_row(edition_id: int, question: Question, cluster_id: str, row_number: int, **said: object) -> dict[str, Any]:
    """One answer as it stands in the raw table; `said`: option, text, number and status."""
    return {
        "edition_id": edition_id,
        "survey": question.survey,
        "respondent_id": cluster_id,
        "cluster_id": cluster_id,
        "question_id": question.question_id,
        "option_id": None,
        "answer_text": None,
        "answer_number": None,
        "delivery_id": f"delivery_{edition_id}",
        "file_sha256": question.survey,
        "file_name": f"{question.survey}.csv",
        "row_number": row_number,
        "column_name": question.header,
        **said,
    }


def register_answers(edition_id: int, cluster_id: str, row_number: int, said: Mapping[str, Any]) -> Rows:
    """A cluster's answers to questions of the register, and to no other."""
    rows = []
    for question in load_codebook(edition_id).questions_of("register"):
        value = said.get(question.question_id)
        answer: dict[str, Any] = {"answer_text": value, "status": "blank" if value is None else "given"}
        if question.type == "single_choice":
            answer["option_id"] = value
        elif question.type == "integer" and value is not None:
            answer["answer_number"] = float(value)
        rows.append(answer_row(edition_id, question, cluster_id, row_number, **answer))
    return rows


def random_answers(r: random.Random, edition_id: int, clusters: Iterable[str]) -> Rows:
    """Answers of any kind and status to every question of the edition, ignoring its skip rules and ranges."""
    codebook = load_codebook(edition_id)
    rows = []
    respondents = [  # a cluster answers a survey itself, or any number of its members do
        (number, cluster_id, survey, f"{cluster_id}_{place}" if described.respondents == "members" else cluster_id)
        for number, cluster_id in enumerate(clusters, start=1)
        for survey, described in codebook.surveys.items()
        for place in range(r.choice([0, 1, 6]) if described.respondents == "members" else 1)
    ]
    for number, cluster_id, survey, respondent_id in respondents:
        for question in codebook.questions_of(survey):
            question_status = r.choices(STATUSES, WEIGHTS)[0]
            options = codebook.options_of[question.question_id]
            for cell in options if question.has_column_per_option else [None]:
                status = "blank" if question_status == "given" and cell and r.random() < 0.1 else question_status
                answer: dict[str, Any] = {"status": status, "option_id": cell and cell.option_id}
                answer["column_name"] = (cell and cell.header) or question.header
                if status == "given":
                    answer["answer_text"] = f"said {number}"
                    if question.type == "single_choice":
                        chosen = r.choice(options)
                        answer |= {"option_id": chosen.option_id, "answer_number": chosen.value}
                    elif question.type in ("integer", "number"):
                        value = float(r.choice([0, r.randint(0, 300), round(r.lognormvariate(3, 2), 1)]))
                        answer["answer_number"] = round(value) if question.type == "integer" else value
                    elif cell:
                        highest = 2 if question.type == "level" or cell.is_other else 1
                        answer["answer_number"] = float(r.randint(0, highest))
                elif status in ("refused", "rejected"):
                    answer["answer_text"] = status
                rows.append(
                    answer_row(edition_id, question, cluster_id, number, **answer | {"respondent_id": respondent_id})
                )
    return rows
