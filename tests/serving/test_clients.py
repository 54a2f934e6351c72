"""Clients as people have them: psql, and SQLAlchemy with pandas."""

from __future__ import annotations

import subprocess

import duckdb
import pandas as pd
import pytest
import sqlalchemy

from orchestration.paths import Home
from tests.serving.server import Server

MEDIANS = (
    "select node_id, median, benchmark from {schema}.score_distribution"
    " where edition_id = 2024 and cut_id = 'all' and level = 'area' order by node_id"
)


@pytest.fixture(scope="module")
def analyst(server: Server, database: str) -> str:
    """A login of an analyst."""
    return server.make_login("client_analyst", "bench_analyst")


def test_psql_lists_and_reads(server: Server, database: str, own_home: Home, analyst: str) -> None:
    def psql(command: str) -> str:
        return subprocess.run(
            ["psql", "--no-psqlrc", "-At", server.url(analyst, database), "-c", command],
            env={"PATH": "/usr/bin:/bin", "PGPASSWORD": server.password},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    with duckdb.connect(own_home.published / "benchmarking.duckdb", read_only=True) as released:
        rows = released.execute(MEDIANS.format(schema="benchmark")).fetchall()
    told = [tuple(line.split("|")) for line in psql(MEDIANS.format(schema="benchmark")).splitlines()]
    assert [(node, float(median), float(best)) for node, median, best in told] == rows
    assert len(rows) == 5
    assert "core|dim_cluster|table|test_clients_publisher|" in psql(r"\dt+ core.*")
    assert "Stable key of the cluster" in psql(r"\d+ core.dim_cluster")


def test_sqlalchemy_and_pandas_find_types_keys_and_comments(
    server: Server, database: str, own_home: Home, analyst: str
) -> None:
    url = sqlalchemy.URL.create("postgresql+psycopg", analyst, server.password, "127.0.0.1", server.port, database)
    engine = sqlalchemy.create_engine(url)
    try:
        inspector = sqlalchemy.inspect(engine)
        assert {"core", "benchmark", "survey", "public_core"} <= set(inspector.get_schema_names())
        assert inspector.get_pk_constraint("dim_node", "core")["constrained_columns"] == ["framework_id", "node_id"]
        columns = {column["name"]: column for column in inspector.get_columns("fct_score", "core")}
        assert isinstance(columns["score"]["type"], sqlalchemy.Double)
        assert columns["cluster_id"]["comment"].startswith("Stable key of the cluster")
        frame = pd.read_sql(sqlalchemy.text(MEDIANS.format(schema="public_benchmark")), engine)
    finally:
        engine.dispose()
    with duckdb.connect(own_home.published / "public.duckdb", read_only=True) as released:
        expected = released.execute(MEDIANS.format(schema="benchmark")).df()
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)
    assert frame.dtypes["median"] == "float64"
