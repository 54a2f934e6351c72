"""Checks as history in a release: no intended check is missing, and the page says what the tables say."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from expectations import intended_checks
from orchestration.paths import QUALITY_PAGE, Home
from orchestration.transformation import build, load_manifest

from ..html_tables import Page
from ..published import SIZES

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"


@pytest.fixture(scope="module")
def release(all_editions: Home) -> duckdb.DuckDBPyConnection:
    """The published warehouse of all editions."""
    with duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def page(all_editions: Home, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The release's page as a browser has it after opening the file."""
    path = all_editions.published / "docs" / QUALITY_PAGE
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    profile = f"--user-data-dir={tmp_path_factory.mktemp('browser')}"
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", *quiet, profile, "--dump-dom"]
    shown = subprocess.run([*command, path.resolve().as_uri()], capture_output=True, text=True, check=True, timeout=120)
    return Page(shown.stdout)


def test_every_intended_check_stands_in_the_index_for_every_edition(all_editions, release) -> None:
    manifest = json.loads(next(all_editions.dbt.glob("manifest-*.json")).read_text(encoding="utf-8"))
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    intended = [(check.check_id, edition) for check in intended_checks() for edition in SIZES]
    intended += [(test["name"], None) for test in tests]
    entries = release.execute("select check_id, edition_id from audit.check_index").fetchall()
    assert Counter(entries) == Counter(intended)
    assert len(tests) > 100


def test_only_what_runs_after_the_record_waits_for_it_and_it_passed(all_editions, release) -> None:
    """All tests that read a table of the schema audit wait, and nothing waits that ran in an earlier stage."""
    manifest = json.loads(next(all_editions.dbt.glob("manifest-*.json")).read_text(encoding="utf-8"))
    record = {node_id for node_id, node in manifest["nodes"].items() if node["schema"] == "audit"}
    reading = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and record & set(node["depends_on"]["nodes"])
    }
    rows = release.execute("select check_id from audit.check_index where status = 'pending'").fetchall()
    pending = {check_id for (check_id,) in rows}
    assert reading and reading <= pending
    (kept,) = all_editions.checks.glob("*-dbt-audit.parquet")
    results = duckdb.sql(f"select check_id, status from read_parquet('{kept}')").fetchall()
    assert dict(results) == dict.fromkeys(pending, "pass")


def test_the_index_says_what_the_results_of_the_run_say(all_editions, release) -> None:
    run_id = json.loads((all_editions.published / "release.json").read_text(encoding="utf-8"))["run_id"]
    own = "check_id, edition_id, status, observed, n_rows, n_failed, failing_keys"
    results = release.execute(
        f"select {own} from audit.check_result where run_id = ? order by all", [run_id]
    ).fetchall()
    entries = release.execute(f"select {own} from audit.check_index where status <> 'pending' order by all").fetchall()
    assert results == entries
    assert release.execute("select distinct run_no from audit.check_result").fetchall() == [(1,)]
    changes = release.execute("select distinct change from audit.check_trend order by 1").fetchall()
    assert changes == [("new_check",), ("pending",)]


def test_dbt_tests_say_how_many_rows_they_looked_at(release) -> None:
    uncounted = release.execute(
        "select check_id, entity from audit.check_index where tool = 'dbt' and status <> 'pending' and n_rows is null"
    ).fetchall()
    assert uncounted == []
    counted = "select n_rows from audit.check_index where entity = 'core.fct_score' and tool = 'dbt'"
    assert {n for (n,) in release.execute(counted).fetchall()} == set(
        release.execute("select count(*) from core.fct_score").fetchone()
    )


@pytest.mark.parametrize(
    "taken_out",
    [
        "check_id = 'score_is_between_0_and_1' and edition_id = 2018",
        "tool = 'dbt' and check_id = 'rank_goes_with_score'",
    ],
)
def test_a_check_that_did_not_run_is_missed(all_editions, tmp_path, taken_out: str) -> None:
    work_file = shutil.copy(all_editions.work_file, tmp_path / "work.duckdb")
    with duckdb.connect(work_file) as connection:
        (n,) = connection.execute(f"delete from raw.check_result where {taken_out}").fetchone()
        assert n == 1
    manifest = load_manifest(target_path=all_editions.dbt)
    results = build(work_file, "audit", manifest, target_path=all_editions.dbt)
    failed = {result.node.name for result in results if result.status == "fail"}
    assert failed == {"every_intended_check_was_run"}
    with duckdb.connect(work_file, read_only=True) as connection:
        missed = connection.execute(f"select status from audit.check_index where {taken_out}").fetchall()
    assert missed == [("not_run",)]


def test_a_browser_shows_the_counts_that_the_tables_give(page, release) -> None:
    counted = release.execute(
        """
        select
            edition_id, tool, if(tool = 'dbt', null, door) as guarded, count(*),
            count(*) filter (where status = 'pass'),
            count(*) filter (where status in ('fail', 'error') and severity = 'critical'),
            count(*) filter (where status in ('fail', 'error') and severity = 'warning'),
            count(*) filter (where status = 'not_applicable'),
            count(*) filter (where status = 'not_run'),
            count(*) filter (where status = 'pending')
        from audit.check_index
        group by edition_id, tool, guarded
        order by edition_id nulls last, list_position(['raw', 'facts', 'scores'], guarded)
        """
    ).fetchall()
    shown = [[line[0], *map(int, line[2:])] for line in page.tables["summary"][1:]]
    assert shown == [["all" if edition is None else str(edition), *counts] for edition, _, _, *counts in counted]
    assert len(shown) == 3 * len(SIZES) + 1
    assert list(page.totals.values()) == [sum(column) for column in zip(*(row[4:] for row in counted), strict=True)]


def test_the_page_names_every_failure_delivery_and_file(page, release, all_editions) -> None:
    failed = release.execute(
        "select check_id, edition_id, observed, failing_keys from audit.check_index where status = 'fail'"
    ).fetchall()
    assert failed
    for check_id, edition, observed, keys in failed:
        assert f"{check_id} · edition {edition} warning" in page.shown
        assert " ".join(observed.split()) in page.shown
        for key in json.loads(keys):
            assert all(str(value) in page.shown for value in key.values())
    hashes = release.execute("select sha256 from audit.source_file union select delivery_id from audit.load").fetchall()
    assert all(sha256 in page.shown for (sha256,) in hashes)
    described = json.loads((all_editions.published / "release.json").read_text(encoding="utf-8"))
    assert described["release_id"] in page.shown and described["run_id"] in page.shown


def test_every_link_of_the_page_leads_to_a_place_in_the_release(page, all_editions) -> None:
    folder = (all_editions.published / "docs" / QUALITY_PAGE).parent
    assert any("#" in link for link in page.links)
    for link in page.links:
        name, _, anchor = link.partition("#")
        target = (folder / name).resolve()
        assert target.is_relative_to(all_editions.published.resolve())
        assert not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8"), link
    index = (all_editions.published / "docs" / "data_docs" / "index.html").read_text(encoding="utf-8")
    assert '"../data_quality/index.html"' in index


def test_the_table_to_download_is_the_index(all_editions, release) -> None:
    with (Path(all_editions.published) / "docs" / "data_quality" / "check_results.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = [(row["check_id"], row["edition_id"], row["status"], row["n_failed"]) for row in csv.DictReader(file)]
    entries = release.execute(
        """
        select check_id, coalesce(edition_id::varchar, ''), status, coalesce(n_failed::varchar, '')
        from audit.check_index
        """
    ).fetchall()
    assert sorted(rows) == sorted(entries)


def test_the_page_tells_how_the_figures_agree_with_the_printed_ones(release, page) -> None:
    counted: dict[tuple[int, str, int | None], Counter[str]] = {}
    query = "select edition_id, source, table_no, verdict from audit.reconciliation"
    for *place, verdict in release.execute(query).fetchall():
        counted.setdefault(tuple(place), Counter())[verdict] += 1
    verdicts = ("agrees", "differs", "source_conflict", "not_computed")
    printed = {
        (
            str(edition),
            source + (f", Table {table}" if table is not None else ""),
            str(told.total()),
            *(str(told[verdict]) for verdict in verdicts),
        )
        for (edition, source, table), told in counted.items()
    }
    shown = page.tables["reconciliation"][1:]
    assert {tuple(row) for row in shown} == printed and len(shown) == len(printed) > 20
