"""Runs are numbered as their results are kept: the order of runs is theirs, not the clock's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from expectations import CheckResult, append_check_results
from expectations.result import run_number

NOON = datetime(2026, 1, 1, 12)  # noqa: DTZ001  kept as UTC without zone
RESULT = CheckResult(
    run_id="b-run",
    load_id="L1",
    edition_id=2024,
    tool="great_expectations",
    door="raw",
    check_id="a_check",
    dimension="range",
    entity="raw.answer",
    column_name=None,
    severity="critical",
    status="pass",
    observed="",
    expected="",
    n_rows=1,
    n_failed=0,
    failing_keys="[]",
    checked_at=NOON,
)


def numbers(folder: Path) -> list[tuple[str, int]]:
    """The runs kept in a folder with their numbers, in the order of these."""
    with duckdb.connect() as connection:
        return connection.execute(
            "select distinct run_id, run_no from read_parquet(?, union_by_name = true) order by run_no",
            [str(folder / "*.parquet")],
        ).fetchall()


def keep(folder: Path, run_id: str, door: str, at: datetime = NOON) -> None:
    """Keep a result of a run, as a door does."""
    append_check_results(folder / f"{run_id}-{door}.parquet", [replace(RESULT, run_id=run_id, checked_at=at)])


def test_all_files_of_a_run_have_its_number(tmp_path) -> None:
    for door in ("raw", "facts", "scores"):
        keep(tmp_path, "b-run", door)
    keep(tmp_path, "b-run", "raw")
    assert numbers(tmp_path) == [("b-run", 1)]


def test_a_later_run_has_a_higher_number_whatever_its_name_or_clock_says(tmp_path) -> None:
    keep(tmp_path, "b-run", "raw")
    keep(tmp_path, "c-run", "raw", NOON - timedelta(days=400))
    keep(tmp_path, "a-run", "raw", NOON - timedelta(days=800))
    assert numbers(tmp_path) == [("b-run", 1), ("c-run", 2), ("a-run", 3)]


def test_a_removed_run_leaves_its_number_unused(tmp_path) -> None:
    for run_id in ("a-run", "b-run", "c-run"):
        keep(tmp_path, run_id, "raw")
    (tmp_path / "a-run-raw.parquet").unlink()
    assert run_number(tmp_path, "d-run") == 4


def test_runs_from_before_they_were_numbered_come_first(tmp_path) -> None:
    for run_id in ("old-1", "old-2"):
        keep(tmp_path, run_id, "raw")
        path = tmp_path / f"{run_id}-raw.parquet"
        pq.write_table(pq.read_table(path).drop_columns("run_no"), path)
    assert run_number(tmp_path, "new") == 3


def test_a_file_without_results_counts_for_no_run(tmp_path) -> None:
    append_check_results(tmp_path / "b-run-raw.parquet", [])
    assert run_number(tmp_path, "a-run") == 1
