"""The scores door: each check finds its fault, names what is at fault, and leaves the other edition alone."""

from __future__ import annotations

import pytest

from expectations import intended_checks

from .clean_editions import BEFORE, NOW, assert_fails, insert, keys_of, result_of


def change(table: str, what: str, where: str) -> str:
    """SQL that changes rows of the present edition."""
    return f"update {table} set {what} where edition_id = {NOW} and {where}"


def score(what: str, node: str, cluster: str = "k3") -> str:
    """SQL that changes one score."""
    return change("core.fct_score", what, f"node_id = '{node}' and cluster_id = '{cluster}'")


BOUND, DISTRIBUTION = "core.fct_normalisation_bound", "benchmark.score_distribution"

FAULTS = [
    (
        "score_is_between_0_and_1",
        score("score = 1.000001", "A.1"),
        [{"node_id": "A.1", "cluster_id": "k3", "score": 1.000001}],
    ),
    (
        "score_is_between_0_and_1",
        score("score = -0.5", "A"),
        [{"node_id": "A", "cluster_id": "k3", "score": -0.5}],
    ),
    (
        "indicator_spans_0_and_1",
        score("score = 0.99", "A.1.1", "k8"),
        [{"node_id": "A.1.1", "lowest": 0, "highest": 0.99}],
    ),
    ("indicator_spans_0_and_1", score("score = 0.01", "A.1.1", "k1"), [{"node_id": "A.1.1", "lowest": 0.01}]),
    (
        "indicator_spans_0_and_1",
        change("core.fct_score", "score = null", "node_id = 'A.1.1'"),
        [{"node_id": "A.1.1"}],
    ),
    (
        "indicator_has_a_spread",
        change(BOUND, "maximum = minimum", "node_id = 'A.1.1'"),
        [{"node_id": "A.1.1", "minimum": 100, "n": 8}],
    ),
    (
        "fence_is_not_degenerate",
        change(BOUND, "is_degenerate = true, q3 = minimum", "node_id = 'A.1.1'"),
        [{"node_id": "A.1.1", "minimum": 100, "q3": 100, "maximum": 450}],
    ),
    (
        "value_has_a_score",
        score("score = null", "A.2.1"),
        [{"node_id": "A.2.1", "cluster_id": "k3", "status": "reported"}],
    ),
    (
        "value_has_a_score",
        change(
            "core.fct_indicator_value",
            "value = null, status = 'missing'",
            "node_id = 'A.2.1' and cluster_id = 'k3'",
        ),
        [{"node_id": "A.2.1", "cluster_id": "k3", "status": "missing"}],
    ),
    (
        "half_of_the_parts_are_available",
        score("n_parts_available = 1", "A.2"),
        [{"node_id": "A.2", "cluster_id": "k3", "n_parts_available": 1, "n_parts": 3}],
    ),
    ("cluster_has_an_overall_score", score("score = null", "overall"), [{"cluster_id": "k3"}]),
    (
        "published_node_has_scores",
        change(DISTRIBUTION, "n = 0", "node_id = 'A.2'"),
        [{"node_id": "A.2", "n": 0}],
    ),
    (
        "published_benchmark_is_at_most_1",
        change(DISTRIBUTION, "benchmark = 1.01", "node_id = 'A.2'"),
        [{"node_id": "A.2", "cut_id": "all", "segment_id": "all", "benchmark": 1.01}],
    ),
    (
        "node_median_is_near_the_previous_edition",
        change(DISTRIBUTION, "median = 0.9", "node_id = 'A.2'"),
        [{"node_id": "A.2", "median": 0.9, "previous_edition_id": BEFORE}],
    ),
    (
        "node_mean_is_near_the_previous_edition",
        change(DISTRIBUTION, "mean = mean - 0.16", "node_id in ('A', 'overall')"),
        [{"node_id": "A", "previous_edition_id": BEFORE}, {"node_id": "overall"}],
    ),
]
NO_FAULTS = [
    ("score_is_between_0_and_1", score("score = 1 + 1e-15", "A.1")),
    ("score_is_between_0_and_1", score("score = null", "A.1")),
    # Without a spread there is nothing to span, and no score to have.
    (
        "indicator_spans_0_and_1",
        f"""{change(BOUND, "maximum = minimum", "node_id = 'A.1.1'")};
            {change("core.fct_score", "score = null", "node_id = 'A.1.1'")}""",
    ),
    (
        "value_has_a_score",
        f"""{change(BOUND, "maximum = minimum", "node_id = 'A.1.1'")};
            {change("core.fct_score", "score = null", "node_id = 'A.1.1'")}""",
    ),
    ("half_of_the_parts_are_available", score("n_parts = 4, n_parts_available = 2", "A.2")),
    ("published_benchmark_is_at_most_1", change(DISTRIBUTION, "benchmark = null", "node_id = 'A.2'")),
    ("node_mean_is_near_the_previous_edition", change(DISTRIBUTION, "mean = mean + 0.15", "node_id = 'A'")),
    # A node without scores in one of the editions has not moved.
    ("node_mean_is_near_the_previous_edition", change(DISTRIBUTION, "mean = null, n = 0", "node_id = 'A'")),
]


@pytest.mark.parametrize(("check_id", "spoil", "keys"), FAULTS)
def test_a_fault_is_found_and_named(editions, check_id: str, spoil: str, keys: list[dict]) -> None:
    editions.execute(spoil)
    assert_fails(editions, check_id, keys)


@pytest.mark.parametrize(("check_id", "spoil"), NO_FAULTS)
def test_what_is_no_fault_passes(editions, check_id: str, spoil: str) -> None:
    editions.execute(spoil)
    result = result_of(editions, check_id)
    assert result.status == "pass", result.failing_keys


def test_every_check_of_the_door_has_a_fault_here() -> None:
    assert {check_id for check_id, _, _ in FAULTS} == {check.check_id for check in intended_checks("scores")}


def test_an_edition_with_another_framework_is_not_compared(editions) -> None:
    editions.execute(f"update core.dim_edition set framework_id = 'other' where edition_id = {BEFORE}")
    assert result_of(editions, "node_mean_is_near_the_previous_edition").status == "not_applicable"


def test_the_shift_is_from_the_latest_edition_of_the_same_framework(editions) -> None:
    insert(editions, "core.dim_edition", [{"edition_id": 2030, "framework_id": "other"}])
    insert(editions, "core.dim_edition", [{"edition_id": 2020, "framework_id": "f"}])
    editions.execute(change(DISTRIBUTION, "mean = 0", "node_id = 'A'"))
    (key,) = keys_of(result_of(editions, "node_mean_is_near_the_previous_edition"))
    assert key["previous_edition_id"] == BEFORE
