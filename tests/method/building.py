"""Putting editions into a fresh warehouse: raw tables as rows, then the project's own build."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from ingestion.raw_tables import RAW_TABLES, create_raw_tables
from orchestration.transformation import DBT_PROJECT, build

from .comparison import read_marts

if TYPE_CHECKING:
    from ..conftest import DbtProject

Tables = Mapping[str, Sequence[Mapping[str, Any]]]


def read_seeds() -> dict[str, list[dict[str, Any]]]:
    """The project's seeds, which belong to no edition; empty cells are None."""
    return {path.stem: list(_read_csv(path)) for path in sorted((DBT_PROJECT / "seeds").glob("*.csv"))}


def _read_csv(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {column: cell if cell != "" else None for column, cell in row.items()}


def fill_raw_tables(connection: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    """Create the raw tables and insert the rows there are for each; columns a row does not name are null."""
    create_raw_tables(connection)
    for name in RAW_TABLES:
        insert(connection, f'raw."{name}"', tables.get(name, ()))


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows by the names of their columns."""
    rows = list(rows)
    if rows:
        columns = {column: [row.get(column) for row in rows] for column in rows[0]}
        batch = pa.table(columns)
        connection.register("batch", batch)
        connection.execute(f"insert into {table} by name select * from batch")
        connection.unregister("batch")


class Warehouses:
    """Builds warehouses of given raw tables, each in a file of its own."""

    def __init__(self, project: DbtProject, folder: Path) -> None:
        self.project = project
        self.folder = folder
        self.numbers = itertools.count(1)

    def build(self, tables: Tables, *, data_tests: bool = False, stages: Sequence[str] = ("facts", "scores")) -> Path:
        """The work file built from the tables; with `data_tests` the project's own, which must not fail."""
        manifest = self.project.manifest if data_tests else self.project.without_data_tests
        work_file = self.folder / f"work_{next(self.numbers)}.duckdb"
        with duckdb.connect(str(work_file)) as connection:
            fill_raw_tables(connection, tables)
        for stage in stages:
            results = build(work_file, stage, manifest, target_path=self.project.target)
            bad = [f"{r.node.name}: {r.status} {r.message}" for r in results if r.status in ("fail", "skipped")]
            assert not bad, f"dbt {stage}:\n" + "\n".join(bad)
        return work_file

    def marts(self, tables: Tables, *, data_tests: bool = False) -> dict[str, list[dict[str, Any]]]:
        """The marts built from the tables."""
        work_file = self.build(tables, data_tests=data_tests)
        with duckdb.connect(str(work_file), read_only=True) as connection:
            marts = read_marts(connection)
        work_file.unlink()
        return marts
