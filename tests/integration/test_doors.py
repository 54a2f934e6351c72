"""The doors on the real models: the sample passes them, what is spoilt afterwards does not, and results are kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import DOORS, DoorReport, intended_checks, run_door
from orchestration.paths import Home

from ..method.building import Warehouses
from ..method.made_up import MadeUpEdition

CHECKED_AT = datetime(2025, 1, 2, 3, 4, 5)  # noqa: DTZ001  kept as UTC without zone


def run(connection: duckdb.DuckDBPyConnection, door: str) -> DoorReport:
    """Run a door as the jobs do."""
    return run_door(door, connection, run_id="run-1", load_ids={2024: "L1"}, checked_at=CHECKED_AT)


def failing(report: DoorReport) -> dict[str, list[dict[str, Any]]]:
    """What failed or could not be run, by check."""
    rows = [row for row in report.results if row.status in ("fail", "error")]
    return {row.check_id: json.loads(row.failing_keys) for row in rows}


@pytest.fixture(scope="module")
def work_file(built: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work file that the sample's release was made from."""
    with duckdb.connect(built.work_file, read_only=True) as connection:
        yield connection


@pytest.fixture
def spoilt(built: Home, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of it, to be changed."""
    shutil.copy(built.work_file, tmp_path / "work.duckdb")
    with duckdb.connect(tmp_path / "work.duckdb") as connection:
        yield connection


@pytest.mark.parametrize("door", DOORS)
def test_the_sample_passes_every_critical_check(work_file, door: str) -> None:
    report = run(work_file, door)
    assert report.is_sample
    assert report.critical_failures == ()
    assert [row.check_id for row in report.results if row.status == "error"] == []
    assert [row.check_id for row in report.results] == [check.check_id for check in intended_checks(door)]


def test_the_sample_is_checked_as_a_whole(work_file) -> None:
    rows = {row.check_id: row for door in DOORS for row in run(work_file, door).results}
    clusters, answers = work_file.execute("select count(distinct cluster_id), count(*) from raw.answer").fetchone()
    indicators = 90
    assert rows["cluster_is_in_every_survey"].n_rows == 3 * clusters
    assert rows["question_has_a_row_per_respondent"].n_rows == answers
    assert rows["asked_indicator_has_a_value_row"].n_rows == indicators * clusters
    assert rows["indicator_spans_0_and_1"].n_rows == indicators
    assert rows["node_mean_is_near_the_previous_edition"].status == "not_applicable"


def test_the_doors_fences_are_those_of_the_models(work_file) -> None:
    """The door works the fences out again: where it finds values beyond one, the models cut the scale there."""
    (row,) = [row for row in run(work_file, "facts").results if row.check_id == "value_is_within_the_fence"]
    beyond = work_file.execute(
        """
        select count(*)
        from core.fct_indicator_value as value
        inner join core.fct_normalisation_bound as bound using (edition_id, node_id)
        where bound.is_capped and value.value > bound.fence
        """
    ).fetchone()
    assert (row.n_failed,) == beyond
    for key in json.loads(row.failing_keys):
        fence = work_file.execute(
            "select fence from core.fct_normalisation_bound where node_id = ?", [key["node_id"]]
        ).fetchone()
        assert key["fence"] == pytest.approx(fence[0], abs=1e-9)


def test_the_sample_stands_on_the_cliff_where_the_published_counts_do(work_file) -> None:
    found = {key["node_id"]: key for key in failing(run(work_file, "facts"))["fence_does_not_hang_on_one_cluster"]}
    counted = work_file.execute(
        """
        select node_id, count(*) filter (where value > minimum) as n_above
        from core.fct_indicator_value inner join core.fct_normalisation_bound using (edition_id, node_id)
        where n = 42 and minimum = 0
        group by all
        having n_above in (10, 11)
        """
    ).fetchall()
    assert {(node, key["n_above_minimum"]) for node, key in found.items() if key["n"] == 42} == set(counted)


SPOILING = [
    (
        "raw",
        "parts_do_not_exceed_the_whole",
        "update raw.answer set answer_number = 999 where question_id = 'enterprises' and cluster_id = ?",
    ),
    (
        "raw",
        "share_is_a_percentage",
        "update raw.answer set answer_number = 101 where question_id = 'ecommerce_sales_share' and cluster_id = ?",
    ),
    (
        "raw",
        "cluster_is_in_every_survey",
        "delete from raw.answer where survey = 'desk_research' and cluster_id = ?",
    ),
    (
        "raw",
        "question_has_a_row_per_respondent",
        "delete from raw.answer where question_id = 'website_visits' and cluster_id = ?",
    ),
    (
        "facts",
        "asked_indicator_has_a_value_row",
        "delete from core.fct_indicator_value where node_id = 'I.1.1' and cluster_id = ?",
    ),
    (
        "facts",
        "value_agrees_with_its_answers",
        "update core.fct_indicator_value set value = value * 1000 + 1 where node_id = 'I.2.6' and cluster_id = ?",
    ),
    (
        "scores",
        "score_is_between_0_and_1",
        "update core.fct_score set score = 1.2 where node_id = 'I' and cluster_id = ?",
    ),
    (
        "scores",
        "value_has_a_score",
        "update core.fct_score set score = null where node_id = 'II.3.1' and cluster_id = ?",
    ),
]


@pytest.mark.parametrize(("door", "check_id", "spoil"), SPOILING)
def test_a_fault_in_the_sample_stops_the_door(spoilt, door: str, check_id: str, spoil: str) -> None:
    (cluster,) = spoilt.execute("select min(cluster_id) from raw.answer").fetchone()
    before = set(failing(run(spoilt, door)))
    spoilt.execute(spoil, [cluster])
    report = run(spoilt, door)
    assert check_id not in before
    assert check_id in {row.check_id for row in report.critical_failures}
    assert {key["cluster_id"] for key in failing(report)[check_id]} == {cluster}


def test_dbt_results_stand_in_the_same_table(work_file) -> None:
    rows = work_file.execute(
        "select check_id, dimension, entity, status, n_failed, severity from raw.check_result where tool = 'dbt'"
    ).fetchall()
    tables = {
        f"{schema}.{name}"
        for schema, name in work_file.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    }
    assert len(rows) == len({check_id for check_id, *_ in rows}) > 50
    assert {dimension for _, dimension, *_ in rows} >= {"completeness", "range", "uniqueness", "consistency"}
    assert {entity for _, _, entity, *_ in rows} <= tables
    assert all(status == "pass" and n_failed == 0 for *_, status, n_failed, severity in rows if severity == "critical")


@pytest.mark.parametrize("method", ["inclusive", "exclusive"])
def test_any_edition_passes_whatever_it_asked(dbt_project, tmp_path, method: str) -> None:
    """Another year, other indicators, seven clusters, an indicator of which less is better, some with gaps."""
    edition = MadeUpEdition(2031, quartile_method=method)
    edition.question("plan", "single_choice", options={"none": 0.0, "yes": 1.0})
    edition.question("spent_1", multiplier=1000)
    edition.question("spent_2", multiplier=1000)
    edition.indicator("A.1.1", "plan")
    edition.indicator("A.1.2", "spent_1", "spent_2", kind="mean", scale=1_000_000, blank_means="zero")
    edition.indicator("A.1.3", blank_means="missing")
    edition.indicator("B.1.1", direction=-1)
    edition.indicator("B.1.2", "never_asked")
    for place in range(7):
        answers = {"plan": "yes" if place % 2 else "none", "spent_1": 10.0 * place, "B.1.1": 10.0 - place}
        answers |= {"spent_2": 5.0} if place else {}
        answers |= {"A.1.3": float(place)} if place % 3 else {}
        edition.cluster(f"c{place}", answers)
    warehouses = Warehouses(dbt_project, tmp_path)
    with duckdb.connect(warehouses.build(edition.tables()), read_only=True) as connection:
        reports = {door: run(connection, door) for door in ("facts", "scores")}
    assert [row for report in reports.values() for row in report.critical_failures] == []
    assert [row.check_id for report in reports.values() for row in report.results if row.status == "error"] == []
    assert failing(reports["facts"])["framework_indicator_is_asked"] == [{"node_id": "B.1.2"}]
    assert {row.edition_id for row in reports["facts"].results} == {2031}
