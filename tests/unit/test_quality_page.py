"""The page on data quality tells what its tables say, all of it, and runs nothing of what stands in them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from expectations.quality_page import CSV_NAME, Occasion, write_quality_page
from ingestion.raw_tables import create_raw_tables, insert_rows
from ingestion.synthetic import SYNTHETIC_NOTICE

from ..html_tables import Page

OCCASION = Occasion("run-2", "2026-01-02T03:04:05Z", "abc-def", is_sample=False, release_id="R000007")
ENTRY = {
    "tool": "great_expectations",
    "check_id": "a_check",
    "edition_id": 2024,
    "door": "raw",
    "dimension": "range",
    "entity": "raw.answer",
    "column_name": "answer_number",
    "severity": "critical",
    "description": "What it is about.",
    "expected": "at most 3",
    "is_of_the_record": False,
    "status": "pass",
    "load_id": "L000001",
    "observed": "5 checked, none failed",
    "n_rows": 5,
    "n_failed": 0,
    "failing_keys": "[]",
    "checked_at": "2026-01-02 03:00:00",
}
HOSTILE = "<script>alert(1)</script>"
KEYS = [{"cluster_id": HOSTILE, "value": 4}, {"cluster_id": "=1+1", "node_id": "I.1"}]
INDEX = [
    ENTRY,
    ENTRY | {"check_id": "b_check", "status": "fail", "n_failed": 2, "failing_keys": json.dumps(KEYS)}
    | {"observed": "2 of 5 failed"},
    ENTRY | {"check_id": "c_check", "status": "error", "severity": "warning", "observed": f"Error: {HOSTILE}"},
    ENTRY | {"check_id": "d_check", "status": "not_applicable", "observed": "nobody was asked"},
    ENTRY | {"check_id": "a_check", "edition_id": 2022, "status": "not_applicable", "observed": "nobody was asked"},
    ENTRY | {"check_id": "b_check", "edition_id": 2022},
    ENTRY | {"check_id": "c_check", "edition_id": 2022},
    ENTRY | {"check_id": "d_check", "edition_id": 2022, "status": "not_applicable", "observed": "nobody was asked"},
    ENTRY | {"check_id": "e_test", "tool": "dbt", "edition_id": None, "door": "scores", "description": None},
    ENTRY | {"check_id": "f_test", "tool": "dbt", "edition_id": None, "door": None, "status": "pending"}
    | {"observed": None, "failing_keys": None, "n_rows": None, "n_failed": None, "is_of_the_record": True},
    ENTRY | {"check_id": "g_test", "tool": "dbt", "edition_id": None, "door": None, "status": "not_run"}
    | {"observed": None, "failing_keys": None, "n_rows": None, "n_failed": None},
]  # fmt: skip
CHANGES = {
    ("b_check", 2024): {"change": "new_failure", "previous_status": "pass", "recent_n_failed": "[0,2]"},
    ("c_check", 2024): {"change": "still_failing", "previous_status": "fail"},
    ("a_check", 2024): {"change": "mended", "previous_status": "fail", "recent_n_failed": "[3,0]"},
    ("g_test", None): {"change": "no_longer_run", "last_status": "pass"},
}
GONE = {"tool": "dbt", "check_id": "h_test", "edition_id": None, "change": "no_longer_intended", "last_status": "fail"}
GONE |= {"recent_n_failed": "[0]"}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A work file with two runs behind it, made up."""
    trend = [
        {"tool": row["tool"], "check_id": row["check_id"], "edition_id": row["edition_id"], "change": "still_passing"}
        | {
            "previous_status": None,
            "last_status": row["status"],
            "recent_n_failed": "[0]",
            "failing_since_run_no": None,
        }
        | {"failing_since": None}
        | CHANGES.get((row["check_id"], row["edition_id"]), {})
        | (
            {"failing_since": "2026-01-01 02:00", "failing_since_run_no": 1}
            if row["status"] in ("fail", "error")
            else {}
        )
        for row in INDEX
    ]
    trend.append(trend[0] | GONE)
    with duckdb.connect() as connection:
        create_raw_tables(connection)
        insert_rows(connection, "delivery", [{"edition_id": 2024, "delivery_id": "d" * 64, "load_id": "L000001"}])
        insert_rows(connection, "source_file", [{"load_id": "L000001", "survey": "register", "sha256": "f" * 64}])
        connection.execute("update raw.delivery set received_at = '2026-01-01 01:00', is_provisional = true")
        connection.execute("update raw.source_file set file_name = 'register <1>.csv'")
        connection.execute("create schema audit")
        for name, rows in (("check_index", INDEX), ("check_trend", trend)):
            made = pa.Table.from_pylist(rows)  # noqa: F841  DuckDB reads it by this name
            moment = "checked_at" if name == "check_index" else "failing_since"
            connection.execute(
                f"create table audit.{name} as select * replace ({moment}::timestamp as {moment}) from made"
            )
        connection.execute(
            """
            create table audit.check_result as
            from (values (1, 'run-1', timestamp '2026-01-01 02:00'), (2, 'run-2', timestamp '2026-01-02 03:00'))
                as runs(run_no, run_id, checked_at)
            """
        )
        yield connection


def written(connection: duckdb.DuckDBPyConnection, folder: Path, **changes: Any) -> Page:
    """The page of an occasion."""
    path = write_quality_page(connection, folder, replace(OCCASION, **changes))
    assert path == folder / "index.html"
    return Page(path.read_text(encoding="utf-8"))


def test_checks_are_counted_by_edition_and_door(connection, tmp_path) -> None:
    page = written(connection, tmp_path)
    raw, dbt = "Raw: answers as delivered", "Structure and arithmetic (dbt)"
    header = ["Edition", "Door", "Checks", "Passed", "Failed, critical", "Warnings"]
    assert page.tables["summary"] == [
        [*header, "Not applicable", "Not run", "Pending"],
        ["2022", raw, "4", "2", "0", "0", "2", "0", "0"],
        ["2024", raw, "4", "1", "1", "1", "1", "0", "0"],
        ["all", dbt, "3", "1", "0", "0", "0", "1", "1"],
    ]
    assert page.totals == {"passed": 4, "failed": 1, "warning": 1, "not_applicable": 3, "not_run": 1, "pending": 1}


def test_what_did_not_pass_is_told_with_its_keys(connection, tmp_path) -> None:
    text = written(connection, tmp_path).shown
    for told in (
        "at most 3",
        "2 of 5 failed",
        "What failed (2)",
        HOSTILE,
        "I.1",
        "since run no. 1, 2026-01-01 02:00 UTC",
    ):
        assert told in text
    assert text.index("b_check · edition 2024") < text.index("c_check · edition 2024"), "critical ones come first"


def test_what_changed_is_told(connection, tmp_path) -> None:
    text = written(connection, tmp_path).shown
    for line in (
        "New failures 2024 b_check pass fail [0,2]",
        "Mended 2024 a_check fail pass [3,0]",
        "No longer run all g_test pass not run [0]",
        "No longer intended all h_test fail no longer intended [0]",
    ):
        assert line in text
    assert "still_failing" not in text


def test_the_first_run_is_compared_with_nothing(connection, tmp_path) -> None:
    connection.execute("delete from audit.check_result where run_no = 1")
    assert "there is nothing to compare with" in written(connection, tmp_path).shown


def test_reasons_and_what_was_not_run_are_told_once_with_all_editions(connection, tmp_path) -> None:
    page = written(connection, tmp_path)
    assert page.tables["not-applicable"][1:] == [
        ["a_check", "nobody was asked", "2022"],
        ["d_check", "nobody was asked", "2022, 2024"],
    ]
    assert page.tables["not-run"][1:] == [["g_test", "critical", "at most 3", "all"]]


def test_it_names_release_run_load_and_files(connection, tmp_path) -> None:
    text = written(connection, tmp_path).shown
    for told in (
        "release R000007",
        "run-2",
        "abc-def",
        "L000001",
        "d" * 64,
        "f" * 64,
        "register <1>.csv",
        "(provisional)",
    ):
        assert told in text


def test_a_run_that_was_stopped_says_why_and_lists_no_later_check_as_lost(connection, tmp_path) -> None:
    page = written(connection, tmp_path, release_id=None, stopped_by=f"raw door: {HOSTILE}")
    assert "Nothing was published" in page.shown and f"raw door: {HOSTILE}" in page.shown
    assert "No longer run" not in page.shown
    assert page.totals["not_run"] == 1


def test_nothing_in_the_tables_is_run_and_nothing_is_fetched(connection, tmp_path) -> None:
    page = written(connection, tmp_path, stopped_by=HOSTILE)
    assert "script" not in page.tags and not {"img", "iframe", "object"} & page.tags
    assert all(not link.startswith(("http:", "https:", "//")) for link in page.links)


@pytest.mark.parametrize("is_sample", [True, False])
def test_page_and_table_say_whether_the_data_are_made_up(connection, tmp_path, is_sample: bool) -> None:
    page = written(connection, tmp_path, is_sample=is_sample)
    assert (SYNTHETIC_NOTICE in page.shown) == is_sample
    assert (SYNTHETIC_NOTICE in (tmp_path / CSV_NAME).read_text(encoding="utf-8-sig")) == is_sample


def test_the_table_to_download_has_every_check_and_no_formula(connection, tmp_path) -> None:
    connection.execute("update audit.check_index set observed = '=cmd' where check_id = 'b_check'")
    written(connection, tmp_path)
    with (tmp_path / CSV_NAME).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = sorted((row["check_id"], str(row["edition_id"] or ""), row["status"]) for row in INDEX)
    assert sorted((row["check_id"], row["edition_id"], row["status"]) for row in rows) == expected
    (failed,) = [row for row in rows if (row["check_id"], row["edition_id"]) == ("b_check", "2024")]
    assert (failed["observed"], failed["change"], json.loads(failed["failing_keys"])) == ("'=cmd", "new_failure", KEYS)


def test_how_the_tests_of_the_record_ended_is_told(connection, tmp_path) -> None:
    assert "2 of 3 passed" in written(connection, tmp_path, record=("pass", "fail", "pass")).shown
