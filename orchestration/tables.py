"""Which tables are published where, and the few lines of SQL text that reading and copying them takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

PUBLISHED_SCHEMAS = ("core", "benchmark", "survey", "audit")

# What public.duckdb holds: the public forms of tables, which obey the disclosure policy, under those tables' names, and
# the dimensions to read them by. A table without a public form is not public.
PUBLIC_FORMS = {"public_benchmark": "benchmark", "public_survey": "survey"}
MARK_OF_PUBLIC_FORM = "suppressed"  # the column that says what is hidden
PUBLIC_DIMENSIONS = ("dim_edition", "dim_node", "dim_segment")

# A table with one of these columns quotes answers or tells of respondents: it is the auditor's, not the analyst's.
ANSWER_COLUMNS = ("respondent_id", "answer_text", "found", "found_before", "failing_keys")


@dataclass(frozen=True)
class Copied:
    """A table of the work file, and the schema that it is published in under its own name."""

    schema: str
    table: str
    published_schema: str

    @property
    def name(self) -> str:
        """The published name: schema and table."""
        return f"{self.published_schema}.{self.table}"

    @property
    def source(self) -> str:
        """The table in an attached work file called `work`, quoted."""
        return f"work.{quote(self.schema)}.{quote(self.table)}"


def quote(identifier: str) -> str:
    """An SQL identifier in quotes: names of tables are never pasted as they are."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(path: Path | str) -> str:
    """A text inside single quotes; ATTACH, COPY TO and COMMENT take no parameters."""
    return str(path).replace("'", "''")


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Attach a DuckDB file for reading, under a name."""
    connection.execute(f"attach '{literal(path)}' as {name} (read_only)")


def _tables(connection: duckdb.DuckDBPyConnection, catalog: str, schemas: Mapping[str, str]) -> list[Copied]:
    """The tables of some schemas, in a fixed order, each with the schema it is published in."""
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? and list_contains(?, schema_name)"
        " order by 1, 2",
        [catalog, list(schemas)],
    ).fetchall()
    return [Copied(schema, table, schemas[schema]) for schema, table in rows]


def published_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[Copied]:
    """The tables of benchmarking.duckdb."""
    return _tables(connection, catalog, {schema: schema for schema in PUBLISHED_SCHEMAS})


def public_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[Copied]:
    """The tables of public.duckdb: by construction those that have a public form, and the public dimensions."""
    dimensions = _tables(connection, catalog, {"core": "core"})
    return [copied for copied in dimensions if copied.table in PUBLIC_DIMENSIONS] + _tables(
        connection, catalog, PUBLIC_FORMS
    )


def analyst_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[Copied]:
    """The tables of benchmarking.duckdb that an analyst may see: those that quote no answer and no respondent."""
    rows = connection.execute(
        "select distinct schema_name, table_name from duckdb_columns()"
        " where database_name = ? and list_contains(?, column_name)",
        [catalog, list(ANSWER_COLUMNS)],
    ).fetchall()
    return [copied for copied in published_tables(connection, catalog) if (copied.schema, copied.table) not in rows]


def not_public(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[str]:
    """The tables of an attached public.duckdb that may not stand in it: neither public forms nor public dimensions."""
    rows = connection.execute(
        "select schema_name || '.' || table_name from duckdb_columns() where database_name = ?"
        " group by schema_name, table_name having not ("
        " schema_name = 'core' and list_contains(?, table_name)"
        " or list_contains(?, schema_name) and list_contains(list(column_name), ?)) order by 1",
        [catalog, list(PUBLIC_DIMENSIONS), list(PUBLIC_FORMS.values()), MARK_OF_PUBLIC_FORM],
    ).fetchall()
    return [name for (name,) in rows]
