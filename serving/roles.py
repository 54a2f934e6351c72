"""Who may see what in PostgreSQL: four roles without a login, and their rights, given anew with every release.

Rights are to whole tables by the schema they are in; what no rule names, nobody but the owner may read.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from orchestration.tables import ANSWER_COLUMNS
from serving.address import UnusableAddress
from serving.tables import Table

PUBLIC, ANALYST, AUDITOR, COORDINATOR = ROLES = ("bench_public", "bench_analyst", "bench_auditor", "bench_coordinator")

MARTS = ("core", "benchmark", "survey", "audit", "reference")
PUBLIC_SCHEMAS = ("public_core", "public_benchmark", "public_survey")

# Who is which cluster: kept over all releases.
ACCESS_SCHEMA = "clusterbench"
LOGINS = (ACCESS_SCHEMA, "coordinator_login")
_LOGINS = sql.Identifier(*LOGINS)

CREATE_ROLES = "\n".join(f"create role {role} nologin;" for role in ROLES)


def readers(table: Table) -> tuple[str, ...]:
    """The roles that may read a table."""
    if table.schema in PUBLIC_SCHEMAS:
        return ROLES
    if table.schema in MARTS:
        return (AUDITOR,) if table.holds(ANSWER_COLUMNS) else (ANALYST, AUDITOR)
    return {"raw": (AUDITOR,), "coordinator": (COORDINATOR,)}.get(table.schema, ())


def make_roles(connection: psycopg.Connection) -> None:
    """Make the roles that are not there yet. Raises UnusableAddress, with the SQL to run, without the right to."""
    there = {
        name for (name,) in connection.execute("select rolname from pg_roles where rolname = any(%s)", [list(ROLES)])
    }
    for role in ROLES:
        if role in there:
            continue
        try:
            with connection.transaction():
                connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            pass  # another publication, to another database of the server, was quicker
        except psycopg.errors.InsufficientPrivilege:
            raise UnusableAddress(
                f"The role {role} is not there, and this login may not make it. Once, as a superuser:\n{CREATE_ROLES}"
            ) from None


def restrict_database(connection: psycopg.Connection) -> None:
    """Let the roles in and nobody else, and nobody make anything: no tables, no functions, not even temporary ones."""
    database = sql.Identifier(connection.info.dbname)
    roles = sql.SQL(", ").join(map(sql.Identifier, ROLES))
    for statement in (
        sql.SQL("revoke all on database {database} from public, {roles}"),
        sql.SQL("grant connect on database {database} to {roles}"),
        sql.SQL("revoke all on schema public from public, {roles}"),
    ):
        connection.execute(statement.format(database=database, roles=roles))


def make_login_table(connection: psycopg.Connection) -> None:
    """Make the table that maps logins to clusters, unless it is there."""
    access = sql.Identifier(ACCESS_SCHEMA)
    roles = sql.SQL(", ").join(map(sql.Identifier, ROLES))
    for statement in (
        "create schema if not exists {access}",
        "create table if not exists {logins}"
        " (login name not null, cluster_id text not null, primary key (login, cluster_id))",
        "comment on schema {access} is 'Clusterbench: which login is which cluster; kept over all releases.'",
        "comment on table {logins} is 'One row per login of a coordinator and cluster whose rows it may see.'",
        "revoke all on schema {access} from public, {roles}",
        "revoke all on {logins} from public, {roles}",
        "grant usage on schema {access} to {coordinator}",
        "grant select on {logins} to {coordinator}",
    ):
        connection.execute(
            sql.SQL(statement).format(
                access=access, logins=_LOGINS, roles=roles, coordinator=sql.Identifier(COORDINATOR)
            )
        )


def guard_login_table(connection: psycopg.Connection) -> None:
    """Have every login see its own rows of the mapping only; locks the table."""
    for statement in (
        "alter table {logins} enable row level security",
        "drop policy if exists own_rows on {logins}",
        "create policy own_rows on {logins} for select to {coordinator} using (login = current_user)",
    ):
        connection.execute(sql.SQL(statement).format(logins=_LOGINS, coordinator=sql.Identifier(COORDINATOR)))


def grant(connection: psycopg.Connection, tables: Iterable[Table], schema_of: dict[str, str]) -> None:
    """Give the roles their rights to tables, which are in `schema_of` their schema just now."""
    usage: dict[str, set[str]] = {}
    for table in tables:
        place = sql.Identifier(schema_of[table.schema], table.name)
        for role in readers(table):
            usage.setdefault(table.schema, set()).add(role)
            connection.execute(sql.SQL("grant select on {} to {}").format(place, sql.Identifier(role)))
        if table.schema == "coordinator":
            _guard(connection, table, place)
    for schema, roles in usage.items():
        for role in sorted(roles):
            connection.execute(
                sql.SQL("grant usage on schema {} to {}").format(
                    sql.Identifier(schema_of[schema]), sql.Identifier(role)
                )
            )


def _guard(connection: psycopg.Connection, table: Table, place: sql.Identifier) -> None:
    """Rows of a coordinator's own clusters only; and no statistics, by which estimates would tell of the others."""
    connection.execute(sql.SQL("alter table {} enable row level security").format(place))
    connection.execute(
        sql.SQL(
            "create policy own_rows on {} for select to {} using (cluster_id = any (array("
            "select mapped.cluster_id from {} as mapped where mapped.login = current_user)))"
        ).format(place, sql.Identifier(COORDINATOR), _LOGINS)
    )
    for column in table.columns:
        connection.execute(
            sql.SQL("alter table {} alter column {} set statistics 0").format(place, sql.Identifier(column.name))
        )
