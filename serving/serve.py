"""Serving a release from PostgreSQL: all of it in one transaction."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from serving.address import Address, ServingFailed, UnusableAddress
from serving.copying import add_references, fill_table, finish_table, make_table
from serving.roles import LOGINS, grant, guard_login_table, make_login_table, make_roles, restrict_database
from serving.source import Source
from serving.swap import NEXT, refuse_others, swap

logger = logging.getLogger("clusterbench")

OLDEST_SERVER = 15  # before it, a unique index cannot take nulls for equal
_LOCK_OF_PUBLISHERS = 0x434C5542  # any number, as long as it is the same for all

# Told the host, port and database that are about to show a release.
Announce = Callable[[str, int, str], None]


@dataclass(frozen=True)
class Served:
    """A release as a PostgreSQL database shows it now; seconds of the whole, and of waiting for readers."""

    release_id: str
    host: str
    port: int
    database: str
    n_tables: int
    n_rows: int
    seconds: float
    seconds_waited: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the report."""
        return asdict(self)


def lock_seconds() -> float:
    """How long to wait until readers let the old tables go, from CLUSTERBENCH_LOCK_SECONDS."""
    return float(os.environ.get("CLUSTERBENCH_LOCK_SECONDS", "60"))


def serve(source: Source, address: Address, scratch: Path, announce: Announce) -> Served:
    """Replace what the database shows by a release; `scratch` is a folder for files in between.

    `announce` is told where to, after everything that fails often and before anybody can see the release.

    Raises ServingFailed when it did not succeed and can be tried again, UnusableAddress when the database is not one
    to publish to. Either way its readers have what they had before.
    """
    started = time.monotonic()
    try:
        with address.connect() as connection:
            place = (connection.info.host, connection.info.port, connection.info.dbname)
            n_rows, waited = _replace(source, connection, scratch, lambda: announce(*place))
    except psycopg.errors.InsufficientPrivilege as error:
        raise UnusableAddress(
            f"The login may not do this: {address.without_secrets(error)}. "
            "It must own the database: see docs/postgresql.md."
        ) from None
    except psycopg.Error as error:
        raise ServingFailed(
            f"PostgreSQL did not take the release: {address.without_secrets(error)}. Readers still have the one before."
        ) from None
    seconds = time.monotonic() - started
    return Served(source.release_id, *place, len(source.tables), n_rows, round(seconds, 2), round(waited, 2))


def _replace(
    source: Source, connection: psycopg.Connection, scratch: Path, announce: Callable[[], None]
) -> tuple[int, float]:
    """Everything of a publication but its commit: returns the number of rows, and the seconds of waiting."""
    schemas = sorted({table.schema for table in source.tables})
    _check(source, connection, schemas)
    make_roles(connection)
    restrict_database(connection)
    make_login_table(connection)
    for schema in schemas:
        place = sql.Identifier(schema + NEXT)
        connection.execute(sql.SQL("create schema {}").format(place))
        comment = sql.Literal(f"Clusterbench: release {source.release_id}, replaced whole by the next one.")
        connection.execute(sql.SQL("comment on schema {} is {}").format(place, comment))
    n_rows = 0
    for table in source.tables:
        make_table(connection, table, table.schema + NEXT)
        n_rows += fill_table(source.connection, connection, table, table.schema + NEXT, scratch)
        finish_table(connection, table, table.schema + NEXT)
    next_of = {schema: schema + NEXT for schema in schemas}
    add_references(connection, source.tables, next_of)
    grant(connection, source.tables, next_of)
    logger.info("%d tables with %d rows are copied; waiting for readers", len(source.tables), n_rows)
    announce()
    waited = swap(connection, schemas, [LOGINS], lock_seconds())
    guard_login_table(connection)
    return n_rows, waited


def _check(source: Source, connection: psycopg.Connection, schemas: list[str]) -> None:
    """Raise UnusableAddress for a database not to publish to, ServingFailed when another publication is at work."""
    if connection.info.server_version < OLDEST_SERVER * 10000:
        raise UnusableAddress(f"Expected is PostgreSQL {OLDEST_SERVER} or newer, this is {_version(connection)}.")
    # What one transaction waits for is bounded everywhere: nothing may queue up behind a publication.
    connection.execute("set local lock_timeout = '10s'")
    connection.execute("set local statement_timeout = 0")
    (is_alone,) = connection.execute("select pg_try_advisory_xact_lock(%s)", [_LOCK_OF_PUBLISHERS]).fetchone()  # type: ignore[misc]
    if not is_alone:
        raise ServingFailed(f"Another publication to {connection.info.dbname} is at work: try again when it has ended.")
    refuse_others(connection, schemas)
    shown = connection.execute("select to_regclass('core.release') is not null").fetchone()
    if shown and shown[0]:
        was_sample = connection.execute("select bool_and(is_sample) from core.release").fetchone()[0]  # type: ignore[index]
        if source.is_sample and not was_sample:
            raise UnusableAddress(
                f"The database {connection.info.dbname} shows real answers, {source.release_id} made-up ones, and they "
                "are never mixed: publish the sample to a database of its own."
            )


def _version(connection: psycopg.Connection) -> str:
    return str(connection.info.parameter_status("server_version"))
