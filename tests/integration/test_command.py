"""The command from end to end: what is loaded is published, what is wrong is refused, and nothing is half-done."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.ledger import Ledger
from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.lock import warehouse_lock
from orchestration.paths import QUALITY_PAGE
from tests.html_tables import Page
from tests.installation import edit_answer, outcomes, tables


def test_the_summary_says_what_came_out_and_where_it_is(home, command) -> None:
    result = command(home, "run")
    assert result.exit_code == 0
    for text in (SYNTHETIC_NOTICE, "Cluster resources", "Internationalisation"):
        assert text in result.out
    (line,) = [line.split() for line in result.out.splitlines() if line.startswith("2024 ")]
    assert (line[1], line[5], line[6::2]) == ("42", "90", ["I", "II", "III", "IV", "V"])
    report = command(home, "run", "--json").json
    (edition,) = report["editions"]
    assert (report["exit_code"], edition["clusters"], report["checks"]["failed"]) == (0, 42, 0)
    assert len(report["area_medians"]) == 5
    parts = ("warehouse", "public", "parquet", "public_files", "data_quality", "data_docs", "dictionary", "dbt_docs")
    for part in parts:
        assert Path(report[part]).exists()


def test_an_unchanged_delivery_changes_nothing(home, command) -> None:
    before = home.published.resolve()
    assert command(home, "load", "2024").exit_code == 0
    assert home.published.resolve() == before
    assert outcomes(home) == ["loaded", "unchanged"]


def test_a_refused_delivery_leaves_the_published_release_and_is_on_record(home, command) -> None:
    before = home.published.resolve()
    edit_answer(home, "P01", "dużo")
    edit_answer(home, "P02", "-3", row=1)
    result = command(home, "load", "2024", "--json")
    assert result.exit_code == 3
    assert "column P01" in result.err and "column P02" in result.err
    assert result.json["exit_code"] == 3
    assert home.published.resolve() == before
    last = Ledger(home.ledger).loads()[-1]
    assert last.outcome == "refused"
    assert [(problem["column"], problem["row"]) for problem in last.problems] == [("P01", 2), ("P02", 3)]
    status = command(home, "status")
    assert "refused" in status.out and "column P02" in status.out
    assert f"2 errors: clusterbench problems {last.load_id}" in status.out
    assert [problem["kind"] for problem in result.json["problems"]] == ["not_a_number", "below_possible"]
    listed = command(home, "problems", "--language", "pl")
    assert listed.exit_code == 0 and "wiersz 3, kolumna P02: odpowiedź jest poniżej możliwego zakresu" in listed.out
    assert command(home, "problems", "L000009").exit_code == 2


@pytest.mark.long
def test_what_fails_a_door_critically_is_not_published_and_what_was_accepted_can_be_again(
    home, command, own_codebooks
) -> None:
    before, tables_before = home.published.resolve(), tables(home.published / "benchmarking.duckdb")
    # A codebook that allows what is impossible: reading takes the answer, and the door does not.
    questions = own_codebooks / "2024" / "questions.csv"
    text, n = re.subn(
        r"(?m)^(coordinator,ecommerce_sales_share,.*,0),100,", r"\1,200,", questions.read_text(encoding="utf-8")
    )
    assert n == 1
    questions.write_text(text, encoding="utf-8")
    edit_answer(home, "P31", "150", row=2)
    result = command(home, "load", "2024", "--json")
    assert result.exit_code == 3
    assert "raw door, share_is_a_percentage, edition 2024" in result.json["message"]
    assert home.published.resolve() == before
    last = Ledger(home.ledger).loads()[-1]
    assert last.outcome == "refused" and "raw door" in str(last.reason)
    stopped = Page((home.docs / QUALITY_PAGE).read_text(encoding="utf-8"))
    assert "Critical checks failed at the raw door: share_is_a_percentage." in stopped.shown
    assert "New failures 2024 share_is_a_percentage pass fail" in stopped.shown
    assert stopped.totals["failed"] == 1 and stopped.totals["not_run"] > 100
    assert str(home.docs / QUALITY_PAGE) in command(home, "status").out
    assert command(home, "publish").exit_code == 0, "the earlier delivery must still be the current one"
    with duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as connection:
        trend = connection.execute(
            """
            select change, previous_status, n_runs, n_fails, first_run_no, last_run_no
            from audit.check_trend
            where check_id = 'share_is_a_percentage'
            """
        ).fetchall()
    assert trend == [("mended", "fail", 3, 1, 1, 3)]
    page = (home.published / "docs" / QUALITY_PAGE).read_text(encoding="utf-8")
    assert "Mended 2024 share_is_a_percentage fail pass" in Page(page).shown
    check_the_same_is_published_and_going_back_is_one_command(home, command, tables_before)


def check_the_same_is_published_and_going_back_is_one_command(home, command, before) -> None:
    """R000002 was made of what R000001 was made of; a reader of it goes on while R000001 is published again."""
    assert home.published.resolve().name == "R000002"
    after = tables(home.published / "benchmarking.duckdb")
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []
    assert before["core.fct_score"]

    reader = duckdb.connect(home.published / "benchmarking.duckdb", read_only=True)
    assert command(home, "publish", "--release", "R000001").exit_code == 0
    assert home.published.resolve().name == "R000001"
    assert reader.execute("select release_id from core.release").fetchall() == [("R000002",)]
    reader.close()
    with duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as connection:
        assert connection.execute("select release_id from core.release").fetchall() == [("R000001",)]
    unknown = command(home, "publish", "--release", "R000009")
    assert unknown.exit_code == 2 and "R000001, R000002" in unknown.err


def test_what_fails_a_dbt_test_is_not_published(home, command, own_codebooks) -> None:
    before = home.published.resolve()
    settings = own_codebooks / "2024" / "edition.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("weakness_at_most: 0.2", "weakness_at_most: 0.9"))
    result = command(home, "load", "2024")  # the same files, but by another codebook: not unchanged
    assert result.exit_code == 3
    assert "settings_are_in_range" in result.err
    assert home.published.resolve() == before
    last = Ledger(home.ledger).loads()[-1]
    assert last.outcome == "refused" and "settings_are_in_range" in str(last.reason)
    (kept,) = home.checks.glob(f"{last.run_id}-dbt-facts.parquet")
    failed = duckdb.sql(f"select n_rows, n_failed, failing_keys from read_parquet('{kept}') where status = 'fail'")
    ((n_rows, n_failed, keys),) = failed.fetchall()
    assert (n_rows, n_failed) == (1, 1)
    assert [(key["edition_id"], key["weakness_at_most"]) for key in json.loads(keys)] == [(2024, 0.9)]
    page = Page((home.docs / QUALITY_PAGE).read_text(encoding="utf-8"))
    assert "Nothing was published dbt tests failed: settings_are_in_range; " in page.shown
    assert "settings_are_in_range · all editions failed" in page.shown and page.totals["failed"] == 1


def test_checking_publishes_nothing_and_says_where_to_read(home, command) -> None:
    before = home.published.resolve()
    report = command(home, "check", "--json").json
    assert report["exit_code"] == 0
    assert report["checks"]["failed"] == 0 and report["checks"]["passed"] > 100
    assert Path(report["data_docs"]).exists()
    assert "Every critical check passed" in Path(report["data_quality"]).read_text(encoding="utf-8")
    assert home.published.resolve() == before


def test_a_held_warehouse_is_said_and_nothing_is_touched(home, command) -> None:
    before = home.ledger.read_bytes()
    with warehouse_lock(home.warehouse / "lock", "another run"):
        result = command(home, "publish", "--json")
    assert result.exit_code == 4
    assert "another run" in result.err
    assert home.ledger.read_bytes() == before


def test_the_sample_is_never_mixed_with_other_files(home, command) -> None:
    (home.inbox / "2024" / "ankieta_koordynatorow_real.csv").write_text("", encoding="utf-8")
    result = command(home, "sample")
    assert result.exit_code == 2
    assert "ankieta_koordynatorow_real.csv" in result.err


@pytest.mark.parametrize("arguments", [[], ["load"], ["load", "last"], ["publish", "--now"]])
def test_wrong_usage_is_exit_code_2(home, command, arguments) -> None:
    with pytest.raises(SystemExit) as stopped:
        command(home, *arguments)
    assert stopped.value.code == 2


def test_an_edition_without_codebook_is_wrong_usage(home, command) -> None:
    result = command(home, "load", "1998")
    assert result.exit_code == 2
    assert "1998" in result.err and "2024" in result.err
    (home.inbox / "1998").mkdir()
    (home.inbox / "1998" / "answers.csv").write_text("", encoding="utf-8")
    assert command(home, "run").exit_code == 2


def test_nothing_delivered_says_what_to_do(tmp_path, built, command) -> None:
    from orchestration.paths import Home

    result = command(Home(tmp_path / "empty"), "run")
    assert result.exit_code == 2
    assert "inbox" in result.err


def test_help_is_quick_because_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; from orchestration.command import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('dagster', 'dbt', 'duckdb', 'pandas', 'great_expectations') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"
