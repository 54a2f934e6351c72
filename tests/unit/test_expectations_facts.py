"""The facts door: each check finds its fault; the cliff of the fence is worked out by trying every change."""

from __future__ import annotations

from statistics import quantiles

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import intended_checks

from .clean_editions import (
    BEFORE,
    NOW,
    assert_fails,
    clean_editions,
    insert,
    keys_of,
    result_of,
)


def value(change: str, node: str, cluster: str = "k1") -> str:
    """SQL that changes one value of the present edition."""
    return f"""update core.fct_indicator_value set {change}
        where edition_id = {NOW} and node_id = '{node}' and cluster_id = '{cluster}'"""


def lose(table: str, where: str) -> str:
    """SQL that removes rows of the present edition."""
    return f"delete from {table} where edition_id = {NOW} and {where}"


MISSING = "value = null, status = 'missing'"

FAULTS = [
    ("delivered_edition_is_in_core", lose("core.dim_edition", "true"), [{"n_rows": 0}]),
    (
        "delivered_cluster_is_in_core",
        lose("core.dim_cluster_edition", "cluster_id = 'k2'"),
        [{"cluster_id": "k2", "n_delivered": 1, "n_in_core": 0}],
    ),
    (
        "delivered_cluster_is_in_core",
        f"insert into core.dim_cluster_edition values ({NOW}, 'k2'), ({NOW}, 'new')",
        [{"cluster_id": "k2", "n_in_core": 2}, {"cluster_id": "new", "n_delivered": 0, "n_in_core": 1}],
    ),
    (
        "framework_indicator_is_asked",
        lose("raw.question", "question_id = 'networks'"),
        [{"node_id": "A.1.3"}],
    ),
    (
        "asked_indicator_has_a_value_row",
        lose("core.fct_indicator_value", "node_id = 'A.2.3' and cluster_id in ('k1', 'k8')"),
        [
            {"node_id": "A.2.3", "cluster_id": "k1", "n_asked": 1, "n_found": 0},
            {"node_id": "A.2.3", "cluster_id": "k8", "n_asked": 1, "n_found": 0},
        ],
    ),
    (
        "asked_indicator_has_a_value_row",
        f"insert into core.fct_indicator_value values ({NOW}, 'k1', 'A.1.1', 1, 'reported', false), "
        f"({NOW}, 'k1', 'A.9.9', 1, 'reported', false)",
        [
            {"node_id": "A.1.1", "cluster_id": "k1", "n_asked": 1, "n_found": 2},
            {"node_id": "A.9.9", "cluster_id": "k1", "n_asked": 0, "n_found": 1},
        ],
    ),
    (
        "value_agrees_with_its_status",
        value("value = null", "A.1.1"),
        [{"node_id": "A.1.1", "cluster_id": "k1", "status": "reported"}],
    ),
    (
        "value_agrees_with_its_status",
        value("status = 'missing'", "A.1.1"),
        [{"node_id": "A.1.1", "cluster_id": "k1", "status": "missing", "value": 100}],
    ),
    (
        "value_agrees_with_its_status",
        value("status = 'rejected'", "A.1.1"),
        [{"node_id": "A.1.1", "cluster_id": "k1", "status": "rejected"}],
    ),
    (
        "value_agrees_with_its_status",
        value("status = 'zero'", "A.1.1"),
        [{"node_id": "A.1.1", "cluster_id": "k1", "status": "zero"}],
    ),
    (
        "indicator_is_known_of_most_clusters",
        f"""update core.fct_indicator_value set {MISSING}
            where edition_id = {NOW} and node_id = 'A.1.2' and cluster_id <= 'k5'""",
        [{"node_id": "A.1.2", "n_missing": 5, "n_clusters": 8}],
    ),
    (
        "cluster_gave_most_indicators",
        f"""update core.fct_indicator_value set {MISSING}
            where edition_id = {NOW} and cluster_id = 'k5' and node_id not in ('A.1.1', 'A.1.2')""",
        [{"cluster_id": "k5", "n_missing": 4, "n_indicators": 6}],
    ),
    (
        "value_agrees_with_its_answers",
        value("value = 0.1", "A.1.1"),
        [{"node_id": "A.1.1", "cluster_id": "k1", "value": 0.1, "from_answers": 100}],
    ),
    (
        "value_agrees_with_its_answers",
        value("value = value + 1", "A.1.3", "k8"),
        [{"node_id": "A.1.3", "cluster_id": "k8", "value": 8, "from_answers": 7}],
    ),
    (
        "value_is_not_negative",
        value("value = -1", "A.1.1"),
        [{"node_id": "A.1.1", "cluster_id": "k1", "value": -1}],
    ),
    (
        "share_value_is_a_percentage",
        value("value = 100.5", "A.1.2"),
        [{"node_id": "A.1.2", "cluster_id": "k1", "value": 100.5}],
    ),
    (
        "yes_no_value_is_0_or_1",
        value("value = 2", "A.2.2"),
        [{"node_id": "A.2.2", "cluster_id": "k1", "value": 2}],
    ),
    (
        "chosen_value_is_of_an_option",
        value("value = 3", "A.2.1", "k4"),
        [{"node_id": "A.2.1", "cluster_id": "k4", "value": 3}],
    ),
    (
        "money_is_of_the_usual_magnitude",
        value("value = 450000", "A.1.1", "k8"),
        [{"node_id": "A.1.1", "cluster_id": "k8", "value": 450000, "median": 275}],
    ),
    (
        "money_is_of_the_usual_magnitude",
        value("value = 0.1", "A.1.1"),
        [{"node_id": "A.1.1", "cluster_id": "k1", "value": 0.1}],
    ),
    # Quartiles of 100, 150 … 400: 187.5 and 362.5 with 700 as the largest, so the fence is at 625.
    (
        "value_is_within_the_fence",
        value("value = 700", "A.1.1", "k8"),
        [{"node_id": "A.1.1", "cluster_id": "k8", "value": 700, "fence": 625}],
    ),
    (
        "fence_does_not_hang_on_one_cluster",
        f"""update core.fct_indicator_value set value = (cluster_id >= 'k7')::integer
            where edition_id = {NOW} and node_id = 'A.2.2'""",
        [{"node_id": "A.2.2", "has_fence": True, "n_above_minimum": 2, "n": 8}],
    ),
    (
        "fence_does_not_hang_on_one_cluster",
        f"""update core.fct_indicator_value set value = (cluster_id = 'k7')::integer
            where edition_id = {NOW} and node_id = 'A.2.2'""",
        [{"node_id": "A.2.2", "has_fence": False, "n_above_minimum": 1, "n": 8}],
    ),
    (
        "accepted_correction_meets_what_it_expects",
        f"""update intermediate.int_judge_answer_corrections set outcome = 'not_as_expected', found_before = '6'
            where edition_id = {NOW}""",
        [
            {"correction_id": "c", "cluster_id": "k1", "corrected": "enterprises"}
            | {"expected_before": "5", "found_before": "6"}
        ],
    ),
    (
        "corrected_parts_do_not_exceed_the_whole",
        f"""update core.fct_answer set answer_number = 120
            where edition_id = {NOW} and question_id = 'enterprises' and cluster_id in ('k1', 'k2')""",
        [{"cluster_id": "k1", "parts": 122, "whole": 100}],
    ),
]
NO_FAULTS = [
    ("value_is_within_the_fence", value("value = 625", "A.1.1", "k8")),
    ("value_agrees_with_its_status", value(MISSING, "A.1.1")),
    ("value_agrees_with_its_answers", value(MISSING, "A.1.1")),
    ("value_agrees_with_its_answers", value("value = 7, is_corrected = true", "A.1.1")),
    ("money_is_of_the_usual_magnitude", value("value = 0, status = 'zero'", "A.1.1")),
    # The codebook may allow negative answers.
    (
        "value_is_not_negative",
        f"""update raw.question set hard_minimum = -10 where question_id = 'budget' and edition_id = {NOW};
            {value("value = -1", "A.1.1")}""",
    ),
    (
        "indicator_is_known_of_most_clusters",
        f"""update core.fct_indicator_value set {MISSING}
            where edition_id = {NOW} and node_id = 'A.1.2' and cluster_id <= 'k4'""",
    ),
    (
        "accepted_correction_meets_what_it_expects",
        f"""update raw.correction set status = 'proposed' where edition_id = {NOW};
            update intermediate.int_judge_answer_corrections set outcome = 'not_accepted' where edition_id = {NOW};
            insert into raw.correction by name
            select {NOW} as edition_id, 'own' as correction_id, 'k2' as cluster_id, 'A.1.1' as node_id,
                'accepted' as status;
            insert into intermediate.int_judge_indicator_corrections values ({NOW}, 'own', '9', 'flagged')""",
    ),
    (
        "corrected_parts_do_not_exceed_the_whole",
        f"""update core.fct_answer set answer_number = 120
            where edition_id = {NOW} and question_id = 'enterprises' and cluster_id = 'k2'""",
    ),
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
    assert {check_id for check_id, _, _ in FAULTS} == {check.check_id for check in intended_checks("facts")}


def test_a_mean_is_worked_out_over_all_its_parts(editions) -> None:
    editions.execute(
        f"""update raw.indicator_rule set kind = 'mean', inputs = 'languages;institutes'
            where node_id = 'A.2.3';
            update core.fct_indicator_value set value = (value + 2) / 2 where node_id = 'A.2.3';
            update raw.answer set status = 'blank', answer_number = null
            where cluster_id = 'k4' and question_id = 'institutes' and edition_id = {BEFORE};
            update core.fct_indicator_value set value = 1.5
            where node_id = 'A.2.3' and cluster_id = 'k4' and edition_id = {BEFORE};"""
    )
    assert [result_of(editions, "value_agrees_with_its_answers", edition).status for edition in (BEFORE, NOW)] == [
        "pass",
        "pass",
    ]


@pytest.mark.parametrize(("method", "fence"), [("inclusive", 625), ("exclusive", 725)])
def test_the_fence_follows_the_editions_quartile_method(editions, method: str, fence: float) -> None:
    editions.execute(f"update core.dim_edition set quartile_method = '{method}' where edition_id = {NOW}")
    editions.execute(value("value = 726", "A.1.1", "k8"))
    assert keys_of(result_of(editions, "value_is_within_the_fence")) == [
        {"node_id": "A.1.1", "cluster_id": "k8", "value": 726, "fence": fence}
    ]


def test_where_less_is_better_the_fence_is_below(editions) -> None:
    editions.execute("update core.dim_node set direction = -1 where node_id = 'A.1.1'")
    editions.execute(f"update core.dim_edition set fence_factor = 0.5 where edition_id = {NOW}")
    # Quartiles of −450 … −100 are −362.5 and −187.5: the fence is −100, and one cluster gets below 100.
    editions.execute(value("value = 60", "A.1.1", "k1"))
    found = keys_of(result_of(editions, "value_is_within_the_fence"))
    assert [key for key in found if key["node_id"] == "A.1.1"] == [
        {"node_id": "A.1.1", "cluster_id": "k1", "value": 60, "fence": 100}
    ]


def has_fence(values: list[int], method: str) -> bool:
    """Whether Q3 + 1.5 · (Q3 − Q1) is above the minimum, by the standard library's quartiles."""
    if len(values) == 1:
        return False
    if method == "exclusive" and len(values) < 3:
        q1, q3 = min(values), max(values)
    else:
        q1, _, q3 = quantiles(values, n=4, method=method)  # type: ignore[arg-type]
    return q3 + 1.5 * (q3 - q1) > min(values)


def flips_by_one(values: list[int], method: str) -> bool:
    """Whether changing any one value to any other that is possible (0 or more) flips it."""
    candidates = range(max(values) + 2)
    return any(
        has_fence([*values[:place], changed, *values[place + 1 :]], method) != has_fence(values, method)
        for place in range(len(values))
        for changed in candidates
    )


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=14), min_size=6, max_size=6),
    st.sampled_from(["inclusive", "exclusive"]),
)
def test_the_cliff_is_where_any_one_change_flips_the_fence(groups: list[list[int]], method: str) -> None:
    with clean_editions() as connection:
        connection.execute("delete from core.fct_indicator_value")
        connection.execute(f"update core.dim_edition set quartile_method = '{method}'")
        nodes = [
            node
            for (node,) in connection.execute("select distinct node_id from raw.indicator_rule order by 1").fetchall()
        ]
        named = dict(zip(nodes, groups, strict=True))
        insert(
            connection,
            "core.fct_indicator_value",
            [
                {
                    "edition_id": NOW,
                    "cluster_id": f"c{place:02}",
                    "node_id": node,
                    "value": float(x),
                    "status": "reported",
                }
                for node, values in named.items()
                for place, x in enumerate(values)
            ],
        )
        flagged = {key["node_id"] for key in keys_of(result_of(connection, "fence_does_not_hang_on_one_cluster"))}
    assert flagged == {node for node, values in named.items() if flips_by_one(values, method)}


def test_42_clusters_stand_on_the_cliff_with_10_or_11_above_the_minimum(editions) -> None:
    editions.execute("delete from core.fct_indicator_value")
    above = {"A.1.1": 9, "A.1.2": 10, "A.1.3": 11, "A.2.1": 12}
    rows = [
        {
            "edition_id": NOW,
            "cluster_id": f"c{place}",
            "node_id": node,
            "status": "reported",
            "value": float(place < n),
        }
        for node, n in above.items()
        for place in range(42)
    ]
    insert(editions, "core.fct_indicator_value", rows)
    found = {
        key["node_id"]: key["has_fence"] for key in keys_of(result_of(editions, "fence_does_not_hang_on_one_cluster"))
    }
    assert found == {"A.1.2": False, "A.1.3": True}
