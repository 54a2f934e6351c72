"""Putting new schemas in the place of old ones, at a moment when nobody is reading.

A reader locks each table that it reads until its transaction ends. So once all old tables are locked against readers,
no transaction is between two of them, and those that wait for the lock look the name up anew and find the new table.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import psycopg
from psycopg import sql

from serving.address import ServingFailed, UnusableAddress

NEXT = "__next"  # a schema's name until it takes the place of the old one
_PAUSE = 0.2  # seconds in which readers go on, between two attempts


def refuse_others(connection: psycopg.Connection, schemas: Sequence[str]) -> None:
    """Raise UnusableAddress when one of the schemas is there and is not of ours: it would be removed."""
    others = connection.execute(
        "select nspname from pg_namespace where nspname = any(%s)"
        " and coalesce(obj_description(oid, 'pg_namespace'), '') not like 'Clusterbench%%' order by 1",
        [list(schemas)],
    ).fetchall()
    if others:
        names = ", ".join(name for (name,) in others)
        raise UnusableAddress(
            f"The database {connection.info.dbname} has schemas that Clusterbench did not make and would replace: "
            f"{names}. Publish to a database of its own."
        )


def swap(
    connection: psycopg.Connection, schemas: Sequence[str], kept: Sequence[tuple[str, str]], patience: float
) -> float:
    """Put each `schema__next` in the place of `schema`; returns the seconds until readers let the old tables go.

    The tables `kept` stay, and are locked with the others.

    Raises ServingFailed, naming who reads, when they do not within `patience` seconds, and UnusableAddress when
    something that somebody else made depends on an old table. Either way nothing is changed once rolled back.
    """
    old = _tables(connection, schemas)
    waited = _lock(connection, [*old, *kept], patience)
    try:
        if old:
            names = sql.SQL(", ").join(sql.Identifier(*table) for table in old)
            connection.execute(sql.SQL("drop table {} restrict").format(names))
        for schema in schemas:
            connection.execute(sql.SQL("drop schema if exists {} restrict").format(sql.Identifier(schema)))
            connection.execute(
                sql.SQL("alter schema {} rename to {}").format(sql.Identifier(schema + NEXT), sql.Identifier(schema))
            )
    except psycopg.errors.DependentObjectsStillExist as error:
        raise UnusableAddress(
            f"Something that Clusterbench did not make depends on what it replaces: {error.diag.message_detail} "
            "Drop it before publishing, and make it anew afterwards."
        ) from None
    return waited


def _tables(connection: psycopg.Connection, schemas: Sequence[str]) -> list[tuple[str, str]]:
    return connection.execute(
        "select nspname, relname from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace"
        " where nspname = any(%s) and relkind in ('r', 'p') order by 1, 2",
        [list(schemas)],
    ).fetchall()


def _lock(connection: psycopg.Connection, tables: Sequence[tuple[str, str]], patience: float) -> float:
    """Lock all tables against readers, all or none at a time: returns the seconds it took.

    Who waits for one table and has read another could be in a deadlock with us. So an attempt ends before PostgreSQL
    looks for deadlocks: no reader ever gets an error for it, and none waits longer.
    """
    names = sql.SQL(", ").join(sql.Identifier(*table) for table in tables)
    (deadlock_timeout,) = connection.execute(
        "select setting::integer from pg_settings where name = 'deadlock_timeout'"
    ).fetchone()  # type: ignore[misc]
    started = time.monotonic()
    while True:
        try:
            with connection.transaction():
                connection.execute(sql.SQL("set local statement_timeout = {}").format(int(deadlock_timeout * 0.8)))
                connection.execute(sql.SQL("lock table {} in access exclusive mode").format(names))
                connection.execute("set local statement_timeout = 0")
            return time.monotonic() - started
        except (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable):
            waited = time.monotonic() - started
            if waited >= patience:
                raise ServingFailed(
                    f"The tables are read for longer than {waited:.0f} s by {_who_reads(connection, tables)}. Readers "
                    "still have the release before. End that, or publish again later with a longer "
                    "CLUSTERBENCH_LOCK_SECONDS."
                ) from None
            time.sleep(_PAUSE)


def _who_reads(connection: psycopg.Connection, tables: Sequence[tuple[str, str]]) -> str:
    """The sessions that hold locks on the tables, without what they ask."""
    sessions = connection.execute(
        "select distinct pid, usename, coalesce(nullif(application_name, ''), 'no application name')"
        " from pg_locks inner join pg_stat_activity using (pid)"
        " inner join pg_class on pg_class.oid = relation inner join pg_namespace on pg_namespace.oid = relnamespace"
        " where granted and pid <> pg_backend_pid() and (nspname || '.' || relname) = any(%s) order by 1",
        [[".".join(table) for table in tables]],
    ).fetchall()
    told = [f"{user or 'somebody'} ({application}, process {pid})" for pid, user, application in sessions]
    return ", ".join(told) or "sessions that have ended meanwhile"
