"""A release is whole: the databases, the Parquet files and the documentation are of one publication."""

from __future__ import annotations

import json
import re

import duckdb
import pytest

from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.tables import not_public

# The schemas of which public.duckdb has tables of the same names.
SHARED = ("benchmark", "survey")


@pytest.fixture(scope="module")
def everything(built):
    with duckdb.connect(built.published / "benchmarking.duckdb", read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def public(built):
    with duckdb.connect(built.published / "public.duckdb", read_only=True) as connection:
        yield connection


def names(connection) -> set[tuple[str, str]]:
    return set(connection.execute("select schema_name, table_name from duckdb_tables()").fetchall())


def test_the_promised_tables_are_there(everything) -> None:
    assert {f"{schema}.{table}" for schema, table in names(everything)} >= {
        "core.release",
        "core.dim_edition",
        "core.dim_node",
        "core.dim_cluster",
        "core.dim_cluster_edition",
        "core.dim_segment",
        "core.fct_answer",
        "core.fct_indicator_value",
        "core.fct_score",
        "core.fct_normalisation_bound",
        "benchmark.indicator_statistic",
        "benchmark.score_distribution",
        "benchmark.strength_weakness",
        "benchmark.score_regression",
        "benchmark.score_spread",
        "benchmark.cluster_profile",
        "survey.member_opinion",
        "survey.cluster_opinion",
        "survey.accessibility_criterion",
        "survey.accessibility_band",
        "audit.load",
        "audit.source_file",
        "audit.rejected_answer",
        "audit.correction",
        "audit.correction_effect",
        "audit.check_result",
        "audit.check_index",
        "audit.check_trend",
        "audit.reconciliation",
        "audit.reconciliation_summary",
    }


def test_public_holds_aggregates_and_no_cluster(everything, public) -> None:
    assert {table for schema, table in names(public) if schema == "core"} == {"dim_edition", "dim_node", "dim_segment"}
    assert {f"{schema}.{table}" for schema, table in names(everything) - names(public) if schema in SHARED} == {
        "benchmark.cluster_profile",
        "survey.cluster_opinion",
    }
    assert names(public) <= names(everything)
    assert not_public(public, "public") == []
    clusters = everything.execute("select cluster_id from core.dim_cluster union select name from core.dim_cluster")
    secrets = {value for (value,) in clusters.fetchall()}
    assert len(secrets) == 84
    for schema, table in names(public):
        cursor = public.execute(f'select * from "{schema}"."{table}"')
        assert "cluster_id" not in [column[0] for column in cursor.description]
        found = {value for row in cursor.fetchall() for value in row if isinstance(value, str)} & secrets
        assert not found, f"{schema}.{table} names clusters"


def test_parquet_holds_the_same_rows_as_the_database(built, everything) -> None:
    for schema, table in names(everything):
        path = built.published / "parquet" / schema / f"{table}.parquet"
        rows = everything.execute(f'select * from "{schema}"."{table}" order by all').fetchall()
        assert everything.execute("select * from read_parquet(?) order by all", [str(path)]).fetchall() == rows


def test_every_column_says_what_it_means(everything) -> None:
    uncommented = everything.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where not internal and comment is null"
    ).fetchall()
    assert uncommented == []


def test_everything_says_that_the_sample_is_synthetic(built, everything) -> None:
    assert everything.execute("select is_sample from core.release").fetchone() == (True,)
    comments = everything.execute("select comment from duckdb_tables()").fetchall()
    assert all(SYNTHETIC_NOTICE in comment for (comment,) in comments)
    path = built.published / "parquet" / "core" / "fct_score.parquet"
    notice = everything.execute(
        "select decode(value) from parquet_kv_metadata(?) where decode(key) = 'notice'", [str(path)]
    ).fetchone()
    assert SYNTHETIC_NOTICE in notice[0]
    assert json.loads((built.published / "release.json").read_text())["notice"] == SYNTHETIC_NOTICE
    for page in (built.published / "docs").rglob("index.html"):
        assert "synthetic" in page.read_text(encoding="utf-8").lower(), page


def test_no_page_fetches_anything_from_outside(built) -> None:
    fetching = re.compile(
        r"""<(?:script|img|link|iframe)\b[^>]*?(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|url\(\s*["']?https?:"""
    )
    pages = list((built.published / "docs").rglob("*.html"))
    assert len(pages) >= 3
    for page in pages:
        assert not fetching.search(page.read_text(encoding="utf-8")), page


def test_every_intended_check_has_a_result_for_the_edition(built, everything) -> None:
    from expectations import intended_checks

    run_id = json.loads((built.published / "release.json").read_text())["run_id"]
    got = everything.execute(
        "select check_id, edition_id from audit.check_result where tool = 'great_expectations' and run_id = ?", [run_id]
    ).fetchall()
    assert {check_id for check_id, _ in got} == {check.check_id for check in intended_checks()}
    assert {edition for _, edition in got} == {2024}
    (dbt,) = everything.execute(
        "select count(*) from audit.check_result where tool = 'dbt' and run_id = ?", [run_id]
    ).fetchone()
    assert dbt > 50


def test_every_answer_can_be_followed_to_its_file(built, everything) -> None:
    orphans = everything.execute(
        """
        select count(*)
        from core.fct_answer as answer
        left join audit.source_file as file on answer.file_sha256 = file.sha256 and answer.edition_id = file.edition_id
        where file.sha256 is null or answer.row_number is null or answer.column_name is null
        """
    ).fetchone()
    assert orphans == (0,)
    for (sha256,) in everything.execute("select distinct sha256 from audit.source_file").fetchall():
        assert len(list(built.raw.glob(f"{sha256}.*"))) == 1


def test_free_text_is_not_published(everything) -> None:
    # the column of an “other” option; one that is just another option of a single choice holds its code
    texts = everything.execute(
        "select count(*) from core.fct_answer inner join core.question_edition using (edition_id, question_id)"
        " where option_id = 'other' and type != 'single_choice' and answer_text is not null"
    ).fetchone()
    assert texts == (0,)
    named = everything.execute("select count(*) from core.fct_answer where option_id = 'other' and answer_number > 0")
    assert named.fetchone()[0] > 0


def test_opinions_name_no_respondent(everything) -> None:
    columns = everything.execute("select column_name from duckdb_columns() where schema_name = 'survey'").fetchall()
    assert not {"respondent_id", "answer_text", "row_number"} & {column for (column,) in columns}
    respondents = everything.execute("select respondent_id from core.fct_answer where survey = 'member_opinion'")
    ids = {respondent_id for (respondent_id,) in respondents.fetchall()}
    assert ids
    for table in ("member_opinion", "cluster_opinion"):
        rows = everything.execute(f"select * from survey.{table}").fetchall()
        assert rows
        assert not ids & {value for row in rows for value in row if isinstance(value, str)}
