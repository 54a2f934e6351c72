"""What is served: the tables of a release as DuckDB describes them, with the keys that dbt tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from orchestration.tables import quote

_TYPES = {
    "BOOLEAN": "boolean",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "VARCHAR": "text",
}

_STAGING = "stg_raw__"

# Columns that readers search by and that keys seldom begin with.
_SEARCHED = ("cluster_id", "node_id", "question_id")


class UnknownType(Exception):
    """A column has a type of which PostgreSQL's is not known here."""


@dataclass(frozen=True)
class Reference:
    """Columns whose values are those of the key, of the same names, of another table."""

    columns: tuple[str, ...]
    schema: str
    table: str


@dataclass(frozen=True)
class Column:
    """A column as PostgreSQL gets it."""

    name: str
    type: str
    comment: str | None


@dataclass(frozen=True)
class Table:
    """A table to serve: its place in PostgreSQL, and the DuckDB relation (quoted) that its rows come from.

    `key` are the columns that name a row, empty if none do; those of `nullable` among them may be null.
    """

    schema: str
    name: str
    source: str
    columns: tuple[Column, ...]
    comment: str | None
    key: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def searched(self) -> list[str]:
        """Columns that need an index of their own; a coordinator's rows are always read by their cluster."""
        if self.schema == "coordinator":
            return []
        names = {column.name for column in self.columns}
        return [name for name in _SEARCHED if name in names and name not in self.key[:1]]

    def holds(self, columns: Sequence[str]) -> bool:
        """Whether the table has any of the columns."""
        return any(column.name in columns for column in self.columns)


def postgres_type(duckdb_type: str, where: str) -> str:
    """PostgreSQL's type for one of DuckDB's. Raises UnknownType naming the column."""
    if re.fullmatch(r"DECIMAL\(\d+,\d+\)", duckdb_type):
        return duckdb_type.lower().replace("decimal", "numeric")
    if duckdb_type not in _TYPES:
        known = ", ".join([*_TYPES, "DECIMAL"])
        raise UnknownType(f"{where}: found type {duckdb_type}, expected one of {known}. Add it to serving/tables.py.")
    return _TYPES[duckdb_type]


@dataclass(frozen=True)
class Model:
    """What dbt says of a table: its key, of that what may be null, and its references, as they are tested; comments."""

    key: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    comment: str | None = None
    comments: Mapping[str, str] = field(default_factory=dict)


Models = Mapping[tuple[str, str], Model]


def models_of(manifest: Mapping[str, Any]) -> Models:
    """The models of a dbt manifest by schema and name; a staging model tells of the raw table that it reads."""
    nodes = manifest["nodes"]
    keys = {model: arguments for model, arguments in _tests(manifest, "key")}
    references: dict[str, list[Reference]] = {}
    for model, arguments in _tests(manifest, "refers_to"):
        named = re.fullmatch(r"ref\('(\w+)'\)", arguments["to"])
        parent = nodes.get(f"model.clusterbench.{named[1]}") if named else None
        if parent and tuple(keys.get(parent["unique_id"], {"columns": ()})["columns"]) == tuple(arguments["columns"]):
            reference = Reference(tuple(arguments["columns"]), parent["schema"], parent["alias"])
            references.setdefault(model, []).append(reference)
    models = {}
    for node_id, node in nodes.items():
        if node["resource_type"] != "model":
            continue
        place = (node["schema"], node["alias"])
        if node["name"].startswith(_STAGING):
            place = ("raw", node["name"].removeprefix(_STAGING))
        comments = {name: column["description"] for name, column in node["columns"].items() if column["description"]}
        key = keys.get(node_id, {"columns": ()})
        models[place] = Model(
            tuple(key["columns"]),
            tuple(key.get("nullable", ())),
            tuple(references.get(node_id, ())),
            node["description"] or None,
            comments,
        )
    return models


def _tests(manifest: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The model and the arguments of every test of a generic one."""
    for test in manifest["nodes"].values():
        if (test.get("test_metadata") or {}).get("name") == name and test.get("attached_node"):
            yield test["attached_node"], test["test_metadata"]["kwargs"]


def described(
    connection: duckdb.DuckDBPyConnection, catalog: str, model_of: Callable[[str, str], Model], prefix: str = ""
) -> list[Table]:
    """All tables of an attached file, served in schemas of the same names behind a prefix.

    Comments are the file's own, else the model's. Raises UnknownType.
    """
    places = connection.execute(
        "select schema_name, table_name, comment from duckdb_tables() where database_name = ? order by all", [catalog]
    ).fetchall()
    tables = []
    for schema, name, comment in places:
        model = model_of(schema, name)
        rows = connection.execute(
            "select column_name, data_type, comment from duckdb_columns()"
            " where database_name = ? and schema_name = ? and table_name = ? order by column_index",
            [catalog, schema, name],
        ).fetchall()
        columns = tuple(
            Column(
                column, postgres_type(type_, f"{schema}.{name}, column {column}"), text or model.comments.get(column)
            )
            for column, type_, text in rows
        )
        # A release made before a key was what it is now is served without one.
        key = model.key if {column.name for column in columns}.issuperset(model.key) else ()
        source = ".".join(map(quote, (catalog, schema, name)))
        said = comment or model.comment
        table = Table(prefix + schema, name, source, columns, said, key, model.nullable, model.references)
        tables.append(table)
    return tables
