"""What goes on by itself: the published release is compared with a rebuild, and late deliveries are told."""

from __future__ import annotations

import json

import dagster as dg
import duckdb
import pytest

from ingestion.codebook import codebooks_folder
from orchestration.definitions import build_definitions
from orchestration.revalidation import unreadable_files
from orchestration.runs import dagster_instance, prepare_dagster_home


@pytest.mark.long
def test_a_published_table_that_is_not_as_rebuilt_is_named_and_fails(home, command, own_codebooks) -> None:
    database = home.published / "benchmarking.duckdb"
    before = home.published.resolve()
    with duckdb.connect(database) as connection:
        one = "(select min(cluster_id) from core.dim_cluster)"
        connection.execute(f"delete from core.fct_score where cluster_id = {one} and level = 'area'")
        connection.execute("update benchmark.score_spread set middle_50 = middle_50 + 1e-12 where node_id = 'overall'")
    result = command(home, "revalidate", "--json")
    assert result.exit_code == 1
    assert result.json["error"] == "NotAsRebuilt"
    assert "core.fct_score: 0 rows published only, 5 rows rebuilt only" in result.err
    assert "benchmark.score_spread: 2 rows published only, 2 rows rebuilt only" in result.err
    assert result.json["message"].count("rows published only") == 2
    assert home.published.resolve() == before

    # Another codebook since: what differs may be its doing, so it is a warning.
    settings = own_codebooks / "2024" / "edition.yml"
    settings.write_text(settings.read_text(encoding="utf-8") + "# reviewed\n", encoding="utf-8")
    result = command(home, "revalidate")
    assert result.exit_code == 0
    assert "core.fct_score: 0 rows published only, 5 rows rebuilt only" in result.out
    assert "It was made of other code and codebooks" in result.out


@pytest.mark.long
def test_a_release_is_as_rebuilt_and_its_check_is_on_the_release(home, command) -> None:
    report = command(home, "revalidate", "--json").json
    assert (report["exit_code"], report["differences"], report["other_inputs"]) == (0, [], [])
    with duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as connection:
        (tables,) = connection.execute(
            "select count(*) from duckdb_tables() where schema_name in ('core', 'benchmark', 'survey')"
        ).fetchone()
    assert report["tables_compared"] == tables - 1  # all but core.release
    with dagster_instance(home) as instance:
        key = dg.AssetCheckKey(dg.AssetKey(["published", "benchmarking"]), "published_tables_are_as_rebuilt")
        (check,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=5, cursor=None)
        assert (check.run_id, check.status.value) == (report["run_id"], "SUCCEEDED")
        assert instance.get_run_by_id(report["run_id"]).job_name == "revalidate"


def test_files_that_cannot_be_read_and_tables_that_are_not_public_are_found(home) -> None:
    release = home.published.resolve()
    assert unreadable_files(release) == []
    parquet = release / "parquet" / "core" / "fct_score.parquet"
    content = parquet.read_bytes()
    parquet.write_bytes(content[:100] + bytes(2000) + content[2100:])  # its ends are sound
    (release / "parquet" / "core" / "dim_node.parquet").unlink()
    with duckdb.connect(release / "public.duckdb") as connection:
        connection.execute("create schema if not exists core")
        connection.execute("create table core.dim_cluster as select 'K001' as cluster_id")
    problems = "\n".join(unreadable_files(release))
    assert "public.duckdb holds core.dim_cluster, which is not public" in problems
    assert "fct_score.parquet cannot be read" in problems and "dim_node.parquet cannot be read" in problems
    (release / "benchmarking.duckdb").write_bytes(b"no database")
    assert "benchmarking.duckdb cannot be opened" in "\n".join(unreadable_files(release))


def test_nothing_published_is_wrong_usage(home, command) -> None:
    home.published.unlink()
    result = command(home, "revalidate")
    assert result.exit_code == 2 and "Nothing is published" in result.err


def test_the_daily_job_warns_of_a_late_delivery_and_loads_nothing(home, own_codebooks, monkeypatch) -> None:
    path = own_codebooks / "2022" / "edition.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("  period_from", "  expected_by: 2000-03-31\n  period_from")
    )
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    prepare_dagster_home(home)
    before = home.ledger.read_bytes()
    definitions = build_definitions(home, codebooks_folder())
    with dagster_instance(home) as instance:
        result = definitions.resolve_job_def("check_arrivals").execute_in_process(instance=instance)
    assert result.success, "a warning fails nothing"
    (check,) = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed, check.severity.value) == ("announced_delivery_has_arrived", False, "WARN")
    assert json.loads(json.dumps(check.metadata["overdue since"].value)) == {"2022": "2000-03-31"}
    assert home.ledger.read_bytes() == before


def test_each_job_that_goes_on_by_itself_has_a_schedule(home, built) -> None:
    definitions = build_definitions(built, codebooks_folder())
    schedules = {schedule.name: schedule for schedule in definitions.schedules}
    assert {name: (s.job_name, s.cron_schedule) for name, s in schedules.items()} == {
        "revalidate_weekly": ("revalidate", "0 4 * * 1"),
        "check_arrivals_daily": ("check_arrivals", "0 6 * * *"),
    }
