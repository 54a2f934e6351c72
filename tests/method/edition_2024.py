"""The 2024 edition: its codebook as tables, and the sample read as delivered."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.codebook import load_codebook
from ingestion.delivery import read_delivery, receive
from ingestion.identity import load_identities
from ingestion.raw_tables import REFERENCE_TABLES, create_raw_tables, fill_from_codebooks
from sample import write_sample

from .building import read_seeds
from .comparison import read_rows
from .made_up import Rows

EDITION_ID = 2024
STATUSES, WEIGHTS = ("given", "blank", "skipped", "refused", "rejected"), (80, 12, 4, 2, 2)


def edition_tables(answers: Iterable[Mapping[str, Any]]) -> dict[str, Rows]:
    """The tables of the 2024 edition with the given answer rows."""
    with duckdb.connect() as connection:
        create_raw_tables(connection)
        fill_from_codebooks(connection, [load_codebook(EDITION_ID)])
        codebook = {name: read_rows(connection, f'raw."{name}"') for name in REFERENCE_TABLES}
    delivery = {"edition_id": EDITION_ID, "delivery_id": "delivery_2024", "load_id": "load_2024", "is_sample": True}
    delivery |= {"is_provisional": False, "received_at": datetime(2025, 1, 2, 3, 4, 5)}  # noqa: DTZ001 (raw: UTC)
    return {**read_seeds(), **codebook, "delivery": [delivery], "answer": [dict(answer) for answer in answers]}


def sample_tables(folder: Path, clusters: int = 42, seed: int = 2024) -> dict[str, Rows]:
    """The tables of the 2024 edition with a sample's answers, written to `folder` and read as a delivery."""
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    write_sample(inbox, folder / "clusters", EDITION_ID, clusters, seed)
    codebook = load_codebook(EDITION_ID)
    delivery = receive(codebook, inbox, folder / "raw", "2025-01-02T03:04:05Z")
    reading = read_delivery(codebook, delivery, folder / "raw", load_identities(folder / "clusters"))
    return edition_tables(asdict(answer) | {"delivery_id": "delivery_2024"} for answer in reading.answers)


def register_answers(cluster_id: str, row_number: int, said: Mapping[str, Any]) -> Rows:
    """A cluster's answers to questions of the register, and to no other."""
    rows = []
    for question in load_codebook(EDITION_ID).questions_of("register"):
        value = said.get(question.question_id)
        is_number = question.type == "integer" and value is not None
        rows.append(
            {
                "edition_id": EDITION_ID,
                "survey": "register",
                "respondent_id": cluster_id,
                "cluster_id": cluster_id,
                "question_id": question.question_id,
                "option_id": value if question.type == "single_choice" else None,
                "answer_text": value,
                "answer_number": float(value) if is_number else None,
                "status": "blank" if value is None else "given",
                "delivery_id": "delivery_2024",
                "file_sha256": "register",
                "file_name": "register.xlsx",
                "sheet": "Rejestr",
                "row_number": row_number,
                "column_name": question.header,
            }
        )
    return rows


def random_answers(r: random.Random, n_clusters: int) -> Rows:
    """Answers of any kind and status to every question of the edition, ignoring its skip rules and ranges."""
    codebook = load_codebook(EDITION_ID)
    rows = []
    for number in range(1, n_clusters + 1):
        cluster_id = f"k{number:02}"
        for question in codebook.questions:
            question_status = r.choices(STATUSES, WEIGHTS)[0]
            options = codebook.options_of[question.question_id]
            cells = options if question.has_column_per_option else [None]
            for cell in cells:
                status = "blank" if question_status == "given" and cell and r.random() < 0.1 else question_status
                option_id, value, text = cell and cell.option_id, None, None
                if status == "given":
                    text = f"said {number}"
                    if question.type == "single_choice":
                        chosen = r.choice(options)
                        option_id, value = chosen.option_id, chosen.value
                    elif question.type in ("integer", "number"):
                        value = float(r.choice([0, r.randint(0, 300), round(r.lognormvariate(3, 2), 1)]))
                        value = round(value) if question.type == "integer" else value
                    elif question.has_column_per_option:
                        value = float(r.randint(0, 2 if question.type == "level" or cell.is_other else 1))
                elif status in ("refused", "rejected"):
                    text = status
                rows.append(
                    {
                        "edition_id": EDITION_ID,
                        "survey": question.survey,
                        "respondent_id": cluster_id,
                        "cluster_id": cluster_id,
                        "question_id": question.question_id,
                        "option_id": option_id,
                        "answer_text": text,
                        "answer_number": value,
                        "status": status,
                        "delivery_id": "delivery_2024",
                        "file_sha256": question.survey,
                        "file_name": f"{question.survey}.csv",
                        "row_number": number,
                        "column_name": (cell and cell.header) or question.header,
                    }
                )
    return rows
