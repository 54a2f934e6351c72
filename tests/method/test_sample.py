"""The marts of the 42-cluster sample against the second implementation, to 1e-9, every row and column."""

from __future__ import annotations

import random

from .building import Warehouses
from .comparison import assert_same
from .edition_2024 import EDITION_ID, edition_tables, random_answers
from .reference_method import compute


def test_the_sample(sample: dict, sample_marts: dict) -> None:
    expected = compute(sample)
    scores = [row for row in expected["fct_score"] if row["edition_id"] == EDITION_ID]
    assert len({row["cluster_id"] for row in scores}) == 42
    assert len({row["node_id"] for row in scores if row["level"] == "indicator"}) == 90
    assert_same(sample_marts, expected)


def test_random_answers_to_the_2024_questions(warehouses: Warehouses) -> None:
    """Unlike the sample, with refused, rejected and skipped answers anywhere."""
    tables = edition_tables(random_answers(random.Random(2024), n_clusters=25))
    assert_same(warehouses.marts(tables), compute(tables))
