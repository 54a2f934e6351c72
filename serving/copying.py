"""Making tables in PostgreSQL and filling them: definitions, COPY, keys, indexes, comments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

from orchestration.tables import literal
from serving.tables import Table

_BLOCK = 1 << 20  # bytes that go to the server at a time


def make_table(connection: psycopg.Connection, table: Table, schema: str) -> None:
    """Make a table in a schema, empty and with its comments."""
    place = sql.Identifier(schema, table.name)
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type)) for column in table.columns
    )
    connection.execute(sql.SQL("create table {} ({})").format(place, columns))
    if table.comment:
        connection.execute(sql.SQL("comment on table {} is {}").format(place, sql.Literal(table.comment)))
    for column in table.columns:
        if column.comment:
            name = sql.Identifier(schema, table.name, column.name)
            connection.execute(sql.SQL("comment on column {} is {}").format(name, sql.Literal(column.comment)))


def fill_table(
    source: duckdb.DuckDBPyConnection, connection: psycopg.Connection, table: Table, schema: str, scratch: Path
) -> int:
    """Copy a table's rows, in the order of its key; returns how many.

    DuckDB writes them as CSV into the folder `scratch`, which is faster than any loop over them; every value is
    quoted, so that an empty text is not taken for a null. The rows are frozen: once the release is committed, every
    transaction sees them, also one whose snapshot is older, which would find the new tables empty otherwise.
    """
    file = scratch / "rows.csv"
    order = ", ".join(f'"{name}"' for name in table.key) or "all"
    source.execute(
        f"copy (select * from {table.source} order by {order}) to '{literal(file)}'"
        " (format csv, header false, force_quote *, nullstr '\\N')"
    )
    place = sql.Identifier(schema, table.name)
    command = sql.SQL("copy {} from stdin (format csv, null '\\N', freeze true, encoding 'UTF8')").format(place)
    with connection.cursor() as cursor:
        with file.open("rb") as rows, cursor.copy(command) as copy:
            while block := rows.read(_BLOCK):
                copy.write(block)
        file.unlink()
        return cursor.rowcount


def finish_table(connection: psycopg.Connection, table: Table, schema: str) -> None:
    """Key, indexes and the planner's statistics of a filled table."""
    place = sql.Identifier(schema, table.name)
    if table.key:
        key = sql.SQL(", ").join(map(sql.Identifier, table.key))
        if set(table.key) & set(table.nullable):
            name = sql.Identifier(f"{table.name}_key")
            connection.execute(sql.SQL("create unique index {} on {} ({}) nulls not distinct").format(name, place, key))
            for column in table.key:
                if column not in table.nullable:
                    name = sql.Identifier(column)
                    connection.execute(sql.SQL("alter table {} alter column {} set not null").format(place, name))
        else:
            connection.execute(sql.SQL("alter table {} add primary key ({})").format(place, key))
    for column in table.searched:
        connection.execute(sql.SQL("create index on {} ({})").format(place, sql.Identifier(column)))
    if table.schema != "coordinator":
        connection.execute(sql.SQL("analyze {}").format(place))


def add_references(connection: psycopg.Connection, tables: Collection[Table], schema_of: Mapping[str, str]) -> None:
    """Tell which columns refer to which table, so that clients know how tables are joined."""
    keys = {(table.schema, table.name): table.key for table in tables}
    for table in tables:
        for reference in table.references:
            # A release of before a key was what it is now is served without the reference.
            if keys.get((reference.schema, reference.table)) == reference.columns:
                connection.execute(
                    sql.SQL("alter table {} add foreign key ({}) references {}").format(
                        sql.Identifier(schema_of[table.schema], table.name),
                        sql.SQL(", ").join(map(sql.Identifier, reference.columns)),
                        sql.Identifier(schema_of[reference.schema], reference.table),
                    )
                )
