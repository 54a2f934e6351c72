"""Frictionless Data Packages: what the files of a release hold, for programs and for people who have only the files.

A release has two, each of what its readers may see: `public/` (CSV, for anybody) holds the tables of public.duckdb,
`parquet/` (for analysts) the tables of benchmarking.duckdb that quote no answer and no respondent.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from dictionary.units import unit_of
from ingestion.manifest import hash_file
from ingestion.synthetic import SYNTHETIC_NOTICE
from orchestration.interface import Table, described
from orchestration.tables import Copied, literal

if TYPE_CHECKING:
    from orchestration.publication import Release

LICENCE_VARIABLE = "CLUSTERBENCH_LICENCE"

_TYPES = {
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "VARCHAR": "string",
    "TIMESTAMP": "datetime",
    "DATE": "date",
}

# Tables whose keys other tables of the package refer to, by carrying the same columns. What `audit` tells of need not
# be there: it is hidden, was refused, or belongs to an edition that is not loaded.
_REFERRED_TO = ("core.dim_edition", "core.dim_segment", "core.dim_cluster", "core.dim_cluster_edition")
_REFERRING = ("core", "benchmark", "survey")


@dataclass(frozen=True)
class Package:
    """A package to be: what it says of itself, the database it is of (as in interface.yml), and its files."""

    name: str
    title: str
    description: str
    database: str
    format: str
    path: Callable[[Copied], str]


PUBLIC_PACKAGE = Package(
    "clusterbench-public",
    "Benchmarking klastrów w Polsce: agregaty. Benchmarking of clusters in Poland: aggregates",
    "For anybody: aggregates under the disclosure policy, rounded; a figure that would give a cluster away is null, "
    "and the column suppressed says by which rule.",
    "public",
    "csv",
    lambda copied: f"{copied.name}.csv",
)
ANALYST_PACKAGE = Package(
    "clusterbench-analyst",
    "Benchmarking klastrów w Polsce: tabele dla analityków. Benchmarking of clusters in Poland: tables for analysts",
    "For the study's analysts, confidential: facts, scores and aggregates, unrounded and with the clusters' ids and "
    "names. Tables that quote answers or tell of respondents are not part of it.",
    "benchmarking",
    "parquet",
    lambda copied: f"{copied.published_schema}/{copied.table}.parquet",
)


def write_csv_tables(connection: duckdb.DuckDBPyConnection, folder: Path, tables: Sequence[Copied]) -> None:
    """Write each table as CSV (UTF-8, header, rows in a fixed order, null as nothing)."""
    folder.mkdir(parents=True, exist_ok=True)
    for copied in tables:
        path = folder / PUBLIC_PACKAGE.path(copied)
        connection.execute(
            f"copy (select * from {copied.source} order by all) to '{literal(path)}' (format csv, header)"
        )


def write_package(
    connection: duckdb.DuckDBPyConnection, folder: Path, package: Package, tables: Sequence[Copied], release: Release
) -> None:
    """Write `datapackage.json` beside the files it describes. Raises KeyError for a type unknown here."""
    there = {copied.name for copied in tables}
    resources = [_resource(connection, folder, package, copied, there) for copied in tables]
    text = json.dumps(_head(package, release) | {"resources": resources}, indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _head(package: Package, release: Release) -> dict[str, Any]:
    notice = {"notice": SYNTHETIC_NOTICE} if release.is_sample else {}
    return {
        "profile": "data-package",
        "name": package.name,
        "title": package.title,
        **notice,
        "description": " ".join([*notice.values(), package.description]),
        # Semantic versioning: what the tables promise, and after the plus sign which release they are.
        "version": f"{release.interface_version or '0.0.0'}+{release.release_id}",
        "created": release.released_at,
        "licenses": [_licence(release.is_sample)],
        "sources": [
            {"title": f"{'Synthetic' if release.is_sample else 'Survey'} exports of {edition}, delivery {delivery}"}
            for edition, delivery in sorted(release.deliveries.items())
        ],
    }


def _licence(is_sample: bool) -> dict[str, str]:
    """The sample is the project's own; the licence of a study's data is the study team's to give."""
    if is_sample:
        return {"name": "MIT", "title": "MIT License: made-up data, part of Clusterbench"}
    return {"name": os.environ.get(LICENCE_VARIABLE, "notspecified")}


def _resource(
    connection: duckdb.DuckDBPyConnection, folder: Path, package: Package, copied: Copied, there: set[str]
) -> dict[str, Any]:
    (comment,) = connection.execute(
        "select comment from duckdb_tables() where database_name = 'work' and schema_name = ? and table_name = ?",
        [copied.schema, copied.table],
    ).fetchone()  # type: ignore[misc]
    columns = connection.execute(
        "select column_name, data_type, comment from duckdb_columns()"
        " where database_name = 'work' and schema_name = ? and table_name = ? order by column_index",
        [copied.schema, copied.table],
    ).fetchall()
    path = package.path(copied)
    file = folder / path
    promised = described().tables.get((package.database, copied.name), Table((), {}))
    never_null = set(promised.key).difference(promised.nullable)
    schema: dict[str, Any] = {
        "fields": [
            _field(
                copied.name, name, _type(data_type, package, name in never_null), data_type, text, name in never_null
            )
            for name, data_type, text in columns
        ]
    }
    schema |= _keys(package, copied, promised, {name for name, _, _ in columns}, there)
    return {
        "name": copied.name,
        "path": path,
        "profile": "tabular-data-resource" if package.format == "csv" else "data-resource",
        "format": package.format,
        "mediatype": "text/csv" if package.format == "csv" else "application/vnd.apache.parquet",
        "encoding": "utf-8",
        "description": comment or "",
        **_checksums(package, file),
        "schema": schema,
    }


def _checksums(package: Package, file: Path) -> dict[str, Any]:
    """Size and hash: of Parquet not by the standard's names, for `frictionless` cannot check them there and fails."""
    size, sha256 = file.stat().st_size, hash_file(file)
    if package.format == "parquet":
        return {"n_bytes": size, "sha256": sha256}
    return {"bytes": size, "hash": f"sha256:{sha256}"}


def _type(data_type: str, package: Package, never_null: bool) -> str:
    """The type of a field. Raises KeyError for a DuckDB type unknown here."""
    found = "number" if data_type.startswith("DECIMAL") else _TYPES[data_type]
    # Programs that read Parquet by pandas, as `frictionless` does, get a whole number that may be null as a fraction.
    return "number" if found == "integer" and package.format == "parquet" and not never_null else found


def _field(
    table: str, name: str, field_type: str, data_type: str, comment: str | None, never_null: bool
) -> dict[str, Any]:
    unit = unit_of(table.partition(".")[2], name)
    return (
        {"name": name, "type": field_type}
        | ({"description": comment} if comment else {})
        | ({"unit": unit} if unit else {})
        | ({"constraints": {"required": True}} if never_null else {})
    )


def _keys(package: Package, copied: Copied, promised: Table, columns: set[str], there: set[str]) -> dict[str, Any]:
    """Primary key and foreign keys: a table refers to a dimension of the package whose whole key it carries."""
    keys: dict[str, Any] = {"primaryKey": list(promised.key)} if promised.key and columns >= set(promised.key) else {}
    referred = {name: described().tables[package.database, name].key for name in _REFERRED_TO if name in there}
    foreign = [
        {"fields": list(key), "reference": {"resource": name, "fields": list(key)}}
        for name, key in referred.items()
        if name != copied.name and copied.published_schema in _REFERRING and columns.issuperset(key)
    ]
    return keys | ({"foreignKeys": foreign} if foreign else {})
