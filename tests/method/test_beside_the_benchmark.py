"""Surveys beside the benchmark change no score: with every audit turned round and every opinion changed, all stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ingestion.codebook import Codebook, load_codebook

from .building import Warehouses
from .codebook_editions import sample_tables
from .comparison import SCHEMA_AND_KEY, keyed

EDITION = 2024
# What scores are made of and everything that is published of the benchmark.
SCORED = [
    name
    for name, (schema, _) in SCHEMA_AND_KEY.items()
    if schema == "benchmark" or name in ("fct_indicator_value", "fct_score", "fct_normalisation_bound")
]


def beside(codebook: Codebook) -> set[str]:
    """The surveys of the edition that may change no score."""
    return {name for name, survey in codebook.surveys.items() if not survey.enters_benchmark}


def contradicted(codebook: Codebook, answers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The answers, those of surveys beside the benchmark each another than it was, or not given at all."""
    questions = {question.question_id: question for question in codebook.questions}
    for answer in answers:
        if answer["survey"] not in beside(codebook):
            yield answer
            continue
        question = questions[answer["question_id"]]
        if answer["status"] != "given":
            yield answer | {"status": "given", "answer_text": "mimo to", "answer_number": 1.0}
        elif question.type == "single_choice":
            options = codebook.options_of[question.question_id]
            other = options[[option.option_id for option in options].index(answer["option_id"]) - 1]
            yield answer | {"option_id": other.option_id, "answer_number": other.value, "answer_text": other.label_pl}
        elif question.has_column_per_option:
            yield answer | {"answer_number": 1.0 - min(answer["answer_number"], 1.0)}
        else:
            yield answer | {"status": "blank", "answer_text": None, "answer_number": None}


def changed_tables(found: dict, marts: dict) -> list[str]:
    """The tables of the benchmark of which a row differs in the least."""
    return [name for name in SCORED if keyed(name, found[name]) != keyed(name, marts[name])]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Raw tables of the sample of the edition."""
    return sample_tables(tmp_path_factory.mktemp("beside"), [EDITION])


@pytest.fixture(scope="module")
def marts(warehouses: Warehouses, delivered: dict) -> dict:
    """The marts made of them."""
    return warehouses.marts(delivered)


def test_audits_and_opinions_change_no_row_of_the_benchmark(
    warehouses: Warehouses, delivered: dict, marts: dict
) -> None:
    codebook = load_codebook(EDITION)
    changed = list(contradicted(codebook, delivered["answer"]))
    n_changed = sum(one != other for one, other in zip(changed, delivered["answer"], strict=True))
    n_beside = sum(answer["survey"] in beside(codebook) for answer in delivered["answer"])
    assert n_changed == n_beside > 0

    found = warehouses.marts(delivered | {"answer": changed})

    assert keyed("fct_answer", found["fct_answer"]) != keyed("fct_answer", marts["fct_answer"])
    assert changed_tables(found, marts) == []


def test_without_these_surveys_the_benchmark_is_the_same(warehouses: Warehouses, delivered: dict, marts: dict) -> None:
    surveys = beside(load_codebook(EDITION))
    tables = delivered | {
        name: [row for row in delivered[name] if row.get("survey") not in surveys]
        for name in ("answer", "question", "option", "survey", "band")
    }
    found = warehouses.marts(tables)
    assert not [row for row in found["fct_answer"] if row["survey"] in surveys]
    assert changed_tables(found, marts) == []


def test_an_audit_can_be_traced_to_its_row(delivered: dict, marts: dict) -> None:
    """Auditor's note and day are answers; the note's text, like all free text, stays in the file."""
    site = min(row["cluster_id"] for row in marts["fct_answer"])
    rows = {
        row["question_id"]: row
        for row in marts["fct_answer"]
        if row["survey"] == "accessibility" and row["cluster_id"] == site
    }
    assert len(rows) == 12
    assert rows["accessibility_audit_date"]["answer_text"].startswith("2024-10-")
    assert rows["accessibility_note"]["answer_text"] is None
    assert {row["answer_number"] for name, row in rows.items() if name[-1].isdigit()} <= {0, 1}
    assert len({(row["file_sha256"], row["row_number"]) for row in rows.values()}) == 1
