"""The marts of the real editions against the second implementation, to 1e-9, every row and column."""

from __future__ import annotations

import random

from ingestion.codebook import editions

from .building import Warehouses
from .codebook_editions import edition_tables, random_answers
from .comparison import assert_same
from .reference_method import compute


def test_the_sample(sample: dict, sample_marts: dict) -> None:
    expected = compute(sample)
    scores = [row for row in expected["fct_score"] if row["edition_id"] == 2024]
    assert len({row["cluster_id"] for row in scores}) == 42
    assert len({row["node_id"] for row in scores if row["level"] == "indicator"}) == 90
    # every edition there is a codebook for is in the sample, and compared with every earlier one
    pairs = {(row["edition_id"], row["previous_edition_id"]) for row in expected["edition_comparison"]}
    assert pairs == {(later, earlier) for later in editions() for earlier in editions() if earlier < later}
    assert {(row["basis"], row["scale"]) for row in expected["edition_comparison"] if row["change"] is not None} == {
        (basis, scale) for basis in ("all", "panel") for scale in ("own", "anchored")
    }
    assert_same(sample_marts, expected)


def test_random_answers_to_the_questions_of_every_edition(warehouses: Warehouses) -> None:
    """Unlike the sample, with refused, rejected and skipped answers anywhere; clusters come, go and merge."""
    r = random.Random(2024)
    clusters = [f"k{number:02}" for number in range(30)]
    answers = [row for each in editions() for row in random_answers(r, each, sorted(r.sample(clusters, 16)))]
    tables = edition_tables(answers, editions())
    tables["cluster_lineage"] = [
        {"edition_id": each, "kind": "merger", "predecessor_cluster_id": one, "successor_cluster_id": other}
        | {"note": None}
        for each in editions()
        for one, other in [r.sample(clusters, 2)]
    ]
    expected = compute(tables)
    compared = {(row["basis"], row["scale"], row["comparability"]) for row in expected["edition_comparison"]}
    assert len(compared) == 2 * 2 * 3
    assert_same(warehouses.marts(tables), expected)
