"""dbt's own unit tests, which check each formula on made-up rows."""

from __future__ import annotations

from orchestration.transformation import load_manifest, run_unit_tests


def test_every_dbt_unit_test_passes(built) -> None:
    manifest = load_manifest(target_path=built.dbt)
    results = run_unit_tests(built.work_file, manifest, target_path=built.dbt)
    assert {result.node.name for result in results} == {test.name for test in manifest.unit_tests.values()}
    assert [(result.node.name, result.message) for result in results if result.status != "pass"] == []
    assert len(results) >= 20


def test_every_mart_and_column_is_described_and_under_contract(built) -> None:
    manifest = load_manifest(target_path=built.dbt)
    marts = [node for node in manifest.nodes.values() if node.fqn[1:2] == ["marts"] and node.resource_type == "model"]
    assert len(marts) >= 20
    for mart in marts:
        assert mart.contract.enforced, mart.name
        assert mart.description.startswith("One row"), mart.name
        assert [name for name, column in mart.columns.items() if not column.description] == [], mart.name


def test_every_formula_has_a_unit_test(built) -> None:
    manifest = load_manifest(target_path=built.dbt)
    tested = {test.model for test in manifest.unit_tests.values()}
    assert tested >= {
        "int_judge_answer_corrections",
        "int_judge_indicator_corrections",
        "int_correct_answers",
        "int_correct_indicator_values",
        "int_derive_delivered_values",
        "correction_effect",
        "int_combine_answers",
        "int_derive_indicator_values",
        "int_assign_segments",
        "fct_normalisation_bound",
        "fct_score",
        "indicator_statistic",
        "score_distribution",
        "strength_weakness",
        "int_list_panel",
        "int_judge_comparability",
        "int_score_common_indicators",
        "int_list_trend_values",
        "edition_growth",
        "node_conformance",
        "score_regression",
        "score_spread",
        "cluster_profile",
        "int_list_member_options",
        "int_count_member_answers",
        "int_sum_member_answers",
        "cluster_opinion",
        "accessibility_criterion",
        "accessibility_band",
        "int_compute_published_counts",
        "int_compute_published_answers",
        "int_compute_published_trends",
        "reconciliation",
        "check_index",
        "check_trend",
    }
