"""Editions are Dagster's partitions: there is one as soon as its codebook is there, and all are loaded in one run."""

from __future__ import annotations

import duckdb
import pytest

from ingestion.codebook import editions
from orchestration.definitions import build_definitions
from orchestration.runs import PARTITION_RANGE, dagster_instance, prepare_dagster_home
from tests.installation import deliver_as, outcomes, tables


@pytest.mark.long
def test_a_backfill_of_all_editions_is_one_run_and_loads_what_was_delivered(home, own_codebooks, monkeypatch) -> None:
    before = tables(home.published / "benchmarking.duckdb")
    assert 2025 not in editions(own_codebooks)
    deliver_as(home, own_codebooks, 2025)
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    prepare_dagster_home(home)
    definitions = build_definitions(home, own_codebooks)
    job = definitions.resolve_job_def("load_edition")
    keys = job.partitions_def.get_partition_keys()
    assert keys == [str(edition) for edition in editions(own_codebooks)] and "2025" in keys
    # As the web UI starts a backfill: the policy of the asset asks for one run over the range.
    with dagster_instance(home) as instance:
        result = job.execute_in_process(
            instance=instance, tags=dict(zip(PARTITION_RANGE, (keys[0], keys[-1]), strict=True))
        )
        assert result.success
        runs = [run.run_id for run in instance.get_runs() if run.job_name == "load_edition"]
        assert len(runs) == 2 and result.run_id in runs, "the load that was there before, and one for all editions"
    assert outcomes(home) == ["loaded", "loaded", "loaded"]
    after = tables(home.published / "benchmarking.duckdb")
    with duckdb.connect(home.published / "benchmarking.duckdb", read_only=True) as connection:
        clusters = connection.execute("select edition_id, count(*) from core.dim_cluster_edition group by 1 order by 1")
        assert clusters.fetchall() == [(2024, 42), (2025, 42)]
        panel = connection.execute(
            "select distinct first_edition_id, last_edition_id, n_editions from core.dim_cluster"
        )
        assert panel.fetchall() == [(2024, 2025, 2)]
    for name in ("core.fct_answer", "core.fct_score", "benchmark.indicator_statistic"):
        assert [row for row in after[name] if row[0] == 2024] == before[name], "another edition changes nothing"
