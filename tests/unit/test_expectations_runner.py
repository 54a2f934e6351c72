"""What the runner promises whatever the checks are: errors are no failures, keys are capped, data only read."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

import expectations
from expectations import (
    DOORS,
    CheckResult,
    append_check_results,
    dbt_check_results,
    intended_checks,
    run_door,
)
from expectations.check import Check, Expectation, between, given
from ingestion.raw_tables import create_raw_tables

from .clean_editions import BEFORE, CHECKED_AT, LOADS, NOW, check_named, clean_editions, keys_of, run

DIMENSIONS = {"completeness", "range", "uniqueness", "consistency", "distribution", "reconciliation"}
NUMBERS = Check(
    check_id="number_is_small",
    door="raw",
    dimension="range",
    severity="critical",
    entity="raw.answer",
    column_name="number",
    description="Numbers are small.",
    expected="at most 3",
    expectation=between("number", maximum=3),
    query=f"select {NOW} as edition_id, 'row ' || range as name, range as number from range(1000)",
    keys=("name",),
    evidence=("number",),
)


@pytest.fixture
def editions() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two clean editions."""
    with clean_editions() as connection:
        yield connection


def test_importing_the_package_does_not_import_great_expectations() -> None:
    code = (
        "import sys, expectations; expectations.intended_checks();"
        "print([name for name in ('great_expectations', 'pandas', 'dbt', 'dagster') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_checks_are_well_described() -> None:
    checks = intended_checks()
    names = [check.check_id for check in checks]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() and name == name.lower() for name in names)
    assert {check.dimension for check in checks} <= DIMENSIONS
    assert {check.severity for check in checks} == {"critical", "warning"}
    assert all(check.description.endswith(".") and check.expected for check in checks)
    assert [check.door for check in checks] == [door for door in DOORS for _ in intended_checks(door)]


def test_an_unknown_door_is_refused(editions) -> None:
    with pytest.raises(ValueError, match="'back'"):
        run(editions, "back")


def test_rows_have_the_columns_of_the_raw_table(editions) -> None:
    create_raw_tables(editions)
    columns = [name for (name, *_) in editions.execute("describe raw.check_result").fetchall()]
    columns.remove("run_no")  # the number of the run is given when the results are kept
    assert [column.name for column in fields(CheckResult)] == columns


def test_a_result_says_whose_it_is(editions) -> None:
    before, now = run(editions, "raw", [check_named("survey_has_a_file")]).results
    assert (before.edition_id, before.load_id) == (BEFORE, "L1")
    assert (now.edition_id, now.load_id) == (NOW, "L2")
    assert (now.run_id, now.tool, now.door, now.checked_at) == (
        "run-1",
        "great_expectations",
        "raw",
        CHECKED_AT,
    )
    assert (now.status, now.n_rows, now.n_failed, now.failing_keys) == ("pass", 5, 0, "[]")


def test_a_moment_with_a_zone_is_kept_as_utc(editions) -> None:
    warsaw = timezone(timedelta(hours=2))
    moment = datetime(2031, 5, 6, 9, 8, 9, tzinfo=warsaw)
    row, _ = run(editions, "raw", [check_named("survey_has_a_file")], checked_at=moment).results
    assert row.checked_at == CHECKED_AT


def test_an_edition_with_nothing_to_check_is_not_applicable(editions) -> None:
    before, now = run(editions, "raw", [NUMBERS]).results
    assert (before.status, before.n_rows, before.n_failed, before.observed) == (
        "not_applicable",
        0,
        0,
        NUMBERS.not_applicable,
    )
    assert now.status == "fail"


def test_keys_are_capped_and_failures_are_not(editions) -> None:
    _, now = run(editions, "raw", [NUMBERS]).results
    assert (now.n_rows, now.n_failed) == (1000, 996)
    assert len(keys_of(now)) == 100
    assert keys_of(now)[0] == {"name": "row 10", "number": 10}
    assert "996 of 1000" in now.observed and "row 10" in now.observed


@pytest.mark.parametrize("door", DOORS)
def test_editions_judged_together_are_judged_as_each_by_itself(editions, door: str) -> None:
    """A batch that passes whole is not validated again for each edition: nothing that is told may show it."""
    editions.execute(f"update raw.answer set answer_number = -1 where edition_id = {NOW} and question_id = 'members'")
    together = run(editions, door).results
    by_itself = [
        result
        for edition in (BEFORE, NOW)
        for check in intended_checks(door)
        for result in run(
            editions, door, [replace(check, query=f"select * from ({check.query}) where edition_id = {edition}")]
        ).results
        if result.edition_id == edition
    ]

    def told(results: object) -> set[tuple]:
        return {(r.edition_id, r.check_id, r.status, r.observed, r.n_rows, r.n_failed, r.failing_keys) for r in results}

    assert told(together) == told(by_itself)
    assert {result.status for result in together} >= {"pass"}


def test_an_edition_that_fails_does_not_spoil_another(editions) -> None:
    query = f"select {BEFORE} as edition_id, 'good' as name, 1 as number union all {NUMBERS.query}"
    before, now = run(editions, "raw", [replace(NUMBERS, query=query)]).results
    assert (before.status, before.n_rows) == ("pass", 1)
    assert (now.status, now.n_failed) == ("fail", 996)


def broken(expectation: Expectation = NUMBERS.expectation, query: str = NUMBERS.query) -> Check:
    """A check that cannot be run."""
    return replace(NUMBERS, expectation=expectation, query=query, evidence=())


BROKEN = {
    "a column that the batch does not have": broken(between("numbr", maximum=3)),
    "numbers compared with text": broken(between("name", maximum=3)),
    "an expectation that does not exist": broken(Expectation("ExpectMiracles", (("column", "number"),))),
    "an argument that does not exist": broken(Expectation("ExpectColumnValuesToBeUnique", (("columns", "number"),))),
    "SQL that does not run": broken(query="select edition_id from raw.nowhere"),
    "nulls that the expectation would pass over": broken(
        query=f"select {NOW} as edition_id, 'a' as name, null::double as number"
    ),
}


@pytest.mark.parametrize("check", BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_run_is_an_error_and_not_a_failure(editions, check: Check) -> None:
    report = run(editions, "raw", [check])
    now = report.results[-1]
    assert now.status == "error"
    assert now.observed and "\n" not in now.observed.splitlines()[0]
    assert now.n_failed is None
    assert now in report.critical_failures


def test_an_exception_inside_great_expectations_is_an_error(editions, monkeypatch) -> None:
    from great_expectations.execution_engine import PandasExecutionEngine

    def explode(*_: object, **__: object) -> None:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(PandasExecutionEngine, "resolve_metric_bundle", explode)
    monkeypatch.setattr(PandasExecutionEngine, "get_domain_records", explode)
    _, now = run(editions, "raw", [NUMBERS]).results
    assert now.status == "error"
    assert "deep inside" in now.observed


def test_nulls_are_found_where_values_must_be_given(editions) -> None:
    query = f"select {NOW} as edition_id, name, score from (values ('a', 1), ('b', null)) as t(name, score)"
    _, now = run(editions, "raw", [replace(NUMBERS, query=query, expectation=given("score"), evidence=())]).results
    assert (now.status, keys_of(now)) == ("fail", [{"name": "b"}])


@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_only_a_critical_failure_stops(editions, severity) -> None:
    report = run(editions, "raw", [replace(NUMBERS, severity=severity)])
    assert [row.edition_id for row in report.critical_failures] == ([NOW] if severity == "critical" else [])


def test_a_door_only_reads(tmp_path) -> None:
    path = tmp_path / "work.duckdb"
    with clean_editions() as connection:
        connection.execute(f"attach '{path}' as work; copy from database memory to work; detach work")
    before = path.read_bytes()
    with duckdb.connect(path, read_only=True) as connection:
        for door in DOORS:
            run_door(door, connection, run_id="r", load_ids=LOADS, checked_at=CHECKED_AT)
    assert path.read_bytes() == before


def test_the_same_data_give_the_same_rows(editions) -> None:
    editions.execute("update raw.answer set answer_number = -1 where answer_number is not null")
    assert run(editions, "raw").results == run(editions, "raw").results


def test_nothing_is_sent_or_fetched(editions, monkeypatch) -> None:
    called = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: called.append(address))
    run(editions, "scores")
    assert called == []


def test_results_are_kept_as_parquet_that_fits_the_raw_table(editions, tmp_path) -> None:
    rows = [
        *run(editions, "raw", [NUMBERS]).results,
        *dbt_check_results([], "facts", run_id="r", checked_at=CHECKED_AT, connection=editions),
    ]
    path = tmp_path / "checks" / "run-raw.parquet"
    append_check_results(path, rows[:1])
    append_check_results(path, rows[1:])
    append_check_results(tmp_path / "checks" / "empty.parquet", [])
    editions.execute(
        "insert into raw.check_result by name select * from read_parquet(?, union_by_name = true)",
        [str(tmp_path / "checks" / "*.parquet")],
    )
    kept = editions.execute("select * exclude (run_no) from raw.check_result order by edition_id").fetchall()
    assert [CheckResult(*row) for row in kept] == rows
    assert [path.suffix for path in sorted(path.parent.iterdir())] == [".parquet"] * 2


def node(kind: str, name: str, **more: Any) -> SimpleNamespace:
    """A node as dbt's results carry it."""
    config = SimpleNamespace(severity=more.pop("severity", "ERROR"), meta=more.pop("meta", {}))
    depends_on = SimpleNamespace(nodes=more.pop("depends_on", []))
    more = {"compiled_code": "select * from core.fct_score where score < 3"} | more
    base = {"resource_type": kind, "unique_id": f"{kind}.clusterbench.{name}", "name": name, "schema": "core"}
    return SimpleNamespace(**base, config=config, depends_on=depends_on, **more)


def result(
    of: SimpleNamespace, status: str, failures: int | None = None, message: str | None = None
) -> SimpleNamespace:
    """A result of dbt."""
    return SimpleNamespace(node=of, status=status, failures=failures, message=message)


MODEL = node("model", "fct_score")
TESTED = {"attached_node": MODEL.unique_id, "column_name": "score", "depends_on": [MODEL.unique_id]}
NOT_NULL = SimpleNamespace(name="not_null", kwargs={"column_name": "score", "model": "…"})
ACCEPTED = SimpleNamespace(name="accepted_values", kwargs={"column_name": "level", "values": ["area"]})


def dbt_rows(*results: SimpleNamespace, **changes: Any) -> list[CheckResult]:
    """The rows of dbt results, on a work file with five scores."""
    with duckdb.connect() as connection:
        connection.execute("create schema core")
        connection.execute("create table core.fct_score as select 2031 as edition_id, range as score from range(5)")
        arguments = {"run_id": "run-1", "checked_at": CHECKED_AT, "connection": connection} | changes
        return dbt_check_results(results, "scores", **arguments)


def test_a_dbt_test_becomes_a_row_of_the_same_table() -> None:
    test = node("test", "not_null_fct_score_score", test_metadata=NOT_NULL, **TESTED)
    (row,) = dbt_rows(result(MODEL, "success"), result(test, "fail", 3, "Got 3 results"))
    assert row == CheckResult(
        run_id="run-1",
        load_id=None,
        edition_id=None,
        tool="dbt",
        door="scores",
        check_id="not_null_fct_score_score",
        dimension="completeness",
        entity="core.fct_score",
        column_name="score",
        severity="critical",
        status="fail",
        observed="3 rows against it: edition 2031 3",
        expected="not_null()",
        n_rows=5,
        n_failed=3,
        failing_keys=json.dumps([{"edition_id": 2031, "score": score} for score in range(3)]),
        checked_at=CHECKED_AT,
    )
    assert row.is_critical_failure


@pytest.mark.parametrize(
    ("status", "severity", "expected"),
    [
        ("pass", "ERROR", ("pass", "critical", 0)),
        ("fail", "ERROR", ("fail", "critical", 2)),
        ("warn", "WARN", ("fail", "warning", 2)),
        ("error", "ERROR", ("error", "critical", None)),
    ],
)
def test_every_status_of_dbt_has_one_of_ours(status: str, severity: str, expected: tuple) -> None:
    failures = 2 if status in ("fail", "warn") else 0
    (row,) = dbt_rows(result(node("test", "t", severity=severity, **TESTED), status, failures, "because"))
    assert (row.status, row.severity, row.n_failed) == expected
    if row.status == "error":
        assert row.observed == f"{status}: because"


@pytest.mark.parametrize(
    ("more", "dimension"),
    [
        ({"test_metadata": ACCEPTED}, "range"),
        ({"test_metadata": SimpleNamespace(name="unique", kwargs={})}, "uniqueness"),
        ({"test_metadata": SimpleNamespace(name="relationships", kwargs={})}, "consistency"),
        ({"test_metadata": ACCEPTED, "meta": {"dimension": "reconciliation"}}, "reconciliation"),
        ({}, "consistency"),
    ],
)
def test_the_dimension_is_that_of_the_generic_test_unless_it_says_so(more: dict, dimension: str) -> None:
    (row,) = dbt_rows(result(node("test", "t", **TESTED, **more), "pass"))
    assert row.dimension == dimension


def test_what_is_tested_is_named_also_for_sources_and_queries() -> None:
    source = node("test", "s", attached_node=None, depends_on=["source.clusterbench.raw.answer"])
    query = node("test", "q", depends_on=["model.clusterbench.stg_built_before", MODEL.unique_id])
    alone = node("test", "a")
    rows = dbt_rows(result(MODEL, "success"), result(source, "pass"), result(query, "pass"), result(alone, "pass"))
    assert [row.entity for row in rows] == ["raw.answer", "core.fct_score", "a"]
    assert rows[1].column_name is None


def test_a_skipped_dbt_test_has_no_result() -> None:
    assert dbt_rows(result(node("test", "t", **TESTED), "skipped")) == []


def test_a_dbt_test_is_of_no_edition_and_names_no_row_when_it_passes() -> None:
    (row,) = dbt_rows(result(node("test", "t", **TESTED), "pass"), checked_at=datetime.now(UTC))
    assert (row.edition_id, row.load_id, row.failing_keys, row.n_failed) == (None, None, "[]", 0)
    assert row.checked_at.tzinfo is None


def test_all_that_is_promised_is_exported() -> None:
    assert all(hasattr(expectations, name) for name in expectations.__all__)
