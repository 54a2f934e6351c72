"""The public file of all editions under the default policy, and what it would be with the policy switched off."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.paths import Home
from orchestration.transformation import build


@pytest.fixture(scope="package")
def complete(all_editions: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The study team's database, for what an attacker knows from elsewhere and for judging what he concludes."""
    with duckdb.connect(all_editions.published / "benchmarking.duckdb", read_only=True) as connection:
        yield connection


@pytest.fixture(scope="package")
def public(all_editions: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published public.duckdb."""
    with duckdb.connect(all_editions.published / "public.duckdb", read_only=True) as connection:
        yield connection


@pytest.fixture(scope="package")
def unprotected(
    all_editions: Home, dbt_project, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The public forms made with an empty policy, under the names of public.duckdb.

    Nothing that a user runs does this: the data tests, which are left out here, refuse an incomplete policy.
    """
    work_file = Path(shutil.copy(all_editions.work_file, tmp_path_factory.mktemp("unprotected") / "work.duckdb"))
    with duckdb.connect(work_file) as connection:
        connection.execute("delete from reference.disclosure_policy")
    build(work_file, "audit", dbt_project.without_data_tests, target_path=dbt_project.target)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{work_file}' as work (read_only)")
        for schema in ("benchmark", "survey"):
            connection.execute(f"create schema {schema}")
            tables = connection.execute(
                "select table_name from duckdb_tables() where schema_name = ?", [f"public_{schema}"]
            ).fetchall()
            for (table,) in tables:
                connection.execute(f"create view {schema}.{table} as from work.public_{schema}.{table}")
        yield connection
