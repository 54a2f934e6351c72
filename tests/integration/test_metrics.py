"""The metrics: what MetricFlow answers on a published file is what the published tables say."""

from __future__ import annotations

import csv
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pytest

from orchestration.transformation import DBT_PROJECT, load_manifest

STATISTICS = "n, minimum, q1, median, mean, q3, benchmark"

# A saved query, and the same question asked of the published tables in SQL: what it is grouped by, then the metrics.
ANSWERS = {
    "table_18": f"""
        select edition_id, level, node_id, {STATISTICS}
        from benchmark.score_distribution where cut_id = 'all' and level != 'indicator'
    """,
    "tables_13_17": "select edition_id, node_id, mean, median from benchmark.indicator_statistic where cut_id = 'all'",
    "table_37": """
        select edition_id, question_no, item_no, option_position, option_pl, option_en, n_valid, n_chosen, share
        from survey.member_opinion where cut_id = 'all'
    """,
    "table_11": """
        select
            make_date(edition_id, 1, 1)::timestamp, max(total) filter (measure = 'clusters'),
            max(total) filter (measure = 'members'), max(mean) filter (measure = 'members'),
            max(annual_growth) filter (measure = 'members')
        from benchmark.edition_trend group by edition_id
    """,
    "cluster_profile": """
        select
            edition_id, cluster_id, level, node_id, score,
            case
                when score is not null
                    then rank() over (partition by edition_id, node_id order by round(score, 12) desc nulls last)
            end,
            max(score) over (partition by edition_id, node_id) - score
        from core.fct_score
    """,
    "changes": """
        select edition_id, previous_edition_id, level, node_id, comparability, value - previous_value
        from benchmark.edition_comparison
        where measure = 'median' and basis = 'panel' and scale = 'anchored'
    """,
}
CUTS = {
    "tables_19_21": "age",
    "tables_22_23": "kkk_status",
    "tables_24_29": "industry",
    "tables_30_33": "size",
    "tables_34_36": "strategy",
}
OF_A_CUT = f"""
    select edition_id, segment_id, level, node_id, {STATISTICS}
    from benchmark.score_distribution
    inner join core.dim_segment using (edition_id, cut_id, segment_id)
    where cut_id = '{{}}' and level != 'indicator' and n_clusters > 0
"""


@pytest.fixture(scope="module")
def manifest(all_editions) -> Any:
    """The project as dbt parses it."""
    return load_manifest(target_path=all_editions.dbt)


@pytest.fixture(scope="module")
def metrics_project(manifest: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The part of the dbt project that MetricFlow reads, with the metrics as dbt writes them when it parses."""
    from dbt.contracts.graph.semantic_manifest import SemanticManifest

    folder = tmp_path_factory.mktemp("metrics")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(DBT_PROJECT / name, folder)
    (folder / "target").mkdir()
    metrics = SemanticManifest(manifest)
    assert metrics.validate()
    metrics.write_json_to_file(str(folder / "target" / "semantic_manifest.json"))
    return folder


@pytest.fixture(scope="module")
def engine(all_editions, metrics_project: Path) -> Iterator[Any]:
    """What `mf query` asks, on the published file."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt_metricflow.cli.cli_configuration import CLIConfiguration

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLUSTERBENCH_WORK_FILE", str(all_editions.published / "benchmarking.duckdb"))
        patch.setenv("CLUSTERBENCH_READ_ONLY", "1")
        configuration = CLIConfiguration()
        configuration.setup(metrics_project, metrics_project, configure_file_logging=False)
        yield configuration.mf
        DuckDBConnectionManager.close_all_connections()


def groups_and_metrics(manifest: Any, name: str) -> tuple[list[str], list[str]]:
    """What a saved query is grouped by, as MetricFlow names the columns, and its metrics."""
    query = next(query for query in manifest.saved_queries.values() if query.name == name).query_params
    groups = [text.split("(", 1)[1].rstrip(")").replace("'", "").replace(", ", "__") for text in query.group_by]
    return groups, list(query.metrics)


def by_key(rows: Iterable[Sequence[Any]], n_keys: int) -> dict[tuple[Any, ...], list[float | None]]:
    """The figures of each row by what they are of; a key that stands twice is an error."""
    found = {}
    for row in rows:
        key = tuple(row[:n_keys])
        assert key not in found, key
        found[key] = [None if value is None or math.isnan(value) else float(value) for value in row[n_keys:]]
    return found


QUERIES = ANSWERS | {name: OF_A_CUT.format(cut) for name, cut in CUTS.items()}


@pytest.mark.parametrize("name", QUERIES)
def test_a_saved_query_answers_what_the_published_tables_say(all_editions, manifest, engine, name: str) -> None:
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    groups, metrics = groups_and_metrics(manifest, name)
    table = engine.query(MetricFlowQueryRequest.create(saved_query_name=name)).result_df
    places = [table.column_names.index(column) for column in [*groups, *metrics]]
    found = by_key(([row[place] for place in places] for row in table.rows), len(groups))
    with duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as connection:
        expected = by_key(connection.execute(QUERIES[name]).fetchall(), len(groups))
    assert found.keys() == expected.keys() != set()
    assert {key: values for key, values in found.items() if values != pytest.approx(expected[key], abs=1e-9)} == {}


def test_every_saved_query_is_tested_and_every_metric_is_in_one(manifest) -> None:
    queries = manifest.saved_queries.values()
    assert {query.name for query in queries} == set(QUERIES)
    assert {metric for query in queries for metric in query.query_params.metrics} == {
        metric.name for metric in manifest.metrics.values()
    }


def test_the_exposure_of_the_report_names_what_its_metrics_are_made_of(manifest) -> None:
    (report,) = (exposure for exposure in manifest.exposures.values() if exposure.name == "report_tables")
    models = {node for metrics in manifest.semantic_models.values() for node in metrics.depends_on.nodes}
    spine = {node.unique_id for node in manifest.nodes.values() if getattr(node, "time_spine", None)}
    assert set(report.depends_on.nodes) == models | spine


def test_every_metric_is_told_in_polish_and_english(manifest) -> None:
    metrics = manifest.metrics.values()
    told = ("name_pl", "definition_pl", "unit_pl", "unit_en")
    assert [metric.name for metric in metrics if not metric.label or not metric.description] == []
    assert [(metric.name, name) for metric in metrics for name in told if not metric.config.meta.get(name)] == []


def test_mf_query_writes_the_median_of_every_size(all_editions, metrics_project: Path, tmp_path: Path) -> None:
    """The command itself, which the documentation shows, against medians computed here."""
    published = all_editions.published / "benchmarking.duckdb"
    before = published.stat().st_mtime_ns
    out = tmp_path / "answer.csv"
    arguments = ["--metrics", "median_score", "--group-by", "participation__size", "--csv", str(out)]
    where = "{{ Dimension('score__node_id') }} = 'overall' and {{ Dimension('score__edition_date') }} = '2024-01-01'"
    environment = os.environ | {
        "CLUSTERBENCH_WORK_FILE": str(published),
        "CLUSTERBENCH_READ_ONLY": "1",
        "HTTPS_PROXY": "http://127.0.0.1:9",  # mf asks for a newer version of itself; a test asks nobody
    }
    mf = Path(sys.executable).parent / "mf"
    subprocess.run([mf, "query", *arguments, "--where", where], cwd=metrics_project, env=environment, check=True)
    scores: dict[str, list[float]] = {}
    with duckdb.connect(published, read_only=True) as connection:
        for size, score in connection.execute(
            "select size, score from core.fct_score inner join core.dim_cluster_edition using (edition_id, cluster_id)"
            " where edition_id = 2024 and node_id = 'overall'"
        ).fetchall():
            scores.setdefault(size, []).append(score)
    with out.open(encoding="utf-8", newline="") as file:
        answered = {row["participation__size"]: float(row["median_score"]) for row in csv.DictReader(file)}
    assert answered == pytest.approx({size: median(values) for size, values in scores.items()})
    assert len(answered) == 4
    assert published.stat().st_mtime_ns == before
